//! Any order, repetition and grouping of the same changes folds to the same tables.

use std::collections::BTreeMap;
use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;
use yuanba_core::tables::{courtyard, member};
use yuanba_core::{Id, Level, Value};
use yuanba_journal::payload::{Claim, Cut, Ledger, Revocation};
use yuanba_journal::{ChangeRef, GroupId, HeadSignature, Kind, Lane, ReplicaKey, Segment};
use yuanba_store::{Intent, NewEntry, Store, Unlock};

use crate::village::{PASSPHRASE, store, surroundings};

/// Numbers from a seed.
struct Dice(blake3::OutputReader);

impl Dice {
    fn new(seed: u64) -> Dice {
        Dice(blake3::Hasher::new().update(&seed.to_be_bytes()).finalize_xof())
    }

    fn below(&mut self, n: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        (u64::from_be_bytes(bytes) % n.max(1) as u64) as usize
    }
}

/// What occurred while a county's morning was made up.
#[derive(Default, Debug)]
struct Occurred {
    kinds: BTreeMap<u64, u64>,
    forks: u64,
    erased: u64,
    cut: u64,
    reversed: u64,
    taken_back: u64,
    conflicts: u64,
}

/// A township, a village with two laptops and a copy of one of them that does not know that it is a copy.
struct World {
    dirs: Vec<TempDir>,
    stores: Vec<Store>,
    village: Id,
    pool: Vec<Segment>,
    occurred: Occurred,
}

const TOWNSHIP: usize = 0;
const LAPTOP: usize = 1;
const SECOND: usize = 2;
const COPY: usize = 3;

fn open(dir: &Path, seed: u64) -> Store {
    let unlock = Unlock { user: None, passphrase: PASSPHRASE.into() };
    Store::open(dir, unlock, surroundings(seed)).unwrap()
}

fn copy_of(dir: &TempDir) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }
    copy
}

impl World {
    fn new(seed: u64) -> World {
        let (township_dir, mut township) = store(seed * 8 + 1, Level::Township, "柳坝镇");
        let (laptop_dir, mut laptop) = store(seed * 8 + 2, Level::Village, "石河村");
        let (second_dir, mut second) = store(seed * 8 + 3, Level::Village, "石河村二号机");
        let (town, village, absorbed) = (township.org(), laptop.org(), second.org());
        let town_issuer = township.issuer().unwrap().clone();
        let mut grants = Intent::new("授权").down();
        grants.certify(Claim::Child { child: village, level: 1, parent: town }.signed(&town_issuer));
        grants.certify(Claim::Absorbs { absorbed, into: village }.signed(&town_issuer));
        let key = second.replica().public();
        grants.certify(Claim::Laptop { key, org: village, letter: 1 }.signed(&town_issuer));
        township.commit(grants).unwrap();
        let mut accepts = Intent::new("接受").down();
        let issuer = laptop.issuer().unwrap().clone();
        accepts.certify(Claim::Accepts { child: village, parent: town }.signed(&issuer));
        laptop.commit(accepts).unwrap();
        let mut joins = Intent::new("加入").down();
        let issuer = second.issuer().unwrap().clone();
        joins.certify(Claim::Joins { absorbed, into: village }.signed(&issuer));
        second.commit(joins).unwrap();
        // The copy is the first laptop's folder started somewhere else, by somebody who says that it was moved.
        drop(laptop);
        let copy_dir = copy_of(&laptop_dir);
        let laptop = open(laptop_dir.path(), seed * 8 + 2);
        let mut copy = open(copy_dir.path(), seed * 8 + 4);
        copy.accept_move().unwrap();
        World {
            dirs: vec![township_dir, laptop_dir, second_dir, copy_dir],
            stores: vec![township, laptop, second, copy],
            village,
            pool: Vec::new(),
            occurred: Occurred::default(),
        }
    }

    /// Everything that one store holds goes to the pool, cut into pieces, and to another store.
    fn exchange(&mut self, from: usize, to: usize) {
        let segments = self.all(from);
        self.pool.extend(segments.iter().cloned());
        let wanted = self.stores[to].org();
        let scope: Vec<Segment> = segments
            .into_iter()
            .filter(|s| self.stores[to].may_hold(wanted, &s.stream) || to == SECOND)
            .collect();
        self.stores[to].apply(scope).unwrap();
    }

    fn all(&self, from: usize) -> Vec<Segment> {
        let store = &self.stores[from];
        let mut segments = Vec::new();
        let everywhere: Vec<Id> = store.authority().organisations().into_iter().collect();
        for org in everywhere {
            segments.extend(store.wanted_by(org).unwrap());
        }
        segments
    }

