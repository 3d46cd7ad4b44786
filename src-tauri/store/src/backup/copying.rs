//! Writing a copy while the store is in use.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use zeroize::Zeroizing;

use super::cover::{Cover, MAGIC, damaged, short};
use crate::database::{self, PAGE_BYTES};
use crate::vault::{KEY_FILE, Vault};
use crate::{Result, Store, StoreError};

/// How much is read at a time: somebody who locks the store waits for no more than this.
const STEP_BYTES: usize = 1 << 18;
/// SQLite's own: how many pages the write-ahead log may have before it is brought into the database.
const LOG_PAGES: u32 = 1000;

/// Lets copies read the database's file as long as the store is open, and no longer. It stands before the connection in
/// the store, so that it is dropped first: closing the connection writes into the file.
#[derive(Debug, Default)]
pub(crate) struct Gate(Arc<Mutex<Passage>>);

#[derive(Debug, Default)]
struct Passage {
    /// Kept open once it was opened: on Unix, closing a file gives back all locks that this process has on it.
    file: Option<File>,
    copying: bool,
    closed: bool,
}

impl Gate {
    /// Whether a copy is being made: nothing may be brought into the database's file then.
    pub(crate) fn copying(&self) -> bool {
        held(&self.0).copying
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        let mut passage = held(&self.0);
        passage.closed = true;
        passage.file = None;
    }
}

fn held(passage: &Mutex<Passage>) -> MutexGuard<'_, Passage> {
    passage.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How far a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// So many bytes of so many are written
    Written(u64, u64),
    /// It is being opened and checked
    Checking,
}

/// A copy that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Length of the file
    pub bytes: u64,
    /// Changes in it, counted in the copy
    pub changes: u64,
}

/// A copy in the making: the database's file stands still until it is dropped, and the store can be used meanwhile.
pub struct Copying {
    passage: Arc<Mutex<Passage>>,
    /// The database's file
    database: PathBuf,
    key: Zeroizing<String>,
    keys: Vec<u8>,
    cover: Cover,
    /// Bytes of the database
    length: u64,
    /// The last row of the journal, which the copy must have
    last_change: i64,
}

impl Drop for Copying {
    fn drop(&mut self) {
        held(&self.passage).copying = false;
    }
}

impl Store {
    /// Begins a copy. The store is held for a moment only; [`Copying::write`] does the work without it, and afterwards
    /// [`Store::end_copy`] is called. A store that is closed meanwhile ends the copy.
    ///
    /// # Errors
    /// `Refused` while another copy is being made; those of the disk.
    pub fn begin_copy(&self, by_itself: bool) -> Result<Copying> {
        let keys = std::fs::read(self.dir.join(KEY_FILE))?;
        // Whatever the second copy of the keys would mend is mended when somebody signs in.
        Vault::read(&keys)?;
        let mut passage = held(&self.gate.0);
        if passage.copying {
            return Err(StoreError::Refused("a copy is being made"));
        }
        let busy: bool = self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy {
            return Err(StoreError::OpenElsewhere);
        }
        // From here on nothing is written into the database's file but by the end of the store.
        self.db.pragma_update(None, "wal_autocheckpoint", 0)?;
        let begun = self.measure(&mut passage, by_itself);
        match begun {
            Ok((cover, length, last_change)) => {
                passage.copying = true;
                Ok(Copying {
                    passage: self.gate.0.clone(),
                    database: self.dir.join(database::FILE),
                    key: self.database_key.literal(),
                    keys,
                    cover,
                    length,
                    last_change,
                })
            }
            Err(error) => {
                drop(passage);
                self.end_copy()?;
                Err(error)
            }
        }
    }

    fn measure(&self, passage: &mut Passage, by_itself: bool) -> Result<(Cover, u64, i64)> {
        let pages: u64 =
            self.db.query_row("PRAGMA page_count", [], |row| row.get::<_, i64>(0))?.try_into().unwrap_or(0);
        let last_change: i64 =
            self.db.query_row("SELECT coalesce(max(id), 0) FROM change", [], |row| row.get(0))?;
        let path = self.dir.join(database::FILE);
        let file = match passage.file.take() {
            Some(file) => file,
            None => File::open(&path)?,
        };
        let length = file.metadata()?.len();
        passage.file = Some(file);
        if length != pages * PAGE_BYTES {
            return Err(StoreError::Damaged("the database has not the length that it says".to_owned()));
        }
        let cover = Cover {
            org: Some(self.organisation_name(self.org())?),
            at_ms: Some(self.now_ms()),
            changes: None,
            by_itself,
            program: Some(env!("CARGO_PKG_VERSION").to_owned()),
            store: self.vault.store(),
            bytes: 0,
        };
        Ok((cover, length, last_change))
    }

