//! Files that a person opened with the program: a double click in the file manager starts it with the file's path, and a
//! second start hands the path to the window that is there. They wait here until the page that reads them asks.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use tauri::State;

/// Said to the pages when a file has come that they may ask for.
pub const EVENT: &str = "opened";

/// What the program reads by a double click, as the file manager knows it (`bundle.fileAssociations` in
/// `tauri.conf.json`): a bundle, a request and its grant, a call for help and its answer, a backup, an update.
const ENDINGS: [&str; 7] = [
    "yuanba",
    "yuanba-request",
    "yuanba-grant",
    "yuanba-help",
    "yuanba-answer",
    "yuanba-backup",
    "yuanba-update",
];

/// How many files one start takes; more were hardly meant, and nobody could follow what is done with them.
const MOST: usize = 20;

/// The files that no page has taken yet, in the order in which they came.
#[derive(Default)]
pub struct Opened(Mutex<Vec<PathBuf>>);

impl Opened {
    /// A file was opened; one that still waits is not kept twice.
    pub fn add(&self, path: PathBuf) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !waiting.contains(&path) {
            waiting.push(path);
        }
    }

    /// What waits, which from now on waits no more.
    fn take(&self) -> Vec<PathBuf> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The files among the words that the program was started with. Whatever is no file of ours is left alone: options,
/// folders, other people's files. A path of a second start means what it means in the folder of that start, so it is made
/// whole here.
pub fn among(words: impl Iterator<Item = OsString>) -> Vec<PathBuf> {
    words
        .filter_map(|word| std::path::absolute(PathBuf::from(word)).ok())
        .filter(|path| is_ours(path))
        .take(MOST)
        .collect()
}

/// Whether the name says that it is one of our files, and it is there.
pub fn is_ours(path: &Path) -> bool {
    let known = |ending: &std::ffi::OsStr| ENDINGS.iter().any(|ours| ending.eq_ignore_ascii_case(ours));
    path.is_absolute() && path.extension().is_some_and(known) && path.is_file()
}

/// Hands the waiting files to the page that asks, once.
#[tauri::command]
pub fn opened_files(opened: State<'_, Opened>) -> Vec<PathBuf> {
    opened.take()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_ours_that_are_there_are_taken_from_a_start() {
        let folder = tempfile::tempdir().unwrap();
        let bundle = folder.path().join("石桥村-20260612.yuanba");
        let shouted = folder.path().join("BACKUP.YUANBA-BACKUP");
        for file in [&bundle, &shouted, &folder.path().join("名册.xlsx"), &folder.path().join("yuanba")] {
            std::fs::write(file, "x").unwrap();
        }
        std::fs::create_dir(folder.path().join("夹.yuanba")).unwrap();
        let words =
            ["--help", "", "石桥村-20260612.yuanba-part", "夹.yuanba", "yuanba", "名册.xlsx", "没有.yuanba"]
                .map(|word| folder.path().join(word).into_os_string());

        let found =
            among(words.into_iter().chain([bundle.clone().into(), shouted.clone().into(), "--x".into()]));

        assert_eq!(found, [bundle, shouted]);
    }

    #[test]
    fn a_file_is_handed_out_once_and_in_its_turn() {
        let opened = Opened::default();
        for file in ["/u/一.yuanba", "/u/二.yuanba", "/u/一.yuanba"] {
            opened.add(file.into());
        }
        assert_eq!(opened.take(), [PathBuf::from("/u/一.yuanba"), PathBuf::from("/u/二.yuanba")]);
        assert!(opened.take().is_empty());
    }

    /// What the file manager is told and what the program takes are one list.
    #[test]
    fn the_packages_announce_exactly_these_endings() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let config = std::fs::read_to_string(root.join("tauri.conf.json")).unwrap();
        let config: serde_json::Value = serde_json::from_str(&config).unwrap();
        let announced = config["bundle"]["fileAssociations"].as_array().unwrap();
        let endings: Vec<_> = announced.iter().flat_map(|kind| kind["ext"].as_array().unwrap()).collect();
        assert_eq!(endings, ENDINGS);
    }
}
