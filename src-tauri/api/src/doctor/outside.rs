//! What can be looked at while the store is closed, or cannot be opened any more.

use std::fs;
use std::path::{Path, PathBuf};

use yuanba_store::vault::{InstanceLock, Vault, VaultError};
use yuanba_store::{Store, StoreError, Unlock, database};

use super::{Examined, Finding, Mend, examined};
use crate::Api;
use crate::backup::rotation::keeping;
use crate::error::ApiError;
use crate::sentences::Trouble;
use crate::store;

pub(super) fn examine(
    api: &Api,
    user: Option<String>,
    passphrase: Option<String>,
) -> Result<Examined, ApiError> {
    let dir = api.dir();
    if !Store::is_in(dir) {
        return Err(Trouble::NoStore.into());
    }
    let mut findings = Vec::new();
    let keys = Vault::look(dir);
    findings.push(match &keys {
        Ok(vault) if vault.stands_twice() => Finding::well("keys", "钥匙两份都在，都是好的。"),
        Ok(_) => Finding::ill("keys", "钥匙本来有两份，有一份坏了或者丢了，另一份是好的，能打开。")
            .mended_by(Mend::WriteKeys),
        Err(VaultError::NewerFormat(_)) => {
            Finding::ill("keys", "这份数据是新版程序写的，升级以后再打开就行，一条也没动。")
        }
        Err(_) => Finding::ill("keys", "钥匙两份都坏了或者丢了，这份数据打不开。数据没有动，用备份找回来。")
            .mended_by(Mend::RestoreCopy),
    });
    let database = of_the_database(api, keys.as_ref().ok(), user, passphrase)?;
    let broken = findings.iter().chain(&database).any(|f| f.mend == Some(Mend::RestoreCopy));
    findings.extend(database);
    findings.extend(of_the_folder(api, false));
    findings.extend(of_the_packs(api));
    let copy = crate::backup::newest_whole(api);
    findings.push(match copy {
        Some(_) => Finding::well("backup", "找到了备份，最近的一份从头读过，是好的。"),
        None if broken => Finding::ill(
            "backup",
            "这台电脑上没找到好的备份。把放过备份的 U 盘插上再查；都没有，就请镇里给这台电脑重新授权，交上去过的都找得回来。",
        )
        .seen_to_at("/rescue", "看有哪些备份"),
        None => Finding::ill("backup", "没找到备份。放过备份的 U 盘没插的话，插上再查。")
            .seen_to_at("/rescue", "看有哪些备份"),
    });
    Ok(examined(false, findings))
}

/// The database's file, and with a passphrase every page of it.
fn of_the_database(
    api: &Api,
    keys: Option<&Vault>,
    user: Option<String>,
    passphrase: Option<String>,
) -> Result<Vec<Finding>, ApiError> {
    let path = api.dir().join(database::FILE);
    let broken = |text: &str| vec![Finding::ill("file", text).mended_by(Mend::RestoreCopy)];
    let Ok(facts) = fs::metadata(&path) else {
        return Ok(broken("数据文件不见了。别的没有动，用最近的备份找回来。"));
    };
    if facts.len() < database::PAGE_BYTES {
        return Ok(broken("数据文件是空的。别的没有动，用最近的备份找回来。"));
    }
    let (Some(vault), Some(passphrase)) = (keys, passphrase) else {
        return Ok(vec![Finding::well("file", "数据文件在。里面好不好，要输口令才看得到。")]);
    };
    store::slow_down(api)?;
    let user = user.filter(|user| !user.trim().is_empty());
    let (key, _) = vault
        .unlock(user.as_deref(), &passphrase)
        .map_err(|error| store::wrong_try(api, StoreError::from(error)))?;
    drop(key);
    let unlock = Unlock { user, passphrase };
    let opened = Store::open(api.dir(), unlock, api.inner.surroundings.clone());
    let wrong = opened.and_then(|store| store.verify());
    Ok(match wrong {
        Ok(differences) if differences.is_empty() => {
            vec![Finding::well("file", "数据文件能打开，从头核对过，都对得上。")]
        }
        Ok(_) | Err(StoreError::Damaged(_) | StoreError::Journal(_)) => {
            broken("数据文件坏了，口令是对的。文件没有动；用最近的备份找回来，现在这份会留在一边。")
        }
        Err(StoreError::Newer) => {
            vec![Finding::ill("file", "这份数据是新版程序写的，升级以后再打开就行，一条也没动。")]
        }
        Err(error) => return Err(error.into()),
    })
}

/// The disk and the folder: room, whether it can be written, what lies about.
pub(super) fn of_the_folder(api: &Api, open: bool) -> Vec<Finding> {
    let dir = api.dir();
    let mut findings = Vec::new();
    let room = fs4::available_space(dir).ok();
    findings.push(match room {
        Some(room) if room < keeping().room_mb << 20 => Finding::ill(
            "room",
            format!("盘上只剩 {} MB 了，再写会存不进去。腾 {} MB 出来就行。", room >> 20, keeping().room_mb),
        ),
        Some(room) => Finding::well("room", format!("盘上还有 {} GB。", (room >> 30).max(1))),
        None => Finding::ill("room", "看不到盘上还剩多少地方。数据没有动。"),
    });
    if tempfile::NamedTempFile::new_in(dir).is_err() && room.is_none_or(|room| room > 1 << 20) {
        let text = "放数据的文件夹现在只能看、不能写，以前存的都在。看看 U 盘或者文件夹是不是锁住了。";
        findings.push(Finding::ill("folder", text));
    }
    if open && Vault::look(dir).is_ok_and(|vault| !vault.stands_twice()) {
        let text = "钥匙本来有两份，有一份坏了或者丢了，另一份是好的。";
        findings.push(Finding::ill("keys", text).mended_by(Mend::WriteKeys));
    }
    let halves = halves(dir);
    if !halves.is_empty() {
        let text = format!("有 {} 个写了半截没人要的文件，占着地方，清掉不碍事。", halves.len());
        findings.push(Finding::ill("halves", text).mended_by(Mend::Tidy));
    }
    if !open && InstanceLock::take(dir, 0).is_err() {
        let text = "这份数据正在另一个窗口里开着，或者放数据的文件夹不能写。先关掉那一个再来。";
        findings.push(Finding::ill("lock", text));
    }
    findings
}

/// The packs of practices that were taken here; nothing where there are none.
pub(super) fn of_the_packs(api: &Api) -> Vec<Finding> {
    let (troubles, good) = crate::update::examined(api);
    if troubles.is_empty() && good > 0 {
        return vec![Finding::well("packs", format!("用着 {good} 份做法包，签名都对得上。"))];
    }
    // The sign-in page leads nowhere else; within, the page of updates says what to do.
    let ill = |text: String| match api.is_open() {
        true => Finding::ill("packs", text).seen_to_at("/update", "看升级"),
        false => Finding::ill("packs", text),
    };
    troubles.into_iter().map(ill).collect()
}

/// What an end in the middle of something leaves and nobody needs: a file of our own of which the whole one has its place.
/// Whatever takes part in a restoring is left alone.
pub(super) fn halves(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let is_half = |name: &str| {
        name.ends_with(".part")
            || name.starts_with(".tmp")
            || ["backup-part.db", "backup-look.db", "backup-part.db-journal"].contains(&name)
    };
    let halves = entries.filter(|entry| {
        entry.file_name().to_str().is_some_and(is_half) && entry.file_type().is_ok_and(|kind| kind.is_file())
    });
    halves.map(|entry| entry.path()).collect()
}
