//! A laptop that is no store: it writes what no store of this version would write.

use std::collections::BTreeMap;

use yuanba_core::{Id, Value};
use yuanba_journal::author::{Circumstances, Draft, Tip, append_group};
use yuanba_journal::payload::{Item, ItemOp, RecordWrite, encode_values};
use yuanba_journal::{
    Body, Change, Clock, Hash, HeadSignature, Header, Kind, Lane, ReplicaKey, Segment, Stamp, StreamId,
};

/// The laptop, with the ends of its streams.
pub struct Outsider {
    /// Its key
    pub key: ReplicaKey,
    clock: Clock,
    tips: BTreeMap<StreamId, Tip>,
}

impl Outsider {
    /// A laptop that a seed decides.
    pub fn new(seed: u64) -> Outsider {
        let key = ReplicaKey::from_seed(Hash::of(&[b"outsider", &seed.to_be_bytes()]).0);
        let last = Stamp::at_ms(1_781_000_000_000);
        Outsider { key, clock: Clock { built_ms: 0, vouched_ms: 0, last }, tips: BTreeMap::new() }
    }

    /// Its stream about an organisation.
    pub fn stream(&self, org: Id, lane: Lane) -> StreamId {
        StreamId { replica: self.key.id(), org, lane }
    }

    /// The end of one of its streams.
    pub fn tip(&self, stream: &StreamId) -> Option<Tip> {
        self.tips.get(stream).copied()
    }

    /// One group.
    pub fn write(&mut self, stream: StreamId, drafts: Vec<Draft>) -> Segment {
        let tip = self.tip(&stream);
        let now = Circumstances {
            clock: &mut self.clock,
            wall_ms: 0,
            user: Id([0xee; 16]),
            salt: &mut || [0x11; 16],
        };
        let changes = append_group(stream, tip, drafts, now).unwrap();
        self.signed(changes)
    }

    /// One change of any kind, known or not, with a kept part that need not make sense.
    pub fn write_raw(
        &mut self,
        stream: StreamId,
        kind: u64,
        critical: bool,
        entity: Id,
        kept: Vec<u8>,
    ) -> Segment {
        let body = Body { salt: None, bytes: vec![0xf7] };
        let tip = self.tip(&stream);
        let header = Header {
            suite: 1,
            kind: Kind::from_number(kind),
            critical,
            stream,
            seq: tip.map_or(1, |t| t.seq + 1),
            prev: tip.map(|t| t.hash),
            stamp: self.clock.tick(0),
            wall_ms: 0,
            user: Id([0xee; 16]),
            entity: Some(entity),
            group_index: 0,
            group_count: 1,
            kept,
            body_hash: Some(body.hash()),
            salted: false,
            unknown: vec![(19, vec![0xf5])],
        };
        self.signed(vec![Change::new(header, Some(body)).unwrap()])
    }

    /// A segment of changes whose end the laptop signs, and goes on from.
    pub fn signed(&mut self, changes: Vec<Change>) -> Segment {
        let (first, last) = (changes.first().unwrap(), changes.last().unwrap());
        let (stream, prev) = (first.header.stream, first.header.prev);
        let tip = Tip { seq: last.header.seq, hash: last.hash };
        self.tips.insert(stream, tip);
        let head = HeadSignature::sign(&self.key, &stream, tip.seq, &tip.hash);
        Segment { stream, prev, changes, head }
    }
}

/// A write to a record.
pub fn record(home: &StreamId, table: u16, entity: Id, items: Vec<(u16, ItemOp, Value)>) -> Draft {
    let (items, values): (Vec<Item>, Vec<Value>) =
        items.into_iter().map(|(field, op, value)| (Item { field, op }, value)).unzip();
    Draft {
        kind: Kind::Record,
        entity: Some(entity),
        kept: RecordWrite { table, items }.to_cbor(home),
        body: Some(encode_values(&values)),
        personal: true,
    }
}

/// A segment without its bodies: a copy from which they were erased, or that never had them.
pub fn bodiless(segment: &Segment) -> Segment {
    let mut bare = segment.clone();
    bare.changes.iter_mut().for_each(|change| change.body = None);
    bare
}