    /// Lets the write-ahead log be brought into the database again, once the copy has ended.
    pub fn end_copy(&self) -> Result<()> {
        if self.gate.copying() {
            return Ok(());
        }
        self.db.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
        // What was erased meanwhile stands in the log still.
        self.sweep();
        Ok(())
    }
}

impl Copying {
    /// Bytes that the copy will have, nearly.
    pub fn bytes(&self) -> u64 {
        self.length + self.keys.len() as u64
    }

    /// Writes the copy, reads it back from the disk byte for byte, checks every page's seal, opens it with the database key,
    /// looks whether the journal is there to its last change, and only then gives it its name. `told` hears how far it is
    /// and answers whether to go on.
    ///
    /// The seals are those of the bytes that were written, so they are checked where these come from, by a second thread:
    /// what costs a processor is done while the disk writes, and nothing has to be read twice from a slow stick.
    ///
    /// # Errors
    /// `Out` when it cannot be written or the disk does not keep what was written; `Stopped`; `Damaged` when the store's own
    /// file is damaged; those of the own disk. No half of it stays, and a file that had the name before is untouched.
    pub fn write(&self, out: &Path, told: &mut dyn FnMut(Told) -> bool) -> Result<Written> {
        let part = part_of(out);
        let written = self.write_part(&part, told).and_then(|written| {
            std::fs::rename(&part, out).map_err(StoreError::Out)?;
            // The copy is there; that its name lasts through a power cut is a wish on some sticks.
            if cfg!(unix)
                && let Some(folder) = part.parent()
            {
                let _ = File::open(folder).and_then(|folder| folder.sync_all());
            }
            Ok(written)
        });
        if written.is_err() {
            let _ = std::fs::remove_file(&part);
        }
        written
    }

    fn write_part(&self, part: &Path, told: &mut dyn FnMut(Told) -> bool) -> Result<Written> {
        let mut file = File::create(part).map_err(StoreError::Out)?;
        let mut hasher = blake3::Hasher::new();
        std::thread::scope(|scope| {
            let seals = scope.spawn(|| self.check_seals());
            self.write_database(&mut file, &mut hasher, told)?;
            if !told(Told::Checking) {
                return Err(StoreError::Stopped);
            }
            let kept = kept(part, self.length, &hasher.finalize());
            // A page that was damaged before says more than that the copy has it too.
            seals.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
            kept
        })?;
        let changes = self.count(part)?;
        let cover = Cover { changes: Some(changes), ..self.cover.clone() };
        let cover = serde_json::to_vec(&cover).map_err(|_| damaged())?;
        let mut tail = [self.keys.as_slice(), &cover].concat();
        for length in [self.length, self.keys.len() as u64, cover.len() as u64] {
            tail.extend(length.to_be_bytes());
        }
        hasher.update(&tail);
        tail.extend(hasher.finalize().as_bytes());
        tail.extend(MAGIC);
        file.write_all(&tail).and_then(|()| file.sync_all()).map_err(StoreError::Out)?;
        forget_in_memory(&file);
        let mut back = Vec::with_capacity(tail.len());
        let mut file = File::open(part).map_err(StoreError::Out)?;
        file.seek(SeekFrom::Start(self.length))
            .and_then(|_| file.read_to_end(&mut back))
            .map_err(StoreError::Out)?;
        if back != tail {
            return Err(not_kept());
        }
        Ok(Written { bytes: self.length + tail.len() as u64, changes })
    }

