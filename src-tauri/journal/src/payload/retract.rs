//! Taking back a group, and erasing bodies.
//!
//! Retract: `[reference to the group's first change]`. Redaction: `[[reference, …]]`; the reason stands in the body.

use minicbor::Decoder;

use super::{array, encoded, only_form};
use crate::format::ITEMS_MAX;
use crate::{ChangeRef, JournalError, StreamId};

/// Undo: one change that takes back a group. Retracting the retraction is redo.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retract {
    /// The first change of the group taken back
    pub first: ChangeRef,
}

impl Retract {
    /// The kept part's bytes.
    pub fn to_cbor(&self, home: &StreamId) -> Vec<u8> {
        encoded(|e| {
            e.array(1)?;
            self.first.encode(e, home, None);
            Ok(())
        })
    }

    /// Reads the kept part.
    pub fn from_cbor(bytes: &[u8], home: &StreamId) -> Result<Retract, JournalError> {
        let mut d = Decoder::new(bytes);
        if array(&mut d, 1, "retract")? != 1 {
            return Err(JournalError::Malformed("retract"));
        }
        let (first, _) = ChangeRef::decode(&mut d, home, false)?;
        let retract = Retract { first };
        only_form(&retract.to_cbor(home), bytes)?;
        Ok(retract)
    }
}

/// Erases the bodies of the changes it names, everywhere and for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redaction {
    /// Whose bodies go
    pub changes: Vec<ChangeRef>,
}

impl Redaction {
    /// The kept part's bytes.
    pub fn to_cbor(&self, home: &StreamId) -> Vec<u8> {
        encoded(|e| {
            e.array(1)?.array(self.changes.len() as u64)?;
            self.changes.iter().for_each(|r| r.encode(e, home, None));
            Ok(())
        })
    }

    /// Reads the kept part.
    pub fn from_cbor(bytes: &[u8], home: &StreamId) -> Result<Redaction, JournalError> {
        let mut d = Decoder::new(bytes);
        if array(&mut d, 1, "redaction")? != 1 {
            return Err(JournalError::Malformed("redaction"));
        }
        let count = array(&mut d, ITEMS_MAX, "redaction")?;
        let changes = (0..count)
            .map(|_| ChangeRef::decode(&mut d, home, false).map(|(r, _)| r))
            .collect::<Result<_, _>>()?;
        let redaction = Redaction { changes };
        only_form(&redaction.to_cbor(home), bytes)?;
        Ok(redaction)
    }
}
