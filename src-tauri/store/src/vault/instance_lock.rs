//! One program at a time in a store folder.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::whole_file;

/// The file that carries the operating system's lock. It stays empty, because Windows lets nobody read a locked file.
const LOCK_FILE: &str = "store.lock";
/// Who holds the lock; only for a clear word, never for the decision.
const HOLDER_FILE: &str = "store.holder";
const HOLDER_BYTES_MAX: u64 = 4096;

/// Who has a store open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The process number.
    pub pid: u32,
    /// Since when, in milliseconds since 1970.
    pub since_ms: i64,
}

/// Why the lock was not given.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another program has the store open; who, if it could be read.
    #[error("the store is open in another program")]
    Held(Option<Holder>),
    /// The operating system refused a file operation.
    #[error("{path}: {source}")]
    Io {
        /// The lock file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
}

/// The exclusive right to a store folder, given back when dropped. It is the operating system's own lock: it ends with
/// the process, however that ends, so nothing stale is ever left behind.
#[derive(Debug)]
pub struct InstanceLock {
    file: File,
    dir: PathBuf,
}

impl InstanceLock {
    /// Takes the lock of an existing folder without waiting.
    ///
    /// # Errors
    /// `Held` when somebody has it, this process included; `Io` when the folder cannot be written.
    pub fn take(dir: &Path, now_ms: i64) -> Result<InstanceLock, LockError> {
        let path = dir.join(LOCK_FILE);
        let io = |source| LockError::Io { path: path.clone(), source };
        // Never removed or renamed: two programs must always meet at the same file.
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LockError::Held(InstanceLock::holder(dir))),
            Err(TryLockError::Error(source)) => return Err(io(source)),
        }
        let holder = Holder { pid: std::process::id(), since_ms: now_ms };
        if let Ok(bytes) = serde_json::to_vec(&holder) {
            // A word for the next one who asks; without it the lock holds just the same.
            let _ = whole_file::write(dir, HOLDER_FILE, &bytes);
        }
        Ok(InstanceLock { file, dir: dir.to_owned() })
    }

    /// Who said last that the store is open there. Without the lock this may be somebody who is long gone.
    fn holder(dir: &Path) -> Option<Holder> {
        let mut bytes = Vec::new();
        let file = File::open(dir.join(HOLDER_FILE)).ok()?;
        file.take(HOLDER_BYTES_MAX).read_to_end(&mut bytes).ok()?;
        serde_json::from_slice(&bytes).ok()
    }
}

impl Drop for InstanceLock {
    fn drop(&mut self) {
        let _ = fs::remove_file(self.dir.join(HOLDER_FILE));
        // Closing the file would do; a child process that inherited the handle must not keep the lock alive.
        let _ = self.file.unlock();
    }
}
