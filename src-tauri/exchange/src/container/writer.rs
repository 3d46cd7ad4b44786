//! Writing a bundle: into a temporary file, read back, then given its name.

use std::io::{self, BufWriter, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use age::x25519::Recipient;
use yuanba_journal::ReplicaKey;

use super::clear_header::HEADER_BYTES_MAX;
use super::content::ContentWriter;
use super::file_name::PART_EXTENSION;
use super::{
    BundleError, CONTENT_BYTES_MAX, ClearHeader, Disk, DiskFile, FILE_BYTES_MAX, ITEM_BYTES_MAX,
    RECIPIENTS_MAX, SEGMENTS_MAX, content_bytes_max,
};

/// Small enough a bundle at a speed that nobody notices: measured in `tests`.
const ZSTD_LEVEL: i32 = 9;
const LINE_ZSTD_LEVEL: i32 = 3;

/// What goes into a bundle besides its segments.
pub struct Bundle<'a> {
    /// The lines in front.
    pub header: ClearHeader,
    /// Who can open it: the addressee organisation's key and its parent's.
    pub recipients: &'a [Recipient],
    /// The manifest, opaque here.
    pub manifest: &'a [u8],
    /// The writing replica's key.
    pub key: &'a ReplicaKey,
}

/// Whatever kept the caller from making a segment.
pub type SegmentError = Box<dyn std::error::Error + Send + Sync>;

/// How far the writing has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Segments taken in.
    pub segments: u64,
    /// Bytes taken in, before packing.
    pub bytes: u64,
}

/// A bundle that stands on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The file.
    pub path: PathBuf,
    /// Its length.
    pub bytes: u64,
    /// How many segments are in it.
    pub segments: u64,
}

