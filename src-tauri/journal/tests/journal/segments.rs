//! What a reader takes for a segment and what it refuses.

use minicbor::Encoder;
use yuanba_core::{Id, Value};
use yuanba_journal::author::Draft;
use yuanba_journal::payload::{Item, ItemOp, RecordWrite, encode_values};
use yuanba_journal::{Change, HeadSignature, Header, JournalError, Kind, Segment};

use crate::hands::{Laptop, record};

const ORG: Id = Id([1; 16]);
const ENTITY: Id = Id([5; 16]);

fn put(laptop: &Laptop, text: &str) -> Draft {
    record(&laptop.stream, ENTITY, vec![(1, ItemOp::Put(vec![]), Value::from(text))])
}

/// A segment of one change, whose map is written by hand; the head is signed over what honest readers arrive at.
fn by_hand(
    laptop: &Laptop,
    change: &Change,
    keys: u64,
    write: impl FnOnce(&mut Encoder<&mut Vec<u8>>),
) -> Vec<u8> {
    let head = HeadSignature::sign(&laptop.key, &laptop.stream, 1, &change.hash);
    let mut bytes = Vec::new();
    let mut e = Encoder::new(&mut bytes);
    e.array(10).unwrap().u8(1).unwrap().bytes(&laptop.stream.replica.0).unwrap();
    e.bytes(&laptop.stream.org.0).unwrap().u8(0).unwrap().u8(1).unwrap().null().unwrap();
    e.bytes(&head.key.0).unwrap().bytes(&head.signature).unwrap().bytes(&change.hash.0).unwrap();
    e.array(1).unwrap().map(keys).unwrap();
    write(&mut e);
    bytes
}

fn plain(laptop: &mut Laptop) -> Change {
    let draft = Draft { kind: Kind::Checkpoint, entity: None, kept: vec![], body: None, personal: false };
    laptop.write(vec![draft]).remove(0)
}

fn common(e: &mut Encoder<&mut Vec<u8>>, change: &Change) {
    e.u8(3).unwrap().u8(10).unwrap();
    e.u8(10).unwrap().u64(change.header.stamp.0).unwrap();
    e.u8(11).unwrap().i64(change.header.wall_ms - change.header.stamp.ms()).unwrap();
    e.u8(12).unwrap().bytes(&change.header.user.0).unwrap();
}

#[test]
fn a_map_written_by_hand_as_the_format_says_is_read() {
    let mut laptop = Laptop::new(1, ORG);
    let change = plain(&mut laptop);
    let bytes = by_hand(&laptop, &change, 4, |e| common(e, &change));
    assert_eq!(Segment::from_cbor(&bytes).unwrap().to_cbor(), bytes);
}

#[test]
fn a_newer_format_of_a_change_is_named_as_such() {
    let mut laptop = Laptop::new(1, ORG);
    let change = plain(&mut laptop);
    let bytes = by_hand(&laptop, &change, 5, |e| {
        e.u8(1).unwrap().u8(2).unwrap();
        common(e, &change);
    });
    assert_eq!(Segment::from_cbor(&bytes), Err(JournalError::Newer(2)));
}

#[test]
fn the_keys_of_a_change_ascend_and_stand_where_the_format_puts_them() {
    let mut laptop = Laptop::new(1, ORG);
    let change = plain(&mut laptop);
    let twice = by_hand(&laptop, &change, 5, |e| {
        common(e, &change);
        e.u8(12).unwrap().bytes(&change.header.user.0).unwrap();
    });
    assert_eq!(Segment::from_cbor(&twice), Err(JournalError::Malformed("keys out of order")));

    // A key of a newer version stands under its number + 32.
    let header = Header { unknown: vec![(20, vec![0x01])], ..change.header.clone() };
    let newer = Change::new(header, None).unwrap();
    for (key, read) in [(52u8, true), (20, false), (40, false)] {
        let bytes = by_hand(&laptop, &newer, 5, |e| {
            common(e, &newer);
            e.u8(key).unwrap().u8(1).unwrap();
        });
        assert_eq!(Segment::from_cbor(&bytes).is_ok(), read, "{key}");
    }
    let far = Header { unknown: vec![(u64::MAX, vec![0x01])], ..change.header };
    assert!(Header::from_cbor(&far.to_cbor()).is_err());
}

