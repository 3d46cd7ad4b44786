//! A run of a stream as it travels.
//!
//! `[1, replica, organisation, lane, first seq, hash before it or null, replica's public key, head signature, head hash,
//! [change, …]]`. A change is a map of the header's keys without what the reader derives: 1 and 2 when they are 1, 5 to
//! 9, and 17 while the body is there; 10 is the distance to the stamp before it (to 0 for the first), 11 the distance
//! of the wall clock to the stamp's milliseconds, 12 stands only where the user changes. Key 32 is the body, 33 its salt.
//! Header keys above 18 that a newer version wrote stand under their number + 32. Keys ascend. A segment holds whole
//! groups. The reader rebuilds every header and must arrive at the signed head.

use minicbor::{Decoder, Encoder};
use yuanba_core::Id;

use crate::format::{FORMAT, SEGMENT_CHANGES_MAX, SUITE};
use crate::header::HeaderDraft;
use crate::stream::{decode_stream, hash};
use crate::{Body, Change, Hash, HeadSignature, JournalError, PublicKey, Stamp, StreamId};

const SEGMENT_FORMAT: u64 = 1;
const BODY: u64 = 32;
const SALT: u64 = 33;
const NEWER: u64 = 32;
type Encoded = Result<(), minicbor::encode::Error<std::convert::Infallible>>;

/// A verified run of a stream: its changes chain from `prev` to the signed head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// The stream
    pub stream: StreamId,
    /// Hash of the change before the first; none when the first is seq 1
    pub prev: Option<Hash>,
    /// At least one, in order
    pub changes: Vec<Change>,
    /// Over the last change
    pub head: HeadSignature,
}

impl Segment {
    /// Place of the first change.
    pub fn first_seq(&self) -> u64 {
        self.changes.first().map_or(0, |c| c.header.seq)
    }

    /// Place and hash of the signed head.
    pub fn head(&self) -> Option<(u64, Hash)> {
        self.changes.last().map(|c| (c.header.seq, c.hash))
    }

    /// The segment's bytes.
    pub fn to_cbor(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(256 + self.changes.len() * 96);
        self.encode(&mut Encoder::new(&mut bytes)).expect("a Vec takes every byte");
        bytes
    }

    fn encode(&self, e: &mut Encoder<&mut Vec<u8>>) -> Encoded {
        e.array(10)?.u64(SEGMENT_FORMAT)?.bytes(&self.stream.replica.0)?.bytes(&self.stream.org.0)?;
        e.u8(self.stream.lane.number())?.u64(self.first_seq())?;
        match &self.prev {
            Some(prev) => e.bytes(&prev.0)?,
            None => e.null()?,
        };
        e.bytes(&self.head.key.0)?.bytes(&self.head.signature)?;
        e.bytes(&self.head().map_or([0; 32], |(_, hash)| hash.0))?;
        e.array(self.changes.len() as u64)?;
        let mut stamp = Stamp(0);
        let mut user = None;
        for change in &self.changes {
            encode_change(e, change, stamp, user)?;
            stamp = change.header.stamp;
            user = Some(change.header.user);
        }
        Ok(())
    }

