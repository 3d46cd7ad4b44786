//! Where copies go and where they are found: a folder that somebody chose or else a sensible one, and sticks.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use chrono::NaiveDate;
use yuanba_store::backup::{Cover, NAME_ENDING, cover_of};
use yuanba_store::china;
use yuanba_store::vault::Vault;

use crate::Api;
use crate::import::file_name;
use crate::{settings, stick};

/// The folder of copies on a stick or a disk.
pub(crate) const FOLDER: &str = "院坝备份";
/// Copies looked at in one folder; more than a rotation leaves by far.
const LOOKED_AT_MAX: usize = 400;

/// A place for copies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The folder that the copies are in
    pub folder: PathBuf,
    /// 「村务1号」 or the folder
    pub name: String,
    /// It is a stick
    pub stick: bool,
    /// Somebody chose it
    pub chosen: bool,
    /// It is on the disk that the data is on
    pub same_disk: bool,
}

/// A copy that was found.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub path: PathBuf,
    pub cover: Cover,
    /// By the cover, else by the file, ms since 1970
    pub at_ms: i64,
}

impl Found {
    pub(crate) fn day(&self) -> NaiveDate {
        china(self.at_ms).date_naive()
    }
}

/// The folder that somebody chose, or the one that is taken where nobody did: on another disk where there is one.
pub(crate) fn folder(api: &Api) -> Place {
    let dir = api.dir();
    if let Some(chosen) = settings::read(dir).backup_folder {
        let folder = PathBuf::from(chosen);
        let same_disk = same_disk(dir, &folder);
        return Place { name: folder.display().to_string(), folder, stick: false, chosen: true, same_disk };
    }
    let other_disk =
        cfg!(windows).then(|| PathBuf::from("D:\\")).filter(|disk| disk.is_dir() && !same_disk(dir, disk));
    // Where the data is not a person's own, as on a stick or in a folder that was named, copies are not left in that person's
    // home either.
    let own_home = std::env::home_dir().filter(|home| home.is_dir() && dir.starts_with(home));
    let home = other_disk.or(own_home).unwrap_or_else(|| dir.to_owned());
    let folder = home.join(FOLDER);
    Place {
        name: folder.display().to_string(),
        same_disk: same_disk(dir, &home),
        folder,
        stick: false,
        chosen: false,
    }
}

/// Sticks that are plugged in; with copies on them or without.
pub(crate) fn sticks(api: &Api) -> Vec<Place> {
    // Where a second disk counts as removable, its folder may be the chosen one.
    let own = folder(api).folder;
    let sticks = stick::mounts().into_iter().map(|root| on_stick(api, &root));
    sticks.filter(|stick| stick.folder != own).collect()
}

/// The place on a stick.
pub(crate) fn on_stick(api: &Api, root: &Path) -> Place {
    Place {
        folder: root.join(FOLDER),
        name: format!("U 盘「{}」", file_name(root)),
        stick: true,
        chosen: false,
        same_disk: same_disk(api.dir(), root),
    }
}

/// Whether two places are on one disk, as far as the system tells.
fn same_disk(one: &Path, other: &Path) -> bool {
    // What is not there yet will be made in the nearest folder that is.
    let there = |path: &Path| path.ancestors().find(|path| path.exists()).map(Path::to_owned);
    let (Some(one), Some(other)) = (there(one), there(other)) else { return false };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let disk = |path: &Path| fs::metadata(path).map(|facts| facts.dev()).ok();
        disk(&one).is_some() && disk(&one) == disk(&other)
    }
    #[cfg(not(unix))]
    {
        one.components().next() == other.components().next()
    }
}

/// Which store the data folder holds, if its keys can be read.
pub(crate) fn own_store(dir: &Path) -> Option<[u8; 16]> {
    Vault::look(dir).ok().map(|vault| vault.store())
}

/// The copies in a folder, newest first. What is no copy is passed over.
pub(crate) fn copies_in(folder: &Path) -> Vec<Found> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let copies = entries.map(|entry| entry.path()).filter(|path| {
        path.extension().is_some_and(|ending| ending == NAME_ENDING)
            && !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
    });
    let mut found: Vec<Found> = copies
        .take(LOOKED_AT_MAX)
        .filter_map(|path| {
            let cover = cover_of(&path).ok()?;
            let written = || fs::metadata(&path).ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok();
            let at_ms = cover.at_ms.or_else(|| i64::try_from(written()?.as_millis()).ok()).unwrap_or(0);
            Some(Found { path, cover, at_ms })
        })
        .collect();
    found.sort_by(|one, other| (other.at_ms, &other.path).cmp(&(one.at_ms, &one.path)));
    found
}

/// Every copy that can be found without being told where, newest first, each once.
pub(crate) fn copies_everywhere(api: &Api, also: Option<&Path>) -> Vec<Found> {
    let sticks = stick::mounts();
    let mut folders = vec![folder(api).folder];
    folders.extend(sticks.iter().flat_map(|root| [root.clone(), root.join(FOLDER)]));
    folders.extend(also.into_iter().flat_map(|folder| [folder.to_owned(), folder.join(FOLDER)]));
    let mut seen = BTreeSet::new();
    folders.retain(|folder| seen.insert(fs::canonicalize(folder).unwrap_or_else(|_| folder.clone())));
    let mut found: Vec<Found> = folders.iter().flat_map(|folder| copies_in(folder)).collect();
    found.sort_by(|one, other| (other.at_ms, &other.path).cmp(&(one.at_ms, &one.path)));
    found
}

/// The name of a copy: what of, on which laptop, of which day.
pub(crate) fn name_of(org: &str, laptop: &str, day: NaiveDate) -> String {
    let plain = |sign: char| if "\\/:*?\"<>|".contains(sign) || sign.is_control() { '_' } else { sign };
    let org: String = org.chars().take(40).map(plain).collect();
    format!("院坝备份-{org}-{laptop}-{day}.{NAME_ENDING}")
}
