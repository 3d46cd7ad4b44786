//! Reading an update: the head at once, the parts piece by piece.

use std::fs::{self, File, OpenOptions};
use std::io::{Cursor, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use minicbor::Decoder;
use yuanba_journal::PublicKey;

use super::write::carry;
use super::{
    FORMAT, HEAD_BYTES_MAX, MAGIC, Manifest, PRACTICE_BYTES_MAX, PURPOSE, Part, SIGNATURE_BYTES, SUITE,
    TrustedKeys, UpdateError,
};

/// An update whose head was checked. Its parts are checked when they are taken out.
#[derive(Debug)]
pub struct Package<R> {
    from: R,
    path: PathBuf,
    head: Head,
}

/// Whether a file begins as an update does.
pub fn is_update(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|f| f.take(MAGIC.len() as u64).read_to_end(&mut start));
    read.is_ok() && start == MAGIC.as_bytes()
}

/// Reads and checks the head of an update: who signed it, what it says of itself, and that the file is as long as it says.
///
/// # Errors
/// As [`UpdateError`] says; nothing was written anywhere.
pub fn look(path: &Path, keys: &TrustedKeys) -> Result<Package<File>, UpdateError> {
    let file = File::open(path).map_err(UpdateError::io(path))?;
    look_at(file, path, keys)
}

/// The same of bytes in memory.
///
/// # Errors
/// As for a file.
pub fn look_bytes<'a>(bytes: &'a [u8], keys: &TrustedKeys) -> Result<Package<Cursor<&'a [u8]>>, UpdateError> {
    look_at(Cursor::new(bytes), Path::new(""), keys)
}

/// The same of anything that can be read from the start again.
///
/// # Errors
/// As for a file.
pub fn look_at<R: Read + Seek>(
    mut from: R,
    path: &Path,
    keys: &TrustedKeys,
) -> Result<Package<R>, UpdateError> {
    let mut start = Vec::new();
    from.by_ref().take(HEAD_BYTES_MAX).read_to_end(&mut start).map_err(UpdateError::io(path))?;
    let head = judge_head(&start, keys)?;
    let whole = head.manifest.parts_bytes().and_then(|parts| parts.checked_add(head.bytes));
    let there = from.seek(SeekFrom::End(0)).map_err(UpdateError::io(path))?;
    if whole != Some(there) {
        return Err(UpdateError::Damaged("it is not as long as it says"));
    }
    Ok(Package { from, path: path.to_owned(), head })
}

/// What stands in front of the parts, after its signature was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// What the update says of itself
    pub manifest: Manifest,
    /// Whose key signed it
    pub signed_by: String,
    /// How long the head is, in bytes
    pub bytes: u64,
}

/// Reads and checks the head of an update at the start of `start`, whatever follows: of a part that was taken out earlier it
/// says again who signed it.
///
/// # Errors
/// As [`UpdateError`] says.
pub fn judge_head(start: &[u8], keys: &TrustedKeys) -> Result<Head, UpdateError> {
    let body = after_the_lines(start)?;
    const SHAPE: UpdateError = UpdateError::Damaged("its head is misshapen");
    let mut d = Decoder::new(&start[body..]);
    if d.array().ok() != Some(Some(3)) {
        return Err(SHAPE);
    }
    match d.u64() {
        Ok(SUITE) => {}
        Ok(newer) if newer > SUITE => return Err(UpdateError::NewerFormat(newer)),
        _ => return Err(SHAPE),
    }
    let public = d.bytes().ok().and_then(|key| key.try_into().ok()).map(PublicKey).ok_or(SHAPE)?;
    let manifest = d.bytes().map_err(|_| SHAPE)?;
    let signed = body + d.position();
    let signature = start.get(signed..signed + SIGNATURE_BYTES).ok_or(SHAPE)?;
    let signature: [u8; SIGNATURE_BYTES] = signature.try_into().map_err(|_| SHAPE)?;

    // Whose it is comes before what it says: nobody's words are read before it is known that they are theirs.
    if keys.is_empty() {
        return Err(UpdateError::NoKeys);
    }
    let key = keys.find(&public).ok_or(UpdateError::UnknownKey)?;
    let hash = blake3::hash(&start[..signed]);
    key.public.verify(PURPOSE, hash.as_bytes(), &signature).map_err(|_| UpdateError::Forged)?;
    let manifest = Manifest::from_cbor(manifest)?;
    if !key.signs(&manifest) {
        return Err(UpdateError::KeyDoesNotSign { name: key.name.clone() });
    }
    Ok(Head { manifest, signed_by: key.name.clone(), bytes: (signed + SIGNATURE_BYTES) as u64 })
}

