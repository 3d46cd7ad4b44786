//! `stick.*`: U盘交接.

use std::fs;
use std::path::{Path, PathBuf};

use yuanba_core::Id;
use yuanba_exchange::bundle::files_on;

use crate::Api;
use crate::bundle::{LOG, seal, take};
use crate::dto::{JobStarted, Named, Nothing, RecordId, answer, request, words};
use crate::error::ApiError;
use crate::import::file_name;
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::session::Session;
use crate::time;

words! {
    /// What became of a file on a stick.
    pub enum FileStatus { Read, Already, Parked, Refused }

    /// Which way a stick went.
    pub enum Direction { Read, Written }
}

request! {
    /// Which lines of the log: the newest so many, or of one organisation alone.
    pub struct ReadLog { pub org: Option<RecordId>, pub limit: Option<u32> }

    /// A file or a folder.
    pub struct ReadStick { pub path: String }

    /// A folder, and for whom.
    pub struct WriteStick {
        pub dir: String,
        /// Left out: the parent
        pub to: Option<String>,
    }
}

answer! {
    /// A stick that is plugged in.
    pub struct Stick { pub path: String, pub name: String, pub free_bytes: u64, pub bundles: u32 }

    /// One line of this machine's log of sticks.
    pub struct StickLog {
        pub at: String,
        pub direction: Direction,
        pub file: String,
        pub new: u64,
        pub status: String,
        /// What became of a file that was read
        pub outcome: Option<FileStatus>,
        pub code: Option<String>,
        /// Who wrote it, as far as it says so, or for whom it was written
        pub org: Option<RecordId>,
        pub org_name: Option<String>,
        /// When it was written, as the writer's clock said
        pub written_at: Option<String>,
        pub clock_odd: bool,
        /// 手记 3 篇，代办 2 件
        pub what: String,
    }

    /// What waits and what was.
    pub struct StickState { pub to: Option<Named>, pub waiting: u64, pub streams: u32, pub log: Vec<StickLog> }

    /// One file that was looked at.
    pub struct StickFile {
        pub file: String,
        pub status: FileStatus,
        pub new: u64,
        pub from: Option<String>,
        /// Its id, for the way back
        pub from_org: Option<RecordId>,
        pub text: String,
        pub code: Option<String>,
        pub written_at: Option<String>,
        pub clock_odd: bool,
        /// 手记 3 篇，代办 2 件
        pub what: String,
    }

    /// What a stick brought: the result of `stick.read`.
    pub struct StickRead { pub files: Vec<StickFile>, pub new: u64, pub conflicts: u32 }

    /// A line of what a stick carries.
    pub struct Carried { pub text: String, pub detail: Option<String> }

    /// What was written: the result of `stick.write`.
    pub struct StickWritten {
        pub file: String,
        pub changes: u64,
        pub bytes: u64,
        pub to_name: String,
        pub what: Vec<Carried>,
    }
}

commands! {
    /// Sticks that are plugged in
    "stick.find" (Nothing) -> Vec<Stick>, find;
    /// What waits to be handed over
    "stick.state" (Nothing) -> StickState, state;
    /// Sticks that were read and written on this machine, newest first
    "stick.log" (ReadLog) -> Vec<StickLog>, log;
    /// Reads a file or all files of a folder; the job's result is a StickRead
    "stick.read" (ReadStick) -> JobStarted => StickRead, read;
    /// Writes a bundle into a folder; the job's result is a StickWritten
    "stick.write" (WriteStick) -> JobStarted => StickWritten, write;
}

/// Lines of the log that a page shows.
const LOG_SHOWN: usize = 50;

/// Where removable disks are mounted: one folder each, or one folder a user with theirs in it.
pub(crate) fn mounts() -> Vec<PathBuf> {
    let below = |folder: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.path()).filter(|path| path.is_dir()).collect()
    };
    if cfg!(windows) {
        // The system's own disk is no stick.
        return ('D'..='Z')
            .map(|letter| PathBuf::from(format!("{letter}:\\")))
            .filter(|p| p.is_dir())
            .collect();
    }
    if cfg!(target_os = "macos") {
        return below(Path::new("/Volumes"));
    }
    let users = ["/media", "/run/media"].into_iter().flat_map(|folder| below(Path::new(folder)));
    let mounted = fs::read_to_string("/proc/mounts").unwrap_or_default();
    // A blank in a mount's name is written as \\040.
    let points: Vec<PathBuf> = mounted
        .lines()
        .filter_map(|line| line.split(' ').nth(1))
        .map(|p| p.replace("\\040", " ").into())
        .collect();
    let mut found: Vec<PathBuf> = users
        .flat_map(|folder| {
            let mut inside = below(&folder);
            inside.push(folder);
            inside
        })
        .chain(below(Path::new("/mnt")))
        .collect();
    found.retain(|path| points.contains(path));
    found
}

