//! What is looked at in a store that is open.

use super::{Examined, Finding, Mend, examined, outside};
use crate::Api;
use crate::error::ApiError;
use crate::session::Session;
use crate::store as keys;
use crate::sync::has_hub;
use yuanba_store::verify::Difference;

pub(super) fn examine(api: &Api) -> Result<Examined, ApiError> {
    let mut findings = Vec::new();
    {
        let session = api.session()?;
        file(&session, &mut findings)?;
        rest(&session, &mut findings)?;
    }
    findings.extend(outside::of_the_folder(api, true));
    findings.extend(outside::of_the_packs(api));
    backups(api, &mut findings)?;
    findings.push(Finding::well("version", format!("程序版本 {}。", env!("CARGO_PKG_VERSION"))));
    Ok(examined(true, findings))
}

/// Whether a difference is in what is folded alone: the journal holds, so folding again mends it.
fn only_folded(differences: &[Difference]) -> bool {
    let journal = |place: &str| place == "journal" || place == "database" || place.starts_with("stream ");
    !differences.iter().any(|one| journal(&one.place))
}

fn file(session: &Session, findings: &mut Vec<Finding>) -> Result<(), ApiError> {
    let store = &session.store;
    let differences = match store.verify() {
        Ok(differences) => differences,
        // A page that cannot be read ends the look; what is wrong is known then.
        Err(yuanba_store::StoreError::Damaged(text)) => {
            vec![Difference { place: "database".to_owned(), text }]
        }
        Err(error) => return Err(error.into()),
    };
    findings.push(match differences.first() {
        None => Finding::well("file", format!("数据核对过，{} 条都对得上。", store.digest(None)?.ops)),
        Some(first) if only_folded(&differences) => {
            let text = format!(
                "记录一条不少，算出来的表有 {} 处对不上，第一处：{}。照记录重新算一遍就好。",
                differences.len(),
                first.text
            );
            Finding::ill("file", text).mended_by(Mend::Refold)
        }
        Some(_) => {
            let text = format!(
                "数据文件坏了，有 {} 处对不上。先别往里写，用最近的备份找回来，现在这份会留在一边；备份以后交上去过的，再从镇里或者服务器补回来。",
                differences.len()
            );
            Finding::ill("file", text).seen_to_at("/rescue", "看有哪些备份")
        }
    });
    Ok(())
}

fn rest(session: &Session, findings: &mut Vec<Finding>) -> Result<(), ApiError> {
    let store = &session.store;
    findings.push(match store.clock_warning() {
        None => Finding::well("clock", "钟是对的。"),
        Some(warning) => {
            Finding::ill("clock", format!("{warning}先把电脑的钟调对；本来就是对的，就点一下。"))
                .mended_by(Mend::ConfirmClock)
        }
    });
    if store.moved() {
        let text =
            "这份数据是从别的电脑、别的文件夹或者备份来的，下次写的时候会当成一台新电脑，以前写的都还在。";
        let finding = Finding::ill("machine", text);
        findings.push(match has_hub(session)? {
            true => finding.mended_by(Mend::TakeBack),
            false => finding.seen_to_at("/stick", "从 U 盘补回来"),
        });
    }
    findings.push(match store.conflict_count()? {
        0 => Finding::well("doubts", "没有两边写得不一样的地方。"),
        count => Finding::ill("doubts", format!("有 {count} 处两边写得不一样，要人来定。"))
            .seen_to_at("/settle", "去定下来"),
    });
    let gaps = store.gaps()?.len();
    if gaps > 0 {
        let text = format!("有 {gaps} 截记录前面还缺一段，先存着，补上就会接起来。");
        let finding = Finding::ill("gaps", text);
        findings.push(match has_hub(session)? {
            true => finding.mended_by(Mend::TakeBack),
            false => finding.seen_to_at("/sync", "看缺哪一段"),
        });
    }
    findings.push(match session.demo || store.local_get(keys::RECOVERY_KEPT)?.is_some() {
        true => Finding::well("recovery", "恢复码收好了。"),
        false => Finding::ill("recovery", "还没说恢复码收好了没有。忘了口令时要用它。")
            .seen_to_at("/more/recovery", "去收好"),
    });
    Ok(())
}

fn backups(api: &Api, findings: &mut Vec<Finding>) -> Result<(), ApiError> {
    let session = api.session()?;
    let overdue = crate::backup::overdue_days(&session)?;
    let last = crate::backup::last_good_ms(&session)?;
    let (whole, away) = crate::backup::where_they_were(&session)?;
    let demo = session.demo;
    drop(session);
    findings.push(match (overdue, last) {
        _ if demo => Finding::well("backup", "演示村不用备份。"),
        (Some((days, true)), _) => {
            Finding::ill("backup", format!("{days} 天没有备份好了。")).mended_by(Mend::BackUp)
        }
        (_, None) => {
            Finding::ill("backup", "还没有备份过。备份一份放在别处，电脑坏了也不怕。").mended_by(Mend::BackUp)
        }
        (_, Some(_)) if whole || crate::backup::newest_whole(api).is_some() => {
            Finding::well("backup", "备份过，最近的一份从头读过，是好的。")
        }
        (_, Some(_)) if away => Finding::well("backup", "备份过，存着它的 U 盘现在没插，没有再读一遍。"),
        (_, Some(_)) => {
            Finding::ill("backup", "备份过，可是现在找不到一份好的。再备份一份。").mended_by(Mend::BackUp)
        }
    });
    Ok(())
}