#[test]
fn a_segment_holds_whole_groups_in_their_order() {
    let mut laptop = Laptop::new(1, ORG);
    let drafts = vec![put(&laptop, "一"), put(&laptop, "二"), put(&laptop, "三")];
    let changes = laptop.write(drafts);
    let segment = laptop.segment(changes.clone());
    assert_eq!(Segment::from_cbor(&segment.to_cbor()).unwrap(), segment);

    let cut = laptop.segment(changes[..2].to_vec());
    assert!(Segment::from_cbor(&cut.to_cbor()).is_err());
    let mut headless = laptop.segment(changes[1..].to_vec());
    headless.prev = Some(changes[0].hash);
    assert!(Segment::from_cbor(&headless.to_cbor()).is_err());
    // Somebody counts 0, 2, 2.
    let second = Header { group_index: 2, ..changes[1].header.clone() };
    let second = Change::new(second, changes[1].body.clone()).unwrap();
    let third = Header { prev: Some(second.hash), ..changes[2].header.clone() };
    let third = Change::new(third, changes[2].body.clone()).unwrap();
    let jumping = laptop.segment(vec![changes[0].clone(), second, third]);
    assert!(Segment::from_cbor(&jumping.to_cbor()).is_err());
}

#[test]
fn an_erased_body_leaves_the_chain_and_its_head_as_they_were() {
    let mut laptop = Laptop::new(1, ORG);
    let draft = put(&laptop, "王秀英");
    let mut changes = laptop.write(vec![draft]);
    changes[0].body = None;
    let segment = laptop.segment(changes);
    let bytes = segment.to_cbor();
    assert_eq!(Segment::from_cbor(&bytes).unwrap(), segment);
    assert!(!bytes.windows(9).any(|w| w == "王秀英".as_bytes()));
}

#[test]
fn what_nobody_could_read_again_is_not_written() {
    let laptop = Laptop::new(1, ORG);
    let write = |kept: Vec<u8>, body: Option<Vec<u8>>| {
        let mut laptop = Laptop::new(1, ORG);
        let draft = Draft { kind: Kind::Record, entity: Some(ENTITY), kept, body, personal: true };
        let now = yuanba_journal::author::Circumstances {
            clock: &mut laptop.clock,
            wall_ms: 0,
            user: ENTITY,
            salt: &mut || [0; 16],
        };
        yuanba_journal::author::append_group(laptop.stream, None, vec![draft], now).map(|_| ())
    };
    let kept = |count: usize| {
        let item = Item { field: 1, op: ItemOp::Add };
        RecordWrite { table: 3, items: vec![item; count] }.to_cbor(&laptop.stream)
    };
    assert_eq!(write(kept(1), Some(encode_values(&[Value::from("好")]))), Ok(()));
    let long = Value::List(vec![Value::Null; 5000]);
    let deep = (0..6).fold(Value::Null, |inner, _| Value::List(vec![inner]));
    for (kept, body) in [
        (kept(1), Some(encode_values(&[long]))),
        (kept(1), Some(encode_values(&[deep]))),
        (kept(1), None),
        (kept(2), Some(encode_values(&[Value::Null]))),
        (kept(70_000), Some(encode_values(&vec![Value::Null; 70_000]))),
        (kept(1), Some(encode_values(&[Value::from("长".repeat(3_000_000))]))),
    ] {
        assert!(write(kept, body).is_err());
    }
    let header = Header { kept: vec![0; 300_000], ..Laptop::new(2, ORG).record(ENTITY, vec![]).header };
    assert!(matches!(Change::new(header, None), Err(JournalError::TooLarge(_))));
}
