//! A copy of a whole store and bringing it back, against copying its file.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use super::Measured;
use crate::backup::Told;
use crate::{Result, Store, Unlock, database};

const BUFFER_BYTES: usize = 1 << 20;

/// The times of a copy, written and checked, and of bringing it back in the place of the store, each against copying the
/// store's file with fsync in the same run. The three take turns. The store is closed in between and opened again.
pub fn copy(store: Store, unlock: &Unlock, scratch: &Path, times: usize) -> Result<[Measured; 3]> {
    let (dir, surroundings) = (store.dir().to_owned(), store.surroundings().clone());
    let (mut floor, mut write, mut check, mut restore) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let out = scratch.join("copy");
    let mut store = Some(store);
    let mut bytes = 0;
    for n in 0..times {
        let open = match store.take() {
            Some(open) => open,
            None => Store::open(&dir, unlock.clone(), surroundings.clone())?,
        };
        let copying = open.begin_copy(false)?;
        // Both find the file in memory: whoever comes first would read it from the disk for the other.
        plain(&dir.join(database::FILE), &scratch.join("floor"))?;
        floor.push(plain(&dir.join(database::FILE), &scratch.join("floor"))?);
        let began = Instant::now();
        let mut written = None;
        bytes = copying
            .write(&out, &mut |told| {
                if told == Told::Checking {
                    written = Some(began.elapsed());
                }
                true
            })?
            .bytes;
        check.push(began.elapsed());
        write.push(written.unwrap_or_default());
        drop(copying);
        open.end_copy()?;
        drop(open);
        // Into a folder that holds nothing, as on a new laptop.
        let place = scratch.join(format!("restored-{n}"));
        let began = Instant::now();
        Store::restore(&out, &place)?;
        restore.push(began.elapsed());
        std::fs::remove_dir_all(&place)?;
    }
    let floor = median(floor);
    let measured = |name, times, how| Measured::new(name, bytes, median(times), floor, how);
    Ok([
        measured(
            "backup-written",
            write,
            "the copy written with fsync against copying the database's file with fsync",
        ),
        measured("backup", check, "the copy written, opened and every page of it checked, against the same"),
        measured(
            "restore",
            restore,
            "the copy read, checked and brought into an empty folder, against the same",
        ),
    ])
}

/// A plain copy with fsync.
fn plain(from: &Path, to: &Path) -> Result<Duration> {
    let began = Instant::now();
    let (mut from, mut file) = (File::open(from)?, File::create(to)?);
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let read = from.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        file.write_all(&buffer[..read])?;
    }
    file.sync_all()?;
    let took = began.elapsed();
    std::fs::remove_file(to)?;
    Ok(took)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
