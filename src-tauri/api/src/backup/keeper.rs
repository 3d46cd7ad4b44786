//! The copies that the program makes by itself: every day one at each place, in a thread of its own. Nobody waits for it.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use chrono::NaiveDate;
use serde_json::{Value, json};
use yuanba_store::backup::{Told, Written, cover_of};
use yuanba_store::{Store, StoreError, china};

use super::place::{self, Place};
use super::rotation::keeping;
use super::{CopyMade, at_file};
use crate::Api;
use crate::error::{ApiError, Code};
use crate::job::Progress;
use crate::laptop::letter;
use crate::sentences::Trouble;
use crate::session::Session;
use crate::{settings, time};

/// The first look: whoever has just signed in has the disk for themselves.
const FIRST_LOOK: Duration = Duration::from_secs(60);
/// How often it is looked whether a copy is due, or a stick is in.
const LOOK: Duration = Duration::from_secs(30);
/// So long after a try that went wrong the place is tried again, ms.
const AGAIN_MS: i64 = 3_600_000;
/// Where a place's last copy and last try stand among the local values.
const LAST: &str = "backup.at:";

/// One copy at a time.
#[derive(Default)]
pub(crate) struct Keeper {
    busy: AtomicBool,
    ended: Mutex<bool>,
    woken: Condvar,
}

struct Turn<'a>(&'a Keeper);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.busy.store(false, Ordering::Release);
    }
}

impl Keeper {
    fn turn(&self) -> Option<Turn<'_>> {
        self.busy.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).ok().map(|_| Turn(self))
    }

    /// Whether a copy is being made.
    pub(crate) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Relaxed)
    }

    /// No more copies are made.
    pub(crate) fn end(&self) {
        *self.ended.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.woken.notify_all();
    }

    /// Waits so long; answers whether it has ended.
    fn rest(&self, at_most: Duration) -> bool {
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        let (ended, _) = self
            .woken
            .wait_timeout_while(ended, at_most, |ended| !*ended)
            .unwrap_or_else(PoisonError::into_inner);
        *ended
    }
}

/// What is remembered of a place.
#[derive(Debug, Clone, Default)]
pub(super) struct Remembered {
    /// The last good copy: when (ms since 1970), its length, its file
    pub good: Option<(i64, u64, String)>,
    /// What went wrong since, and when
    pub trouble: Option<(String, i64)>,
    pub name: String,
    pub stick: bool,
}

impl Remembered {
    fn of(value: &Value) -> Remembered {
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        Remembered {
            good: value["good_ms"]
                .as_i64()
                .map(|at| (at, value["bytes"].as_u64().unwrap_or(0), text("file"))),
            trouble: value["trouble_ms"].as_i64().map(|at| (text("trouble"), at)),
            name: text("name"),
            stick: value["stick"] == true,
        }
    }

    fn value(&self) -> Value {
        json!({
            "name": self.name, "stick": self.stick,
            "good_ms": self.good.as_ref().map(|good| good.0), "bytes": self.good.as_ref().map(|good| good.1),
            "file": self.good.as_ref().map(|good| &good.2),
            "trouble": self.trouble.as_ref().map(|trouble| &trouble.0),
            "trouble_ms": self.trouble.as_ref().map(|trouble| trouble.1),
        })
    }

    /// Whether a copy is due there today. A clock that was set back makes one more copy, never none.
    fn is_due(&self, today: NaiveDate, now_ms: i64) -> bool {
        let done = self.good.as_ref().is_some_and(|(at, _, _)| china(*at).date_naive() == today);
        let just_failed = self.trouble.as_ref().is_some_and(|(_, at)| (0..AGAIN_MS).contains(&(now_ms - at)));
        !done && !just_failed
    }
}

fn key_of(folder: &Path) -> String {
    format!("{LAST}{}", folder.display())
}

/// What is remembered of a folder.
pub(super) fn remembered(session: &Session, folder: &Path) -> Result<Remembered, ApiError> {
    let found = session.store.local_get(&key_of(folder))?;
    Ok(found.map(|(value, _)| Remembered::of(&value)).unwrap_or_default())
}

/// What is remembered of every folder that copies ever went to.
pub(super) fn all_remembered(session: &Session) -> Result<Vec<(String, Remembered)>, ApiError> {
    let list = session.store.local_list(LAST)?;
    Ok(list
        .into_iter()
        .map(|(key, value, _)| (key[LAST.len()..].to_owned(), Remembered::of(&value)))
        .collect())
}

/// When the last good copy was made anywhere, ms since 1970.
pub(crate) fn last_good_ms(session: &Session) -> Result<Option<i64>, ApiError> {
    let all = all_remembered(session)?;
    Ok(all.iter().filter_map(|(_, place)| place.good.as_ref().map(|good| good.0)).max())
}

