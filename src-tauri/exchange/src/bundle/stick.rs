//! Reading whatever lies on a stick.

use std::path::{Path, PathBuf};

use yuanba_store::Store;

use super::{FileRead, read};
use crate::Result;
use crate::container::{self, EXTENSION};

/// The bundles among files and folders, folders one level deep, in the order in which they were written as far as their
/// clear headers say, so that what comes before comes first.
pub fn files_on(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let Ok(entries) = listed(path) else {
            // Reading it says what is wrong; a stick that cannot be read is no empty stick.
            files.push(path.clone());
            continue;
        };
        for entry in entries {
            if entry.is_dir() {
                // The folders that systems keep for themselves on a stick are often closed to people.
                files.extend(listed(&entry).unwrap_or_default().into_iter().filter(|f| is_bundle(f)));
            } else if is_bundle(&entry) {
                files.push(entry);
            }
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    files.retain(|file| seen.insert(file.canonicalize().unwrap_or_else(|_| file.clone())));
    files.sort_by_cached_key(|file| {
        let time = container::inspect(file).map_or(i64::MAX, |header| header.time_ms);
        (time, file.clone())
    });
    files
}

/// Reads every bundle among files and folders. Each file stands alone: what is wrong with one does not touch the others.
///
/// # Errors
/// Only those of the store; what was read before is kept.
pub fn read_all(
    store: &mut Store,
    paths: &[PathBuf],
    each: &mut dyn FnMut(&FileRead),
) -> Result<Vec<FileRead>> {
    let mut list = Vec::new();
    for file in files_on(paths) {
        let read = read(store, &file)?;
        each(&read);
        list.push(read);
    }
    Ok(list)
}

fn is_bundle(file: &Path) -> bool {
    let hidden = file.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    !hidden && file.is_file() && file.extension().is_some_and(|e| e.eq_ignore_ascii_case(EXTENSION))
}

fn listed(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect()
}
