//! A store that is being made. Its files grow in a folder of their own and take their places when they are whole, the keys
//! last: the keys are what says that there is a store. Whatever ends the making before that (a full disk, a power cut), the
//! folder holds no store, and the next making begins from nothing.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::vault::{KEY_FILE, KEY_FILE_COPY, Vault};
use crate::{Result, StoreError, database};

/// The folder in the store's folder where it is made.
const FOLDER: &str = "making";

/// A making that has begun. Dropped before [`Making::finish`], it leaves nothing behind.
pub struct Making {
    dir: PathBuf,
    folder: PathBuf,
}

impl Making {
    /// Begins in a folder that holds no store. Hold the folder's lock meanwhile.
    ///
    /// # Errors
    /// `Exists` when there is a store, or a part of one that no making left there; those of the file system.
    pub fn begin(dir: &Path) -> Result<Making> {
        if Vault::is_in(dir) {
            return Err(StoreError::Exists);
        }
        let making = Making { dir: dir.to_owned(), folder: dir.join(FOLDER) };
        if making.folder.exists() {
            // Cut off while the files took their places. Without the keys nobody can ever open that database.
            remove_file(&dir.join(database::FILE))?;
            fs::remove_dir_all(&making.folder)?;
        }
        if dir.join(database::FILE).exists() {
            // Not ours to drop.
            return Err(StoreError::Exists);
        }
        fs::create_dir(&making.folder)?;
        Ok(making)
    }

    /// Whether a making goes on in a folder, or was cut off there.
    pub fn is_in(dir: &Path) -> bool {
        dir.join(FOLDER).exists()
    }

    /// Where the store is made.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Puts the whole files in their places. The database must be closed.
    ///
    /// # Errors
    /// Those of the file system; there is no store then.
    pub fn finish(self) -> Result<()> {
        for name in [database::FILE, KEY_FILE] {
            fs::File::open(self.folder.join(name))?.sync_all()?;
        }
        fs::rename(self.folder.join(database::FILE), self.dir.join(database::FILE))?;
        sync_folder(&self.dir)?;
        fs::rename(self.folder.join(KEY_FILE), self.dir.join(KEY_FILE))?;
        // The second copy is made from the first whenever it is missing.
        let _ = fs::rename(self.folder.join(KEY_FILE_COPY), self.dir.join(KEY_FILE_COPY));
        sync_folder(&self.dir)
    }

    /// Removes what a making left that was cut off after the store was there.
    pub fn clear(dir: &Path) {
        let _ = fs::remove_dir_all(dir.join(FOLDER));
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        if !Vault::is_in(&self.dir) {
            let _ = fs::remove_file(self.dir.join(database::FILE));
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn remove_file(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Makes a rename last. Windows has no such call for folders.
fn sync_folder(dir: &Path) -> Result<()> {
    if cfg!(unix) {
        fs::File::open(dir)?.sync_all()?;
    }
    Ok(())
}
