//! Laptops of a made-up county, and the changes that they write.

use yuanba_core::{Id, Value};
use yuanba_journal::author::{Circumstances, Draft, Tip, append_group};
use yuanba_journal::fold::{Origin, RecordInput};
use yuanba_journal::payload::{Item, ItemOp, RecordWrite, encode_values};
use yuanba_journal::{
    Change, ChangeRef, Clock, HeadSignature, Kind, Lane, ReplicaKey, Segment, Stamp, StreamId,
};

/// A laptop or an organisation's issuer.
pub fn key(n: u8) -> ReplicaKey {
    ReplicaKey::from_seed([n; 32])
}

/// A laptop with one stream, whose stamps rise by one.
pub struct Laptop {
    pub key: ReplicaKey,
    pub stream: StreamId,
    pub clock: Clock,
    pub tip: Option<Tip>,
}

impl Laptop {
    pub fn new(n: u8, org: Id) -> Laptop {
        let key = key(n);
        let stream = StreamId { replica: key.id(), org, lane: Lane::Up };
        let last = Stamp::at_ms(1_781_000_000_000);
        Laptop { key, stream, clock: Clock { built_ms: 0, vouched_ms: 0, last }, tip: None }
    }

    pub fn write(&mut self, drafts: Vec<Draft>) -> Vec<Change> {
        let now = Circumstances {
            clock: &mut self.clock,
            wall_ms: 1_781_000_000_000,
            user: Id([0xaa; 16]),
            salt: &mut || [7; 16],
        };
        let changes = append_group(self.stream, self.tip, drafts, now).unwrap();
        self.tip = changes.last().map(|c| Tip { seq: c.header.seq, hash: c.hash });
        changes
    }

    pub fn record(&mut self, entity: Id, items: Vec<(u16, ItemOp, Value)>) -> Change {
        let draft = record(&self.stream, entity, items);
        self.write(vec![draft]).remove(0)
    }

    pub fn segment(&self, changes: Vec<Change>) -> Segment {
        let last = changes.last().unwrap();
        let head = HeadSignature::sign(&self.key, &self.stream, last.header.seq, &last.hash);
        Segment { stream: self.stream, prev: changes[0].header.prev, changes, head }
    }
}

/// A write to a record of table 3.
pub fn record(home: &StreamId, entity: Id, items: Vec<(u16, ItemOp, Value)>) -> Draft {
    let (items, values): (Vec<Item>, Vec<Value>) =
        items.into_iter().map(|(field, op, value)| (Item { field, op }, value)).unzip();
    Draft {
        kind: Kind::Record,
        entity: Some(entity),
        kept: RecordWrite { table: 3, items }.to_cbor(home),
        body: Some(encode_values(&values)),
        personal: true,
    }
}

/// The write that a change holds, as the fold takes it.
pub fn input(change: &Change) -> RecordInput {
    let write = RecordWrite::from_cbor(&change.header.kept, &change.header.stream).unwrap();
    let values = change
        .body
        .as_ref()
        .map(|b| yuanba_journal::payload::decode_values(&b.bytes, write.items.len()).unwrap());
    RecordInput { origin: Origin::of(change), write, values, effective: true }
}

pub fn saw(changes: &[&Change]) -> Vec<ChangeRef> {
    changes.iter().map(|c| c.reference()).collect()
}
