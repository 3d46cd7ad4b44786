//! The frozen header of a change.

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};
use yuanba_core::Id;

use crate::format::{FORMAT, GROUP_MAX, HEADER_BYTES_MAX, KEY_MAX, SUITE};
use crate::stream::{hash, id};
use crate::{Hash, JournalError, Kind, Lane, Stamp, StreamId};

/// The key of the kept part.
const KEPT: u64 = 16;

/// A header, field by field; [`crate::format`] has the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Suite number
    pub suite: u64,
    /// What the change is
    pub kind: Kind,
    /// Whoever does not know the kind freezes its entity
    pub critical: bool,
    /// Where it stands
    pub stream: StreamId,
    /// Place in the stream, from 1
    pub seq: u64,
    /// Hash of the header before it; none for the first
    pub prev: Option<Hash>,
    /// Orders writes
    pub stamp: Stamp,
    /// What the laptop's clock said, ms since 1970
    pub wall_ms: i64,
    /// Who acted, as the laptop claims
    pub user: Id,
    /// The record written
    pub entity: Option<Id>,
    /// Place in the group, from 0
    pub group_index: u64,
    /// Changes in the group; meaningful in its first
    pub group_count: u64,
    /// What the fold needs, by kind
    pub kept: Vec<u8>,
    /// Hash of the erasable part
    pub body_hash: Option<Hash>,
    /// The body has a salt
    pub salted: bool,
    /// Keys of newer versions, byte for byte
    pub unknown: Vec<(u64, Vec<u8>)>,
}

impl Header {
    /// The header's bytes.
    pub fn to_cbor(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(160 + self.kept.len());
        self.encode(&mut Encoder::new(&mut bytes)).expect("a Vec takes every byte");
        bytes
    }

    fn encode(
        &self,
        e: &mut Encoder<&mut Vec<u8>>,
    ) -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
        let optional = [
            self.critical,
            self.prev.is_some(),
            self.entity.is_some(),
            self.group_index > 0,
            self.group_count > 1,
            !self.kept.is_empty(),
            self.body_hash.is_some(),
            self.salted,
        ];
        let length = 10 + optional.iter().filter(|o| **o).count() + self.unknown.len();
        e.map(length as u64)?;
        e.u8(1)?.u64(FORMAT)?.u8(2)?.u64(self.suite)?.u8(3)?.u64(self.kind.number())?;
        if self.critical {
            e.u8(4)?.bool(true)?;
        }
        e.u8(5)?.bytes(&self.stream.replica.0)?.u8(6)?.bytes(&self.stream.org.0)?;
        e.u8(7)?.u8(self.stream.lane.number())?.u8(8)?.u64(self.seq)?;
        if let Some(prev) = &self.prev {
            e.u8(9)?.bytes(&prev.0)?;
        }
        e.u8(10)?.u64(self.stamp.0)?.u8(11)?.i64(self.wall_ms)?.u8(12)?.bytes(&self.user.0)?;
        if let Some(entity) = &self.entity {
            e.u8(13)?.bytes(&entity.0)?;
        }
        if self.group_index > 0 {
            e.u8(14)?.u64(self.group_index)?;
        }
        if self.group_count > 1 {
            e.u8(15)?.u64(self.group_count)?;
        }
        if !self.kept.is_empty() {
            e.u64(KEPT)?.bytes(&self.kept)?;
        }
        if let Some(body) = &self.body_hash {
            e.u8(17)?.bytes(&body.0)?;
        }
        if self.salted {
            e.u8(18)?.bool(true)?;
        }
        for (key, raw) in &self.unknown {
            e.u64(*key)?;
            e.writer_mut().extend_from_slice(raw);
        }
        Ok(())
    }

    /// Reads a header. Bytes that [`Header::to_cbor`] would not have written are refused.
    pub fn from_cbor(bytes: &[u8]) -> Result<Header, JournalError> {
        if bytes.len() > HEADER_BYTES_MAX {
            return Err(JournalError::TooLarge("header"));
        }
        let header = Header::from_stored(bytes)?;
        if header.to_cbor() != bytes {
            return Err(JournalError::Malformed("header is not in its canonical form"));
        }
        Ok(header)
    }

    /// Reads a header that was checked before it was stored.
    ///
    /// # Errors
    /// When the bytes are damaged.
    pub fn from_stored(bytes: &[u8]) -> Result<Header, JournalError> {
        let mut d = Decoder::new(bytes);
        let mut draft = HeaderDraft::default();
        let length = d.map()?.ok_or(JournalError::Malformed("header"))?;
        for _ in 0..length {
            let key = d.u64()?;
            draft.take(key, &mut d, bytes)?;
        }
        if d.position() != bytes.len() {
            return Err(JournalError::Malformed("bytes after the header"));
        }
        draft.finish()
    }

    /// The kept part in the bytes of a header that was checked before it was stored.
    ///
    /// # Errors
    /// When the bytes are damaged.
    pub fn kept_in(bytes: &[u8]) -> Result<&[u8], JournalError> {
        let mut d = Decoder::new(bytes);
        for _ in 0..d.map()?.ok_or(JournalError::Malformed("header"))? {
            if d.u64()? == KEPT {
                return Ok(d.bytes()?);
            }
            d.skip()?;
        }
        Ok(&[])
    }

    /// BLAKE3 of the bytes.
    pub fn hash(&self) -> Hash {
        Hash::of(&[&self.to_cbor()])
    }

    /// Checks what must hold in every header.
    pub fn check(&self) -> Result<(), JournalError> {
        let malformed = |what| Err(JournalError::Malformed(what));
        if self.suite != SUITE {
            return Err(JournalError::Newer(self.suite));
        }
        if self.seq == 0 || (self.seq == 1) != self.prev.is_none() {
            return malformed("seq and previous hash");
        }
        if self.group_count == 0 || self.group_count > GROUP_MAX || self.group_index >= GROUP_MAX {
            return malformed("group");
        }
        if self.group_index > 0 && self.group_count != 1 {
            return malformed("only the first of a group counts it");
        }
        if self.salted && self.body_hash.is_none() {
            return malformed("a salt without a body");
        }
        Ok(())
    }
}

