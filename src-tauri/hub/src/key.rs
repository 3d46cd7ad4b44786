//! The key that seals what is kept.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::ArchiveError;

const NONCE: usize = 24;

/// Seals bytes at rest: XChaCha20-Poly1305 with a random nonce, under a key that lies in a file beside the data, not in it:
/// a stolen disk of the database, or its backup, says nothing.
pub struct RestKey(XChaCha20Poly1305);

impl RestKey {
    /// The key of 32 bytes.
    pub fn new(bytes: &[u8; 32]) -> RestKey {
        RestKey(XChaCha20Poly1305::new(bytes.into()))
    }

    /// The key in a file of 64 hexadecimal digits, which is made, for its owner alone, when it is missing.
    ///
    /// # Errors
    /// Those of the disk; `InvalidData` for a file that holds no key.
    pub fn in_file(file: &Path) -> std::io::Result<RestKey> {
        match make(file) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            made => made?,
        }
        let mut text = Zeroizing::new(String::new());
        File::open(file)?.take(1024).read_to_string(&mut text)?;
        let bytes = Zeroizing::new(hex::decode(text.trim()).unwrap_or_default());
        let bytes: &[u8; 32] =
            bytes.as_slice().try_into().map_err(|_| std::io::Error::from(std::io::ErrorKind::InvalidData))?;
        Ok(RestKey::new(bytes))
    }

    /// Seals bytes for a place; they open only there.
    ///
    /// # Errors
    /// When the operating system has no randomness.
    pub fn seal(&self, place: &[u8], bytes: &[u8]) -> Result<Vec<u8>, ArchiveError> {
        let fault = |what: &str| ArchiveError::Damaged(what.to_owned());
        let mut sealed = vec![0; NONCE];
        getrandom::fill(&mut sealed).map_err(|_| fault("no randomness"))?;
        let nonce: [u8; NONCE] = sealed[..].try_into().map_err(|_| fault("nonce"))?;
        let text = self
            .0
            .encrypt(&XNonce::from(nonce), Payload { msg: bytes, aad: place })
            .map_err(|_| fault("too long to be sealed"))?;
        sealed.extend_from_slice(&text);
        Ok(sealed)
    }

    /// Opens what was sealed for a place.
    ///
    /// # Errors
    /// `Damaged` for anything else, and under another key.
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, ArchiveError> {
        let damaged = || ArchiveError::Damaged("sealed bytes, or the key is another one".into());
        let (nonce, text) = sealed.split_at_checked(NONCE).ok_or_else(damaged)?;
        let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| damaged())?;
        self.0.decrypt(&XNonce::from(nonce), Payload { msg: text, aad: place }).map_err(|_| damaged())
    }
}

/// Makes the file, whole or not at all: several processes may start at once.
fn make(file: &Path) -> std::io::Result<()> {
    if file.exists() {
        return Ok(());
    }
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *bytes).map_err(std::io::Error::other)?;
    let part = file.with_extension(format!("{}.part", std::process::id()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(&part)?;
    out.write_all(Zeroizing::new(hex::encode(*bytes)).as_bytes())?;
    out.sync_all()?;
    // A link is refused where a file stands already; a rename would put one key in the place of another.
    let linked = std::fs::hard_link(&part, file);
    std::fs::remove_file(&part)?;
    linked
}
