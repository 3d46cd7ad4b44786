//! Requests from those who have no business here, however well they are made: nobody reads or writes outside their scope.

use yuanba_core::Id;
use yuanba_exchange::container::{Bundle, ClearHeader, Identity, open_bytes, seal_bytes};
use yuanba_exchange::wire::{Answer, Ask, Refused};
use yuanba_hub::archive::sqlite::Sqlite;
use yuanba_journal::{Change, Hash, HeadSignature, Header, Kind, Lane, ReplicaKey, Segment, Stamp, StreamId};
use yuanba_store::peers::Vector;

use crate::county::County;
use crate::line::Server;
use crate::place::{Place, refused};

/// A segment with one change of a kind that only a newer program knows, in the place's own stream.
pub fn of_a_newer_kind(place: &Place) -> Segment {
    let stream = StreamId { replica: place.store.replica().id(), org: place.org(), lane: Lane::Up };
    let tips = place.store.vector_for(place.org()).unwrap().remove(&stream).unwrap_or_default();
    let tip = tips.first().copied();
    let header = Header {
        suite: 1,
        kind: Kind::Unknown(4711),
        critical: false,
        stream,
        seq: tip.map_or(1, |tip| tip.seq + 1),
        prev: tip.map(|tip| tip.hash),
        stamp: Stamp::at_ms(1_781_000_000_000),
        wall_ms: 1_781_000_000_000,
        user: Id([1; 16]),
        entity: None,
        group_index: 0,
        group_count: 1,
        kept: vec![1, 2, 3],
        body_hash: None,
        salted: false,
        unknown: vec![(40, vec![0xf5])],
    };
    signed(place.store.replica(), header)
}

pub fn signed(key: &ReplicaKey, header: Header) -> Segment {
    let (stream, seq, prev) = (header.stream, header.seq, header.prev);
    let change = Change::new(header, None).unwrap();
    let head = HeadSignature::sign(key, &stream, seq, &change.hash);
    Segment { stream, prev, changes: vec![change], head }
}

/// A request in whosoever's name.
pub struct Forgery<'a> {
    pub key: &'a ReplicaKey,
    pub from: Id,
    pub wants: Vector,
    pub segments: Vec<Vec<u8>>,
}

impl Forgery<'_> {
    /// What the hub answers, with the segments that it hands out.
    pub fn send(self, server: &Server<Sqlite>) -> (Answer, Vec<Segment>) {
        let card = server.card();
        let me = Identity::generate();
        let to = card.id().unwrap();
        let ask = Ask {
            from: self.from,
            to,
            time_ms: 0,
            reply_to: me.to_public().to_string(),
            digest: Hash([0; 32]),
            wants: self.wants,
            tell: true,
            most: u64::MAX,
        };
        let header = ClearHeader { from: self.from, to, time_ms: 0 };
        let recipients = [card.recipient().unwrap()];
        let manifest = ask.to_cbor();
        let bundle = Bundle { header, recipients: &recipients, manifest: &manifest, key: self.key };
        let answer = server.answer(&seal_bytes(&bundle, self.segments).unwrap()).unwrap();
        let opened = open_bytes(&answer, &[me]).unwrap();
        let segments = opened.segments().map(|bytes| Segment::from_cbor(bytes).unwrap()).collect();
        (Answer::from_cbor(opened.manifest()).unwrap(), segments)
    }
}

pub fn of<'a>(place: &'a Place) -> Forgery<'a> {
    Forgery { key: place.store.replica(), from: place.org(), wants: Vector::new(), segments: Vec::new() }
}

/// Everything that anybody in the county holds, as something to want.
fn everything(all: &County) -> Vector {
    let held = all.county.store.vector_for(all.county.org()).unwrap();
    held.into_keys().map(|stream| (stream, Vec::new())).collect()
}

#[test]
fn nobody_is_handed_anything_outside_their_scope_whatever_they_want() {
    let server = Server::in_memory();
    let mut all = County::new();
    for village in &mut all.villages {
        village.add("张三");
    }
    all.settle(&server);
    let wants = everything(&all);
    let tree = all.county.store.authority();
    for place in all.villages.iter().chain(&all.towns).chain([&all.county]) {
        let asked = Forgery { wants: wants.clone(), ..of(place) };
        let (answer, handed) = asked.send(&server);
        assert_eq!(answer.refused, None);
        let scope: Vec<StreamId> = wants.keys().filter(|s| tree.may_hold(place.org(), s)).copied().collect();
        let mut streams: Vec<StreamId> = handed.iter().map(|segment| segment.stream).collect();
        streams.sort_unstable();
        streams.dedup();
        assert_eq!(streams, scope);
        assert_eq!(answer.vector.unwrap().into_keys().collect::<Vec<_>>(), scope);
    }
}