    fn act(&mut self, dice: &mut Dice) {
        let who = dice.below(4);
        let village = self.village;
        let store = &mut self.stores[who];
        let members = store.records_of(&member::TABLE, village).unwrap();
        let pick = |dice: &mut Dice| members.get(dice.below(members.len())).cloned();
        match dice.below(12) {
            0 | 1 => {
                let mut intent = Intent::new("添人").of(village);
                let id = store.new_id();
                let name = ["王秀英", "李国强", "张成林"][dice.below(3)];
                intent
                    .create(&member::TABLE, id)
                    .put(member::NAME, name)
                    .put(member::ID_NUMBER, ["511722198507010018", "511722850701001"][dice.below(2)])
                    .add(member::PHONES, format!("1380000{:04}", dice.below(10_000)));
                store.commit(intent).unwrap();
            }
            2..=4 => {
                let Some(record) = pick(dice) else { return };
                let mut intent = Intent::new("改人");
                let education = ["31", "61", "71"][dice.below(3)];
                intent.edit(&record).put(member::EDUCATION, education).put(member::JOB, dice.below(5) as i64);
                if dice.below(3) == 0 {
                    let phones: Vec<Value> = record.set(member::PHONES).into_iter().cloned().collect();
                    let edit = intent.edit(&record);
                    phones.first().map(|p| edit.remove(member::PHONES, p));
                }
                let _ = store.commit(intent);
            }
            5 => {
                let mut intent = Intent::new("添院坝").of(village);
                let id = store.new_id();
                intent.create(&courtyard::TABLE, id).put(courtyard::NAME, "石院坝");
                store.commit(intent).unwrap();
            }
            6 | 7 => {
                let Some(record) = pick(dice) else { return };
                let mut intent = Intent::new("记分").of(village);
                for rule in 0..=dice.below(3) {
                    intent.entry(NewEntry {
                        ledger: Ledger::Points,
                        from: village,
                        to: record.id,
                        amount: 1 + dice.below(3) as i64,
                        key: vec![record.id.into(), (rule as i64).into()],
                        on: format!("2026-06-0{}", 1 + dice.below(3)),
                        rule: "study".into(),
                        terms: vec![],
                    });
                }
                store.commit(intent).unwrap();
            }
            8 => {
                let filter = yuanba_store::EntryFilter { ledger: Ledger::Points, account: None, org: None };
                let entries = store.entries(filter).unwrap();
                let Some(entry) = entries.get(dice.below(entries.len())) else { return };
                let mut intent = Intent::new("冲销").of(village);
                intent.reverse(entry.key, "记错了人");
                store.commit(intent).unwrap();
            }
            9 | 10 => {
                let groups: Vec<GroupId> =
                    store.groups(20).unwrap().into_iter().filter(|g| !g.undone).map(|g| g.group).collect();
                // The founding changes stay.
                if groups.len() > 2 {
                    let _ = store.undo(Some(groups[dice.below(groups.len() - 2)]));
                }
            }
            _ => {
                let from = dice.below(4);
                let to = dice.below(4);
                if from != to {
                    self.exchange(from, to);
                }
            }
        }
    }

    /// The township erases a body, and stops the second laptop at a place that is already behind it.
    fn govern(&mut self, dice: &mut Dice) {
        for from in [LAPTOP, SECOND, COPY] {
            self.exchange(from, TOWNSHIP);
        }
        let village = self.village;
        let second = self.stores[SECOND].replica().id();
        let written: Vec<ChangeRef> = self
            .pool
            .iter()
            .flat_map(|s| &s.changes)
            .filter(|c| c.header.kind == Kind::Record && c.header.stream.org == village)
            .map(|c| c.reference())
            .collect();
        let stream = self.stores[SECOND].stream(village, Lane::Up);
        let tips: Vec<_> = self
            .pool
            .iter()
            .filter(|s| s.stream == stream)
            .flat_map(|s| s.changes.iter().map(|c| (c.header.seq, c.hash)))
            .collect();
        let township = &mut self.stores[TOWNSHIP];
        if let Some(target) = written.get(dice.below(written.len())) {
            let mut intent = Intent::new("删去").of(village);
            intent.redact(vec![*target], "本人要求");
            township.commit(intent).unwrap();
        }
        if let Some((seq, hash)) = tips.get(dice.below(tips.len())) {
            let cut = Cut { org: village, lane: Lane::Up, seq: *seq, hash: *hash };
            let mut intent = Intent::new("停用").down();
            intent.revoke(Revocation { replica: second, cuts: vec![cut], replaces: vec![] }, "电脑丢了");
            township.commit(intent).unwrap();
        }
        self.pool.extend(self.all(TOWNSHIP));
    }

    fn keys(&self) -> Vec<ReplicaKey> {
        self.stores.iter().map(|s| s.replica().clone()).collect()
    }
}

