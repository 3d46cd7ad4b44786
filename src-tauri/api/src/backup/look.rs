//! `backup.look`: what somebody would get and lose with a copy, before anything is done.

use std::path::{Path, PathBuf};

use yuanba_store::backup::Cover;
use yuanba_store::vault::Vault;
use yuanba_store::{Store, StoreError};

use super::{CopyLooked, OneCopy, WhoLoses, of_copy, place};
use crate::Api;
use crate::dto::JobStarted;
use crate::error::ApiError;
use crate::job::Progress;
use crate::sentences::Trouble;
use crate::time;

pub(super) fn look(api: &Api, request: OneCopy) -> Result<JobStarted, ApiError> {
    let path = PathBuf::from(&request.file);
    if !path.is_file() {
        return Err(Trouble::NoFile { path: request.file }.into());
    }
    Ok(api.begin(move |api, progress| look_at(api, &path, progress)))
}

fn look_at(api: &Api, path: &Path, progress: &Progress) -> Result<CopyLooked, ApiError> {
    let file = path.display().to_string();
    progress.say(0, None, "正在把这份备份从头读一遍");
    let cover = Store::check_copy(path).map_err(|error| of_copy(&file, error))?;
    let present = Vault::look(api.dir()).ok();
    let own = present.as_ref().map(|present| present.store() == cover.store);
    let mut looked = CopyLooked {
        at: cover.at_ms.map(time::stamp),
        org_name: cover.org.clone(),
        changes: cover.changes,
        own,
        compared: false,
        newer: 0,
        comes_back: 0,
        lost: 0,
        only_there: 0,
        erased_here: 0,
        whose: Vec::new(),
        users: users(path, present.filter(|_| own == Some(true))),
        sentences: vec![whole(&cover)],
        file,
    };
    let exists = Store::is_in(api.dir());
    match compared(api, path, &mut looked) {
        Ok(()) => {}
        Err(_) if !exists => looked.sentences.push("这台电脑上还没有数据，拿它就能接着用。".to_owned()),
        Err(_) if own == Some(false) => {
            looked.sentences.push("这不是这台电脑上这份数据的备份，是另一份的。".to_owned());
        }
        Err(_) => looked
            .sentences
            .push("现在这份没有打开，比不出会少什么。先用口令打开再来看，打不开就不用比了。".to_owned()),
    }
    if exists {
        looked.sentences.push("现在这份不删，整个挪到一边留着，换错了还找得回来。".to_owned());
    }
    Ok(looked)
}

/// Compares with the store that is open, and says what it means.
fn compared(api: &Api, path: &Path, looked: &mut CopyLooked) -> Result<(), ApiError> {
    let session = api.session()?;
    let lost = match session.store.compare_copy(path) {
        Ok(lost) => lost,
        Err(StoreError::Refused(_)) => return Err(Trouble::NotFound { what: "份备份" }.into()),
        Err(error) => return Err(error.into()),
    };
    let names = session.user_names()?;
    looked.compared = true;
    (looked.newer, looked.comes_back) = (lost.newer, lost.comes_back);
    (looked.lost, looked.only_there) = (lost.lost, lost.only_there);
    for one in lost.whose {
        let name = names.get(&one.user).cloned().unwrap_or_else(|| "别的人".to_owned());
        looked.whose.push(WhoLoses { name, acts: one.acts, last: time::day(one.last_ms) });
    }
    let mut say = |text: String| looked.sentences.push(text);
    match (lost.newer, lost.lost) {
        (0, _) => say("和现在这份比，一条也不会少。".to_owned()),
        (newer, 0) => {
            say(format!("这以后的 {newer} 条，别处都有：读一次 U 盘或者联一次网就回来，一条也不会丢。"))
        }
        (_, lost) => {
            let who: Vec<String> = looked
                .whose
                .iter()
                .map(|one| format!("{}的 {} 件，最后一件是 {}", one.name, one.acts, in_words(&one.last)))
                .collect();
            looked.sentences.push(format!("换成它会少 {lost} 条，别处都没有：{}。", who.join("；")));
            if looked.comes_back > 0 {
                let back = looked.comes_back;
                looked.sentences.push(format!("另外 {back} 条别处有，读一次 U 盘或者联一次网就回来。"));
            }
        }
    }
    looked.erased_here = lost.erased_here;
    if lost.erased_here > 0 {
        looked.sentences.push(format!(
            "里面还有 {} 条照本人请求删去了的资料。换成它，要等再读一次上级的 U 盘或者联一次网才又删去；这份要是不留了，就把文件删掉。",
            lost.erased_here
        ));
    }
    if looked.only_there > 0 {
        looked.sentences.push(format!("它有 {} 条，是现在这份没有的。", looked.only_there));
    }
    Ok(())
}

/// 6 月 12 日
fn in_words(day: &str) -> String {
    let day: Option<chrono::NaiveDate> = day.parse().ok();
    day.map_or_else(String::new, |day| day.format("%-m 月 %-d 日").to_string())
}

fn whole(cover: &Cover) -> String {
    let when = cover.at_ms.map_or_else(String::new, |at| {
        let at = yuanba_store::china(at);
        format!("{}的，", at.format("%Y 年 %-m 月 %-d 日 %-H:%M"))
    });
    match cover.changes {
        Some(changes) => format!("这份备份是{when}{changes} 条，从头读过一遍，是好的。"),
        None => format!("这份备份是{when}从头读过一遍，是好的。"),
    }
}

/// Who can open what comes from a copy: those of today where their keys are of the same store, else those of the copy.
fn users(path: &Path, present: Option<Vault>) -> Vec<String> {
    let named = |vault: &Vault| vault.users().iter().map(|user| user.name.clone()).collect();
    match present {
        Some(vault) => named(&vault),
        None => Store::users_of_copy(path).unwrap_or_default(),
    }
}

/// The newest copy of the store in the data folder that is whole.
pub(crate) fn newest_whole(api: &Api) -> Option<PathBuf> {
    let own = place::own_store(api.dir());
    let copies = place::copies_everywhere(api, None).into_iter();
    let mut ours = copies.filter(|found| own.is_none_or(|own| own == found.cover.store));
    ours.find(|found| Store::check_copy(&found.path).is_ok()).map(|found| found.path)
}
