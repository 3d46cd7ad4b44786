//! Bringing a copy back.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::cover::{Cover, Places, damaged, short};
use crate::making::{self, Making};
use crate::store::not_a_folder;
use crate::vault::{InstanceLock, KEY_FILE, Vault};
use crate::{Result, Store, Unlock, china, database};

const COPY_BUFFER_BYTES: usize = 1 << 20;

impl Store {
    /// Brings a copy back into a folder that holds no store. The store that wakes up there begins a new replica before
    /// it writes, and takes back from its peers what the copy did not know.
    ///
    /// # Errors
    /// `Damaged` for a file that is no whole copy; `Newer`; `Exists`; `NotAFolder`; those of the disk. There is no store then.
    pub fn restore(file: &Path, dir: &Path) -> Result<()> {
        // Before anything is made: what is no copy at all leaves no trace.
        let mut places = Places::of(file)?;
        let missing = !dir.exists();
        fs::create_dir_all(dir).map_err(|error| not_a_folder(dir, error))?;
        let restored = InstanceLock::take(dir, 0).map_err(Into::into).and_then(|held| {
            let making = Making::begin(dir)?;
            take_out(&mut places, making.folder())?;
            making.is_restored()?;
            making.finish()?;
            drop(held);
            Ok(())
        });
        if restored.is_err() && missing {
            let _ = fs::remove_file(dir.join("store.lock"));
            let _ = fs::remove_dir(dir);
        }
        restored
    }

    /// Brings a copy back in the place of the store that is in the folder, or of what is left of it, which goes aside and is
    /// never deleted; answers with the folder where it is. The passphrase must open the copy, for nobody could open the
    /// store afterwards otherwise. Where the present keys are whole and belong to the same store they stay, so that the
    /// present passphrases do: `unlock` is then one of theirs.
    ///
    /// # Errors
    /// As [`Store::restore`], and those of the keys. The store is as it was then.
    pub fn restore_over(file: &Path, dir: &Path, unlock: &Unlock, now_ms: i64) -> Result<PathBuf> {
        let mut places = Places::of(file)?;
        let _held = InstanceLock::take(dir, now_ms)?;
        making::go_on(dir)?;
        let (vault, are_present) = keys_for(&places, dir)?;
        let (key, _) = vault.unlock(unlock.user.as_deref(), &unlock.passphrase)?;
        if are_present {
            places.keys = fs::read(dir.join(KEY_FILE))?;
            // Mended by the unlocking where it was not whole.
            Vault::read(&places.keys)?;
        }
        let making = Making::begin_beside(dir)?;
        take_out(&mut places, making.folder())?;
        making.is_restored()?;
        // The one question that the digest of the file does not answer.
        database::connect_to_read(&making.folder().join(database::FILE), &key.literal())?;
        making.replace(&free_name(dir, now_ms))
    }

    /// The role of whoever would put a copy in the place of the store in the folder, by the keys that [`Store::restore_over`]
    /// asks.
    ///
    /// # Errors
    /// Those of the copy and of the keys.
    pub fn role_of(file: &Path, dir: &Path, unlock: &Unlock) -> Result<String> {
        let (vault, _) = keys_for(&Places::of(file)?, dir)?;
        Ok(vault.unlock(unlock.user.as_deref(), &unlock.passphrase)?.1.role)
    }

    /// Who could open a copy when it was made, in the order in which they were added.
    ///
    /// # Errors
    /// Those of the copy.
    pub fn users_of_copy(file: &Path) -> Result<Vec<String>> {
        let vault = Vault::read(&Places::of(file)?.keys)?;
        Ok(vault.users().iter().map(|user| user.name.clone()).collect())
    }

    /// Ends what a power cut left half-way while a copy took the place of a store. To be called before it is asked whether
    /// there is a store; nothing happens while somebody has it open.
    pub fn finish_restoring(dir: &Path) -> Result<()> {
        if making::is_replacing(dir) {
            let _held = InstanceLock::take(dir, 0)?;
            making::go_on(dir)?;
        }
        Ok(())
    }

    /// Reads a copy whole and holds it against its digest, without any key.
    ///
    /// # Errors
    /// `Damaged`, `Newer`, those of the disk.
    pub fn check_copy(file: &Path) -> Result<Cover> {
        let mut places = Places::of(file)?;
        let given = places.digest()?;
        places.file.seek(SeekFrom::Start(0))?;
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader((&places.file).take(places.digest_of))?;
        if hasher.finalize() == given { Ok(places.cover) } else { Err(damaged()) }
    }
}

impl Places {
    fn digest(&mut self) -> Result<blake3::Hash> {
        let mut digest = [0; 32];
        self.file.seek(SeekFrom::Start(self.digest_of))?;
        self.file.read_exact(&mut digest).map_err(short)?;
        Ok(digest.into())
    }
}

/// The present keys where they are whole and of the same store as a copy, else the copy's; whether they are the present ones.
fn keys_for(places: &Places, dir: &Path) -> Result<(Vault, bool)> {
    match Vault::look(dir).ok().filter(|own| own.store() == places.cover.store) {
        Some(own) => Ok((own, true)),
        None => Ok((Vault::read(&places.keys)?, false)),
    }
}

/// Takes keys and database out of a copy into a folder, and holds the copy against its digest on the way.
fn take_out(places: &mut Places, folder: &Path) -> Result<()> {
    let given = places.digest()?;
    fs::write(folder.join(KEY_FILE), &places.keys)?;
    let mut database = File::create(folder.join(database::FILE))?;
    let (begins, length) = places.database;
    let inside = begins..begins + length;
    places.file.seek(SeekFrom::Start(0))?;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; COPY_BUFFER_BYTES];
    let mut at = 0;
    while at < places.digest_of {
        // A piece lies wholly before, in or behind the database.
        let ends = [inside.start, inside.end, places.digest_of];
        let end = ends.into_iter().find(|end| *end > at).ok_or_else(damaged)?;
        let wanted = buffer.len().min(usize::try_from(end - at).unwrap_or(usize::MAX));
        let piece = &mut buffer[..wanted];
        places.file.read_exact(piece).map_err(short)?;
        hasher.update(piece);
        if inside.contains(&at) {
            database.write_all(piece)?;
        }
        at += wanted as u64;
    }
    if hasher.finalize() != given {
        return Err(damaged());
    }
    Ok(database.sync_all()?)
}

/// A name that no store that was replaced has yet.
fn free_name(dir: &Path, now_ms: i64) -> String {
    let name = china(now_ms).format("%Y-%m-%d-%H%M%S").to_string();
    let taken = |name: &str| dir.join(making::ASIDE).join(name).exists();
    let more = (2..).map(|n| format!("{name}-{n}"));
    std::iter::once(name.clone()).chain(more).find(|name| !taken(name)).unwrap_or(name)
}
