//! Only what a writer would have written is a kept part.

use yuanba_core::{Id, Value};
use yuanba_journal::fold::{EntryInput, Origin, fold_entries};
use yuanba_journal::payload::{
    Choice, Entry, EntryView, ItemOp, Ledger, OrgKey, RecordWrite, Redaction, Retract, Reversal,
    decode_values, encode_values,
};
use yuanba_journal::{ChangeRef, Hash, Lane, Stamp, StreamId};

const HOME: StreamId = StreamId { replica: Id([1; 16]), org: Id([2; 16]), lane: Lane::Up };

fn near() -> ChangeRef {
    ChangeRef { stream: HOME, seq: 7, prefix: [9; 8] }
}

#[test]
fn bytes_that_say_the_same_otherwise_are_no_kept_part() {
    let refused: [(&str, &[u8]); 6] = [
        ("an outer list that is too short", &[0x80, 0x03, 0x80]),
        ("an item with nothing in it", &[0x82, 0x03, 0x81, 0x80, 0x01, 0x01]),
        ("an addition with an empty list", &[0x82, 0x03, 0x81, 0x83, 0x01, 0x01, 0x80]),
        ("a put with an empty list", &[0x82, 0x03, 0x81, 0x83, 0x01, 0x00, 0x80]),
        ("a number longer than it must be", &[0x82, 0x18, 0x03, 0x80]),
        ("bytes after it", &[0x82, 0x03, 0x80, 0x00]),
    ];
    for (what, bytes) in refused {
        assert!(RecordWrite::from_cbor(bytes, &HOME).is_err(), "{what}");
    }
    assert!(RecordWrite::from_cbor(&[0x82, 0x03, 0x80], &HOME).is_ok());
    assert!(RecordWrite::from_cbor(&[0x82, 0x03, 0x81, 0x82, 0x01, 0x01], &HOME).is_ok());
    let add = RecordWrite::from_cbor(&[0x82, 0x03, 0x81, 0x82, 0x01, 0x01], &HOME).unwrap();
    assert_eq!(add.items[0].op, ItemOp::Add);

    // A reference into the change's own stream is written short.
    let elsewhere = StreamId { lane: Lane::Down, ..HOME };
    let long = Retract { first: near() }.to_cbor(&elsewhere);
    assert!(Retract::from_cbor(&long, &elsewhere).is_ok());
    assert!(Retract::from_cbor(&long, &HOME).is_err());
    let long = Redaction { changes: vec![near()] }.to_cbor(&elsewhere);
    assert!(Redaction::from_cbor(&long, &HOME).is_err());
    let choice = Choice { key: Id([3; 16]), stands: near(), replaces: vec![near()] }.to_cbor(&elsewhere);
    assert!(Choice::from_cbor(&choice, &HOME).is_err());

    assert!(decode_values(&[0x81, 0x18, 0x05], 1).is_err(), "five needs one byte");
    assert!(decode_values(&[0x81, 0x05], 1).is_ok());
    assert!(Reversal::from_cbor(&[&[0x81, 0x58, 0x10][..], &[0; 16]].concat()).is_err());
    assert!(Reversal::from_cbor(&[&[0x81, 0x50][..], &[0; 16]].concat()).is_ok());
}

#[test]
fn every_kept_part_reads_back_and_none_of_its_beginnings_does() {
    let entry = Entry {
        ledger: Ledger::Dues,
        from: Id([4; 16]),
        to: Id([5; 16]),
        amount: -300,
        natural_key: vec![Value::Id(Id([4; 16])), Value::from("2026-06")],
        on: "2026-06-05".into(),
        rule: "党费".into(),
        terms: vec![Value::Int(1), Value::List(vec![Value::Null])],
    };
    assert_eq!(Entry::from_cbor(&entry.to_cbor()).unwrap(), entry);
    let key = OrgKey {
        owner: Id([6; 16]),
        generation: 2,
        recipient: "age1".into(),
        wrapped: vec![(Id([7; 16]), vec![1, 2, 3])],
    };
    assert_eq!(OrgKey::from_cbor(&key.to_cbor()).unwrap(), key);
    for whole in [entry.to_cbor(), key.to_cbor(), encode_values(&[Value::from("好")])] {
        for end in 0..whole.len() {
            assert!(Entry::from_cbor(&whole[..end]).is_err());
            assert!(OrgKey::from_cbor(&whole[..end]).is_err());
            assert!(decode_values(&whole[..end], 1).is_err());
        }
    }
}

#[test]
fn an_entry_is_read_from_its_own_bytes_only_and_its_view_says_the_same() {
    let entry = Entry {
        ledger: Ledger::Points,
        from: Id([3; 16]),
        to: Id([5; 16]),
        amount: -300,
        natural_key: vec![Value::Id(Id([4; 16])), Value::from("study"), Value::Bool(true)],
        on: "2026-06-05".into(),
        rule: "study".into(),
        terms: vec![Value::Int(1000), Value::List(vec![Value::Null])],
    };
    let bytes = entry.to_cbor();
    let view = EntryView::from_cbor(&bytes).unwrap();
    assert_eq!((view.key(), view.amount, view.on, view.rule), (entry.key(), -300, "2026-06-05", "study"));
    assert_eq!(view.terms, Value::List(entry.terms.clone()).to_cbor());
    let origin =
        Origin { stream: HOME, seq: 1, hash: Hash([0; 32]), stamp: Stamp(1), user: Id([6; 16]), wall_ms: 0 };
    let state = fold_entries(&[EntryInput::Entry(origin, entry, false)]).unwrap();
    assert_eq!(view.digest_alone(), state.digest());
    // Whatever else is read is another entry, written in its only form.
    let mut read = 0;
    for at in 0..bytes.len() {
        for byte in 0..=255 {
            let mut other = bytes.clone();
            other[at] = byte;
            for longer in [other.clone(), [&other[..at], &[0x18], &other[at..]].concat()] {
                if let Ok(entry) = Entry::from_cbor(&longer) {
                    assert_eq!(entry.to_cbor(), longer);
                    assert_eq!(EntryView::from_cbor(&longer).unwrap().key(), entry.key());
                    read += 1;
                }
            }
        }
    }
    assert!(read > bytes.len() * 10, "{read}");
}
