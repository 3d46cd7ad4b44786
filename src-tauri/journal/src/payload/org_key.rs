//! An organisation's age key, and its private half for those who may read what is addressed to it.
//!
//! `[owner, generation, age recipient, [[reader, wrapped], …]]`: the owner is an organisation; the reader is a replica or the
//! parent organisation, `wrapped` the private half as an age file for the reader's own recipient. Opaque here; the
//! exchange crate opens it. Several such changes may name one recipient; their readers add up. A laptop publishes the
//! recipient that others wrap for it in the same form, in a stream of its own: the owner is then its replica id, and
//! there are no readers.

use minicbor::Decoder;
use yuanba_core::Id;

use super::{array, encoded, only_form};
use crate::JournalError;
use crate::format::ITEMS_MAX;
use crate::stream::id;

/// One generation of an age key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgKey {
    /// The organisation, or the replica that writes this
    pub owner: Id,
    /// Rises with each rotation, from 1
    pub generation: u64,
    /// `age1…`
    pub recipient: String,
    /// Reader and age file
    pub wrapped: Vec<(Id, Vec<u8>)>,
}

impl OrgKey {
    /// The kept part's bytes.
    pub fn to_cbor(&self) -> Vec<u8> {
        encoded(|e| {
            e.array(4)?.bytes(&self.owner.0)?.u64(self.generation)?.str(&self.recipient)?;
            e.array(self.wrapped.len() as u64)?;
            for (reader, file) in &self.wrapped {
                e.array(2)?.bytes(&reader.0)?.bytes(file)?;
            }
            Ok(())
        })
    }

    /// Reads the kept part.
    pub fn from_cbor(bytes: &[u8]) -> Result<OrgKey, JournalError> {
        let mut d = Decoder::new(bytes);
        if array(&mut d, 4, "organisation key")? != 4 {
            return Err(JournalError::Malformed("organisation key"));
        }
        let owner = id(d.bytes()?)?;
        let generation = d.u64()?;
        let recipient = d.str()?.to_owned();
        let mut wrapped = Vec::new();
        for _ in 0..array(&mut d, ITEMS_MAX, "organisation key")? {
            if array(&mut d, 2, "organisation key")? != 2 {
                return Err(JournalError::Malformed("organisation key"));
            }
            wrapped.push((id(d.bytes()?)?, d.bytes()?.to_vec()));
        }
        let key = OrgKey { owner, generation, recipient, wrapped };
        only_form(&key.to_cbor(), bytes)?;
        Ok(key)
    }
}