/// Whether the last copy of some place still lies there and is whole, and whether one lies on a stick that is not in.
pub(crate) fn where_they_were(session: &Session) -> Result<(bool, bool), ApiError> {
    let places = all_remembered(session)?;
    let files =
        || places.iter().filter_map(|(_, place)| place.good.as_ref().map(|good| (place, Path::new(&good.2))));
    let whole = files().any(|(_, file)| Store::check_copy(file).is_ok());
    let away = files().any(|(place, file)| place.stick && !file.ancestors().nth(2).is_some_and(Path::exists));
    Ok((whole, away))
}

/// How many days the last good copy is old, where that is too many: also when there was none since somebody began to work.
pub(crate) fn overdue_days(session: &Session) -> Result<Option<(i64, bool)>, ApiError> {
    if session.demo {
        return Ok(None);
    }
    let last = last_good_ms(session)?;
    let since = match last {
        Some(at) => Some(at),
        None => session.store.first_deed_ms()?,
    };
    let Some(since) = since else { return Ok(None) };
    let days = (session.store.today() - china(since).date_naive()).num_days();
    Ok((days > i64::from(keeping().warn_days)).then_some((days, last.is_some())))
}

/// Remembers a copy that somebody put where they wanted it.
pub(super) fn by_hand(session: &mut Session, path: &Path, bytes: u64) {
    let Some(folder) = path.parent() else { return };
    let Ok(mut kept) = remembered(session, folder) else { return };
    kept.good = Some((session.store.now_ms(), bytes, path.display().to_string()));
    kept.trouble = None;
    kept.name = folder.display().to_string();
    let _ = session.store.local_put(&key_of(folder), &kept.value());
}

/// Writes a copy to a place, checks it, and lets old ones give way.
pub(super) fn copy_to(api: &Api, place: &Place, progress: Option<&Progress>) -> Result<CopyMade, ApiError> {
    let Some(_turn) = api.inner.keeper.turn() else { return Err(Trouble::BackupRunning.into()) };
    let made = write_to(api, place, progress);
    let mut session = api.session()?;
    let mut kept = remembered(&session, &place.folder)?;
    (kept.name, kept.stick) = (place.name.clone(), place.stick);
    let now = session.store.now_ms();
    match &made {
        Ok(made) => {
            kept.good = Some((now, made.bytes, made.path.clone()));
            kept.trouble = None;
        }
        // Somebody stopped it, or locked the store: nothing is wrong with the place.
        Err(error) if error.code == Code::Cancelled => return made,
        Err(error) => kept.trouble = Some((format!("{}{}", error.message, error.next_step), now)),
    }
    // On a full disk there is no room for the note; what counts is done or told.
    let _ = session.store.local_put(&key_of(&place.folder), &kept.value());
    if made.is_ok() {
        let _ = session.store.local_put(crate::store::BACKUP_OFFERED, &json!(true));
    }
    made
}

fn write_to(api: &Api, place: &Place, progress: Option<&Progress>) -> Result<CopyMade, ApiError> {
    fs::create_dir_all(&place.folder).map_err(|error| at_place(place, &error))?;
    let (copying, name, own) = {
        let session = api.session()?;
        let store = &session.store;
        let number = store.authority().letter(store.replica().id(), store.org()).unwrap_or(0);
        let name = place::name_of(&store.organisation_name(store.org())?, &letter(number), store.today());
        (store.begin_copy(true)?, name, store.vault().store())
    };
    let out = free_name(&place.folder, &name, own);
    let written = copying.write(&out, &mut |told| {
        let Some(progress) = progress else { return !api.inner.keeper.rest(Duration::ZERO) };
        match told {
            Told::Written(done, total) => {
                progress.say(done, Some(total), format!("正在备份到{}", place.name))
            }
            Told::Checking => progress.say(copying.bytes(), Some(copying.bytes()), "写完了，正在读回来核对"),
        }
        progress.go_on().is_ok()
    });
    drop(copying);
    if let Ok(session) = api.session() {
        session.store.end_copy()?;
    }
    let Written { bytes, changes } = written.map_err(|error| match error {
        StoreError::Out(error) => at_place(place, &error),
        other => at_file(&out, other),
    })?;
    let gave_way = give_way(&place.folder, own, &out, bytes);
    Ok(CopyMade { path: out.display().to_string(), bytes, changes, gave_way })
}

