//! `backup.*`: copies of the whole store, encrypted as the store is, made by hand and by themselves, and brought back.

mod keeper;
mod look;
pub(crate) mod place;
pub(crate) mod rotation;

use std::path::{Path, PathBuf};

use yuanba_store::Store;

pub(crate) use keeper::{Keeper, last_good_ms, overdue_days, where_they_were};
pub(crate) use look::newest_whole;

use crate::Api;
use crate::dto::{Empty, JobStarted, Nothing, OutFile, answer, request};
use crate::error::ApiError;
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::store::{self, WithStatus};
use crate::{rights, settings, time};

answer! {
    /// A backup that was written and read back.
    pub struct BackupWritten { pub path: String, pub bytes: u64 }

    /// A copy that was made at one of the places: the result of `backup.now`.
    pub struct CopyMade {
        pub path: String,
        pub bytes: u64,
        /// Changes counted in it
        pub changes: u64,
        /// Older copies that were not needed any more
        pub gave_way: u32,
    }

    /// A place that copies go to.
    pub struct BackupPlace {
        pub path: String,
        /// U 盘「村务1号」 or the folder
        pub name: String,
        pub stick: bool,
        /// It is there now
        pub present: bool,
        /// On the disk that the data is on: it goes when the disk goes
        pub same_disk: bool,
        /// Somebody chose it
        pub chosen: bool,
        pub last_good: Option<String>,
        /// 今天 9:02, 6 月 3 日，9 天前
        pub last_said: Option<String>,
        pub bytes: Option<u64>,
        /// What went wrong since, in a sentence
        pub trouble: Option<String>,
    }

    /// How things stand with the copies.
    pub struct BackupState {
        pub well: bool,
        /// In a sentence
        pub text: String,
        /// Days since the last good copy anywhere
        pub days: Option<u32>,
        pub paused: bool,
        /// One is being made
        pub running: bool,
        pub places: Vec<BackupPlace>,
        /// How many stay: days, weeks, months
        pub daily: u32,
        pub weekly: u32,
        pub monthly: u32,
    }

    /// A copy that was found; it has not been read whole yet.
    pub struct FoundCopy {
        pub file: String,
        /// The folder it is in
        pub place: String,
        pub at: String,
        pub bytes: u64,
        /// Unknown of copies of the first format
        pub org_name: Option<String>,
        pub changes: Option<u64>,
        /// Of the store in the data folder; nothing where there is none or its keys cannot be read
        pub own: Option<bool>,
    }

    /// What somebody did here that is not in a copy.
    pub struct WhoLoses { pub name: String, pub acts: u64, pub last: String }

    /// A copy that was read whole, beside the store that is here: the result of `backup.look`.
    pub struct CopyLooked {
        pub file: String,
        pub at: Option<String>,
        pub org_name: Option<String>,
        pub changes: Option<u64>,
        pub own: Option<bool>,
        /// The store here could be compared with it
        pub compared: bool,
        /// Changes here that are not in it
        pub newer: u64,
        /// Of these: what others are known to hold
        pub comes_back: u64,
        /// Of these: what nobody else is known to hold
        pub lost: u64,
        /// Changes in it that are not here
        pub only_there: u64,
        /// Changes whose words were erased here at somebody's lawful request and that it still holds
        pub erased_here: u64,
        pub whose: Vec<WhoLoses>,
        /// Who can open it afterwards
        pub users: Vec<String>,
        /// What it means, a sentence each
        pub sentences: Vec<String>,
    }
}

request! {
    /// A backup to be put in place of nothing: the data folder must hold no store.
    pub struct Restore { pub file: String }

    /// A backup to be put in the place of the store that is here.
    pub struct Replace {
        pub file: String,
        /// May be left out while there is one
        pub user: Option<String>,
        /// Must open the copy, or the present keys where they belong to the same store
        pub passphrase: String,
    }

    /// Where to.
    pub struct CopyNow {
        /// A stick or a folder; left out: the folder for copies
        pub folder: Option<String>,
    }

    /// Where and whether copies are made by themselves. What is left out stays.
    pub struct SetBackup {
        /// The folder; empty: the one that is taken where nobody chose
        pub folder: Option<String>,
        pub paused: Option<bool>,
    }

    /// Where else to look.
    pub struct FindCopies { pub folder: Option<String> }

    /// Which copy.
    pub struct OneCopy { pub file: String }
}

