//! The fold: from a set of changes to what people see. A pure function of the set; the order in which the changes came,
//! and what any clock says, never enters.

mod entry;
mod record;
mod state_digest;

pub use entry::{EntryInput, EntryState, Reversed, fold_entries};
pub use record::{Element, FieldState, Head, RecordInput, RecordState, fold_record};
pub use state_digest::StateDigest;

use minicbor::{Decoder, Encoder};
use yuanba_core::Id;

use crate::stream::{decode_stream, hash, id};
use crate::{Change, ChangeRef, Hash, JournalError, Stamp, StreamId};

/// The rules of folding. A new number rebuilds the tables beside the old ones; state digests compare within one.
pub const FOLD_VERSION: u32 = 1;

/// Which change wrote something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Its stream
    pub stream: StreamId,
    /// Its place
    pub seq: u64,
    /// Its header hash
    pub hash: Hash,
    /// Its stamp
    pub stamp: Stamp,
    /// Who, as the laptop claims
    pub user: Id,
    /// When, as the laptop claims, ms since 1970
    pub wall_ms: i64,
}

impl Origin {
    /// The origin of what a change wrote.
    pub fn of(change: &Change) -> Origin {
        Origin {
            stream: change.header.stream,
            seq: change.header.seq,
            hash: change.hash,
            stamp: change.header.stamp,
            user: change.header.user,
            wall_ms: change.header.wall_ms,
        }
    }

    /// A reference to the change.
    pub fn reference(&self) -> ChangeRef {
        ChangeRef { stream: self.stream, seq: self.seq, prefix: self.hash.prefix() }
    }

    /// The order that decides between writes: stamp, replica, header hash.
    pub fn rank(&self) -> (Stamp, Id, Hash) {
        (self.stamp, self.stream.replica, self.hash)
    }

    fn encode(
        &self,
        e: &mut Encoder<&mut Vec<u8>>,
    ) -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
        e.bytes(&self.stream.replica.0)?.bytes(&self.stream.org.0)?.u8(self.stream.lane.number())?;
        e.u64(self.seq)?.bytes(&self.hash.0)?.u64(self.stamp.0)?.bytes(&self.user.0)?.i64(self.wall_ms)?;
        Ok(())
    }

    /// Passes over an origin.
    fn skip(d: &mut Decoder<'_>) -> Result<(), JournalError> {
        // Replica, organisation, lane, place, hash, stamp, user, time.
        for _ in 0..8 {
            d.skip()?;
        }
        Ok(())
    }

    fn decode(d: &mut Decoder<'_>) -> Result<Origin, JournalError> {
        Ok(Origin {
            stream: decode_stream(d)?,
            seq: d.u64()?,
            hash: hash(d.bytes()?)?,
            stamp: Stamp(d.u64()?),
            user: id(d.bytes()?)?,
            wall_ms: d.i64()?,
        })
    }
}