/// Writes a bundle as `folder/name`. The file has that name only when all of it is on the disk and has been read back;
/// until then it is called `….yuanba-part`, and what an earlier attempt left of that kind is removed. `progress` is
/// asked before each segment and may stop the writing.
///
/// # Errors
/// `Io` (also when there is a file of that name), `NotKept`, `Cancelled`, `Segment`, `TooLarge`, `BadRecipients`. No
/// bundle then stands under the name, and the part is removed if the disk is still there.
pub fn write(
    disk: &dyn Disk,
    folder: &Path,
    name: &str,
    bundle: &Bundle<'_>,
    segments: impl IntoIterator<Item = Result<Vec<u8>, SegmentError>>,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Written, BundleError> {
    let path = folder.join(name);
    let part = path.with_extension(PART_EXTENSION);
    remove_stale_parts(disk, folder)?;
    if disk.exists(&path).map_err(BundleError::io(&path))? {
        return Err(BundleError::Io { path, source: io::ErrorKind::AlreadyExists.into() });
    }
    let written = write_part(disk, &part, bundle, segments, progress).and_then(|(bytes, segments)| {
        disk.rename(&part, &path).map_err(BundleError::io(&path))?;
        Ok(Written { path, bytes, segments })
    });
    match written {
        Ok(written) => {
            disk.sync_folder(folder).map_err(BundleError::io(folder))?;
            Ok(written)
        }
        Err(error) => {
            // The disk may be gone; then the next writing there removes the part.
            let _ = disk.remove(&part);
            Err(error)
        }
    }
}

fn remove_stale_parts(disk: &dyn Disk, folder: &Path) -> Result<(), BundleError> {
    for name in disk.names(folder).map_err(BundleError::io(folder))? {
        let path = folder.join(name);
        if path.extension().is_some_and(|extension| extension == PART_EXTENSION) {
            disk.remove(&path).map_err(BundleError::io(&path))?;
        }
    }
    Ok(())
}

/// Writes the part, then reads it back and compares. Gives its length and the number of segments.
fn write_part(
    disk: &dyn Disk,
    part: &Path,
    bundle: &Bundle<'_>,
    segments: impl IntoIterator<Item = Result<Vec<u8>, SegmentError>>,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<(u64, u64), BundleError> {
    let io = || BundleError::io(part);
    let file = disk.create(part).map_err(io())?;
    let mut tally = Tally { file, hasher: blake3::Hasher::new(), bytes: 0 };
    let count = seal(&mut tally, bundle, segments, progress).map_err(|error| match error {
        BundleError::Io { source, .. } => BundleError::Io { path: part.to_owned(), source },
        other => other,
    })?;
    tally.file.sync().map_err(io())?;
    let Tally { file, hasher, bytes } = tally;
    drop(file);

    let mut back = disk.read_back(part).map_err(io())?;
    let (mut read, mut head) = (blake3::Hasher::new(), Vec::with_capacity(HEADER_BYTES_MAX));
    back.by_ref().take(HEADER_BYTES_MAX as u64).read_to_end(&mut head).map_err(io())?;
    io::copy(&mut head.as_slice().chain(back), &mut read).map_err(io())?;
    let header = ClearHeader::decode(&head).map_err(|_| BundleError::NotKept)?.0;
    if read.finalize() != hasher.finalize() || header != bundle.header {
        return Err(BundleError::NotKept);
    }
    Ok((bytes, count))
}

/// Seals a bundle into any byte sink, without name or disk; gives the number of segments. Errors of the sink have no
/// path.
///
/// # Errors
/// As [`write`].
pub fn seal(
    out: &mut dyn Write,
    bundle: &Bundle<'_>,
    segments: impl IntoIterator<Item = Result<Vec<u8>, SegmentError>>,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<u64, BundleError> {
    seal_packed(out, bundle, segments, ZSTD_LEVEL, progress)
}

/// As [`seal`], packed as hard as is said.
fn seal_packed(
    out: &mut dyn Write,
    bundle: &Bundle<'_>,
    segments: impl IntoIterator<Item = Result<Vec<u8>, SegmentError>>,
    level: i32,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<u64, BundleError> {
    let io = || BundleError::io("");
    if bundle.recipients.is_empty() || bundle.recipients.len() > RECIPIENTS_MAX {
        return Err(BundleError::BadRecipients);
    }
    if bundle.manifest.len() > ITEM_BYTES_MAX {
        return Err(BundleError::TooLarge("its manifest is too long"));
    }
    let header = bundle.header.encode();
    let mut counted = Counted { out: BufWriter::new(out), bytes: 0 };
    counted.write_all(&header).map_err(io())?;
    let recipients = bundle.recipients.iter().map(|recipient| recipient as &dyn age::Recipient);
    let age = age::Encryptor::with_recipients(recipients)
        .map_err(|_| BundleError::BadRecipients)?
        .wrap_output(counted)
        .map_err(io())?;
    let zstd = zstd::Encoder::new(age, level).map_err(io())?;
    let mut content = ContentWriter::begin(zstd, bundle.key, &header, bundle.manifest).map_err(io())?;
    for segment in segments {
        let so_far = Progress { segments: content.segments(), bytes: content.bytes() };
        if progress(so_far).is_break() {
            return Err(BundleError::Cancelled);
        }
        let segment = segment.map_err(BundleError::Segment)?;
        if segment.len() > ITEM_BYTES_MAX {
            return Err(BundleError::TooLarge("one of its segments is too long"));
        }
        if so_far.segments >= SEGMENTS_MAX {
            return Err(BundleError::TooLarge("it has too many segments"));
        }
        content.segment(&segment).map_err(io())?;
        if content.bytes() >= CONTENT_BYTES_MAX - 1024 {
            return Err(BundleError::TooLarge("its content is too long"));
        }
    }
    let so_far = Progress { segments: content.segments(), bytes: content.bytes() };
    if progress(so_far).is_break() {
        return Err(BundleError::Cancelled);
    }
    let age = content.end(bundle.key).and_then(|zstd| zstd.finish()).map_err(io())?;
    let mut counted = age.finish().map_err(io())?;
    counted.out.flush().map_err(io())?;
    // What the reader would refuse is never written.
    if counted.bytes > FILE_BYTES_MAX {
        return Err(BundleError::TooLarge("the file is too long"));
    }
    if so_far.bytes + 1024 > content_bytes_max(counted.bytes) {
        return Err(BundleError::TooLarge("its content repeats itself beyond measure"));
    }
    Ok(so_far.segments)
}

/// A bundle in memory, packed for a line, where a moment counts for more than a tenth of the bytes.
///
/// # Errors
/// As [`write`].
pub fn seal_bytes(
    bundle: &Bundle<'_>,
    segments: impl IntoIterator<Item = Vec<u8>>,
) -> Result<Vec<u8>, BundleError> {
    let mut bytes = Vec::new();
    let segments = segments.into_iter().map(Ok);
    seal_packed(&mut bytes, bundle, segments, LINE_ZSTD_LEVEL, &mut |_| ControlFlow::Continue(()))?;
    Ok(bytes)
}

/// Counts what goes through.
struct Counted<W> {
    out: W,
    bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.out.write(buffer)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// A file, and the hash of what was meant to be written to it.
struct Tally {
    file: Box<dyn DiskFile>,
    hasher: blake3::Hasher,
    bytes: u64,
}

impl Write for Tally {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.file.write(buffer)?;
        self.hasher.update(&buffer[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
