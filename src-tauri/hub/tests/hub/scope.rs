//! Whoever asks for whatever and brings whatever: nobody reads or writes outside their scope.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use yuanba_core::Id;
use yuanba_journal::author::Tip;
use yuanba_journal::{Hash, Header, Lane, Segment, StreamId};
use yuanba_store::peers::Vector;

use crate::county::County;
use crate::line::Server;
use crate::place::Place;
use crate::strangers::{Forgery, of, of_a_newer_kind, signed};

/// A request that somebody of six sends.
#[derive(Debug, Clone)]
struct Request {
    asker: usize,
    /// Of the streams that there are, which, and how much of them it says to hold
    wants: Vec<(prop::sample::Index, u64)>,
    /// Streams that nobody has, by bytes, and the office that they would be about, if any
    strange: Vec<(u8, Option<usize>, bool)>,
    /// Whose replica wrote about which office, in which lane; an office of 6 is nobody's
    brings: Vec<(usize, usize, bool)>,
}

fn requests() -> impl Strategy<Value = Request> {
    let wants = prop::collection::vec((any::<prop::sample::Index>(), 0..40u64), 0..8);
    let strange = prop::collection::vec((any::<u8>(), prop::option::of(0..6usize), any::<bool>()), 0..4);
    let brings = prop::collection::vec((0..6usize, 0..7usize, any::<bool>()), 0..4);
    (0..6usize, wants, strange, brings).prop_map(|(asker, wants, strange, brings)| Request {
        asker,
        wants,
        strange,
        brings,
    })
}

fn lane(down: bool) -> Lane {
    if down { Lane::Down } else { Lane::Up }
}

/// One change of a place about an office, as the first of a stream, or the next one of its own stream.
fn segment(author: &Place, org: Id, lane: Lane) -> Segment {
    let own = of_a_newer_kind(author);
    if org == author.org() && lane == Lane::Up {
        return own;
    }
    let stream = StreamId { org, lane, ..own.stream };
    let held = author.store.vector_for(author.org()).unwrap();
    let tip: Option<Tip> = held.get(&stream).and_then(|tips| tips.first().copied());
    let header = Header {
        stream,
        seq: tip.map_or(1, |tip| tip.seq + 1),
        prev: tip.map(|tip| tip.hash),
        ..own.changes[0].header.clone()
    };
    signed(author.store.replica(), header)
}

#[test]
fn nobody_reads_or_writes_outside_their_scope_whatever_they_send() {
    let server = Server::in_memory();
    let mut all = County::new();
    for village in &mut all.villages {
        village.add("张三");
    }
    all.settle(&server);
    let places: Vec<&Place> = all.villages.iter().chain(&all.towns).chain([&all.county]).collect();
    let tree = all.county.store.authority();
    let streams: Vec<StreamId> = all.county.store.vector_for(all.county.org()).unwrap().into_keys().collect();
    let news = || server.runtime.block_on(yuanba_hub::Archive::news(server.hub.archive(), 0)).unwrap();
    let (mut refused, mut taken, mut handed_out) = (0, 0, 0);
    let counts = std::cell::RefCell::new((&mut refused, &mut taken, &mut handed_out));
    let mut runner = TestRunner::new(Config { cases: 150, failure_persistence: None, ..Config::default() });
    runner
        .run(&requests(), |request| {
            let asker = places[request.asker];
            let mut wants = Vector::new();
            for (which, seq) in &request.wants {
                let tips = match seq {
                    0 => Vec::new(),
                    seq => vec![Tip { seq: *seq, hash: Hash([*seq as u8; 32]) }],
                };
                wants.insert(*which.get(&streams), tips);
            }
            for (byte, office, down) in &request.strange {
                let org = office.map_or(Id([*byte; 16]), |office| places[office].org());
                wants.insert(StreamId { replica: Id([!*byte; 16]), org, lane: lane(*down) }, Vec::new());
            }
            let segments: Vec<Segment> = request
                .brings
                .iter()
                .map(|(author, office, down)| {
                    let org = places.get(*office).map_or(Id([7; 16]), |place| place.org());
                    segment(places[*author], org, lane(*down))
                })
                .collect();
            let fits = segments.iter().all(|segment| tree.may_hold(asker.org(), &segment.stream));
            let before = news();
            let forgery =
                Forgery { wants, segments: segments.iter().map(Segment::to_cbor).collect(), ..of(asker) };
            let (answer, handed) = forgery.send(&server);
            let mut counts = counts.borrow_mut();
            if !fits {
                prop_assert!(answer.refused.is_some(), "{segments:?} was taken from {}", request.asker);
                prop_assert_eq!(news(), before);
                *counts.0 += 1;
            }
            if answer.refused.is_some() {
                prop_assert!(handed.is_empty() && answer.vector.is_none());
            } else {
                *counts.1 += usize::from(!segments.is_empty());
            }
            for segment in &handed {
                prop_assert!(
                    tree.may_hold(asker.org(), &segment.stream),
                    "{:?} is handed out",
                    segment.stream
                );
                *counts.2 += 1;
            }
            for stream in answer.vector.into_iter().flat_map(Vector::into_keys) {
                prop_assert!(tree.may_hold(asker.org(), &stream), "{stream:?} is told of");
            }
            Ok(())
        })
        .unwrap();
    assert!(refused > 20 && taken > 5 && handed_out > 50, "{refused} {taken} {handed_out}");
}
