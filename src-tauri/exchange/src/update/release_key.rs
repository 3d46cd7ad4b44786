//! The private half of a release key, and the file that it is kept in.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::Path;

use chrono::NaiveDate;
use yuanba_journal::{PublicKey, ReplicaKey};
use zeroize::Zeroizing;

use super::{PURPOSE, UpdateError};

/// What such a file begins with.
const FIRST_LINE: &str =
    "yuanba release key 1: keep it off laptops that are in use, and out of every repository";
/// No such file is longer, in bytes.
const BYTES_MAX: u64 = 1024;

/// The private half of a release key: whoever has it can have any program installed. Wiped when dropped.
#[derive(Debug)]
pub struct ReleaseKey(ReplicaKey);

impl ReleaseKey {
    /// A new pair.
    ///
    /// # Errors
    /// When the machine gives no randomness.
    pub fn new() -> Result<ReleaseKey, UpdateError> {
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *seed)
            .map_err(|_| UpdateError::CannotBeMade("这台电脑给不出随机数。".to_owned()))?;
        Ok(ReleaseKey(ReplicaKey::from_seed(*seed)))
    }

    /// The pair of a seed, for tests and for whoever derives theirs elsewhere.
    pub fn from_seed(seed: [u8; 32]) -> ReleaseKey {
        ReleaseKey(ReplicaKey::from_seed(seed))
    }

    /// Writes the private half into a new file that its owner alone may read.
    ///
    /// # Errors
    /// `Io`, also when the file is there already: no key is ever written over.
    pub fn write(&self, path: &Path) -> Result<(), UpdateError> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let seed = Zeroizing::new(self.0.seed());
        let text = Zeroizing::new(format!("{FIRST_LINE}\n{}\n", hex::encode(*seed)));
        let write = |mut file: File| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        };
        options.open(path).and_then(write).map_err(UpdateError::io(path))
    }

    /// Reads one.
    ///
    /// # Errors
    /// `Io`, and `CannotBeMade` when the file is no such key.
    pub fn read(path: &Path) -> Result<ReleaseKey, UpdateError> {
        let mut text = Zeroizing::new(String::new());
        File::open(path)
            .and_then(|file| file.take(BYTES_MAX).read_to_string(&mut text))
            .map_err(UpdateError::io(path))?;
        let no_key = || UpdateError::CannotBeMade("这个文件不是发布用的私钥。".to_owned());
        let mut lines = text.lines();
        let (Some(FIRST_LINE), Some(digits)) = (lines.next(), lines.next()) else { return Err(no_key()) };
        let mut seed = Zeroizing::new([0; 32]);
        hex::decode_to_slice(digits, &mut *seed).map_err(|_| no_key())?;
        Ok(ReleaseKey(ReplicaKey::from_seed(*seed)))
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        self.0.public()
    }

    /// The table for the list of keys that a program trusts.
    pub fn line(&self, name: &str, (from, until): (NaiveDate, NaiveDate)) -> String {
        // A name is written as a TOML string by whoever knows how.
        let name = toml::Value::String(name.to_owned());
        format!(
            "[[key]]\nname = {name}\npublic = \"{}\"\nsigns = [\"program\", \"practices\"]\nfrom = \"{from}\"\nuntil = \"{until}\"\n",
            hex::encode(self.public().0)
        )
    }

    pub(super) fn sign(&self, hash: &blake3::Hash) -> [u8; 64] {
        self.0.sign(PURPOSE, hash.as_bytes())
    }
}