    fn write_database(
        &self,
        file: &mut File,
        hasher: &mut blake3::Hasher,
        told: &mut dyn FnMut(Told) -> bool,
    ) -> Result<()> {
        let mut buffer = vec![0; STEP_BYTES];
        let mut done = 0;
        while done < self.length {
            let wanted = buffer.len().min(usize::try_from(self.length - done).unwrap_or(usize::MAX));
            self.read_at(done, &mut buffer[..wanted])?;
            hasher.update(&buffer[..wanted]);
            file.write_all(&buffer[..wanted]).map_err(StoreError::Out)?;
            done += wanted as u64;
            if !told(Told::Written(done, self.length)) {
                return Err(StoreError::Stopped);
            }
        }
        file.sync_all().map_err(StoreError::Out)?;
        forget_in_memory(file);
        Ok(())
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> Result<()> {
        let mut passage = held(&self.passage);
        if passage.closed {
            return Err(StoreError::Stopped);
        }
        let file = passage.file.as_mut().ok_or(StoreError::Stopped)?;
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(buffer).map_err(short)
    }

    /// Checks the seal of every page of the database that is copied.
    fn check_seals(&self) -> Result<()> {
        let wrong = database::connect_to_read(&self.database, &self.key).and_then(|db| check_pages(&db));
        // Closing the store writes into the file: what was seen of it then means nothing.
        if held(&self.passage).closed {
            return Err(StoreError::Stopped);
        }
        match wrong {
            Ok(None) => Ok(()),
            Ok(Some(_)) => Err(StoreError::Damaged("a page of the database does not hold".to_owned())),
            Err(error) => Err(error),
        }
    }

    /// Opens what was written as the database that it is; answers with the number of changes in it.
    fn count(&self, part: &Path) -> Result<u64> {
        let counted = database::connect_to_read(part, &self.key).and_then(|copy| {
            Ok(copy.query_row("SELECT count(*), coalesce(max(id), 0) FROM change", [], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
            })?)
        });
        match counted {
            Ok((changes, last)) if last == self.last_change => Ok(changes.unsigned_abs()),
            Ok(_) | Err(StoreError::Damaged(_)) => Err(not_kept()),
            Err(StoreError::Io(error)) => Err(StoreError::Out(error)),
            Err(other) => Err(other),
        }
    }
}

/// Reads what was written back: the disk must have kept it.
fn kept(part: &Path, length: u64, given: &blake3::Hash) -> Result<()> {
    let mut hasher = blake3::Hasher::new();
    let file = File::open(part).map_err(StoreError::Out)?;
    hasher.update_reader(file.take(length)).map_err(StoreError::Out)?;
    if hasher.finalize() == *given { Ok(()) } else { Err(not_kept()) }
}

fn not_kept() -> StoreError {
    StoreError::Out(std::io::ErrorKind::InvalidData.into())
}

/// The first page of a database whose seal is broken, in SQLCipher's words.
pub(super) fn check_pages(db: &Connection) -> Result<Option<String>> {
    // The check reads the file itself, and there is none before the first page was asked for.
    db.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0))?;
    let mut statement = db.prepare("PRAGMA cipher_integrity_check")?;
    let mut rows = statement.query([])?;
    Ok(match rows.next()? {
        Some(row) => Some(row.get(0)?),
        None => None,
    })
}

fn part_of(out: &Path) -> PathBuf {
    let folder = out.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    folder.join(format!(".{}.part", out.file_name().and_then(|n| n.to_str()).unwrap_or("backup")))
}

/// What is read next comes from the disk and not from memory, so that a stick that lies about its size is found out. A
/// wish only.
fn forget_in_memory(file: &File) {
    #[cfg(target_os = "linux")]
    let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
    #[cfg(not(target_os = "linux"))]
    let _ = file;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_gives_back_something_else_is_found_out() {
        let dir = tempfile::tempdir().unwrap();
        let part = dir.path().join("part");
        let bytes = vec![7; 3 * STEP_BYTES];
        std::fs::write(&part, &bytes).unwrap();
        let (length, given) = (bytes.len() as u64, blake3::hash(&bytes));
        assert!(kept(&part, length, &given).is_ok());
        let mut other = bytes.clone();
        other[STEP_BYTES + 1] ^= 1;
        for spoilt in [other, bytes[..bytes.len() - 1].to_vec()] {
            std::fs::write(&part, spoilt).unwrap();
            assert!(matches!(kept(&part, length, &given), Err(StoreError::Out(_))));
        }
    }
}
