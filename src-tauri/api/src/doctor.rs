//! `doctor.*`: 体检, one look at everything that can go wrong with a laptop's store.

use crate::Api;
use crate::dto::{Nothing, answer};
use crate::error::ApiError;
use crate::registry::commands;
use crate::store as keys;

answer! {
    /// One thing that was looked at.
    pub struct Finding {
        /// What: file, clock, backup …
        pub what: String,
        pub well: bool,
        pub text: String,
    }

    /// What was found.
    pub struct Examined { pub well: bool, pub findings: Vec<Finding> }
}

commands! {
    /// Looks at the file, the journal, the clock, doubts, the recovery code and the backup
    "doctor.run" (Nothing) -> Examined, run;
}

fn run(api: &Api, _: Nothing) -> Result<Examined, ApiError> {
    let session = api.session()?;
    let store = &session.store;
    let mut findings = Vec::new();
    let mut find = |what: &str, well: bool, text: String| {
        findings.push(Finding { what: what.to_owned(), well, text });
    };
    let differences = store.verify()?;
    match differences.first() {
        None => find("file", true, format!("数据核对过，{} 条都对得上。", store.digest(None)?.ops)),
        Some(first) => find(
            "file",
            false,
            format!("有 {} 处对不上，第一处：{}。先别往里写，请镇里看看。", differences.len(), first.text),
        ),
    }
    match store.clock_warning() {
        None => find("clock", true, "钟是对的。".to_owned()),
        Some(warning) => find("clock", false, format!("{warning}调对以后在这里确认一下。")),
    }
    if store.moved() {
        find(
            "machine",
            false,
            "这份数据是从别的电脑或者文件夹来的，下次写的时候会当成一台新电脑。".to_owned(),
        );
    }
    let conflicts = store.conflict_count()?;
    match conflicts {
        0 => find("doubts", true, "没有两边写得不一样的地方。".to_owned()),
        count => find("doubts", false, format!("有 {count} 处两边写得不一样，要人来定。")),
    }
    let said = |key: &str| Ok::<bool, ApiError>(store.local_get(key)?.is_some());
    match said(keys::RECOVERY_KEPT)? {
        true => find("recovery", true, "恢复码收好了。".to_owned()),
        false => find("recovery", false, "还没说恢复码收好了没有。忘了口令时要用它。".to_owned()),
    }
    match said(keys::BACKUP_OFFERED)? {
        true => find("backup", true, "备份过。".to_owned()),
        false => find("backup", false, "还没有备份过。备份到 U 盘上，电脑坏了也不怕。".to_owned()),
    }
    find("version", true, format!("程序版本 {}。", env!("CARGO_PKG_VERSION")));
    Ok(Examined { well: findings.iter().all(|finding| finding.well), findings })
}
