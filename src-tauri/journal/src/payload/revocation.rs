//! A replica's streams stop counting (JOURNAL §6).
//!
//! `[replica, [[organisation, lane, seq, hash], …], [references to the revocations seen]]`. A stream that is not named stops
//! counting from its start.

use minicbor::Decoder;
use yuanba_core::Id;

use super::{array, encoded, only_form};
use crate::format::{ITEMS_MAX, REFERENCES_MAX};
use crate::stream::{hash, id};
use crate::{ChangeRef, Hash, JournalError, Lane, StreamId};

/// The last change of one stream that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// Organisation of the stream
    pub org: Id,
    /// Lane of the stream
    pub lane: Lane,
    /// Place of the last change that counts
    pub seq: u64,
    /// Its header hash
    pub hash: Hash,
}

/// A revocation of one replica.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// The replica
    pub replica: Id,
    /// Its streams, each with its last change that counts
    pub cuts: Vec<Cut>,
    /// The revocations of the same replica that this one saw and replaces
    pub replaces: Vec<ChangeRef>,
}

impl Revocation {
    /// The kept part's bytes.
    pub fn to_cbor(&self, home: &StreamId) -> Vec<u8> {
        encoded(|e| {
            e.array(3)?.bytes(&self.replica.0)?.array(self.cuts.len() as u64)?;
            for cut in &self.cuts {
                e.array(4)?.bytes(&cut.org.0)?.u8(cut.lane.number())?.u64(cut.seq)?.bytes(&cut.hash.0)?;
            }
            e.array(self.replaces.len() as u64)?;
            self.replaces.iter().for_each(|r| r.encode(e, home, None));
            Ok(())
        })
    }

    /// Reads the kept part.
    pub fn from_cbor(bytes: &[u8], home: &StreamId) -> Result<Revocation, JournalError> {
        let mut d = Decoder::new(bytes);
        if array(&mut d, 3, "revocation")? != 3 {
            return Err(JournalError::Malformed("revocation"));
        }
        let replica = id(d.bytes()?)?;
        let mut cuts = Vec::new();
        for _ in 0..array(&mut d, ITEMS_MAX, "cuts")? {
            if array(&mut d, 4, "cut")? != 4 {
                return Err(JournalError::Malformed("cut"));
            }
            cuts.push(Cut {
                org: id(d.bytes()?)?,
                lane: Lane::from_number(d.u8()?).ok_or(JournalError::Malformed("lane"))?,
                seq: d.u64()?,
                hash: hash(d.bytes()?)?,
            });
        }
        let count = array(&mut d, REFERENCES_MAX, "revocation")?;
        let replaces = (0..count)
            .map(|_| ChangeRef::decode(&mut d, home, false).map(|(r, _)| r))
            .collect::<Result<_, _>>()?;
        let revocation = Revocation { replica, cuts, replaces };
        only_form(&revocation.to_cbor(home), bytes)?;
        Ok(revocation)
    }
}
