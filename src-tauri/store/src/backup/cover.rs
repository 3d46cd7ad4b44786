//! What stands around the database in a copy, and what of it can be told without a key.
//!
//! Format 2: the database, the keys' file, the cover (JSON), three lengths of 8 bytes (big endian, in that order), BLAKE3 over
//! all of that, and the 16 bytes of [`MAGIC`]. The database stands first, so that the file can be opened as one.
//! Format 1, which is only read: its own 16 bytes, the length of the keys, the keys, the database, the digest.

use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::vault::{Vault, VaultError};
use crate::{Result, StoreError};

/// How the names of copies end.
pub const NAME_ENDING: &str = "yuanba-backup";
/// The last bytes of a copy.
pub(super) const MAGIC: &[u8; 16] = b"yuanba backup 2\n";
/// The first bytes of a copy of format 1.
const MAGIC_FIRST: &[u8; 16] = b"yuanba backup 1\n";
/// What all formats begin with, the first in front and the later ones at the end.
const MAGIC_ANY: &[u8] = b"yuanba backup ";
const KEYS_BYTES_MAX: u64 = 1 << 20;
const COVER_BYTES_MAX: u64 = 1 << 16;
const DIGEST_BYTES: u64 = 32;
const TAIL_BYTES: u64 = 3 * 8 + DIGEST_BYTES + 16;
const HEAD_BYTES: u64 = 16 + 8;

/// What can be told of a copy without opening it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    /// The organisation's name; unknown of a copy of format 1
    pub org: Option<String>,
    /// When it was made, ms since 1970 by the laptop's clock
    pub at_ms: Option<i64>,
    /// Changes in it
    pub changes: Option<u64>,
    /// The program made it by itself, and may let it give way to newer ones
    pub by_itself: bool,
    /// The version of the program that made it
    pub program: Option<String>,
    /// Which store it is a copy of: the same for all copies of one, whoever uses them
    #[serde(skip)]
    pub store: [u8; 16],
    /// Length of the file in bytes
    #[serde(skip)]
    pub bytes: u64,
}

/// Where things stand in a copy.
pub(super) struct Places {
    pub file: File,
    pub keys: Vec<u8>,
    pub cover: Cover,
    /// The first byte of the database and its length
    pub database: (u64, u64),
    /// How many bytes the digest is of; it stands right behind them
    pub digest_of: u64,
}

pub(super) fn damaged() -> StoreError {
    StoreError::Damaged("the backup is damaged".to_owned())
}

/// An end of the file where bytes should be is damage; all else is the disk's.
pub(super) fn short(error: std::io::Error) -> StoreError {
    if error.kind() == ErrorKind::UnexpectedEof { damaged() } else { error.into() }
}

/// What can be told of a copy without a key and without reading all of it.
///
/// # Errors
/// `Damaged` for what is no copy, or was cut; `Newer`; those of the disk.
pub fn cover_of(path: &Path) -> Result<Cover> {
    Ok(Places::of(path)?.cover)
}

impl Places {
    pub fn of(path: &Path) -> Result<Places> {
        let mut file = File::open(path)?;
        let bytes = file.metadata()?.len();
        if bytes < HEAD_BYTES + DIGEST_BYTES {
            return Err(damaged());
        }
        let (mut first, mut last) = ([0; 16], [0; 16]);
        file.read_exact(&mut first).map_err(short)?;
        file.seek(SeekFrom::End(-16))?;
        file.read_exact(&mut last).map_err(short)?;
        match (&first, &last) {
            (_, MAGIC) => Places::second(file, bytes),
            (MAGIC_FIRST, _) => Places::first(file, bytes),
            (_, other) if other.starts_with(MAGIC_ANY) => Err(StoreError::Newer),
            _ => Err(damaged()),
        }
    }

    fn second(mut file: File, bytes: u64) -> Result<Places> {
        let before = bytes.checked_sub(TAIL_BYTES).ok_or_else(damaged)?;
        file.seek(SeekFrom::Start(before))?;
        let [database, keys, cover] = [length(&mut file)?, length(&mut file)?, length(&mut file)?];
        if keys > KEYS_BYTES_MAX || cover > COVER_BYTES_MAX {
            return Err(damaged());
        }
        if database.checked_add(keys + cover) != Some(before) {
            return Err(damaged());
        }
        file.seek(SeekFrom::Start(database))?;
        let keys = exactly(&mut file, keys)?;
        let cover: Cover = serde_json::from_slice(&exactly(&mut file, cover)?).map_err(|_| damaged())?;
        let cover = Cover { store: store_of(&keys)?, bytes, ..cover };
        Ok(Places { file, keys, cover, database: (0, database), digest_of: before + 24 })
    }

    fn first(mut file: File, bytes: u64) -> Result<Places> {
        file.seek(SeekFrom::Start(16))?;
        let keys = length(&mut file)?;
        if keys > KEYS_BYTES_MAX {
            return Err(damaged());
        }
        let database = bytes.checked_sub(HEAD_BYTES + DIGEST_BYTES + keys).ok_or_else(damaged)?;
        let begins = HEAD_BYTES + keys;
        let keys = exactly(&mut file, keys)?;
        let cover = Cover {
            org: None,
            at_ms: None,
            changes: None,
            by_itself: false,
            program: None,
            store: store_of(&keys)?,
            bytes,
        };
        Ok(Places { file, keys, cover, database: (begins, database), digest_of: bytes - DIGEST_BYTES })
    }
}

/// Which store a keys' file belongs to.
fn store_of(keys: &[u8]) -> Result<[u8; 16]> {
    match Vault::read(keys) {
        Ok(vault) => Ok(vault.store()),
        Err(VaultError::NewerFormat(_)) => Err(StoreError::Newer),
        Err(_) => Err(damaged()),
    }
}

fn length(file: &mut File) -> Result<u64> {
    let mut bytes = [0; 8];
    file.read_exact(&mut bytes).map_err(short)?;
    Ok(u64::from_be_bytes(bytes))
}

fn exactly(file: &mut File, count: u64) -> Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(count).map_err(|_| damaged())?];
    file.read_exact(&mut bytes).map_err(short)?;
    Ok(bytes)
}