    /// Reads a segment and checks its chain, its bodies and its head.
    ///
    /// # Errors
    /// [`JournalError::Forged`] when the bytes do not lead to the head that the stream's own replica signed.
    pub fn from_cbor(bytes: &[u8]) -> Result<Segment, JournalError> {
        let mut d = Decoder::new(bytes);
        if d.array()? != Some(10) {
            return Err(JournalError::Malformed("segment"));
        }
        match d.u64()? {
            SEGMENT_FORMAT => {}
            newer => return Err(JournalError::Newer(newer)),
        }
        let stream = decode_stream(&mut d)?;
        let first_seq = d.u64()?;
        let prev = match d.datatype()? {
            minicbor::data::Type::Null => d.null().map(|()| None)?,
            _ => Some(hash(d.bytes()?)?),
        };
        let key = PublicKey(d.bytes()?.try_into().map_err(|_| JournalError::Malformed("key"))?);
        let signature = d.bytes()?.try_into().map_err(|_| JournalError::Malformed("signature"))?;
        let head_hash = hash(d.bytes()?)?;
        let count = d.array()?.ok_or(JournalError::Malformed("segment"))?;
        if count == 0 || count > SEGMENT_CHANGES_MAX {
            return Err(JournalError::Malformed("segment length"));
        }
        let mut changes: Vec<Change> = Vec::with_capacity(count.min(65_536) as usize);
        let (mut before, mut stamp, mut user) = (prev, Stamp(0), None);
        let (mut group_index, mut group_left) = (0, 0);
        for at in 0..count {
            let seq = first_seq.checked_add(at).ok_or(JournalError::Malformed("seq"))?;
            let change = decode_change(&mut d, bytes, stream, seq, before, stamp, user)?;
            let header = &change.header;
            if group_left == 0 {
                (group_index, group_left) = (0, header.group_count);
            }
            if header.group_index != group_index {
                return Err(JournalError::Malformed("a group is cut"));
            }
            group_index += 1;
            group_left -= 1;
            (before, stamp, user) = (Some(change.hash), header.stamp, Some(header.user));
            changes.push(change);
        }
        if group_left != 0 || d.position() != bytes.len() {
            return Err(JournalError::Malformed("segment end"));
        }
        if before != Some(head_hash) {
            return Err(JournalError::Forged("the chain does not reach its head"));
        }
        let head = HeadSignature { key, signature };
        head.verify(&stream, first_seq + (count - 1), &head_hash)?;
        Ok(Segment { stream, prev, changes, head })
    }
}

fn encode_change(
    e: &mut Encoder<&mut Vec<u8>>,
    change: &Change,
    stamp_before: Stamp,
    user_before: Option<Id>,
) -> Encoded {
    let h = &change.header;
    let hash_needed = change.body.is_none().then_some(h.body_hash).flatten();
    let user = (user_before != Some(h.user)).then_some(h.user);
    let mut fields = 3 + h.unknown.len();
    let foreign_suite = h.suite != SUITE;
    for present in [
        foreign_suite,
        h.critical,
        user.is_some(),
        h.entity.is_some(),
        h.group_index > 0,
        h.group_count > 1,
        !h.kept.is_empty(),
        hash_needed.is_some(),
        hash_needed.is_some() && h.salted,
        change.body.is_some(),
        change.body.as_ref().is_some_and(|b| b.salt.is_some()),
    ] {
        fields += usize::from(present);
    }
    e.map(fields as u64)?;
    if foreign_suite {
        e.u8(2)?.u64(h.suite)?;
    }
    e.u8(3)?.u64(h.kind.number())?;
    if h.critical {
        e.u8(4)?.bool(true)?;
    }
    e.u8(10)?.i64(h.stamp.0.wrapping_sub(stamp_before.0) as i64)?;
    e.u8(11)?.i64(h.wall_ms.wrapping_sub(h.stamp.ms()))?;
    if let Some(user) = user {
        e.u8(12)?.bytes(&user.0)?;
    }
    if let Some(entity) = &h.entity {
        e.u8(13)?.bytes(&entity.0)?;
    }
    if h.group_index > 0 {
        e.u8(14)?.u64(h.group_index)?;
    }
    if h.group_count > 1 {
        e.u8(15)?.u64(h.group_count)?;
    }
    if !h.kept.is_empty() {
        e.u8(16)?.bytes(&h.kept)?;
    }
    if let Some(hash) = hash_needed {
        e.u8(17)?.bytes(&hash.0)?;
        if h.salted {
            e.u8(18)?.bool(true)?;
        }
    }
    if let Some(body) = &change.body {
        e.u64(BODY)?.bytes(&body.bytes)?;
        if let Some(salt) = &body.salt {
            e.u64(SALT)?.bytes(salt)?;
        }
    }
    for (key, raw) in &h.unknown {
        e.u64(key + NEWER)?;
        e.writer_mut().extend_from_slice(raw);
    }
    Ok(())
}

