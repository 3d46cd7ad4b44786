//! Any order, repetition and grouping of arrival folds to the same tables: random mornings of a county, from a seed.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use yuanba_core::Level;
use yuanba_core::tables::member;
use yuanba_journal::authority::Standing;
use yuanba_journal::{Hash, Kind, Lane, Segment, StreamId};
use yuanba_store::{ConflictKind, Store};

use crate::county::{COPY, County, Dice, Occurred, copy_of, open, pieces, shuffled};
use crate::village::store;

/// A morning, and three ways for it to arrive. Answers with what occurred.
fn run(seed: u64) -> Occurred {
    let mut dice = Dice::new(seed);
    let mut county = County::new(seed % 1_000_000);
    // An observer is a county's folder before anything has come.
    let (observer_dir, observer) = store(seed % 1_000_000 * 8 + 7, Level::County, "看的人");
    drop(observer);
    for _ in 0..70 {
        county.act(&mut dice);
    }
    for at in 0..4 {
        let segments = county.all(at);
        county.pool.extend(segments);
    }
    let keys = county.keys();
    // Of some changes nobody has kept the words, or only whoever comes late.
    let lost: BTreeSet<Hash> = (0..2).filter_map(|_| a_change(&county.pool, &mut dice)).collect();
    let rare: BTreeSet<Hash> = (0..6).filter_map(|_| a_change(&county.pool, &mut dice)).collect();
    let mut digests = Vec::new();
    let mut occurred = Occurred::new();
    for turn in 0..3 {
        // Each change is handed over once or twice, in pieces of any length.
        let mut list = pieces(distinct(&county.pool), &keys, &mut dice);
        without(&mut list, |hash| lost.contains(hash));
        if turn > 0 {
            let mut bare = pieces(distinct(&county.pool), &keys, &mut dice);
            without(&mut bare, |hash| lost.contains(hash) || rare.contains(hash));
            list.extend(bare);
        }
        let list = shuffled(list, &mut dice);
        let dir = copy_of(&observer_dir);
        let mut observer = open(dir.path(), 7);
        let mut rest = &list[..];
        while !rest.is_empty() {
            let take = (1 + dice.below(40)).min(rest.len());
            // What travels is bytes.
            let bytes: Vec<Vec<u8>> = rest[..take].iter().map(Segment::to_cbor).collect();
            observer.apply(bytes.iter().map(|b| Segment::from_cbor(b).unwrap()).collect()).unwrap();
            rest = &rest[take..];
        }
        assert_eq!(observer.verify().unwrap(), [], "seed {seed}, turn {turn}");
        let digest = observer.digest(None).unwrap();
        digests.push((digest.ops, digest.ops_digest, digest.state_digest));
        if turn == 2 {
            occurred = count(&county, &observer);
        }
    }
    assert!(digests.windows(2).all(|pair| pair[0] == pair[1]), "seed {seed}: {digests:?}");
    occurred
}

fn a_change(pool: &[Segment], dice: &mut Dice) -> Option<Hash> {
    let segment = pool.get(dice.below(pool.len()))?;
    let change = &segment.changes[dice.below(segment.changes.len())];
    matches!(change.header.kind, Kind::Record | Kind::Retract | Kind::Reversal).then_some(change.hash)
}

/// The pool without what it holds twice: a segment for each head that nothing goes on from.
fn distinct(pool: &[Segment]) -> Vec<Segment> {
    let mut longest: BTreeMap<(StreamId, u64, Hash), &Segment> = BTreeMap::new();
    for segment in pool {
        let Some((seq, hash)) = segment.head() else { continue };
        let best = longest.entry((segment.stream, seq, hash)).or_insert(segment);
        if segment.changes.len() > best.changes.len() {
            *best = segment;
        }
    }
    longest.into_values().cloned().collect()
}

fn without(list: &mut [Segment], gone: impl Fn(&Hash) -> bool) {
    for change in list.iter_mut().flat_map(|s| &mut s.changes) {
        if gone(&change.hash) {
            change.body = None;
        }
    }
}

/// What a morning had in it, and what an observer sees of it.
fn count(county: &County, observer: &Store) -> Occurred {
    let mut occurred = Occurred::new();
    let mut add = |what, n: usize| *occurred.entry(what).or_default() += n as u64;
    let held = observer.whole_streams(|_| true).unwrap();
    let mut seen = BTreeSet::new();
    for change in held.iter().flat_map(|s| &s.changes).filter(|c| seen.insert(c.hash)) {
        let what = match change.header.kind {
            Kind::Record => "a write",
            Kind::Entry => "an entry",
            Kind::Reversal => "a reversal",
            Kind::Choice => "a choice",
            Kind::Retract => "a retraction",
            Kind::Redaction => "a redaction",
            Kind::Certificate => "a certificate",
            Kind::Revocation => "a revocation",
            Kind::Unknown(_) if change.header.critical => "an unknown critical kind",
            Kind::Unknown(_) => "an unknown kind",
            Kind::OrgKey | Kind::Checkpoint => "another",
        };
        add(what, 1);
        add("an erased or missing body", usize::from(change.body_missing()));
        let cut = match observer.authority().standing(&change.header.stream) {
            Standing::UpTo(seq, _) => change.header.seq > seq,
            Standing::Counts => false,
            Standing::Waits => true,
        };
        add("a change that does not count", usize::from(cut));
    }
    let copy = county.stores[COPY].stream(county.village, Lane::Up);
    let mut places: BTreeMap<u64, BTreeSet<Hash>> = BTreeMap::new();
    for change in held.iter().filter(|s| s.stream == copy).flat_map(|s| &s.changes) {
        places.entry(change.header.seq).or_default().insert(change.hash);
    }
    add("a fork", places.values().filter(|hashes| hashes.len() > 1).count());
    for conflict in observer.conflicts().unwrap() {
        match conflict.kind {
            ConflictKind::Field => add("a field in conflict", 1),
            ConflictKind::Ledger => add("a key in conflict", 1),
        }
    }
    let records = observer.records(&member::TABLE).unwrap();
    add("a void record", records.iter().filter(|r| r.voided()).count());
    add("a doubt", records.iter().filter(|r| r.written_while_voided()).count());
    add("a frozen record", records.iter().filter(|r| r.frozen()).count());
    add("one person under two ids", observer.all_aliases().unwrap().len());
    occurred
}

/// Mornings one after the other, and what occurred in all of them.
fn mornings(seeds: impl Iterator<Item = u64>) -> Occurred {
    let mut all = Occurred::new();
    for (what, n) in seeds.flat_map(run) {
        *all.entry(what).or_default() += n;
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 0, ..ProptestConfig::default() })]
    #[test]
    fn any_order_repetition_and_grouping_folds_to_the_same_tables(seed in any::<u32>()) {
        run(u64::from(seed));
    }
}

#[test]
fn the_made_up_mornings_hold_every_kind_of_trouble() {
    let all = mornings(1..=16);
    for what in [
        "a write",
        "an entry",
        "a reversal",
        "a choice",
        "a retraction",
        "a redaction",
        "a certificate",
        "a revocation",
        "an unknown critical kind",
        "an unknown kind",
        "an erased or missing body",
        "a change that does not count",
        "a fork",
        "a field in conflict",
        "a key in conflict",
        "a void record",
        "a doubt",
        "a frozen record",
        "one person under two ids",
    ] {
        assert!(all.get(what).is_some_and(|n| *n > 0), "{what} never occurred: {all:?}");
    }
}