commands! {
    /// Writes a copy of the store
    "backup.write" (OutFile) -> BackupWritten, write;
    /// Says that the offer of a first backup was heard and put off: it is not made again
    "backup.later" (Nothing) -> Empty, later;
    /// Where copies go, when the last good one was made, what went wrong
    "backup.state" (Nothing) -> BackupState, state;
    /// Chooses the folder for copies, stops or resumes making them by itself
    "backup.set" (SetBackup) -> BackupState, set;
    /// Makes a copy at a place now and lets old ones give way; the job's result is a CopyMade
    "backup.now" (CopyNow) -> JobStarted => CopyMade, now;
    /// Copies that can be found: in the folder for copies, on sticks, and where one says
    "backup.found" (FindCopies) -> Vec<FoundCopy>, found;
    /// Reads a copy whole and says what would be lost with it; the job's result is a CopyLooked
    "backup.look" (OneCopy) -> JobStarted => CopyLooked, look::look;
    /// Takes a backup into a data folder that holds no store; afterwards somebody signs in as usual
    "backup.restore" (Restore) -> WithStatus, restore;
    /// Puts a copy in the place of the store that is here, which is kept aside; the job's result is a WithStatus
    "backup.replace" (Replace) -> JobStarted => WithStatus, replace;
}

fn write(api: &Api, request: OutFile) -> Result<BackupWritten, ApiError> {
    let mut session = api.session()?;
    let path = Path::new(&request.out);
    let bytes = session.store.backup(path).map_err(|error| at_file(path, error))?;
    // The copy is there: a disk without room for the note takes nothing of that back.
    let _ = session.store.local_put(store::BACKUP_OFFERED, &serde_json::json!(true));
    keeper::by_hand(&mut session, path, bytes);
    Ok(BackupWritten { path: request.out, bytes })
}

fn later(api: &Api, _: Nothing) -> Result<Empty, ApiError> {
    api.session()?.store.local_put(store::BACKUP_PUT_OFF, &serde_json::json!(true))?;
    Ok(Empty {})
}

fn state(api: &Api, _: Nothing) -> Result<BackupState, ApiError> {
    let own = place::folder(api);
    let sticks = place::sticks(api);
    let paused = settings::read(api.dir()).backup_paused;
    let session = api.session()?;
    let today = session.store.today();
    let remembered = keeper::all_remembered(&session)?;
    let mut places = Vec::new();
    for place in std::iter::once(&own).chain(&sticks) {
        let path = place.folder.display().to_string();
        let kept = remembered.iter().find(|(folder, _)| *folder == path).map(|(_, kept)| kept.clone());
        if kept.is_some() || !place.stick {
            places.push(shown(place, kept.unwrap_or_default(), true, today));
        }
    }
    // Sticks that are not in now.
    for (folder, kept) in remembered.into_iter().filter(|(_, kept)| kept.stick) {
        if !places.iter().any(|place| place.path == folder) {
            let place = place::Place {
                folder: PathBuf::from(&folder),
                name: kept.name.clone(),
                stick: true,
                chosen: false,
                same_disk: false,
            };
            places.push(shown(&place, kept, false, today));
        }
    }
    let days = last_good_ms(&session)?.map(|at| (today - yuanba_store::china(at).date_naive()).num_days());
    let overdue = overdue_days(&session)?;
    let failing = places.first().and_then(|place| place.trouble.clone());
    let text = match (&overdue, days) {
        (Some((days, true)), _) => format!("已经 {days} 天没有备份好过。"),
        (Some((_, false)), _) => "还没有备份过。电脑要是坏了、丢了，就靠备份找回来。".to_owned(),
        (None, None) => "还没有备份过，程序会自己备份第一份。".to_owned(),
        (None, Some(_)) => match last_good_ms(&session)? {
            Some(at) => format!("{}备份过。", keeper::when(at, today)),
            None => String::new(),
        },
    };
    let keeping = rotation::keeping();
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(BackupState {
        well: overdue.is_none() && failing.is_none(),
        text,
        days: days.map(|days| u32::try_from(days.max(0)).unwrap_or(u32::MAX)),
        paused,
        running: api.inner.keeper.is_busy(),
        places,
        daily: number(keeping.daily),
        weekly: number(keeping.weekly),
        monthly: number(keeping.monthly),
    })
}

fn shown(
    place: &place::Place,
    kept: keeper::Remembered,
    present: bool,
    today: chrono::NaiveDate,
) -> BackupPlace {
    let good = kept.good;
    BackupPlace {
        path: place.folder.display().to_string(),
        name: place.name.clone(),
        stick: place.stick,
        present,
        same_disk: place.same_disk,
        chosen: place.chosen,
        last_good: good.as_ref().map(|(at, _, _)| time::stamp(*at)),
        last_said: good.as_ref().map(|(at, _, _)| keeper::when(*at, today)),
        bytes: good.map(|(_, bytes, _)| bytes),
        trouble: kept.trouble.map(|(text, _)| text),
    }
}