/// Cuts segments at random ends of groups; the replicas sign the new heads, as they would have done at that time.
fn pieces(segments: Vec<Segment>, keys: &[ReplicaKey], dice: &mut Dice) -> Vec<Segment> {
    let mut pieces = Vec::new();
    for mut segment in segments {
        let Some(key) = keys.iter().find(|k| k.id() == segment.stream.replica) else {
            pieces.push(segment);
            continue;
        };
        while segment.changes.len() > 1 {
            let at = 1 + dice.below(segment.changes.len() - 1);
            if segment.changes[at].header.group_index != 0 {
                break;
            }
            let rest = segment.changes.split_off(at);
            let (seq, hash) = segment.head().unwrap();
            let whole = segment.head;
            segment.head = HeadSignature::sign(key, &segment.stream, seq, &hash);
            let stream = segment.stream;
            pieces.push(std::mem::replace(
                &mut segment,
                Segment { stream, prev: Some(hash), changes: rest, head: whole },
            ));
        }
        pieces.push(segment);
    }
    pieces
}

fn shuffled(mut list: Vec<Segment>, dice: &mut Dice) -> Vec<Segment> {
    for at in (1..list.len()).rev() {
        list.swap(at, dice.below(at + 1));
    }
    list
}

fn run(seed: u64) -> Occurred {
    let mut dice = Dice::new(seed);
    let mut world = World::new(seed % 1_000_000);
    // An observer is the township's folder before anything has come.
    let (observer_dir, observer) = store(seed % 1_000_000 * 8 + 7, Level::County, "看的人");
    drop(observer);
    for _ in 0..30 {
        world.act(&mut dice);
    }
    world.govern(&mut dice);
    for _ in 0..8 {
        world.act(&mut dice);
    }
    for at in 0..4 {
        let segments = world.all(at);
        world.pool.extend(segments);
    }
    let keys = world.keys();
    let mut digests = Vec::new();
    for turn in 0..3 {
        let mut list = pieces(world.pool.clone(), &keys, &mut dice);
        if turn > 0 {
            let again = list.clone();
            list.extend(pieces(again, &keys, &mut dice));
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
            let occurred = &mut world.occurred;
            occurred.conflicts = observer.conflict_count().unwrap();
        }
    }
    assert!(digests.windows(2).all(|pair| pair[0] == pair[1]), "seed {seed}: {digests:?}");
    let occurred = &mut world.occurred;
    for change in world.pool.iter().flat_map(|s| &s.changes) {
        *occurred.kinds.entry(change.header.kind.number()).or_default() += 1;
        occurred.erased += u64::from(change.body_missing());
    }
    let copy = world.stores[COPY].stream(world.village, Lane::Up);
    let mut places: BTreeMap<u64, Vec<yuanba_journal::Hash>> = BTreeMap::new();
    for change in world.pool.iter().filter(|s| s.stream == copy).flat_map(|s| &s.changes) {
        let hashes = places.entry(change.header.seq).or_default();
        if !hashes.contains(&change.hash) {
            hashes.push(change.hash);
        }
    }
    occurred.forks = places.values().filter(|h| h.len() > 1).count() as u64;
    occurred.cut = *occurred.kinds.get(&Kind::Revocation.number()).unwrap_or(&0);
    occurred.reversed = *occurred.kinds.get(&Kind::Reversal.number()).unwrap_or(&0);
    occurred.taken_back = *occurred.kinds.get(&Kind::Retract.number()).unwrap_or(&0);
    assert_eq!(world.dirs.len(), 4);
    world.occurred
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 0, ..ProptestConfig::default() })]
    #[test]
    fn any_order_repetition_and_grouping_folds_to_the_same_tables(seed in any::<u32>()) {
        run(u64::from(seed));
    }
}

#[test]
fn the_made_up_mornings_hold_every_kind_of_trouble() {
    let mut all = Occurred::default();
    for seed in 1..=6 {
        let one = run(seed);
        for (kind, count) in one.kinds {
            *all.kinds.entry(kind).or_default() += count;
        }
        all.forks += one.forks;
        all.erased += one.erased;
        all.cut += one.cut;
        all.reversed += one.reversed;
        all.taken_back += one.taken_back;
        all.conflicts += one.conflicts;
    }
    for kind in [
        Kind::Record,
        Kind::Entry,
        Kind::Reversal,
        Kind::Retract,
        Kind::Redaction,
        Kind::Certificate,
        Kind::Revocation,
    ] {
        assert!(all.kinds.get(&kind.number()).is_some_and(|n| *n > 0), "{kind:?} never occurred: {all:?}");
    }
    assert!(all.forks > 0 && all.erased > 0 && all.cut > 0, "{all:?}");
    assert!(all.reversed > 0 && all.taken_back > 0 && all.conflicts > 0, "{all:?}");
}
