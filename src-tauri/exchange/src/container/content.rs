//! The inside of a bundle: manifest, segments, trailer, one CBOR item after the other.

use std::io::{self, Write};
use std::ops::Range;

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};
use yuanba_journal::{PublicKey, ReplicaKey};

use super::{BundleError, FORMAT, ITEM_BYTES_MAX, SEGMENTS_MAX};

const NAME: &str = "yuanba bundle";
/// What the writer's signature is for; a signature over anything else never fits.
const PURPOSE: &str = "yuanba bundle 1";
/// Suite 1: Ed25519, BLAKE3, age.
const SUITE: u64 = 1;

/// Writes the items and keeps the running hash.
pub(super) struct ContentWriter<W> {
    out: W,
    hasher: blake3::Hasher,
    segments: u64,
    bytes: u64,
}

impl<W: Write> ContentWriter<W> {
    pub fn begin(
        out: W,
        key: &ReplicaKey,
        header: &[u8],
        manifest: &[u8],
    ) -> Result<ContentWriter<W>, io::Error> {
        let mut writer = ContentWriter { out, hasher: blake3::Hasher::new(), segments: 0, bytes: 0 };
        let mut start = Vec::with_capacity(manifest.len() + 128);
        Encoder::new(&mut start)
            .array(6)
            .and_then(|e| e.str(NAME))
            .and_then(|e| e.u64(FORMAT))
            .and_then(|e| e.u64(SUITE))
            .and_then(|e| e.bytes(&key.public().0))
            .and_then(|e| e.bytes(blake3::hash(header).as_bytes()))
            .and_then(|e| e.bytes(manifest))
            .map_err(io::Error::other)?;
        writer.put(&start)?;
        Ok(writer)
    }

    pub fn segment(&mut self, segment: &[u8]) -> Result<(), io::Error> {
        let mut item = Vec::with_capacity(segment.len() + 9);
        Encoder::new(&mut item).bytes(segment).map_err(io::Error::other)?;
        self.segments += 1;
        self.put(&item)
    }

    /// Bytes of content so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Segments so far.
    pub fn segments(&self) -> u64 {
        self.segments
    }

    pub fn end(mut self, key: &ReplicaKey) -> Result<W, io::Error> {
        let hash = self.hasher.finalize();
        let mut trailer = Vec::with_capacity(128);
        Encoder::new(&mut trailer)
            .array(3)
            .and_then(|e| e.u64(self.segments))
            .and_then(|e| e.bytes(hash.as_bytes()))
            .and_then(|e| e.bytes(&key.sign(PURPOSE, hash.as_bytes())))
            .map_err(io::Error::other)?;
        self.put(&trailer)?;
        Ok(self.out)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), io::Error> {
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        self.out.write_all(bytes)
    }
}

/// A content that was checked whole.
pub(super) struct Content {
    bytes: Vec<u8>,
    pub writer: PublicKey,
    manifest: Range<usize>,
    segments: Vec<Range<usize>>,
}

impl Content {
    /// Checks everything that stands in `bytes`, which belongs to the clear header `header`.
    ///
    /// # Errors
    /// `Damaged`, `Forged`, `NewerFormat` (an unknown suite), `TooLarge`.
    pub fn check(bytes: Vec<u8>, header: &[u8]) -> Result<Content, BundleError> {
        const SHAPE: BundleError = BundleError::Damaged("its inside is misshapen");
        let mut decoder = Decoder::new(&bytes);
        let d = &mut decoder;
        if d.array().ok() != Some(Some(6)) || d.str().ok() != Some(NAME) || d.u64().ok() != Some(FORMAT) {
            return Err(SHAPE);
        }
        match d.u64() {
            Ok(SUITE) => {}
            Ok(newer) if newer > SUITE => return Err(BundleError::NewerFormat(newer)),
            _ => return Err(SHAPE),
        }
        let writer = PublicKey(fixed(d).ok_or(SHAPE)?);
        let header_hash = blake3::Hash::from_bytes(fixed(d).ok_or(SHAPE)?);
        let manifest = item(d)?;
        let mut segments = Vec::new();
        while d.datatype().ok() == Some(Type::Bytes) {
            segments.push(item(d)?);
            if segments.len() as u64 > SEGMENTS_MAX {
                return Err(BundleError::TooLarge("it has too many segments"));
            }
        }
        let signed = d.position();
        if d.array().ok() != Some(Some(3)) || d.u64().ok() != Some(segments.len() as u64) {
            return Err(SHAPE);
        }
        let hash = blake3::Hash::from_bytes(fixed(d).ok_or(SHAPE)?);
        let signature: [u8; 64] = fixed(d).ok_or(SHAPE)?;
        if d.position() != bytes.len() {
            return Err(BundleError::Damaged("something stands after its end"));
        }
        if blake3::hash(&bytes[..signed]) != hash {
            return Err(BundleError::Damaged("its hash does not agree"));
        }
        writer
            .verify(PURPOSE, hash.as_bytes(), &signature)
            .map_err(|_| BundleError::Forged("its signature does not hold"))?;
        if header_hash != blake3::hash(header) {
            return Err(BundleError::Damaged("its first lines are not those it was written with"));
        }
        Ok(Content { writer, manifest, segments, bytes })
    }

    pub fn manifest(&self) -> &[u8] {
        &self.bytes[self.manifest.clone()]
    }

    pub fn segments(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.segments.iter().map(|range| &self.bytes[range.clone()])
    }
}

/// A byte string of exactly `N` bytes.
fn fixed<const N: usize>(decoder: &mut Decoder<'_>) -> Option<[u8; N]> {
    decoder.bytes().ok()?.try_into().ok()
}

/// Where the next byte string stands.
fn item(decoder: &mut Decoder<'_>) -> Result<Range<usize>, BundleError> {
    let length = decoder.bytes().map_err(|_| BundleError::Damaged("its inside is misshapen"))?.len();
    if length > ITEM_BYTES_MAX {
        return Err(BundleError::TooLarge("one of its segments is too long"));
    }
    let end = decoder.position();
    Ok(end - length..end)
}
