//! `settings.*`: how this machine shows things. Local, never in the journal, and readable before anybody signs in.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};
use yuanba_store::StoreError;

use crate::Api;
use crate::dto::{Nothing, answer, request};
use crate::error::ApiError;
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::store::Letters;

answer! {
    /// The settings of this machine.
    pub struct Settings {
        pub letters: Letters,
        /// List → the columns shown in it, in order
        pub columns: BTreeMap<String, Vec<String>>,
        /// Where copies go; nothing while nobody chose
        pub backup_folder: Option<String>,
        /// No copies are made by themselves
        pub backup_paused: bool,
        /// After so many minutes without a sign of anybody it locks
        pub lock_minutes: u32,
    }
}

request! {
    /// What changes; a list that is not named keeps its columns.
    pub struct SetSettings {
        pub letters: Option<Letters>,
        pub columns: Option<BTreeMap<String, Vec<String>>>,
        /// 1 to 60
        pub lock_minutes: Option<u32>,
    }
}

commands! {
    /// The settings of this machine
    "settings.get" (Nothing) -> Settings, get;
    /// Changes them
    "settings.set" (SetSettings) -> Settings, set;
}

/// The file in the data folder. It holds nothing about people.
const FILE: &str = "settings.json";
/// A settings file is never larger than this.
const BYTES_MAX: u64 = 64 * 1024;

#[derive(Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    letters: Letters,
    columns: BTreeMap<String, Vec<String>>,
    backup_folder: Option<String>,
    backup_paused: bool,
    lock_minutes: u32,
}

/// What is usual, and the longest that an open laptop may stand about.
const LOCK_MINUTES: u32 = 10;
const LOCK_MINUTES_MAX: u32 = 60;

impl Default for Kept {
    fn default() -> Kept {
        Kept {
            letters: Letters::Normal,
            columns: BTreeMap::new(),
            backup_folder: None,
            backup_paused: false,
            lock_minutes: LOCK_MINUTES,
        }
    }
}

/// The settings of a data folder; what cannot be read is as if nothing had been set.
pub(crate) fn read(dir: &Path) -> Settings {
    let path = dir.join(FILE);
    let small = fs::metadata(&path).is_ok_and(|file| file.len() <= BYTES_MAX);
    let kept: Kept = small
        .then(|| fs::read(&path).ok())
        .flatten()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    let lock_minutes = kept.lock_minutes.clamp(1, LOCK_MINUTES_MAX);
    Settings {
        letters: kept.letters,
        columns: kept.columns,
        backup_folder: kept.backup_folder,
        backup_paused: kept.backup_paused,
        lock_minutes,
    }
}

/// Writes them beside the old ones and swaps.
pub(crate) fn write(dir: &Path, settings: &Settings) -> Result<(), ApiError> {
    let kept = Kept {
        letters: settings.letters,
        columns: settings.columns.clone(),
        backup_folder: settings.backup_folder.clone(),
        backup_paused: settings.backup_paused,
        lock_minutes: settings.lock_minutes,
    };
    let bytes = serde_json::to_vec_pretty(&kept).map_err(|_| Trouble::Internal)?;
    let path = dir.join(FILE);
    let written = (|| {
        fs::create_dir_all(dir)?;
        let mut file = tempfile::NamedTempFile::new_in(dir)?;
        file.write_all(&bytes)?;
        file.persist(&path).map(|_| ()).map_err(|error| error.error)
    })();
    written.map_err(|error| StoreError::from(error).into())
}

fn get(api: &Api, _: Nothing) -> Result<Settings, ApiError> {
    Ok(read(api.dir()))
}

fn set(api: &Api, request: SetSettings) -> Result<Settings, ApiError> {
    let mut settings = read(api.dir());
    settings.letters = request.letters.unwrap_or(settings.letters);
    if let Some(minutes) = request.lock_minutes {
        if !(1..=LOCK_MINUTES_MAX).contains(&minutes) {
            let text = format!("不动多久锁上，最少 1 分钟，最多 {LOCK_MINUTES_MAX} 分钟。");
            return Err(Trouble::BadValue { field: "lock_minutes", text }.into());
        }
        settings.lock_minutes = minutes;
    }
    settings.columns.extend(request.columns.unwrap_or_default());
    write(api.dir(), &settings)?;
    Ok(settings)
}
