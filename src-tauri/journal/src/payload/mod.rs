//! The kept parts, by kind. Each has its bytes described beside it. Bytes that the writer here would not have written so
//! are no kept part: every reader folds the same of them, nothing.

mod certificate;
mod entry;
mod org_key;
mod record;
mod retract;
mod revocation;

pub use certificate::{Certificate, Claim};
pub use entry::{Choice, Entry, Ledger, Reversal, entry_key};
pub use org_key::OrgKey;
pub use record::{Item, ItemOp, RecordWrite, decode_values, encode_values};
pub use retract::{Redaction, Retract};
pub use revocation::{Cut, Revocation};

use minicbor::Decoder;

use crate::{Change, JournalError, Kind};

/// Encodes into a fresh vector; writing to memory cannot fail.
fn encoded(
    write: impl FnOnce(
        &mut minicbor::Encoder<&mut Vec<u8>>,
    ) -> Result<(), minicbor::encode::Error<std::convert::Infallible>>,
) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut minicbor::Encoder::new(&mut bytes)).expect("a Vec takes every byte");
    bytes
}

/// Reads the length of an array and holds it against a limit.
fn array(d: &mut Decoder<'_>, max: u64, what: &'static str) -> Result<u64, JournalError> {
    let length = d.array()?.ok_or(JournalError::Malformed(what))?;
    if length > max { Err(JournalError::TooLarge(what)) } else { Ok(length) }
}

/// Fails when the bytes are not just those that the writer of what was read would have written.
fn canonical<T>(read: T, written: &[u8], bytes: &[u8]) -> Result<T, JournalError> {
    if written == bytes { Ok(read) } else { Err(JournalError::Malformed("not in its canonical form")) }
}

/// Checks that what a change of a known kind carries can be read again, before it is written: what nobody can read
/// would be kept for ever and never show.
///
/// # Errors
/// The kept part or the body is not what its kind asks for, or has more items than are read.
pub fn check(change: &Change) -> Result<(), JournalError> {
    let (kept, home) = (&change.header.kept[..], &change.header.stream);
    let mut values = 0;
    match change.header.kind {
        Kind::Record => values = RecordWrite::from_cbor(kept, home)?.items.len(),
        Kind::Entry => Entry::from_cbor(kept).map(|_| ())?,
        Kind::Reversal => values = Reversal::from_cbor(kept).map(|_| 1)?,
        Kind::Choice => values = Choice::from_cbor(kept, home).map(|_| 1)?,
        Kind::Retract => Retract::from_cbor(kept, home).map(|_| ())?,
        Kind::Redaction => values = Redaction::from_cbor(kept, home).map(|_| 1)?,
        Kind::Certificate => Certificate::from_cbor(kept).map(|_| ())?,
        Kind::Revocation => values = Revocation::from_cbor(kept, home).map(|_| 1)?,
        Kind::OrgKey => OrgKey::from_cbor(kept).map(|_| ())?,
        Kind::Checkpoint | Kind::Unknown(_) => return Ok(()),
    }
    match &change.body {
        Some(body) => decode_values(&body.bytes, values).map(|_| ()),
        None if values == 0 => Ok(()),
        None => Err(JournalError::Malformed("a body is missing")),
    }
}
