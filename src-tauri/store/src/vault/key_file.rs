//! `keys.json`: what stands in it, and how it is read and written so that no power cut loses it.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::hex_bytes::HexBytes;
use super::slot::Slot;
use super::superior::SuperiorSlot;
use super::{DatabaseKey, SLOTS_MAX, VaultError, whole_file};

/// The file of the keys in a store folder.
pub const KEY_FILE: &str = "keys.json";
/// The second copy of the same keys, used when the first is torn.
pub const KEY_FILE_COPY: &str = "keys.json.bak";

/// The newest format. A file is written in the oldest one that holds what it holds.
const FORMAT: u64 = 2;
/// With a slot of the organisation above; before, there was none.
const FORMAT_WITH_SUPERIOR: u64 = 2;
/// Suite 1: Argon2id, XChaCha20-Poly1305, BLAKE3.
const SUITE: u64 = 1;
/// A file of [`SLOTS_MAX`] slots with the longest names is smaller than this.
const BYTES_MAX: u64 = 256 * 1024;

/// The key file. `check` shows damage without any key; `mac` shows, to whoever can open the store, that nobody else
/// has added, removed or renamed a slot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyFile {
    format: u64,
    suite: u64,
    pub store: HexBytes<16>,
    pub slots: Vec<Slot>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superior: Option<SuperiorSlot>,
    mac: HexBytes<32>,
    check: HexBytes<32>,
}

/// The two numbers that every format has.
#[derive(Deserialize)]
struct Versions {
    format: u64,
    suite: u64,
}

impl KeyFile {
    /// A file of these slots, authenticated with the database key.
    pub fn sealed(
        store: [u8; 16],
        slots: Vec<Slot>,
        superior: Option<SuperiorSlot>,
        key: &DatabaseKey,
    ) -> Result<KeyFile, VaultError> {
        let empty = HexBytes([0; 32]);
        let format = if superior.is_some() { FORMAT_WITH_SUPERIOR } else { 1 };
        let mut file = KeyFile {
            format,
            suite: SUITE,
            store: HexBytes(store),
            slots,
            superior,
            mac: empty,
            check: empty,
        };
        file.mac = HexBytes(*file.mac_of(key)?.as_bytes());
        file.check = HexBytes(*file.check_of()?.as_bytes());
        Ok(file)
    }

    /// Whether the holder of this database key wrote the file. Compares in constant time.
    pub fn is_sealed_by(&self, key: &DatabaseKey) -> Result<bool, VaultError> {
        Ok(self.mac_of(key)? == blake3::Hash::from_bytes(self.mac.0))
    }

    fn mac_of(&self, key: &DatabaseKey) -> Result<blake3::Hash, VaultError> {
        Ok(blake3::keyed_hash(&key.derive("yuanba 2026 authentication of the key file"), &self.content()?))
    }

    fn check_of(&self) -> Result<blake3::Hash, VaultError> {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.content()?).update(&self.mac.0);
        Ok(hasher.finalize())
    }

    /// The authenticated content: compact JSON of everything but the two seals, in the order of the fields.
    fn content(&self) -> Result<Vec<u8>, VaultError> {
        let bytes = match &self.superior {
            None => serde_json::to_vec(&(self.format, self.suite, &self.store, &self.slots)),
            Some(superior) => {
                serde_json::to_vec(&(self.format, self.suite, &self.store, &self.slots, superior))
            }
        };
        bytes.map_err(|_| VaultError::Damaged("it could not be encoded"))
    }

    /// The keys that stand in these bytes.
    pub fn parse(bytes: &[u8]) -> Result<KeyFile, VaultError> {
        let versions: Versions = serde_json::from_slice(bytes)
            .map_err(|_| VaultError::Damaged("it is not the JSON it should be"))?;
        if versions.format > FORMAT || versions.suite > SUITE {
            return Err(VaultError::NewerFormat(versions.format));
        }
        let file: KeyFile = serde_json::from_slice(bytes)
            .map_err(|_| VaultError::Damaged("a field is missing or misshapen"))?;
        let format = if file.superior.is_some() { FORMAT_WITH_SUPERIOR } else { 1 };
        let superior = file.superior.as_ref().is_none_or(SuperiorSlot::is_within_limits);
        if file.format != format || file.suite != SUITE || file.slots.len() > SLOTS_MAX || !superior {
            return Err(VaultError::Damaged("a number is out of range"));
        }
        if file.check_of()? != blake3::Hash::from_bytes(file.check.0) {
            return Err(VaultError::Damaged("its check does not agree"));
        }
        Ok(file)
    }

    fn read_one(path: &Path) -> Result<KeyFile, VaultError> {
        let file = fs::File::open(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => VaultError::NotFound(path.into()),
            _ => VaultError::Io { path: path.into(), source: error },
        })?;
        let mut bytes = Vec::new();
        file.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(VaultError::io(path))?;
        if bytes.len() as u64 > BYTES_MAX {
            return Err(VaultError::Damaged("it is far too long"));
        }
        KeyFile::parse(&bytes)
    }

    /// Reads the keys of a folder, from the copy when the first file is torn or missing.
    ///
    /// # Errors
    /// The first file's error when neither can be read. A newer format is never passed over for an older copy.
    pub fn read(dir: &Path) -> Result<KeyFile, VaultError> {
        match KeyFile::read_one(&dir.join(KEY_FILE)) {
            Ok(file) => Ok(file),
            Err(newer @ VaultError::NewerFormat(_)) => Err(newer),
            Err(first) => match (KeyFile::read_one(&dir.join(KEY_FILE_COPY)), first) {
                (Ok(file), _) => Ok(file),
                (Err(VaultError::NotFound(_)), VaultError::NotFound(_)) => {
                    Err(VaultError::NotFound(dir.to_owned()))
                }
                // Only the copy is there, and it is bad: that is damage, not an empty folder.
                (Err(second), VaultError::NotFound(_)) => Err(second),
                (Err(_), first) => Err(first),
            },
        }
    }

    /// Writes both copies, one after the other, so that one of them is whole at every moment. The copy is renewed as
    /// well: left as it was, it would still open with a passphrase that was changed because somebody else knew it.
    pub fn write(&self, dir: &Path) -> Result<(), VaultError> {
        let mut bytes =
            serde_json::to_vec_pretty(self).map_err(|_| VaultError::Damaged("it could not be encoded"))?;
        bytes.push(b'\n');
        for name in [KEY_FILE, KEY_FILE_COPY] {
            whole_file::write(dir, name, &bytes).map_err(VaultError::io(dir.join(name)))?;
        }
        Ok(())
    }

    /// Whether both files of the folder hold exactly these keys.
    pub fn stands_twice(&self, dir: &Path) -> bool {
        [KEY_FILE, KEY_FILE_COPY]
            .iter()
            .all(|name| KeyFile::read_one(&dir.join(name)).is_ok_and(|file| file == *self))
    }

    /// Whether a folder holds keys, readable or not.
    pub fn is_in(dir: &Path) -> bool {
        [KEY_FILE, KEY_FILE_COPY].iter().any(|name| PathBuf::from(dir).join(name).symlink_metadata().is_ok())
    }
}
