//! The kept parts, by kind. Each has its bytes described beside it.

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

use crate::JournalError;

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

/// Fails when anything follows.
fn ended(d: &Decoder<'_>, bytes: &[u8]) -> Result<(), JournalError> {
    if d.position() == bytes.len() {
        Ok(())
    } else {
        Err(JournalError::Malformed("bytes after the kept part"))
    }
}
