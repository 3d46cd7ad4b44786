//! What mends a finding. Each mend leaves the store as it was where it cannot be done.

use std::fs;

use yuanba_store::vault::{InstanceLock, Vault};
use yuanba_store::{Store, StoreError};

use super::{Mend, MendIt, outside};
use crate::Api;
use crate::backup;
use crate::error::ApiError;
use crate::job::Progress;
use crate::sentences::Trouble;

/// Mends; answers with what was done, in a sentence.
pub(super) fn mend(api: &Api, request: MendIt, progress: &Progress) -> Result<String, ApiError> {
    match request.what {
        Mend::Refold => {
            progress.say(0, None, "正在照记录重新算");
            let mut session = api.session()?;
            session.store.refold()?;
            session.catch_up()?;
            Ok("照记录重新算过了。".to_owned())
        }
        Mend::RestoreCopy => restore_newest(api, request, progress),
        Mend::TakeBack => {
            api.check("sync.run")?;
            progress.say(0, None, "正在联网找回来");
            Ok(crate::sync::take_back(api, progress)?.text)
        }
        Mend::WriteKeys => {
            let _held = held(api)?;
            let vault = Vault::look(api.dir()).map_err(Trouble::from)?;
            vault.write_twice().map_err(Trouble::from)?;
            Ok("钥匙又有两份了。".to_owned())
        }
        Mend::Tidy => {
            let _held = held(api)?;
            let halves = outside::halves(api.dir());
            let gone = halves.iter().filter(|path| fs::remove_file(path).is_ok()).count();
            Ok(format!("清掉了 {gone} 个半截的文件。"))
        }
        Mend::BackUp => {
            api.check("backup.now")?;
            let made = backup::copy_now(api, progress)?;
            Ok(format!("备份好了，在「{}」。", made.path))
        }
        Mend::ConfirmClock => {
            let day = api.session()?.store.confirm_clock()?;
            Ok(format!("记下了，今天是 {day}。"))
        }
    }
}

/// The right to the folder: whoever has the store open has it already.
fn held(api: &Api) -> Result<Option<InstanceLock>, ApiError> {
    match api.is_open() {
        true => Ok(None),
        false => Ok(Some(InstanceLock::take(api.dir(), 0).map_err(StoreError::from)?)),
    }
}

/// The newest whole copy takes the place of the store.
fn restore_newest(api: &Api, request: MendIt, progress: &Progress) -> Result<String, ApiError> {
    let Some(passphrase) = request.passphrase else {
        return Err(Trouble::Empty { field: "passphrase", label: "口令" }.into());
    };
    if !Store::is_in(api.dir()) {
        return Err(Trouble::NoStore.into());
    }
    progress.say(0, None, "正在找最近的好备份");
    let copy = backup::newest_whole(api).ok_or(Trouble::NotFound { what: "台电脑的好备份" })?;
    progress.say(0, None, "正在从备份里找回来");
    let aside = backup::put_in_place(api, &copy, request.user, passphrase)?;
    Ok(format!(
        "从「{}」找回来了，原来那份留在「{}」。备份以后交上去过的，再从镇里的 U 盘或者服务器补回来。",
        copy.display(),
        aside.display()
    ))
}
