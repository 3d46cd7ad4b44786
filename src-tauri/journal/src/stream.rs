//! Streams, and references into them.

use std::fmt;

use minicbor::{Decoder, Encoder};
use yuanba_core::Id;

use crate::{Hash, JournalError};

/// Which way a stream's changes go through the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// An organisation's work, which it and its ancestors hold
    Up,
    /// What it publishes, which its descendants hold too
    Down,
}

impl Lane {
    /// 0 or 1.
    pub fn number(self) -> u8 {
        match self {
            Lane::Up => 0,
            Lane::Down => 1,
        }
    }

    /// The lane of a number.
    pub fn from_number(number: u8) -> Option<Lane> {
        match number {
            0 => Some(Lane::Up),
            1 => Some(Lane::Down),
            _ => None,
        }
    }
}

/// A stream: who writes (one installation lineage), whose record it is, which lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId {
    /// The writing replica
    pub replica: Id,
    /// The organisation whose record it is, not the one that writes
    pub org: Id,
    /// The lane
    pub lane: Lane,
}

/// A change, named so that the name still points right when its stream has forked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChangeRef {
    /// Its stream
    pub stream: StreamId,
    /// Its place in the stream, from 1
    pub seq: u64,
    /// First 8 bytes of its header hash
    pub prefix: [u8; 8],
}

impl ChangeRef {
    /// Writes the reference; `home` is the stream of the change it stands in, `item` the element of a set.
    pub fn encode(&self, e: &mut Encoder<&mut Vec<u8>>, home: &StreamId, item: Option<u64>) {
        let near = self.stream == *home;
        let length = if near { 2 } else { 5 } + u64::from(item.is_some());
        let result = (|| {
            e.array(length)?;
            if !near {
                e.bytes(&self.stream.replica.0)?.bytes(&self.stream.org.0)?.u8(self.stream.lane.number())?;
            }
            e.u64(self.seq)?.bytes(&self.prefix)?;
            if let Some(item) = item {
                e.u64(item)?;
            }
            Ok::<_, minicbor::encode::Error<std::convert::Infallible>>(())
        })();
        result.expect("a Vec takes every byte");
    }

    /// Reads a reference written by [`ChangeRef::encode`].
    pub fn decode(
        d: &mut Decoder<'_>,
        home: &StreamId,
        with_item: bool,
    ) -> Result<(ChangeRef, Option<u64>), JournalError> {
        let length = d.array()?.ok_or(JournalError::Malformed("reference"))?;
        let extra = u64::from(with_item);
        let stream = if length == 2 + extra {
            *home
        } else if length == 5 + extra {
            decode_stream(d)?
        } else {
            return Err(JournalError::Malformed("reference"));
        };
        let seq = d.u64()?;
        let prefix = d.bytes()?.try_into().map_err(|_| JournalError::Malformed("reference"))?;
        let item = if with_item { Some(d.u64()?) } else { None };
        Ok((ChangeRef { stream, seq, prefix }, item))
    }
}

/// Reads replica, organisation and lane.
pub fn decode_stream(d: &mut Decoder<'_>) -> Result<StreamId, JournalError> {
    let replica = id(d.bytes()?)?;
    let org = id(d.bytes()?)?;
    let lane = Lane::from_number(d.u8()?).ok_or(JournalError::Malformed("lane"))?;
    Ok(StreamId { replica, org, lane })
}

/// Reads an id of 16 bytes.
pub fn id(bytes: &[u8]) -> Result<Id, JournalError> {
    Id::from_slice(bytes).ok_or(JournalError::Malformed("id"))
}

/// Reads a hash of 32 bytes.
pub fn hash(bytes: &[u8]) -> Result<Hash, JournalError> {
    Hash::from_slice(bytes).ok_or(JournalError::Malformed("hash"))
}

/// The changes of one intent: the first 16 bytes of the header hash of its first change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub Id);

impl fmt::Display for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GroupId({})", self.0)
    }
}
