//! What a store remembers between asking the organisation above for help and the answer.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};
use yuanba_core::Id;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::hex_bytes::HexBytes;
use super::{VaultError, whole_file};

/// The file of a question that waits for its answer, in the store folder.
pub const ASKED_FILE: &str = "asked.json";
/// How long an answer is waited for, in ms: three days.
pub const WAITS_MS: i64 = 3 * 24 * 60 * 60 * 1000;
const BYTES_MAX: u64 = 4096;

/// A question that waits: for whom, and the secret half of the key that its answer is sealed for. The secret opens nothing
/// without the answer.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    #[zeroize(skip)]
    request: HexBytes<32>,
    /// Whose passphrase was forgotten
    #[zeroize(skip)]
    pub user: Id,
    /// When it was asked by this machine's clock, ms since 1970
    pub at_ms: i64,
    /// The secret half, as its library writes it
    pub secret: String,
}

impl Asked {
    /// A question: the digest of its file, whose passphrase, when, and the secret half of the answer's key.
    pub fn new(request: [u8; 32], user: Id, at_ms: i64, secret: String) -> Asked {
        Asked { request: HexBytes(request), user, at_ms, secret }
    }

    /// The digest of the question's file.
    pub fn request(&self) -> &[u8; 32] {
        &self.request.0
    }

    /// The question that waits in a store folder, if one does that can be read and is not older than [`WAITS_MS`]. A clock
    /// that was set back makes none older.
    pub fn read(dir: &Path, now_ms: i64) -> Option<Asked> {
        let mut bytes = Zeroizing::new(Vec::new());
        File::open(dir.join(ASKED_FILE)).ok()?.take(BYTES_MAX).read_to_end(&mut bytes).ok()?;
        let asked: Asked = serde_json::from_slice(&bytes).ok()?;
        (now_ms.saturating_sub(asked.at_ms) <= WAITS_MS).then_some(asked)
    }

    /// Remembers the question, in place of an older one.
    ///
    /// # Errors
    /// `Io`.
    pub fn write(&self, dir: &Path) -> Result<(), VaultError> {
        let bytes = serde_json::to_vec(self).map(Zeroizing::new);
        let bytes = bytes.map_err(|_| VaultError::Damaged("the question could not be encoded"))?;
        whole_file::write(dir, ASKED_FILE, &bytes).map_err(VaultError::io(dir.join(ASKED_FILE)))
    }

    /// Forgets it: an answer is good for one time.
    pub fn forget(dir: &Path) {
        let _ = fs::remove_file(dir.join(ASKED_FILE));
    }
}