/// Where the lines for people end.
fn after_the_lines(start: &[u8]) -> Result<usize, UpdateError> {
    let rest = start.strip_prefix(MAGIC.as_bytes()).ok_or(UpdateError::NotAnUpdate)?;
    let line = rest.split(|b| *b == b'\n').next().and_then(|line| str::from_utf8(line).ok());
    match line.filter(|line| line.bytes().all(|b| b.is_ascii_digit())).and_then(|line| line.parse().ok()) {
        Some(FORMAT) if line == Some("1") => {}
        Some(newer) if newer > FORMAT => return Err(UpdateError::NewerFormat(newer)),
        _ => return Err(UpdateError::Damaged("its first line is none")),
    }
    let end = start.windows(2).position(|pair| pair == b"\n\n");
    end.map(|end| end + 2).ok_or(UpdateError::Damaged("its first lines have no end"))
}

impl<R: Read + Seek> Package<R> {
    /// What it says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.head.manifest
    }

    /// Whose key signed it.
    pub fn signed_by(&self) -> &str {
        &self.head.signed_by
    }

    /// The bytes in front of the parts, for [`judge_head`].
    ///
    /// # Errors
    /// `Io`.
    pub fn head_bytes(&mut self) -> Result<Vec<u8>, UpdateError> {
        let mut bytes = Vec::new();
        self.from.rewind().map_err(UpdateError::io(&self.path))?;
        self.from
            .by_ref()
            .take(self.head.bytes)
            .read_to_end(&mut bytes)
            .map_err(UpdateError::io(&self.path))?;
        Ok(bytes)
    }

    /// The text of a declaration.
    ///
    /// # Errors
    /// `Damaged` when it is not what was signed, or no text; `Io`.
    pub fn declaration(&mut self, at: usize) -> Result<String, UpdateError> {
        let part = self.head.manifest.parts[at].clone();
        if part.bytes > PRACTICE_BYTES_MAX {
            return Err(UpdateError::TooLarge("one of its parts is too long"));
        }
        let mut bytes = Vec::with_capacity(part.bytes as usize);
        self.checked(at, &mut |piece| {
            bytes.extend_from_slice(piece);
            Ok(())
        })?;
        String::from_utf8(bytes).map_err(|_| UpdateError::Damaged("one of its parts is no text"))
    }

    /// Lays a part into a new file at `into`, piece by piece. The file gets its name when every byte was checked and is on
    /// the disk; one that does not fit is removed. `so_far` hears of bytes and may stop it.
    ///
    /// # Errors
    /// `Damaged` when it is not what was signed, `Cancelled`, `Io`. Nothing is left then.
    pub fn lay(
        &mut self,
        at: usize,
        into: &Path,
        so_far: &mut dyn FnMut(u64) -> ControlFlow<()>,
    ) -> Result<(), UpdateError> {
        let half = into.with_extension("yuanba-part");
        // What an earlier try has left.
        let _ = fs::remove_file(&half);
        let laid = (|| {
            let mut out = OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(&half)
                .map_err(UpdateError::io(&half))?;
            let mut bytes = 0;
            self.checked(at, &mut |piece| {
                out.write_all(piece).map_err(UpdateError::io(&half))?;
                bytes += piece.len() as u64;
                match so_far(bytes) {
                    ControlFlow::Continue(()) => Ok(()),
                    ControlFlow::Break(()) => Err(UpdateError::Cancelled),
                }
            })?;
            out.sync_all().map_err(UpdateError::io(&half))?;
            drop(out);
            fs::rename(&half, into).map_err(UpdateError::io(into))
        })();
        if laid.is_err() {
            let _ = fs::remove_file(&half);
        }
        laid
    }

    /// Reads every part and checks it, for whoever only wants to know.
    ///
    /// # Errors
    /// `Damaged` when one is not what was signed; `Io`.
    pub fn check_parts(&mut self) -> Result<(), UpdateError> {
        (0..self.head.manifest.parts.len()).try_for_each(|at| self.checked(at, &mut |_| Ok(())))
    }

    fn checked(
        &mut self,
        at: usize,
        take: &mut dyn FnMut(&[u8]) -> Result<(), UpdateError>,
    ) -> Result<(), UpdateError> {
        let before: u64 = self.head.manifest.parts[..at].iter().map(|part| part.bytes).sum();
        let Part { bytes, hash, .. } = self.head.manifest.parts[at].clone();
        let path = &self.path;
        self.from.seek(SeekFrom::Start(self.head.bytes + before)).map_err(UpdateError::io(path))?;
        let mut hasher = blake3::Hasher::new();
        let read = carry(&mut self.from.by_ref().take(bytes), path, |piece| {
            hasher.update(piece);
            take(piece)
        })?;
        if read != bytes || hasher.finalize() != blake3::Hash::from_bytes(hash) {
            return Err(UpdateError::Damaged("one of its parts is not what was signed"));
        }
        Ok(())
    }
}