#[test]
fn nobody_asks_in_the_name_of_another() {
    let server = Server::in_memory();
    let mut all = County::new();
    all.settle(&server);
    let names = [all.villages[0].org(), all.villages[1].org(), all.towns[0].org(), all.county.org()];
    for name in names {
        let asked = Forgery { from: name, wants: everything(&all), ..of(&all.villages[2]) };
        let (answer, handed) = asked.send(&server);
        assert_eq!((answer.refused, handed.len(), answer.vector), (Some(Refused::UnknownWriter), 0, None));
    }
}

#[test]
fn nobody_brings_what_is_outside_their_scope() {
    let server = Server::in_memory();
    let mut all = County::new();
    all.settle(&server);
    let before = server.runtime.block_on(yuanba_hub::Archive::news(server.hub.archive(), 0)).unwrap();
    let [mine, neighbour, far] = &all.villages;
    // Another's new work, honestly signed, and one's own made-up changes about others.
    let about = |org: Id, lane| {
        let own = of_a_newer_kind(mine);
        let stream = StreamId { org, lane, ..own.stream };
        let header = Header { stream, seq: 1, prev: None, ..own.changes[0].header.clone() };
        signed(mine.store.replica(), header)
    };
    let (town, other_town) = (all.towns[0].org(), all.towns[1].org());
    for segment in [
        of_a_newer_kind(neighbour),
        of_a_newer_kind(far),
        of_a_newer_kind(&all.towns[0]),
        about(neighbour.org(), Lane::Up),
        about(neighbour.org(), Lane::Down),
        about(town, Lane::Up),
        about(other_town, Lane::Down),
    ] {
        let asked = Forgery { segments: vec![segment.to_cbor()], ..of(mine) };
        assert_eq!(asked.send(&server).0.refused, Some(Refused::OutOfScope), "{:?}", segment.stream);
    }
    let after = server.runtime.block_on(yuanba_hub::Archive::news(server.hub.archive(), 0)).unwrap();
    assert_eq!(after, before);
}

#[test]
fn a_stranger_is_not_let_in_and_another_county_neither() {
    let server = Server::in_memory();
    let mut all = County::new();
    all.settle(&server);
    let mut alone = Place::village("外县的村", 70);
    assert_eq!(refused(server.try_sync(&mut alone)).code, "another_county");
    let mut county = Place::county("外县", 71);
    county.enrol(&mut alone, None);
    assert_eq!(refused(server.try_sync(&mut county)).code, "another_county");
    assert_eq!(refused(server.try_sync(&mut alone)).code, "another_county");
    // Whoever is in the tree by its own word alone stays a stranger.
    let asked = Forgery { from: all.towns[0].org(), ..of(&alone) };
    assert_eq!(asked.send(&server).0.refused, Some(Refused::UnknownWriter));
}

#[test]
fn a_revoked_laptop_is_neither_heard_nor_told_anything() {
    let server = Server::in_memory();
    let mut all = County::new();
    all.settle(&server);
    let lost = all.villages[0].store.replica().id();
    all.villages[0].add("张三");
    let village = all.villages[0].org();
    all.towns[0].revoke(lost, village);
    server.sync(&mut all.towns[0]);
    assert_eq!(refused(server.try_sync(&mut all.villages[0])).code, "revoked");
    assert!(server.sync(&mut all.villages[1]).even);
}

#[test]
fn what_is_no_request_gets_no_answer_and_changes_nothing() {
    let server = Server::in_memory();
    let mut all = County::new();
    all.settle(&server);
    let good = {
        let card = server.card();
        let mut call = yuanba_exchange::wire::Call::begin(&mut all.villages[0].store, &card).unwrap();
        call.next(&all.villages[0].store).unwrap().unwrap().seal().unwrap()
    };
    assert!(server.answer(&good).is_ok());
    assert!(server.answer(&good).is_ok(), "the same request twice is answered twice");
    for length in (0..good.len()).step_by(7) {
        assert!(server.answer(&good[..length]).is_err());
    }
    for at in (0..good.len()).step_by(5) {
        let mut bent = good.clone();
        bent[at] ^= 0x10;
        assert!(server.answer(&bent).is_err(), "a bit at {at}");
    }
    let elsewhere = Server::in_memory();
    assert!(elsewhere.answer(&good).is_err(), "sealed for another server");
}