fn set(api: &Api, request: SetBackup) -> Result<BackupState, ApiError> {
    let mut kept = settings::read(api.dir());
    if let Some(folder) = request.folder {
        let folder = folder.trim().to_owned();
        if !folder.is_empty() && !Path::new(&folder).is_dir() {
            return Err(Trouble::NoFile { path: folder }.into());
        }
        if Path::new(&folder).starts_with(api.dir()) {
            let text = "备份要放在数据文件夹外面，放在里面，文件夹丢了就一起丢了。".to_owned();
            return Err(Trouble::BadValue { field: "folder", text }.into());
        }
        kept.backup_folder = Some(folder).filter(|folder| !folder.is_empty());
    }
    kept.backup_paused = request.paused.unwrap_or(kept.backup_paused);
    settings::write(api.dir(), &kept)?;
    state(api, Nothing {})
}

fn now(api: &Api, request: CopyNow) -> Result<JobStarted, ApiError> {
    if api.session()?.demo {
        return Err(Trouble::DemoStays.into());
    }
    let place = match &request.folder {
        None => place::folder(api),
        Some(path) => {
            let root = Path::new(path);
            if !root.is_dir() {
                return Err(Trouble::NoFile { path: path.clone() }.into());
            }
            match crate::stick::mounts().iter().any(|mount| mount == root) {
                true => place::on_stick(api, root),
                false => place::Place {
                    folder: root.to_owned(),
                    name: path.clone(),
                    stick: false,
                    chosen: true,
                    same_disk: false,
                },
            }
        }
    };
    Ok(api.begin(move |api, progress| keeper::copy_to(api, &place, Some(progress))))
}

/// A copy in the folder for copies, now.
pub(crate) fn copy_now(api: &Api, progress: &crate::job::Progress) -> Result<CopyMade, ApiError> {
    let place = place::folder(api);
    keeper::copy_to(api, &place, Some(progress))
}

fn found(api: &Api, request: FindCopies) -> Result<Vec<FoundCopy>, ApiError> {
    let own = place::own_store(api.dir());
    let copies = place::copies_everywhere(api, request.folder.as_deref().map(Path::new));
    let shown = |found: place::Found| FoundCopy {
        place: found.path.parent().map(|folder| folder.display().to_string()).unwrap_or_default(),
        file: found.path.display().to_string(),
        at: time::stamp(found.at_ms),
        bytes: found.cover.bytes,
        org_name: found.cover.org,
        changes: found.cover.changes,
        own: own.map(|own| own == found.cover.store),
    };
    Ok(copies.into_iter().map(shown).collect())
}

fn restore(api: &Api, request: Restore) -> Result<WithStatus, ApiError> {
    let path = Path::new(&request.file);
    if !path.is_file() {
        return Err(Trouble::NoFile { path: request.file }.into());
    }
    let slot = api.slot();
    if slot.is_some() {
        return Err(Trouble::StoreExists.into());
    }
    Store::restore(path, api.dir()).map_err(|error| of_copy(&request.file, error))?;
    drop(slot);
    Ok(WithStatus { status: store::status_of(api)? })
}

fn replace(api: &Api, request: Replace) -> Result<JobStarted, ApiError> {
    let path = PathBuf::from(&request.file);
    if !path.is_file() {
        return Err(Trouble::NoFile { path: request.file }.into());
    }
    Ok(api.begin(move |api, progress| {
        progress.say(0, None, "正在从备份里找回来");
        put_in_place(api, &path, request.user, request.passphrase)?;
        Ok(WithStatus { status: store::status_of(api)? })
    }))
}

/// Puts a copy in the place of the store that is here, for somebody who may exchange data; the old one stays aside.
pub(crate) fn put_in_place(
    api: &Api,
    path: &Path,
    user: Option<String>,
    passphrase: String,
) -> Result<PathBuf, ApiError> {
    let user = user.filter(|user| !user.trim().is_empty());
    let unlock = yuanba_store::Unlock { user, passphrase };
    store::slow_down(api)?;
    // Nobody works at the store while it is replaced.
    let mut slot = api.slot();
    *slot = None;
    let role = Store::role_of(path, api.dir(), &unlock).map_err(|error| store::wrong_try(api, error))?;
    if !rights::may_somewhere(&role, rights::Right::Exchange) {
        return Err(Trouble::NotAllowed.into());
    }
    let now = api.inner.surroundings.clock.now_ms();
    let aside = Store::restore_over(path, api.dir(), &unlock, now)
        .map_err(|error| of_copy(&path.display().to_string(), error))?;
    drop(slot);
    Ok(aside)
}

/// What is wrong with a copy that cannot be taken.
fn of_copy(path: &str, error: yuanba_store::StoreError) -> Trouble {
    match Trouble::from(error) {
        Trouble::Damaged | Trouble::DiskFails => Trouble::DamagedFile { path: path.to_owned() },
        other => other,
    }
}

/// A failure to write a file is about the file, not about the store.
fn at_file(path: &Path, error: yuanba_store::StoreError) -> Trouble {
    match error {
        yuanba_store::StoreError::Out(error) => Trouble::writing(path, &error),
        yuanba_store::StoreError::Refused("a copy is being made") => Trouble::BackupRunning,
        other => other.into(),
    }
}