/// Why a copy could not be written to a place.
fn at_place(place: &Place, error: &std::io::Error) -> Trouble {
    use std::io::ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    match error.kind() {
        StorageFull | QuotaExceeded if place.stick => Trouble::StickFull,
        ReadOnlyFilesystem | PermissionDenied if place.stick => Trouble::StickReadOnly,
        _ if place.stick => Trouble::StickGone,
        _ => Trouble::writing(&place.folder, error),
    }
}

/// The name, or another where a copy of another store has it.
fn free_name(folder: &Path, name: &str, own: [u8; 16]) -> std::path::PathBuf {
    let out = folder.join(name);
    let of_others = |path: &Path| path.exists() && cover_of(path).map_or(true, |cover| cover.store != own);
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let more = (2..1000).map(|n| folder.join(format!("{stem}-{n}.{ending}")));
    std::iter::once(out.clone()).chain(more).find(|path| !of_others(path)).unwrap_or(out)
}

/// Removes the program's own copies of this store that the rotation does not need, and then the oldest until there is room
/// for the next one. The new one is whole by now. Answers with how many gave way.
fn give_way(folder: &Path, own: [u8; 16], new: &Path, bytes: u64) -> u32 {
    let mut ours: Vec<_> = place::copies_in(folder)
        .into_iter()
        .filter(|found| found.cover.by_itself && found.cover.store == own)
        .collect();
    let days: Vec<NaiveDate> = ours.iter().map(place::Found::day).collect();
    let mut gave_way = 0;
    let superfluous = keeping().superfluous(&days);
    let mut at = 0;
    ours.retain(|found| {
        at += 1;
        let goes =
            superfluous.contains(&(at - 1)) && found.path != new && fs::remove_file(&found.path).is_ok();
        gave_way += u32::from(goes);
        !goes
    });
    // What the next one needs, with the growth of a day.
    let needed = bytes + bytes / 5;
    while ours.len() > keeping().least
        && fs4::available_space(folder).is_ok_and(|room| room < needed)
        && let Some(oldest) = ours.pop()
    {
        gave_way += u32::from(oldest.path != new && fs::remove_file(&oldest.path).is_ok());
    }
    gave_way
}

impl Api {
    /// Makes a copy of the store every day by itself from now on, as long as somebody is signed in: in the folder for copies,
    /// and on each stick that has copies of this store already. A place that failed is tried again an hour later, and
    /// the next day. The thread ends with [`Api::close`].
    pub fn keep_copies(&self) {
        let api = self.clone();
        std::thread::spawn(move || {
            let keeper = &api.inner.keeper;
            if keeper.rest(FIRST_LOOK) {
                return;
            }
            loop {
                api.copy_what_is_due();
                if keeper.rest(LOOK) {
                    return;
                }
            }
        });
    }

    /// Makes the copies that are due now; answers with how many were made.
    pub fn copy_what_is_due(&self) -> usize {
        let due = self.places_due().unwrap_or_default();
        // What goes wrong is remembered with the place and said on the pages.
        due.iter().filter(|place| copy_to(self, place, None).is_ok()).count()
    }

    fn places_due(&self) -> Result<Vec<Place>, ApiError> {
        if settings::read(self.dir()).backup_paused {
            return Ok(Vec::new());
        }
        let own = {
            let session = self.session()?;
            // A copied or moved store asks a person first what it is.
            if session.demo || session.store.moved() {
                return Ok(Vec::new());
            }
            session.store.vault().store()
        };
        let mut places = vec![place::folder(self)];
        // A stick gets copies once somebody has put one on it.
        let known =
            |place: &Place| place::copies_in(&place.folder).iter().any(|copy| copy.cover.store == own);
        places.extend(place::sticks(self).into_iter().filter(known));
        let session = self.session()?;
        let (today, now) = (session.store.today(), session.store.now_ms());
        let mut due = Vec::new();
        for place in places {
            if remembered(&session, &place.folder)?.is_due(today, now) {
                due.push(place);
            }
        }
        Ok(due)
    }
}

/// 6 月 3 日，9 天前
pub(super) fn when(at_ms: i64, today: NaiveDate) -> String {
    let day = china(at_ms).date_naive();
    match (today - day).num_days() {
        0 => format!("今天 {}", china(at_ms).format("%-H:%M")),
        1 => "昨天".to_owned(),
        days if days > 0 => format!("{}，{days} 天前", spoken(day, today)),
        _ => spoken(day, today),
    }
}

fn spoken(day: NaiveDate, today: NaiveDate) -> String {
    use chrono::Datelike as _;
    match day.year() == today.year() {
        true => format!("{} 月 {} 日", day.month(), day.day()),
        false => time::day(day.and_hms_opt(12, 0, 0).map_or(0, |noon| noon.and_utc().timestamp_millis())),
    }
}
