//! Reading whatever lies on a stick.

use std::path::{Path, PathBuf};

use yuanba_store::Store;

use super::{FileRead, read};
use crate::Result;
use crate::container::{self, EXTENSION};

/// How deep folders of a stick lie in each other, at the most.
const DEPTH_MAX: usize = 8;

/// The bundles among files and folders with everything below them, in the order in which they were written as far as their
/// clear headers say, so that what comes before comes first.
pub fn files_on(paths: &[PathBuf]) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        // Reading it says what is wrong: a stick that cannot be read is no empty stick. Folders further below may be closed
        // to people, as those are that systems keep for themselves.
        if collect(path, DEPTH_MAX, &mut files).is_err() {
            files.push(path.clone());
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

fn collect(folder: &Path, depth: usize, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let entries: Vec<_> = std::fs::read_dir(folder)?.collect::<std::io::Result<_>>()?;
    for entry in entries {
        let path = entry.path();
        // A link to a folder may lead in a circle, or off the stick; one to a file is a file.
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            if depth > 0 {
                let _ = collect(&path, depth - 1, files);
            }
        } else if is_bundle(&path) {
            files.push(path);
        }
    }
    Ok(())
}

fn is_bundle(file: &Path) -> bool {
    let hidden = file.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
    !hidden && file.is_file() && file.extension().is_some_and(|e| e.eq_ignore_ascii_case(EXTENSION))
}
