//! Copies of a whole store, encrypted as it is, and bringing one back.
//!
//! A backup is one file: a short header, the keys' file and the database, so that a passphrase or the recovery code of the
//! store opens it anywhere.

use std::io::{Read, Write};
use std::path::Path;

use crate::making::Making;
use crate::store::not_a_folder;
use crate::vault::{InstanceLock, KEY_FILE};
use crate::{Result, Store, StoreError, database};

const MAGIC: &[u8; 16] = b"yuanba backup 1\n";
const KEYS_BYTES_MAX: u64 = 1 << 20;
const COPY_BUFFER_BYTES: usize = 1 << 20;

impl Store {
    /// Writes a consistent copy of the store while it is in use, reads it back, and only then gives it its name.
    pub fn backup(&self, out: &Path) -> Result<u64> {
        let folder = out.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let part =
            folder.join(format!(".{}.part", out.file_name().and_then(|n| n.to_str()).unwrap_or("backup")));
        let copy = self.dir.join("backup-part.db");
        let result = self.write_backup(&part, &copy, out);
        let _ = std::fs::remove_file(&copy);
        if result.is_err() {
            let _ = std::fs::remove_file(&part);
        }
        result
    }

    fn write_backup(&self, part: &Path, copy: &Path, out: &Path) -> Result<u64> {
        let _ = std::fs::remove_file(copy);
        database::export(&self.db, copy, &self.database_key.literal())?;
        let keys = std::fs::read(self.dir.join(KEY_FILE))?;
        write_file(part, &keys, copy)?;
        check(part).map_err(|error| match error {
            StoreError::Damaged(_) => StoreError::Out(std::io::ErrorKind::InvalidData.into()),
            StoreError::Io(error) => StoreError::Out(error),
            other => other,
        })?;
        std::fs::rename(part, out).map_err(StoreError::Out)?;
        Ok(std::fs::metadata(out).map_err(StoreError::Out)?.len())
    }

    /// Brings a backup back into a folder that holds no store. The store that wakes up there begins a new replica before
    /// it writes, and takes back from its peers what the backup did not know.
    ///
    /// # Errors
    /// `Damaged` for a file that is no whole backup; `Exists`; `NotAFolder`; those of the disk. There is no store then.
    pub fn restore(file: &Path, dir: &Path) -> Result<()> {
        // Before anything is made: a bad file leaves no trace.
        check(file)?;
        std::fs::create_dir_all(dir).map_err(|error| not_a_folder(dir, error))?;
        let _held = InstanceLock::take(dir, 0)?;
        let making = Making::begin(dir)?;
        let (source, keys, length) = open(file)?;
        std::fs::write(making.folder().join(KEY_FILE), keys)?;
        let mut database = std::fs::File::create(making.folder().join(database::FILE))?;
        let mut left = source.take(length);
        let mut buffer = vec![0; COPY_BUFFER_BYTES];
        while left.limit() > 0 {
            let read = left.read(&mut buffer).map_err(|_| damaged())?;
            if read == 0 {
                return Err(damaged());
            }
            database.write_all(&buffer[..read])?;
        }
        drop(database);
        making.finish()
    }
}

/// Writes the header, the keys, the database and their digest.
fn write_file(part: &Path, keys: &[u8], copy: &Path) -> Result<()> {
    let mut hasher = blake3::Hasher::new();
    let mut file = std::fs::File::create(part).map_err(StoreError::Out)?;
    let mut put = |bytes: &[u8]| -> Result<()> {
        hasher.update(bytes);
        file.write_all(bytes).map_err(StoreError::Out)
    };
    put(MAGIC)?;
    put(&(keys.len() as u64).to_be_bytes())?;
    put(keys)?;
    let mut source = std::fs::File::open(copy)?;
    let mut buffer = vec![0; COPY_BUFFER_BYTES];
    loop {
        let read = source.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        put(&buffer[..read])?;
    }
    let digest = *hasher.finalize().as_bytes();
    file.write_all(&digest).and_then(|()| file.sync_all()).map_err(StoreError::Out)
}

fn damaged() -> StoreError {
    StoreError::Damaged("the backup is damaged".to_owned())
}

/// Opens a backup and reads its keys; answers with the reader at the database and the database's length.
fn open(path: &Path) -> Result<(std::fs::File, Vec<u8>, u64)> {
    let mut file = std::fs::File::open(path)?;
    let length = file.metadata()?.len();
    let mut head = [0; 24];
    file.read_exact(&mut head).map_err(|_| damaged())?;
    if &head[..16] != MAGIC {
        return Err(damaged());
    }
    let keys_length = u64::from_be_bytes(head[16..].try_into().map_err(|_| damaged())?);
    let rest = length.checked_sub(24 + 32).and_then(|l| l.checked_sub(keys_length)).ok_or_else(damaged)?;
    if keys_length > KEYS_BYTES_MAX {
        return Err(damaged());
    }
    let mut keys = vec![0; keys_length as usize];
    file.read_exact(&mut keys).map_err(|_| damaged())?;
    Ok((file, keys, rest))
}

/// Reads a backup whole and holds it against its digest.
fn check(path: &Path) -> Result<()> {
    open(path)?;
    let mut file = std::fs::File::open(path)?;
    let mut left = file.metadata()?.len() - 32;
    let mut hasher = blake3::Hasher::new();
    let mut buffer = vec![0; COPY_BUFFER_BYTES];
    while left > 0 {
        let wanted = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        file.read_exact(&mut buffer[..wanted])?;
        hasher.update(&buffer[..wanted]);
        left -= wanted as u64;
    }
    let mut digest = [0; 32];
    file.read_exact(&mut digest)?;
    if hasher.finalize().as_bytes() == &digest { Ok(()) } else { Err(damaged()) }
}
