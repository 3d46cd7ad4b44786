//! Reading a bundle: all of it is checked before any of it is handed out.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use age::x25519::Identity;
use age::{DecryptError, Decryptor};
use yuanba_journal::PublicKey;

use super::clear_header::HEADER_BYTES_MAX;
use super::content::Content;
use super::{BundleError, CONTENT_BYTES_MAX, ClearHeader, FILE_BYTES_MAX, content_bytes_max};

/// The header of an age file, recipients and all, ends within this many bytes; age itself knows no limit and would
/// read on.
const AGE_HEADER_BYTES_MAX: usize = 64 * 1024;
/// zstd frames that ask for a longer window than 2^27 bytes are refused.
const WINDOW_LOG_MAX: u32 = 27;

/// A bundle that was checked to its last byte.
pub struct Opened {
    header: ClearHeader,
    content: Content,
}

impl Opened {
    /// The lines in front; the writer's signature covers them.
    pub fn header(&self) -> &ClearHeader {
        &self.header
    }

    /// The key that signed the bundle. Whether its owner may write for `header().from` is the caller's question.
    pub fn writer(&self) -> PublicKey {
        self.content.writer
    }

    /// The manifest.
    pub fn manifest(&self) -> &[u8] {
        self.content.manifest()
    }

    /// The segments in the order in which they were written.
    pub fn segments(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.content.segments()
    }
}

impl std::fmt::Debug for Opened {
    /// Says nothing of the inside.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened").field("header", &self.header).finish_non_exhaustive()
    }
}

/// Reads the lines in front of a bundle file. Needs no key, and proves nothing.
///
/// # Errors
/// `Damaged`, `NewerFormat`, `Io`.
pub fn inspect(path: &Path) -> Result<ClearHeader, BundleError> {
    let mut start = Vec::with_capacity(HEADER_BYTES_MAX);
    let file = File::open(path).map_err(BundleError::io(path))?;
    file.take(HEADER_BYTES_MAX as u64).read_to_end(&mut start).map_err(BundleError::io(path))?;
    Ok(ClearHeader::decode(&start)?.0)
}

/// Reads and checks a bundle file with whichever of the identities fits.
///
/// # Errors
/// `Damaged`, `Forged`, `NotForUs`, `NewerFormat`, `TooLarge`, `Io`.
pub fn open(path: &Path, identities: &[Identity]) -> Result<Opened, BundleError> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(BundleError::io(path))?;
    // A newer format is told from its first line, however long the file is.
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(BundleError::io(path))?;
    open_bytes(&bytes, identities)
}

/// As [`open`], for bytes that came another way.
///
/// # Errors
/// As [`open`].
pub fn open_bytes(bytes: &[u8], identities: &[Identity]) -> Result<Opened, BundleError> {
    open_bytes_within(bytes, identities, CONTENT_BYTES_MAX)
}

/// As [`open_bytes`], for a reader with less room: a content longer than so many bytes is `TooLarge`, and no more than that of
/// it is ever unpacked.
///
/// # Errors
/// As [`open`].
pub fn open_bytes_within(
    bytes: &[u8],
    identities: &[Identity],
    content_bytes: u64,
) -> Result<Opened, BundleError> {
    let (header, header_len) = ClearHeader::decode(bytes)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(BundleError::TooLarge("the file is too long"));
    }
    let (clear, sealed) = bytes.split_at(header_len);
    let packed = decrypt(sealed, identities)?;
    let content = unpack(&packed, content_bytes_max(bytes.len() as u64).min(content_bytes))?;
    Ok(Opened { header, content: Content::check(content, clear)? })
}

fn decrypt(sealed: &[u8], identities: &[Identity]) -> Result<Vec<u8>, BundleError> {
    let start = &sealed[..sealed.len().min(AGE_HEADER_BYTES_MAX)];
    if !start.windows(5).any(|window| window == b"\n--- ") {
        return Err(BundleError::Damaged("its envelope has no end"));
    }
    let broken = |_: io::Error| BundleError::Damaged("its sealed part is cut or altered");
    let identities = identities.iter().map(|identity| identity as &dyn age::Identity);
    let mut reader = Decryptor::new_buffered(sealed).and_then(|age| age.decrypt(identities)).map_err(
        |error| match error {
            DecryptError::NoMatchingKeys => BundleError::NotForUs,
            _ => BundleError::Damaged("its envelope is altered"),
        },
    )?;
    let mut packed = Vec::with_capacity(sealed.len());
    reader.read_to_end(&mut packed).map_err(broken)?;
    Ok(packed)
}

fn unpack(packed: &[u8], bytes_max: u64) -> Result<Vec<u8>, BundleError> {
    let broken = |_: io::Error| BundleError::Damaged("its packing is altered");
    let mut decoder = zstd::Decoder::with_buffer(packed).map_err(broken)?.single_frame();
    decoder.window_log_max(WINDOW_LOG_MAX).map_err(broken)?;
    let mut content = Vec::new();
    decoder.by_ref().take(bytes_max + 1).read_to_end(&mut content).map_err(broken)?;
    if content.len() as u64 > bytes_max {
        return Err(BundleError::TooLarge("it unpacks to more than it may"));
    }
    if !decoder.finish().is_empty() {
        return Err(BundleError::Damaged("something stands after its end"));
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// age tells the last chunk of 64 KiB by the file's end; a file that ends with a full chunk is the delicate case.
    #[test]
    fn nothing_may_stand_after_a_full_last_chunk() -> io::Result<()> {
        let identity = [Identity::generate()];
        let recipient = identity[0].to_public();
        for length in [0, 1, 65_535, 65_536, 65_537, 131_072] {
            let mut sealed = Vec::new();
            let recipients = [&recipient as &dyn age::Recipient];
            let age = age::Encryptor::with_recipients(recipients.into_iter()).map_err(io::Error::other)?;
            let mut writer = age.wrap_output(&mut sealed)?;
            writer.write_all(&vec![7; length])?;
            writer.finish()?;
            assert_eq!(decrypt(&sealed, &identity).map_err(io::Error::other)?, vec![7; length]);
            assert!(decrypt(&sealed[..sealed.len() - 1], &identity).is_err(), "{length} bytes, one less");
            for more in [1, 16, 17, 65_552] {
                let longer = [&sealed[..], &vec![0; more]].concat();
                assert!(decrypt(&longer, &identity).is_err(), "{length} bytes and {more} more");
            }
        }
        Ok(())
    }
}
