//! A store that is being made. Its files grow in a folder of their own and take their places when they are whole, the keys
//! last: the keys are what says that there is a store. Whatever ends the making before that (a full disk, a power cut), the
//! folder holds no store, and the next making begins from nothing.
//!
//! A store that takes the place of another ([`Making::begin_beside`]) does so when a note says that it is whole: from then on
//! the old files go aside and the new ones come in, and a power cut in between is made good by going on ([`go_on`]).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::vault::{KEY_FILE, KEY_FILE_COPY, Vault};
use crate::{Result, StoreError, database};

/// The folder in the store's folder where it is made.
const FOLDER: &str = "making";
/// In that folder: what is made is whole and takes the place of what is there, which goes to the folder named in it.
const REPLACES: &str = "replaces";
/// Says that the store came from a copy: it must begin a new replica before it writes, whatever machine it is on.
const RESTORED: &str = "restored";
/// Where stores go that were replaced. Nothing is ever removed there.
pub const ASIDE: &str = "换下来的";
/// The longest name of a folder there, in bytes.
const NAME_BYTES_MAX: u64 = 200;

/// A making that has begun. Dropped before [`Making::finish`], it leaves nothing behind.
pub struct Making {
    dir: PathBuf,
    folder: PathBuf,
    /// There is a store already, which stays until the new one is whole
    beside: bool,
}

