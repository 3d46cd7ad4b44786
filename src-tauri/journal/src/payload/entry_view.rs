//! An entry in its own bytes: read without making anything of it, since ledgers are long.

use minicbor::Decoder;
use yuanba_core::value::shortest;
use yuanba_core::{Id, Value};

use super::entry::key_of;
use super::{Ledger, array};
use crate::stream::id;
use crate::{Hash, JournalError};

/// The kept part of an entry, its lists and texts still in their bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryView<'b> {
    /// The ledger
    pub ledger: Ledger,
    /// The account that gives
    pub from: Id,
    /// The account that receives
    pub to: Id,
    /// Points or fen; negative for a deduction
    pub amount: i64,
    /// What makes two laptops' same entry one, as the bytes of a list of values
    pub natural_key: &'b [u8],
    /// The day it is for
    pub on: &'b str,
    /// Rule id
    pub rule: &'b str,
    /// Fixed when written, as the bytes of a list of values
    pub terms: &'b [u8],
    bytes: &'b [u8],
}

impl<'b> EntryView<'b> {
    /// Reads the kept part.
    ///
    /// # Errors
    /// When the bytes are not those that [`super::Entry::to_cbor`] would have written.
    pub fn from_cbor(bytes: &'b [u8]) -> Result<EntryView<'b>, JournalError> {
        let mut d = Decoder::new(bytes);
        shortest(&d)?;
        if array(&mut d, 8, "entry")? != 8 {
            return Err(JournalError::Malformed("entry"));
        }
        shortest(&d)?;
        let ledger = Ledger::from_number(d.u8()?).ok_or(JournalError::Malformed("ledger"))?;
        let (from, to) = (account(&mut d)?, account(&mut d)?);
        shortest(&d)?;
        let amount = d.i64()?;
        let natural_key = list(&mut d)?;
        let (on, rule) = (text(&mut d)?, text(&mut d)?);
        let terms = list(&mut d)?;
        if d.position() != bytes.len() {
            return Err(JournalError::Malformed("bytes after the entry"));
        }
        Ok(EntryView { ledger, from, to, amount, natural_key, on, rule, terms, bytes })
    }

    /// The key that its natural key makes.
    pub fn key(&self) -> Id {
        key_of(self.ledger, self.on, self.natural_key)
    }

    /// The digest of its key's fold while it alone stands under it: [`crate::fold::EntryState::digest`] without reversal and
    /// rivals.
    pub fn digest_alone(&self) -> Hash {
        Hash::of(&[self.bytes, &[0]])
    }
}

fn account(d: &mut Decoder<'_>) -> Result<Id, JournalError> {
    shortest(d)?;
    id(d.bytes()?)
}

fn list<'b>(d: &mut Decoder<'b>) -> Result<&'b [u8], JournalError> {
    match d.datatype()? {
        minicbor::data::Type::Array => Ok(Value::pass(d)?),
        _ => Err(JournalError::Malformed("entry")),
    }
}

fn text<'b>(d: &mut Decoder<'b>) -> Result<&'b str, JournalError> {
    shortest(d)?;
    Ok(d.str()?)
}
