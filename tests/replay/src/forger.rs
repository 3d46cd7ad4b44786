//! A laptop with a good key that signs whatever it is told.
//!
//! Random bytes never carry a fitting hash or signature, so nothing behind those would ever be tried. A forger takes what
//! is to be signed, and supplies the hashes, the chain and the signatures.

use age::x25519::Identity;
use minicbor::Decoder;
use minicbor::data::Type;
use yuanba_core::Id;
use yuanba_exchange::container::{self, Bundle, ClearHeader};
use yuanba_journal::header::Header;
use yuanba_journal::{Body, Change, Hash, HeadSignature, Kind, Lane, ReplicaKey, Segment, Stamp, StreamId};

/// The forger's key, and the one that its files are sealed for.
pub struct Forger {
    /// Signs
    pub key: ReplicaKey,
    /// Opens what was sealed here
    pub identity: Identity,
}

/// The forger of the targets that need no store. Its age key is the one of the golden bundles, made for tests alone.
pub fn forger() -> Forger {
    let identity = include_str!("../../../src-tauri/exchange/tests/golden/format-1.identity");
    Forger {
        key: ReplicaKey::from_seed([5; 32]),
        identity: identity.trim().parse().expect("a committed key can be read"),
    }
}

/// The clear header of what is forged without a store.
pub const HEADER: ClearHeader =
    ClearHeader { from: Id([1; 16]), to: Id([2; 16]), time_ms: 1_781_222_400_000 };

/// The lines in front of a bundle, as the container writes them.
pub fn clear_lines() -> Vec<u8> {
    let ClearHeader { from, to, time_ms } = HEADER;
    format!("YUANBA 1\nfrom {from}\nto {to}\ntime {time_ms}\nx\n\n").into_bytes()
}

impl Forger {
    /// A file whose sealed part is these bytes, whatever they are.
    pub fn sealed(&self, packed: &[u8]) -> Vec<u8> {
        let mut file = clear_lines();
        file.extend(age::encrypt(&self.identity.to_public(), packed).expect("memory takes every byte"));
        file
    }

    /// A bundle of this manifest and these segments, in good order.
    pub fn bundle(&self, manifest: &[u8], segments: &[&[u8]]) -> Vec<u8> {
        let mut file = Vec::new();
        let bundle =
            Bundle { header: HEADER, recipients: &[self.identity.to_public()], manifest, key: &self.key };
        let segments = segments.iter().map(|segment| Ok(segment.to_vec()));
        container::seal(&mut file, &bundle, segments, &mut |_| std::ops::ControlFlow::Continue(()))
            .expect("memory takes every byte");
        file
    }
}

/// The byte strings that stand one after the other, as far as they are some.
pub fn items(bytes: &[u8]) -> Vec<&[u8]> {
    let mut d = Decoder::new(bytes);
    let mut items = Vec::new();
    while d.datatype().is_ok_and(|t| t == Type::Bytes) {
        match d.bytes() {
            Ok(item) => items.push(item),
            Err(_) => break,
        }
    }
    items
}

/// What a segment says, signed by a key: its changes get their place, their chain and their hashes. `before` gives the
/// hash of a change that the stream has at a place. `None` when not even a header can be made of it.
pub fn signed(
    bytes: &[u8],
    key: &ReplicaKey,
    before: impl Fn(&StreamId, u64) -> Option<Hash>,
) -> Option<Segment> {
    let mut d = Decoder::new(bytes);
    if d.array().ok()?? != 10 {
        return None;
    }
    d.u64().ok()?;
    d.bytes().ok()?;
    let org = Id::from_slice(d.bytes().ok()?)?;
    let stream = StreamId { replica: key.id(), org, lane: Lane::from_number(d.u8().ok()?)? };
    let first_seq = d.u64().ok()?;
    let named = if d.datatype().ok()? == Type::Null {
        d.null().ok()?;
        None
    } else {
        Hash::from_slice(d.bytes().ok()?)
    };
    for _ in 0..3 {
        d.bytes().ok()?;
    }
    let prev = match first_seq {
        0 | 1 => None,
        _ => before(&stream, first_seq - 1).or(named),
    };
    let count = d.array().ok()??;
    let mut changes: Vec<Change> = Vec::new();
    let mut last = (prev, Stamp(0), Id::default());
    for at in 0..count {
        let header = header(&mut d, bytes, stream, first_seq.checked_add(at)?, last)?;
        let change = Change::new(header.0, header.1).ok()?;
        last = (Some(change.hash), change.header.stamp, change.header.user);
        changes.push(change);
    }
    let end = changes.last()?;
    let head = HeadSignature::sign(key, &stream, end.header.seq, &end.hash);
    Some(Segment { stream, prev, changes, head })
}

/// One change of a segment, with the keys that [`yuanba_journal::segment`] describes.
fn header(
    d: &mut Decoder<'_>,
    all: &[u8],
    stream: StreamId,
    seq: u64,
    (prev, stamp, user): (Option<Hash>, Stamp, Id),
) -> Option<(Header, Option<Body>)> {
    let mut h = Header {
        suite: 1,
        kind: Kind::Record,
        critical: false,
        stream,
        seq,
        prev,
        stamp,
        wall_ms: 0,
        user,
        entity: None,
        group_index: 0,
        group_count: 1,
        kept: Vec::new(),
        body_hash: None,
        salted: false,
        unknown: Vec::new(),
    };
    let (mut body, mut salt) = (None, None);
    for _ in 0..d.map().ok()?? {
        match d.u64().ok()? {
            2 => h.suite = d.u64().ok()?,
            3 => h.kind = Kind::from_number(d.u64().ok()?),
            4 => h.critical = d.bool().ok()?,
            10 => h.stamp = Stamp(stamp.0.wrapping_add(d.i64().ok()? as u64)),
            11 => h.wall_ms = h.stamp.ms().wrapping_add(d.i64().ok()?),
            12 => h.user = Id::from_slice(d.bytes().ok()?)?,
            13 => h.entity = Some(Id::from_slice(d.bytes().ok()?)?),
            14 => h.group_index = d.u64().ok()?,
            15 => h.group_count = d.u64().ok()?,
            16 => h.kept = d.bytes().ok()?.to_vec(),
            17 => h.body_hash = Some(Hash::from_slice(d.bytes().ok()?)?),
            18 => h.salted = d.bool().ok()?,
            32 => body = Some(d.bytes().ok()?.to_vec()),
            33 => salt = Some(d.bytes().ok()?.try_into().ok()?),
            // What only a newer version knows stands above what this one knows.
            key if key > 50 => {
                let start = d.position();
                d.skip().ok()?;
                h.unknown.push((key - 32, all[start..d.position()].to_vec()));
            }
            _ => return None,
        }
    }
    let body = body.map(|bytes| Body { salt, bytes });
    if let Some(body) = &body {
        h.body_hash = Some(body.hash());
        h.salted = body.salt.is_some();
    }
    Some((h, body))
}