fn find(_: &Api, _: Nothing) -> Result<Vec<Stick>, ApiError> {
    let shown = |path: PathBuf| {
        Some(Stick {
            free_bytes: fs4::available_space(&path).ok()?,
            bundles: files_on(std::slice::from_ref(&path)).len().try_into().unwrap_or(u32::MAX),
            name: file_name(&path),
            path: path.display().to_string(),
        })
    };
    Ok(mounts().into_iter().filter_map(shown).collect())
}

fn state(api: &Api, _: Nothing) -> Result<StickState, ApiError> {
    let session = api.session()?;
    let store = &session.store;
    let parent = session.parent()?;
    let to = match parent {
        Some(id) => Some(Named { id: id.into(), name: store.organisation_name(id)? }),
        None => None,
    };
    let streams = store.vector_for(parent.unwrap_or(store.org()))?.len();
    let log = logged(&session, LOG_SHOWN)?;
    Ok(StickState { to, waiting: store.waiting()?, streams: streams.try_into().unwrap_or(u32::MAX), log })
}

/// The newest lines of the log.
pub(crate) fn logged(session: &Session, count: usize) -> Result<Vec<StickLog>, ApiError> {
    let store = &session.store;
    let mut log = Vec::new();
    for (_, entry, at) in store.local_newest(LOG, count)? {
        let text = |key: &str| entry[key].as_str().map(str::to_owned);
        let org = entry["org"].as_str().and_then(|org| org.parse::<Id>().ok());
        log.push(StickLog {
            at: time::stamp(at),
            direction: if entry["direction"] == "written" { Direction::Written } else { Direction::Read },
            file: text("file").unwrap_or_default(),
            new: entry["new"].as_u64().unwrap_or_default(),
            status: text("status").unwrap_or_default(),
            outcome: serde_json::from_value(entry["outcome"].clone()).ok(),
            code: text("code"),
            org: org.map(RecordId),
            org_name: org.map(|org| store.organisation_name(org)).transpose()?,
            written_at: text("written_at"),
            clock_odd: entry["clock_odd"] == true,
            what: text("what").unwrap_or_default(),
        });
    }
    Ok(log)
}

/// The most lines of the log that are asked for at once.
const LOG_MAX: u32 = 10_000;

fn log(api: &Api, request: ReadLog) -> Result<Vec<StickLog>, ApiError> {
    let session = api.session()?;
    let limit = request.limit.unwrap_or(LOG_MAX).min(LOG_MAX) as usize;
    let mut log = logged(&session, if request.org.is_some() { LOG_MAX as usize } else { limit })?;
    log.retain(|line| request.org.is_none() || line.org == request.org);
    log.truncate(limit);
    Ok(log)
}

fn read(api: &Api, request: ReadStick) -> Result<JobStarted, ApiError> {
    let path = PathBuf::from(&request.path);
    if !path.exists() {
        return Err(Trouble::NoFile { path: request.path }.into());
    }
    Ok(api.begin(move |api, progress| {
        let files = files_on(&[path]);
        let total = files.len() as u64;
        let mut read = StickRead { files: Vec::new(), new: 0, conflicts: 0 };
        for (at, file) in files.iter().enumerate() {
            // Each file is taken in at once: stopping between two leaves both sides whole.
            progress.go_on()?;
            progress.say(at as u64, Some(total), format!("正在读第 {} 个，共 {total} 个", at + 1));
            let taken = take(&mut *api.session()?, file)?;
            read.new += taken.new;
            read.files.push(StickFile {
                file: file_name(file),
                status: taken.status,
                new: taken.new,
                from: taken.from_name,
                from_org: taken.from,
                text: taken.text,
                code: taken.code,
                written_at: taken.written_at,
                clock_odd: taken.clock_odd,
                what: taken.what,
            });
        }
        let conflicts = api.session()?.store.conflict_count()?;
        read.conflicts = conflicts.try_into().unwrap_or(u32::MAX);
        progress.say(total, Some(total), "读完了");
        Ok(read)
    }))
}

fn write(api: &Api, request: WriteStick) -> Result<JobStarted, ApiError> {
    let to = request.to.unwrap_or_else(|| "parent".to_owned());
    Ok(api.begin(move |api, progress| {
        let mut session = api.session()?;
        let sealed = seal(&mut session, &to, Path::new(&request.dir), Some(progress))?;
        let what = sealed
            .organisations
            .iter()
            .map(|name| Carried { text: format!("{name}的记录"), detail: None });
        Ok(StickWritten {
            file: file_name(Path::new(&sealed.file)),
            changes: sealed.changes,
            bytes: sealed.bytes,
            to_name: sealed.to_name,
            what: what.collect(),
        })
    }))
}
