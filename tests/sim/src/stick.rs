//! Sticks: files that are carried around, and disks that fail while they are written.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use yuanba_core::Id;
use yuanba_exchange::container::{Disk, DiskFile, RealDisk};

use crate::held::Place;

/// What was done to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// The end is missing
    Truncated,
    /// One bit is another one
    Flipped,
}

/// A bundle on a stick.
#[derive(Debug, Clone)]
pub struct Stick {
    /// Its number in the trace
    pub number: usize,
    /// The file
    pub file: PathBuf,
    /// The laptop that wrote it
    pub writer: usize,
    /// The office that it is for
    pub to: usize,
    /// What it carries
    pub carries: BTreeSet<Place>,
    /// Laptops with their replicas that have told the writer what they hold: for them nothing can be missing before it
    pub without_gap: BTreeSet<(usize, Id)>,
    /// Laptops with their replicas whose own keys the writer knew
    pub keys_known: BTreeSet<(usize, Id)>,
    /// What was done to it
    pub damage: Option<Damage>,
    /// How often it was read
    pub reads: usize,
}

/// How a stick fails while it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// It is full after so many bytes
    FullAfter(u64),
    /// It is full when everything should last
    FullAtTheEnd,
    /// It is pulled out after so many operations; everything fails from then on
    PulledAfter(u64),
    /// What is read back is not what was written
    Forgets,
    /// The final name cannot be given
    NameRefused,
}

/// A stick that fails.
pub struct FailingDisk {
    failure: Failure,
    done: Arc<AtomicU64>,
}

impl FailingDisk {
    /// It fails in this way.
    pub fn new(failure: Failure) -> FailingDisk {
        FailingDisk { failure, done: Arc::default() }
    }

    fn operation(&self) -> io::Result<()> {
        step(self.failure, &self.done)
    }
}

fn step(failure: Failure, done: &AtomicU64) -> io::Result<()> {
    let before = done.fetch_add(1, Ordering::Relaxed);
    match failure {
        Failure::PulledAfter(operations) if before >= operations => Err(io::ErrorKind::NotFound.into()),
        _ => Ok(()),
    }
}

struct FailingFile {
    file: Box<dyn DiskFile>,
    failure: Failure,
    done: Arc<AtomicU64>,
    written: u64,
}

impl Write for FailingFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        step(self.failure, &self.done)?;
        let mut length = bytes.len();
        if let Failure::FullAfter(room) = self.failure {
            length = length.min(room.saturating_sub(self.written) as usize);
            if length == 0 && !bytes.is_empty() {
                return Err(io::ErrorKind::StorageFull.into());
            }
        }
        self.written += length as u64;
        self.file.write_all(&bytes[..length])?;
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl DiskFile for FailingFile {
    fn sync(&mut self) -> io::Result<()> {
        step(self.failure, &self.done)?;
        if self.failure == Failure::FullAtTheEnd {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.file.sync()
    }
}

impl Disk for FailingDisk {
    fn create(&self, path: &Path) -> io::Result<Box<dyn DiskFile>> {
        self.operation()?;
        let file = RealDisk.create(path)?;
        Ok(Box::new(FailingFile { file, failure: self.failure, done: self.done.clone(), written: 0 }))
    }

    fn read_back(&self, path: &Path) -> io::Result<Box<dyn Read>> {
        self.operation()?;
        let whole = RealDisk.read_back(path)?;
        match self.failure {
            Failure::Forgets => {
                let mut bytes = Vec::new();
                RealDisk.read_back(path)?.read_to_end(&mut bytes)?;
                bytes.last_mut().into_iter().for_each(|byte| *byte ^= 1);
                Ok(Box::new(io::Cursor::new(bytes)))
            }
            _ => Ok(whole),
        }
    }

    fn exists(&self, path: &Path) -> io::Result<bool> {
        self.operation()?;
        RealDisk.exists(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.operation()?;
        match self.failure {
            Failure::NameRefused => Err(io::ErrorKind::PermissionDenied.into()),
            _ => RealDisk.rename(from, to),
        }
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.operation()?;
        RealDisk.remove(path)
    }

    fn names(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        self.operation()?;
        RealDisk.names(folder)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.operation()?;
        RealDisk.sync_folder(folder)
    }
}
