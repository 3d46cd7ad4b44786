//! Changes: headers, kept parts and bodies by kind, segments, certificates.
//!
//! The first byte says what the rest is to be read as.

use minicbor::Decoder;
use yuanba_core::{Id, Value};
use yuanba_exchange::bundle::Manifest;
use yuanba_journal::header::Header;
use yuanba_journal::payload::{
    Certificate, Choice, Claim, Entry, OrgKey, RecordWrite, Redaction, Retract, Reversal, Revocation,
    decode_values, encode_values,
};
use yuanba_journal::{Change, JournalError, Lane, PublicKey, ReplicaKey, Segment, StreamId};

use crate::forger::{forger, signed};

/// The stream in which the kept parts stand.
pub const HOME: StreamId = StreamId { replica: Id([3; 16]), org: Id([4; 16]), lane: Lane::Up };

/// Tries some bytes.
pub fn check(bytes: &[u8]) {
    let Some((kind, rest)) = bytes.split_first() else { return };
    match kind {
        b'H' => header(rest),
        b'1' => same(rest, |b| RecordWrite::from_cbor(b, &HOME), |write| write.to_cbor(&HOME)),
        b'2' => {
            same(rest, Entry::from_cbor, Entry::to_cbor);
            if let Ok(entry) = Entry::from_cbor(rest) {
                assert_eq!(entry.key(), Entry::from_cbor(&entry.to_cbor()).expect("read once").key());
            }
        }
        b'3' => same(rest, Reversal::from_cbor, Reversal::to_cbor),
        b'4' => same(rest, |b| Choice::from_cbor(b, &HOME), |choice| choice.to_cbor(&HOME)),
        b'5' => same(rest, |b| Retract::from_cbor(b, &HOME), |retract| retract.to_cbor(&HOME)),
        b'6' => same(rest, |b| Redaction::from_cbor(b, &HOME), |redaction| redaction.to_cbor(&HOME)),
        b'7' => certificate(rest),
        b'8' => same(rest, |b| Revocation::from_cbor(b, &HOME), |revocation| revocation.to_cbor(&HOME)),
        b'9' => same(rest, OrgKey::from_cbor, OrgKey::to_cbor),
        b'V' => values(rest),
        // Keys of a newer version are passed over, so what is written may be shorter than what was read.
        b'm' => {
            if let Ok(manifest) = Manifest::from_cbor(rest) {
                assert_eq!(Manifest::from_cbor(&manifest.to_cbor()), Ok(manifest));
            }
        }
        b's' => segment(rest),
        b'S' => forged(rest),
        _ => {}
    }
}

/// What is read is written as the same bytes: no two kept parts, bodies or headers say the same.
fn same<T: PartialEq + std::fmt::Debug>(
    bytes: &[u8],
    read: impl Fn(&[u8]) -> Result<T, JournalError>,
    write: impl Fn(&T) -> Vec<u8>,
) {
    if let Ok(value) = read(bytes) {
        assert_eq!(write(&value), bytes, "{value:?} is written otherwise than it was read");
    }
}

fn header(bytes: &[u8]) {
    same(bytes, Header::from_cbor, Header::to_cbor);
    if let Ok(header) = Header::from_cbor(bytes) {
        kept(&header);
        let change = Change::new(header, None).expect("a header that was read holds by itself");
        assert_eq!(change.header_bytes, bytes);
        assert_eq!(Change::stored(bytes.to_vec(), None), Ok(change));
    }
}

/// The kept part of a header by its kind is an answer, whatever it is.
fn kept(header: &Header) {
    check(&[header.kind.number().to_string().as_bytes(), &header.kept].concat());
}

fn certificate(bytes: &[u8]) {
    same(bytes, Certificate::from_cbor, Certificate::to_cbor);
    // The bytes as a claim, with a signature that holds.
    if let Ok(claim) = Claim::from_cbor(bytes) {
        assert_eq!(claim.to_cbor(), bytes, "{claim:?} is written otherwise than it was read");
        let certificate = claim.signed(&forger().key);
        assert_eq!(Certificate::from_cbor(&certificate.to_cbor()), Ok(certificate));
        let stranger = Certificate { issuer: stranger(), ..certificate };
        assert!(matches!(Certificate::from_cbor(&stranger.to_cbor()), Err(JournalError::Forged(_))));
    }
}

fn stranger() -> PublicKey {
    ReplicaKey::from_seed([6; 32]).public()
}

fn values(bytes: &[u8]) {
    let mut d = Decoder::new(bytes);
    if let Ok(value) = Value::decode(&mut d) {
        assert_eq!(value.to_cbor(), bytes[..d.position()], "{value:?} is written otherwise than it was read");
    }
    for items in 0..4 {
        same(bytes, |b| decode_values(b, items), |values| encode_values(values));
    }
}

/// A segment that holds is written so that it is read the same again, and its changes stand on their own.
pub fn segment(bytes: &[u8]) {
    let Ok(segment) = Segment::from_cbor(bytes) else { return };
    assert_eq!(Segment::from_cbor(&segment.to_cbor()).as_ref(), Ok(&segment));
    for change in &segment.changes {
        assert_eq!(Header::from_cbor(&change.header_bytes).as_ref(), Ok(&change.header));
        assert_eq!(Change::stored(change.header_bytes.clone(), change.body.clone()).as_ref(), Ok(change));
        kept(&change.header);
        if let Some(body) = &change.body {
            values(&body.bytes);
        }
    }
}

/// A segment of whatever changes, in a chain that holds and with a good signature: it is read as it was made, unless a
/// rule stands against one of its changes.
fn forged(bytes: &[u8]) {
    let Some(made) = signed(bytes, &forger().key, |_, _| None) else { return };
    let written = made.to_cbor();
    segment(&written);
    match Segment::from_cbor(&written) {
        Ok(read) => assert_eq!(read, made),
        Err(JournalError::Forged(what)) => panic!("forged by the key itself: {what}"),
        Err(_) => {}
    }
}