impl Making {
    /// Begins in a folder that holds no store. Hold the folder's lock meanwhile.
    ///
    /// # Errors
    /// `Exists` when there is a store, or a part of one that no making left there; those of the file system.
    pub fn begin(dir: &Path) -> Result<Making> {
        if Vault::is_in(dir) || is_replacing(dir) {
            return Err(StoreError::Exists);
        }
        let making = Making { dir: dir.to_owned(), folder: dir.join(FOLDER), beside: false };
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

    /// Begins in a folder that holds a store, or what is left of one. It stays as it is until [`Making::replace`]. Hold
    /// the folder's lock meanwhile, and go on with what was begun before.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn begin_beside(dir: &Path) -> Result<Making> {
        let making = Making { dir: dir.to_owned(), folder: dir.join(FOLDER), beside: true };
        if making.folder.exists() {
            fs::remove_dir_all(&making.folder)?;
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

    /// Notes that the store comes from a copy.
    pub fn is_restored(&self) -> Result<()> {
        Ok(fs::write(self.folder.join(RESTORED), b"")?)
    }

    /// Puts the whole files in their places. The database must be closed.
    ///
    /// # Errors
    /// Those of the file system; there is no store then.
    pub fn finish(self) -> Result<()> {
        self.sync()?;
        take_places(&self.folder, &self.dir)
    }

    /// Puts the whole files in the places of those that are there, which go aside into a folder of that name; answers with
    /// that folder. The database must be closed, the old one too.
    ///
    /// # Errors
    /// Those of the file system; the old store is there then as it was.
    pub fn replace(self, name: &str) -> Result<PathBuf> {
        self.sync()?;
        let aside = self.dir.join(ASIDE).join(name);
        fs::create_dir_all(&aside)?;
        sync_folder(&self.dir)?;
        let part = self.folder.join(format!("{REPLACES}.part"));
        fs::write(&part, name)?;
        fs::File::open(&part)?.sync_all()?;
        fs::rename(part, self.folder.join(REPLACES))?;
        sync_folder(&self.folder)?;
        if let Err(error) = exchange(&self.dir, &aside) {
            take_back(&self.dir, &aside);
            return Err(error);
        }
        Ok(aside)
    }

    fn sync(&self) -> Result<()> {
        for name in [database::FILE, KEY_FILE] {
            fs::File::open(self.folder.join(name))?.sync_all()?;
        }
        sync_folder(&self.folder)
    }

    /// Removes what a making left that was cut off after the store was there.
    pub fn clear(dir: &Path) {
        if !is_replacing(dir) {
            let _ = fs::remove_dir_all(dir.join(FOLDER));
        }
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        if !self.beside && !Vault::is_in(&self.dir) {
            let _ = fs::remove_file(self.dir.join(database::FILE));
        }
        // Whatever could be neither put in place nor taken back waits for the next start.
        if !is_replacing(&self.dir) {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// Whether a whole store waits in a folder to take the place of the one that is there.
pub fn is_replacing(dir: &Path) -> bool {
    dir.join(FOLDER).join(REPLACES).exists()
}

/// Ends what a power cut left half-way while one store took the place of another. Hold the folder's lock meanwhile.
///
/// # Errors
/// Those of the file system; it can be tried again.
pub fn go_on(dir: &Path) -> Result<()> {
    let note = dir.join(FOLDER).join(REPLACES);
    let name = match fs::metadata(&note) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error.into()),
        Ok(file) if file.len() > NAME_BYTES_MAX => return Err(damaged_note()),
        Ok(_) => fs::read_to_string(&note)?,
    };
    if name.is_empty() || name.contains(['/', '\\']) || name.starts_with('.') {
        return Err(damaged_note());
    }
    exchange(dir, &dir.join(ASIDE).join(name))
}

fn damaged_note() -> StoreError {
    StoreError::Damaged("the note of a restored store".to_owned())
}

/// The files of a store in the order in which they go aside: the log of the database never stands beside another one.
fn goes_aside() -> [String; 5] {
    let beside = |ending: &str| format!("{}-{ending}", database::FILE);
    [KEY_FILE.into(), KEY_FILE_COPY.into(), beside("wal"), beside("journal"), database::FILE.into()]
}

/// The old files go aside and the new ones come in. Done again after a cut, it goes on where it was.
fn exchange(dir: &Path, aside: &Path) -> Result<()> {
    let folder = dir.join(FOLDER);
    // Once the new database has come in, nothing that stands there is old.
    if folder.join(database::FILE).exists() {
        fs::create_dir_all(aside)?;
        for name in goes_aside() {
            let from = dir.join(&name);
            if from.exists() {
                fs::rename(&from, aside.join(&name))?;
            }
        }
        sync_folder(aside)?;
        sync_folder(dir)?;
    }
    take_places(&folder, dir)?;
    Ok(fs::remove_dir_all(folder)?)
}

/// The whole files come in, the keys last. Those that are in already are passed over.
fn take_places(folder: &Path, dir: &Path) -> Result<()> {
    let come = |name: &str| match fs::rename(folder.join(name), dir.join(name)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && dir.join(name).exists() => Ok(()),
        other => other,
    };
    if folder.join(RESTORED).exists() {
        come(RESTORED)?;
    }
    come(database::FILE)?;
    sync_folder(dir)?;
    come(KEY_FILE)?;
    // The second copy is made from the first whenever it is missing.
    let _ = come(KEY_FILE_COPY);
    sync_folder(dir)
}

/// Puts the old files back where they were.
fn take_back(dir: &Path, aside: &Path) {
    let folder = dir.join(FOLDER);
    for name in goes_aside().iter().rev() {
        // What came in already goes back to where it was made.
        if !folder.join(name).exists() && aside.join(name).exists() && dir.join(name).exists() {
            let _ = fs::rename(dir.join(name), folder.join(name));
        }
        if aside.join(name).exists() && !dir.join(name).exists() {
            let _ = fs::rename(aside.join(name), dir.join(name));
        }
    }
    let all_back = goes_aside().iter().all(|name| !aside.join(name).exists());
    if all_back {
        let _ = fs::remove_file(dir.join(RESTORED));
        let _ = fs::remove_file(folder.join(REPLACES));
        let _ = fs::remove_dir(aside);
    }
}

/// Whether the store of a folder came from a copy and has not begun a new replica yet.
pub fn is_restored(dir: &Path) -> bool {
    dir.join(RESTORED).exists()
}

/// The store has begun a new replica, or was said to be the one that it was. Left there, it would begin one more.
pub fn forget_restored(dir: &Path) {
    let _ = fs::remove_file(dir.join(RESTORED));
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
