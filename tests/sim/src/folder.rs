//! The files of a store's folder: taken as they are at a moment, put back, torn.

use std::fs;
use std::path::Path;

/// The database, and what was written to it last.
const DATABASE: &str = "yuanba.db";
const LOG: &str = "yuanba.db-wal";

/// A copy of every file; the folder is made.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            fs::copy(entry.path(), to.join(entry.file_name())).expect("there is room");
        }
    }
}

/// Makes a folder hold just what a copy holds; it stays the same folder.
pub fn put_back(copy_of_it: &Path, folder: &Path) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        fs::remove_file(entry.path()).expect("it can be removed");
    }
    copy(copy_of_it, folder);
}

/// Tears off the end of what was written to a copy after an earlier one, leaving `parts` of 16 parts of it. Only where
/// nothing but appending has happened; answers whether it was torn.
pub fn tear(earlier: &Path, later: &Path, parts: u64) -> bool {
    let read = |folder: &Path, name: &str| fs::read(folder.join(name)).unwrap_or_default();
    let (before, after) = (read(earlier, LOG), read(later, LOG));
    if read(earlier, DATABASE) != read(later, DATABASE) || !after.starts_with(&before) || before == after {
        return false;
    }
    let length = before.len() as u64 + (after.len() - before.len()) as u64 * parts / 16;
    let file = fs::OpenOptions::new().write(true).open(later.join(LOG)).expect("it was just copied");
    file.set_len(length).expect("it can be cut");
    true
}
