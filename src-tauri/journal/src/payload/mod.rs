//! The kept parts, by kind. Each has its bytes described beside it. Bytes that the writer here would not have written so
//! are no kept part: every reader folds the same of them, nothing.

mod certificate;
mod entry;
mod entry_view;
mod org_key;
mod record;
mod retract;
mod revocation;

pub use certificate::{Certificate, Claim};
pub use entry::{Choice, Entry, Ledger, Reversal, entry_key};
pub use entry_view::EntryView;
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
        Kind::Entry => EntryView::from_cbor(kept).map(|_| ())?,
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

#[cfg(test)]
mod tests {
    use minicbor::Decoder;
    use yuanba_core::{Id, Value};

    use super::*;
    use crate::{ChangeRef, Hash, Lane, PublicKey, StreamId};

    const HOME: StreamId = StreamId { replica: Id([3; 16]), org: Id([4; 16]), lane: Lane::Up };

    /// Every way of making one number or length of some bytes longer than need be.
    fn longer_forms(bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut heads = vec![0];
        let mut d = Decoder::new(bytes);
        while d.position() < bytes.len() {
            match d.datatype().unwrap() {
                minicbor::data::Type::Array => _ = d.array().unwrap(),
                _ => d.skip().unwrap(),
            }
            heads.push(d.position());
        }
        heads.pop();
        let longer = |at: &usize| match bytes[*at] {
            head if head & 0x1f < 24 && head < 0xe0 => {
                Some([&bytes[..*at], &[head & 0xe0 | 24, head & 0x1f], &bytes[at + 1..]].concat())
            }
            _ => None,
        };
        heads.iter().filter_map(longer).collect()
    }

    fn has_one_form<T: PartialEq + std::fmt::Debug>(
        value: T,
        write: impl Fn(&T) -> Vec<u8>,
        read: impl Fn(&[u8]) -> Result<T, JournalError>,
    ) {
        let bytes = write(&value);
        assert_eq!(read(&bytes).as_ref(), Ok(&value));
        let others = longer_forms(&bytes);
        assert!(!others.is_empty());
        for other in others.iter().chain([&[&bytes[..], &[0]].concat()]) {
            assert!(read(other).is_err(), "{value:?} is also read from {other:02x?}");
        }
    }

    #[test]
    fn every_kept_part_has_one_form_and_no_other_is_read() {
        let near = ChangeRef { stream: HOME, seq: 7, prefix: [1; 8] };
        let far = ChangeRef { stream: StreamId { lane: Lane::Down, ..HOME }, ..near };
        let put = Item { field: 1, op: ItemOp::Put(vec![near, far]) };
        let remove = Item { field: 2, op: ItemOp::Remove(vec![(far, 3)]) };
        let write = RecordWrite { table: 1, items: vec![put, remove, Item { field: 3, op: ItemOp::Add }] };
        has_one_form(write, |w| w.to_cbor(&HOME), |b| RecordWrite::from_cbor(b, &HOME));
        let entry = Entry {
            ledger: Ledger::Points,
            from: HOME.org,
            to: Id([9; 16]),
            amount: -5,
            natural_key: vec![Value::Int(3)],
            on: "2026-06-05".into(),
            rule: "r1".into(),
            terms: vec![],
        };
        has_one_form(entry, Entry::to_cbor, Entry::from_cbor);
        has_one_form(Reversal { key: Id([9; 16]) }, Reversal::to_cbor, Reversal::from_cbor);
        let choice = Choice { key: Id([9; 16]), stands: far, replaces: vec![near] };
        has_one_form(choice, |c| c.to_cbor(&HOME), |b| Choice::from_cbor(b, &HOME));
        has_one_form(Retract { first: near }, |r| r.to_cbor(&HOME), |b| Retract::from_cbor(b, &HOME));
        let redaction = Redaction { changes: vec![near, far] };
        has_one_form(redaction, |r| r.to_cbor(&HOME), |b| Redaction::from_cbor(b, &HOME));
        let cuts = vec![Cut { org: HOME.org, lane: Lane::Up, seq: 4, hash: Hash([5; 32]) }];
        let revocation = Revocation { replica: HOME.replica, cuts, replaces: vec![near] };
        has_one_form(revocation, |r| r.to_cbor(&HOME), |b| Revocation::from_cbor(b, &HOME));
        let wrapped = vec![(HOME.org, vec![1, 2])];
        let key = OrgKey { owner: HOME.org, generation: 1, recipient: "age1".into(), wrapped };
        has_one_form(key, OrgKey::to_cbor, OrgKey::from_cbor);
        let claim = Claim::Laptop { key: PublicKey([6; 32]), org: HOME.org, letter: 1 };
        has_one_form(claim, Claim::to_cbor, Claim::from_cbor);
        let values = vec![Value::Int(1), Value::from("甲")];
        has_one_form(values, |v| encode_values(v), |b| decode_values(b, 2));
        for items in [0, 23, 24, 255, 256, 65_535, 65_536] {
            let values = vec![Value::Null; items];
            assert_eq!(decode_values(&encode_values(&values), items), Ok(values));
        }
    }

    #[test]
    fn a_reference_into_the_own_stream_is_never_spelled_out() {
        let retract = Retract { first: ChangeRef { stream: HOME, seq: 7, prefix: [1; 8] } };
        let elsewhere = StreamId { lane: Lane::Down, ..HOME };
        assert!(Retract::from_cbor(&retract.to_cbor(&elsewhere), &HOME).is_err());
    }
}