fn decode_change(
    d: &mut Decoder<'_>,
    all: &[u8],
    stream: StreamId,
    seq: u64,
    prev: Option<Hash>,
    stamp_before: Stamp,
    user_before: Option<Id>,
) -> Result<Change, JournalError> {
    let mut draft = HeaderDraft { format: Some(FORMAT), suite: Some(SUITE), ..HeaderDraft::default() };
    let (mut stamp, mut wall, mut body, mut salt) = (None, None, None, None);
    let mut last = 0;
    for _ in 0..d.map()?.ok_or(JournalError::Malformed("change"))? {
        let key = d.u64()?;
        if key <= last {
            return Err(JournalError::Malformed("keys out of order"));
        }
        last = key;
        match key {
            10 => stamp = Some(Stamp(stamp_before.0.wrapping_add(d.i64()? as u64))),
            11 => wall = Some(d.i64()?),
            BODY => body = Some(d.bytes()?.to_vec()),
            SALT => salt = Some(d.bytes()?.try_into().map_err(|_| JournalError::Malformed("salt"))?),
            1 => match d.u64()? {
                FORMAT => return Err(JournalError::Malformed("a derived key is written out")),
                newer => return Err(JournalError::Newer(newer)),
            },
            5..=9 => return Err(JournalError::Malformed("a derived key is written out")),
            key if key > NEWER + 18 => draft.take(key - NEWER, d, all)?,
            key if key <= 18 => draft.take(key, d, all)?,
            _ => return Err(JournalError::Malformed("a key of the header stands where none can")),
        }
    }
    let stamp = stamp.ok_or(JournalError::Malformed("stamp"))?;
    draft.stamp = Some(stamp.0);
    draft.wall_ms = wall.map(|w| stamp.ms().wrapping_add(w));
    draft.user = draft.user.or(user_before);
    draft.replica = Some(stream.replica);
    draft.org = Some(stream.org);
    draft.lane = Some(stream.lane);
    draft.seq = Some(seq);
    draft.prev = prev;
    if body.is_none() && salt.is_some() || body.is_some() && (draft.body_hash.is_some() || draft.salted) {
        return Err(JournalError::Malformed("body"));
    }
    let body = body.map(|bytes| Body { salt, bytes });
    if let Some(body) = &body {
        draft.body_hash = Some(body.hash());
        draft.salted = body.salt.is_some();
    }
    Change::new(draft.finish()?, body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::HEADER_BYTES_MAX;
    use crate::{Header, Kind, Lane, ReplicaKey};

    fn segment(seq: u64, kept: Vec<u8>) -> Result<Segment, JournalError> {
        let key = ReplicaKey::from_seed([5; 32]);
        let stream = StreamId { replica: key.id(), org: Id([4; 16]), lane: Lane::Up };
        let prev = (seq > 1).then_some(Hash([1; 32]));
        let header = Header {
            suite: SUITE,
            kind: Kind::Checkpoint,
            critical: false,
            stream,
            seq,
            prev,
            stamp: Stamp(7),
            wall_ms: 8,
            user: Id([9; 16]),
            entity: None,
            group_index: 0,
            group_count: 1,
            kept,
            body_hash: None,
            salted: false,
            unknown: Vec::new(),
        };
        let change = Change::new(header, None)?;
        let head = HeadSignature::sign(&key, &stream, seq, &change.hash);
        Ok(Segment { stream, prev, changes: vec![change], head })
    }

    #[test]
    fn the_last_place_that_a_stream_can_have_is_read_like_any_other() {
        let last = segment(u64::MAX, vec![1]).unwrap();
        assert_eq!(Segment::from_cbor(&last.to_cbor()), Ok(last));
    }

    #[test]
    fn a_header_beyond_the_limit_is_neither_made_nor_read() {
        assert_eq!(segment(1, vec![0; HEADER_BYTES_MAX]).unwrap_err(), JournalError::TooLarge("header"));
        let whole = segment(1, vec![0; 1000]).unwrap().to_cbor();
        let at = whole.windows(1000).position(|run| run == [0; 1000]).unwrap();
        let longer =
            [&whole[..at - 3], &[0x5a, 0, 8, 0, 0], &vec![0; 1 << 19][..], &whole[at + 1000..]].concat();
        assert_eq!(Segment::from_cbor(&longer).unwrap_err(), JournalError::TooLarge("header"));
    }
}
