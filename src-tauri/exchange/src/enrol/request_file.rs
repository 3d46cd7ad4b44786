//! The file by which a laptop asks for its place.
//!
//! ```text
//! YUANBA-REQUEST 1\n
//! one line for people\n
//! \n
//! [suite 1, replica's public key, {1: organisation, 2: its level, 3: its name, 4: time, 5: [segment bytes, …]}]   CBOR
//! Ed25519 signature of everything before it by the replica, 64 bytes
//! ```
//!
//! The segments are the `down` streams of the organisation from their first change: that it declares itself, that the
//! laptop belongs to it, its name, its keys. The file is not sealed, because nobody's key is known to the laptop yet;
//! nothing of the `up` lane stands in it.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use minicbor::{Decoder, Encoder};
use yuanba_core::{Id, Level};
use yuanba_journal::stream::id;
use yuanba_journal::{JournalError, PublicKey, ReplicaKey, Segment};

use crate::Refusal;

const MAGIC: &str = "YUANBA-REQUEST ";
const FORMAT: u64 = 1;
const FOR_PEOPLE: &str =
    "这是院坝的授权申请，请上级在院坝里选「授权」打开它。 A Yuanba request: grant it with Yuanba.";
const SUITE: u64 = 1;
const PURPOSE: &str = "yuanba request 1";
/// The longest request that is read, in bytes.
const FILE_BYTES_MAX: u64 = 32 * 1024 * 1024;
const SEGMENTS_MAX: u64 = 10_000;
const SIGNATURE_BYTES: usize = 64;

/// What a request says of its writer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestHeader {
    /// The organisation that the laptop began as
    pub org: Id,
    /// Its level, where this version knows it
    pub level: Option<Level>,
    /// Its name
    pub name: String,
    /// When it was written by the writer's clock, ms since 1970
    pub time_ms: i64,
}

/// A request whose signature and segments were checked.
pub struct RequestFile {
    /// What it says of its writer
    pub header: RequestHeader,
    /// The laptop that asks
    pub key: PublicKey,
    /// The `down` streams of its organisation
    pub segments: Vec<Segment>,
}

/// Whether a file begins as a request does.
pub fn is_request(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|f| f.take(MAGIC.len() as u64).read_to_end(&mut start));
    read.is_ok() && start == MAGIC.as_bytes()
}

/// Reads and checks a request, for what it says of its writer.
pub fn read_header(path: &Path) -> Result<RequestHeader, Refusal> {
    Ok(read(path, None)?.header)
}

/// The bytes of a request.
pub fn to_bytes(header: &RequestHeader, level: u8, key: &ReplicaKey, segments: &[Segment]) -> Vec<u8> {
    let mut bytes = format!("{MAGIC}{FORMAT}\n{FOR_PEOPLE}\n\n").into_bytes();
    let mut e = Encoder::new(&mut bytes);
    let result = (|| {
        e.array(3)?.u64(SUITE)?.bytes(&key.public().0)?.map(5)?;
        e.u8(1)?.bytes(&header.org.0)?.u8(2)?.u8(level)?.u8(3)?.str(&header.name)?;
        e.u8(4)?.i64(header.time_ms)?.u8(5)?.array(segments.len() as u64)?;
        for segment in segments {
            e.bytes(&segment.to_cbor())?;
        }
        Ok::<_, minicbor::encode::Error<std::convert::Infallible>>(())
    })();
    result.expect("a Vec takes every byte");
    let signature = key.sign(PURPOSE, &bytes);
    bytes.extend_from_slice(&signature);
    bytes
}

/// Reads and checks a request.
///
/// # Errors
/// `damaged`, `forged`, `newer_format`, `too_large`, `unreadable`, `not_a_request`.
pub fn read(path: &Path, here: Option<Level>) -> Result<RequestFile, Refusal> {
    let mut bytes = Vec::new();
    let unreadable = |_| {
        Refusal::new(
            "unreadable",
            "这个文件读不出来，U 盘可能松了或者坏了。数据没有动。",
            "请拔下来重新插好再试一次。",
        )
    };
    let file = File::open(path).map_err(unreadable)?;
    file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(Refusal::new(
            "too_large",
            "这个文件大得不合常理，没有读。数据没有动。",
            "请对方重新写一个申请。",
        ));
    }
    if !bytes.starts_with(MAGIC.as_bytes()) {
        return Err(Refusal::new(
            "not_a_request",
            "这不是授权申请文件。数据没有动。",
            "请对方在院坝里写一个申请，再拿来。",
        ));
    }
    from_bytes(&bytes).map_err(|error| match error {
        JournalError::Newer(_) => Refusal::newer(),
        JournalError::Forged(_) => {
            Refusal::new("forged", "没读进来：这个申请的签名对不上。数据没有动。", "请对方再写一个，当面交。")
        }
        _ => Refusal::damaged(here, "对方"),
    })
}

fn from_bytes(bytes: &[u8]) -> Result<RequestFile, JournalError> {
    let malformed = JournalError::Malformed("request");
    let rest = &bytes[MAGIC.len().min(bytes.len())..];
    let line = rest.split(|b| *b == b'\n').next().and_then(|l| str::from_utf8(l).ok()).unwrap_or_default();
    match line.parse() {
        Ok(FORMAT) if line.len() == 1 => {}
        Ok(newer) if newer > FORMAT && line.bytes().all(|b| b.is_ascii_digit()) => {
            return Err(JournalError::Newer(newer));
        }
        _ => return Err(malformed),
    }
    let start = bytes.windows(2).position(|pair| pair == b"\n\n").ok_or(malformed.clone())? + 2;
    let end = bytes.len().checked_sub(SIGNATURE_BYTES).filter(|end| *end > start).ok_or(malformed.clone())?;
    let (signed, signature) = bytes.split_at(end);
    let signature: [u8; SIGNATURE_BYTES] = signature.try_into().map_err(|_| malformed.clone())?;

    let mut d = Decoder::new(&signed[start..]);
    if d.array()? != Some(3) {
        return Err(malformed);
    }
    match d.u64()? {
        SUITE => {}
        newer => return Err(JournalError::Newer(newer)),
    }
    let key = PublicKey(d.bytes()?.try_into().map_err(|_| malformed.clone())?);
    key.verify(PURPOSE, signed, &signature)?;
    let (mut org, mut level, mut name, mut time_ms, mut segments) = (None, None, None, None, None);
    for _ in 0..d.map()?.ok_or(malformed.clone())? {
        match d.u64()? {
            1 => org = Some(id(d.bytes()?)?),
            2 => level = Some(d.u8()?),
            3 => name = Some(d.str()?.to_owned()),
            4 => time_ms = Some(d.i64()?),
            5 => {
                let count = d.array()?.filter(|n| *n <= SEGMENTS_MAX).ok_or(malformed.clone())?;
                let list: Result<Vec<Segment>, JournalError> =
                    (0..count).map(|_| Segment::from_cbor(d.bytes()?)).collect();
                segments = Some(list?);
            }
            _ => d.skip()?,
        }
    }
    if d.position() != end - start {
        return Err(malformed);
    }
    let header = RequestHeader {
        org: org.ok_or(malformed.clone())?,
        level: level.and_then(Level::from_number),
        name: name.ok_or(malformed.clone())?,
        time_ms: time_ms.ok_or(malformed.clone())?,
    };
    Ok(RequestFile { header, key, segments: segments.ok_or(malformed)? })
}