/// A header while its keys are being read.
#[derive(Default)]
pub(crate) struct HeaderDraft {
    pub format: Option<u64>,
    pub suite: Option<u64>,
    pub kind: Option<u64>,
    pub critical: bool,
    pub replica: Option<Id>,
    pub org: Option<Id>,
    pub lane: Option<Lane>,
    pub seq: Option<u64>,
    pub prev: Option<Hash>,
    pub stamp: Option<u64>,
    pub wall_ms: Option<i64>,
    pub user: Option<Id>,
    pub entity: Option<Id>,
    pub group_index: u64,
    pub group_count: Option<u64>,
    pub kept: Vec<u8>,
    pub body_hash: Option<Hash>,
    pub salted: bool,
    pub unknown: Vec<(u64, Vec<u8>)>,
}

impl HeaderDraft {
    pub fn take(&mut self, key: u64, d: &mut Decoder<'_>, all: &[u8]) -> Result<(), JournalError> {
        match key {
            1 => self.format = Some(d.u64()?),
            2 => self.suite = Some(d.u64()?),
            3 => self.kind = Some(d.u64()?),
            4 => self.critical = d.bool()?,
            5 => self.replica = Some(id(d.bytes()?)?),
            6 => self.org = Some(id(d.bytes()?)?),
            7 => self.lane = Some(Lane::from_number(d.u8()?).ok_or(JournalError::Malformed("lane"))?),
            8 => self.seq = Some(d.u64()?),
            9 => self.prev = Some(hash(d.bytes()?)?),
            10 => self.stamp = Some(d.u64()?),
            11 => self.wall_ms = Some(d.i64()?),
            12 => self.user = Some(id(d.bytes()?)?),
            13 => self.entity = Some(id(d.bytes()?)?),
            14 => self.group_index = d.u64()?,
            15 => self.group_count = Some(d.u64()?),
            KEPT => self.kept = d.bytes()?.to_vec(),
            17 => self.body_hash = Some(hash(d.bytes()?)?),
            18 => self.salted = d.bool()?,
            newer => {
                if self.unknown.last().is_some_and(|(last, _)| *last >= newer)
                    || newer == 0
                    || newer > KEY_MAX
                {
                    return Err(JournalError::Malformed("keys out of order"));
                }
                let start = d.position();
                skip_bounded(d)?;
                self.unknown.push((newer, all[start..d.position()].to_vec()));
            }
        }
        Ok(())
    }

    pub fn finish(self) -> Result<Header, JournalError> {
        let missing = || JournalError::Malformed("a header key is missing");
        if let Some(newer) = self.format.filter(|f| *f > FORMAT) {
            return Err(JournalError::Newer(newer));
        }
        let header = Header {
            suite: self.suite.ok_or_else(missing)?,
            kind: Kind::from_number(self.kind.ok_or_else(missing)?),
            critical: self.critical,
            stream: StreamId {
                replica: self.replica.ok_or_else(missing)?,
                org: self.org.ok_or_else(missing)?,
                lane: self.lane.ok_or_else(missing)?,
            },
            seq: self.seq.ok_or_else(missing)?,
            prev: self.prev,
            stamp: Stamp(self.stamp.ok_or_else(missing)?),
            wall_ms: self.wall_ms.ok_or_else(missing)?,
            user: self.user.ok_or_else(missing)?,
            entity: self.entity,
            group_index: self.group_index,
            group_count: self.group_count.unwrap_or(1),
            kept: self.kept,
            body_hash: self.body_hash,
            salted: self.salted,
            unknown: self.unknown,
        };
        header.check()?;
        Ok(header)
    }
}

/// Skips one item of a newer version without following it deeper than a header may reach.
fn skip_bounded(d: &mut Decoder<'_>) -> Result<(), JournalError> {
    match d.datatype()? {
        Type::ArrayIndef | Type::MapIndef | Type::BytesIndef | Type::StringIndef => {
            Err(JournalError::Malformed("indefinite lengths are not deterministic"))
        }
        _ => Ok(d.skip()?),
    }
}
