//! A made-up county's morning: a township, a village with two laptops and a copy of one of them that does not know that it
//! is a copy, and a laptop of a newer version. A seed decides everything that they do.

use std::collections::BTreeMap;
use std::path::Path;

use tempfile::TempDir;
use yuanba_core::tables::{courtyard, member, person_edge};
use yuanba_core::{Id, Level, Value};
use yuanba_journal::payload::{Claim, Cut, ItemOp, Ledger, Revocation};
use yuanba_journal::{ChangeRef, GroupId, HeadSignature, Kind, Lane, ReplicaKey, Segment};
use yuanba_store::{EntryFilter, Intent, NewEntry, Record, Store, StoreError, Unlock};

pub use crate::dice::{Dice, shuffled};
use crate::outsider::{Outsider, record};
use crate::village::{PASSPHRASE, store, surroundings};

/// Who was there, and everything that was ever handed over.
pub struct County {
    _dirs: Vec<TempDir>,
    /// Township, laptop, second laptop, copy of the first
    pub stores: Vec<Store>,
    newer: Outsider,
    /// The village
    pub village: Id,
    /// What travelled
    pub pool: Vec<Segment>,
}

const TOWNSHIP: usize = 0;
const LAPTOP: usize = 1;
const SECOND: usize = 2;
/// The copy's place among the stores.
pub const COPY: usize = 3;

/// Opens the store in a folder.
pub fn open(dir: &Path, seed: u64) -> Store {
    let unlock = Unlock { user: None, passphrase: PASSPHRASE.into() };
    Store::open(dir, unlock, surroundings(seed)).unwrap()
}

/// A copy of a store's folder.
pub fn copy_of(dir: &TempDir) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), copy.path().join(file.file_name())).unwrap();
    }
    copy
}

impl County {
    /// The county before anything happens, but for its certificates.
    pub fn new(seed: u64) -> County {
        let (township_dir, mut township) = store(seed * 8 + 1, Level::Township, "柳坝镇");
        let (laptop_dir, mut laptop) = store(seed * 8 + 2, Level::Village, "石河村");
        let (second_dir, mut second) = store(seed * 8 + 3, Level::Village, "石河村二号机");
        let newer = Outsider::new(seed);
        let (town, village, absorbed) = (township.org(), laptop.org(), second.org());
        let town_issuer = township.issuer().unwrap().clone();
        let mut grants = Intent::new("授权").down();
        grants.certify(Claim::Child { child: village, level: 1, parent: town }.signed(&town_issuer));
        grants.certify(Claim::Absorbs { absorbed, into: village }.signed(&town_issuer));
        for (key, letter) in [(second.replica().public(), 1), (newer.key.public(), 2)] {
            grants.certify(Claim::Laptop { key, org: village, letter }.signed(&town_issuer));
        }
        township.commit_quietly(grants).unwrap();
        let mut accepts = Intent::new("接受").down();
        let issuer = laptop.issuer().unwrap().clone();
        accepts.certify(Claim::Accepts { child: village, parent: town }.signed(&issuer));
        laptop.commit_quietly(accepts).unwrap();
        let mut joins = Intent::new("加入").down();
        let issuer = second.issuer().unwrap().clone();
        joins.certify(Claim::Joins { absorbed, into: village }.signed(&issuer));
        second.commit_quietly(joins).unwrap();
        // The copy is the first laptop's folder started somewhere else, by somebody who says that it was moved.
        drop(laptop);
        let copy_dir = copy_of(&laptop_dir);
        let laptop = open(laptop_dir.path(), seed * 8 + 2);
        let mut copy = open(copy_dir.path(), seed * 8 + 4);
        copy.accept_move().unwrap();
        let mut county = County {
            _dirs: vec![township_dir, laptop_dir, second_dir, copy_dir],
            stores: vec![township, laptop, second, copy],
            newer,
            village,
            pool: Vec::new(),
        };
        // Everybody knows by now who belongs to whom; the copy will learn it when somebody tells it.
        for (from, to) in [(TOWNSHIP, LAPTOP), (LAPTOP, TOWNSHIP), (SECOND, TOWNSHIP), (TOWNSHIP, SECOND)] {
            county.exchange(from, to);
        }
        county
    }

    /// Everything that one store holds goes to the pool, and to another store.
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

    /// Everything that one store holds.
    pub fn all(&self, from: usize) -> Vec<Segment> {
        self.stores[from].whole_streams(|_| true).unwrap()
    }

    /// The keys that sign the heads.
    pub fn keys(&self) -> Vec<ReplicaKey> {
        let mut keys: Vec<ReplicaKey> = self.stores.iter().map(|s| s.replica().clone()).collect();
        keys.push(self.newer.key.clone());
        keys
    }

    /// Somebody does something.
    pub fn act(&mut self, dice: &mut Dice) {
        let who = dice.below(4);
        match dice.below(28) {
            0..=2 => self.add(who, dice),
            3..=6 => self.edit(who, dice),
            7..=9 => self.post(who, dice),
            10 | 11 => self.reverse(who, dice),
            12..=14 => self.undo(who, dice),
            15 => self.void(who, dice),
            16 | 17 => self.join(who, dice),
            18..=20 => self.settle(who, dice),
            21 => self.write_as_newer_version(dice),
            22 => self.redact(dice),
            23 => self.revoke(dice),
            _ => {
                let (from, to) = (dice.below(4), dice.below(4));
                if from != to {
                    self.exchange(from, to);
                }
            }
        }
    }

    fn members(&self, who: usize) -> Vec<Record> {
        self.stores[who].records_of(&member::TABLE, self.village).unwrap()
    }

    fn commit(&mut self, who: usize, intent: Intent) {
        // What changes nothing is refused, and what a newer version has frozen; everything else must go through.
        if !intent.is_empty() {
            match self.stores[who].commit(intent) {
                Ok(_) | Err(StoreError::Newer) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    fn add(&mut self, who: usize, dice: &mut Dice) {
        let mut intent = Intent::new("添人").of(self.village);
        let (id, yard) = (self.stores[who].new_id(), self.stores[who].new_id());
        let name = ["王秀英", "李国强"][dice.below(2)];
        intent
            .create(&member::TABLE, id)
            .put(member::NAME, name)
            .put(
                member::ID_NUMBER,
                ["511722198507010018", "511722198507010026", "511722850701001"][dice.below(3)],
            )
            .add(member::PHONES, format!("1380000{:04}", dice.below(10_000)));
        if dice.below(2) == 0 {
            intent.create(&courtyard::TABLE, yard).put(courtyard::NAME, "石院坝");
        }
        self.commit(who, intent);
    }

    fn edit(&mut self, who: usize, dice: &mut Dice) {
        let members = self.members(who);
        let mut intent = Intent::new("改人").of(self.village);
        // One intent may write to several records.
        for _ in 0..=dice.below(2) {
            let Some(record) = dice.pick(&members) else { return };
            let draft = intent.edit(record);
            draft.put(member::EDUCATION, ["31", "61", "71"][dice.below(3)]);
            draft.put(member::JOB, dice.below(4) as i64);
            if dice.below(3) == 0 {
                let phones: Vec<Value> = record.set(member::PHONES).into_iter().cloned().collect();
                phones.first().map(|p| draft.remove(member::PHONES, p));
                draft.add(member::PHONES, "13900000000");
            }
        }
        self.commit(who, intent);
    }

    fn post(&mut self, who: usize, dice: &mut Dice) {
        let members = self.members(who);
        let Some(record) = dice.pick(&members) else { return };
        let mut intent = Intent::new("记分").of(self.village);
        for rule in 0..=dice.below(3) / 2 {
            intent.entry(NewEntry {
                ledger: Ledger::Points,
                from: self.village,
                to: record.id,
                amount: 1 + dice.below(3) as i64,
                key: vec![(rule as i64).into()],
                on: format!("2026-06-0{}", 1 + dice.below(2)),
                rule: "study".into(),
                terms: vec![],
            });
        }
        self.commit(who, intent);
    }

    fn reverse(&mut self, who: usize, dice: &mut Dice) {
        let filter = EntryFilter { ledger: Ledger::Points, account: None, org: None };
        let entries = self.stores[who].entries(filter).unwrap();
        let Some(entry) = dice.pick(&entries) else { return };
        let mut intent = Intent::new("冲销").of(self.village);
        intent.reverse(entry.key, "记错了人");
        self.commit(who, intent);
    }

    /// Undo, or undo of an undo.
    fn undo(&mut self, who: usize, dice: &mut Dice) {
        let groups: Vec<GroupId> = self.stores[who]
            .groups(20)
            .unwrap()
            .into_iter()
            .filter(|g| !g.undone && !g.text.contains("停用"))
            .map(|g| g.group)
            .collect();
        if let Some(group) = dice.pick(&groups) {
            self.stores[who].undo(Some(*group)).unwrap();
        }
    }

    /// Declares a record void, or takes that back.
    fn void(&mut self, who: usize, dice: &mut Dice) {
        let members = self.members(who);
        let Some(record) = dice.pick(&members) else { return };
        let mut intent = Intent::new("作废").of(self.village);
        match record.voided() {
            false => intent.edit(record).void("重复登记"),
            true => intent.edit(record).put(yuanba_core::record::VOIDED, Value::Null),
        };
        self.commit(who, intent);
    }

    /// Says that two records are one person, or that they are two; sometimes of what is no person here.
    fn join(&mut self, who: usize, dice: &mut Dice) {
        let mut ids: Vec<Id> = self.members(who).iter().map(|r| r.id).collect();
        let yards = self.stores[who].records_of(&courtyard::TABLE, self.village).unwrap();
        ids.extend(yards.first().map(|r| r.id));
        ids.push(Id([dice.below(2) as u8 * 255; 16]));
        let (Some(first), Some(second)) = (dice.pick(&ids).copied(), dice.pick(&ids).copied()) else {
            return;
        };
        let edge = self.stores[who].new_id();
        let mut intent = Intent::new("同一人").of(self.village);
        intent
            .create(&person_edge::TABLE, edge)
            .put(person_edge::FIRST, first)
            .put(person_edge::SECOND, second)
            .put(person_edge::SAME, dice.below(3) > 0);
        self.commit(who, intent);
    }

    /// Somebody hears of what others have, and says which of two stands.
    fn settle(&mut self, who: usize, dice: &mut Dice) {
        let from = dice.below(4);
        if from != who {
            self.exchange(from, who);
        }
        let doubts = self.stores[who].conflicts().unwrap();
        let Some(doubt) = dice.pick(&doubts) else { return };
        let side = doubt.sides[dice.below(doubt.sides.len())].letter;
        match self.stores[who].settle(&doubt.id, side, "按签到表") {
            Ok(_) | Err(StoreError::Newer) => {}
            Err(error) => panic!("{error}"),
        }
    }

    fn write_as_newer_version(&mut self, dice: &mut Dice) {
        let members = self.members(dice.below(4));
        let entity = dice.pick(&members).map_or(Id([9; 16]), |r| r.id);
        let stream = self.newer.stream(self.village, Lane::Up);
        let segment = match dice.below(4) {
            0 => self.newer.write_raw(stream, 4711, true, entity, vec![1]),
            1 => self.newer.write_raw(stream, 4712, false, entity, vec![]),
            // A known kind in a form that nobody here can read.
            2 => self.newer.write_raw(stream, 1, false, entity, vec![0x80, 0x03, 0x80]),
            _ => {
                let item = (member::JOB.number, ItemOp::Put(vec![]), Value::from("新"));
                let draft = record(&stream, member::TABLE.number, entity, vec![item]);
                self.newer.write(stream, vec![draft])
            }
        };
        self.pool.push(segment.clone());
        if dice.below(2) == 0 {
            self.stores[TOWNSHIP].apply(vec![segment]).unwrap();
        }
    }

    /// The township erases what one or two changes say.
    fn redact(&mut self, dice: &mut Dice) {
        let written: Vec<ChangeRef> = self
            .pool
            .iter()
            .flat_map(|s| &s.changes)
            .filter(|c| matches!(c.header.kind, Kind::Record | Kind::Choice | Kind::Reversal))
            .filter(|c| c.header.stream.org == self.village)
            .map(|c| c.reference())
            .collect();
        let named: Vec<ChangeRef> = (0..2).filter_map(|_| dice.pick(&written).copied()).collect();
        if named.is_empty() {
            return;
        }
        let mut intent = Intent::new("删去").of(self.village);
        intent.redact(named, "本人要求");
        self.commit(TOWNSHIP, intent);
    }

    /// The township, or the first laptop at the same time, stops the second laptop or the newer one, at a place that may be
    /// behind it already or not yet here, and perhaps in sight of what was decided before.
    fn revoke(&mut self, dice: &mut Dice) {
        let stopped =
            if dice.below(2) == 0 { self.stores[SECOND].replica().id() } else { self.newer.key.id() };
        let who = if dice.below(3) == 0 { LAPTOP } else { TOWNSHIP };
        let written: Vec<Cut> = self
            .pool
            .iter()
            .chain(&self.all(SECOND))
            .filter(|s| s.stream.replica == stopped)
            .flat_map(|s| &s.changes)
            .map(|c| Cut {
                org: c.header.stream.org,
                lane: c.header.stream.lane,
                seq: c.header.seq,
                hash: c.hash,
            })
            .collect();
        let mut cuts: Vec<Cut> = Vec::new();
        for _ in 0..4 {
            let Some(cut) = dice.pick(&written) else { continue };
            if !cuts.iter().any(|c| (c.org, c.lane) == (cut.org, cut.lane)) {
                cuts.push(*cut);
            }
        }
        let replaces = match dice.below(2) {
            0 => Vec::new(),
            _ => self.stores[who].authority().revocations_of(stopped),
        };
        let mut intent = Intent::new("停用").of(self.village).down();
        intent.revoke(Revocation { replica: stopped, cuts, replaces }, "电脑丢了");
        self.commit(who, intent);
    }
}

/// Cuts segments at random ends of groups; the replicas sign the new heads, as they would have done at that time.
pub fn pieces(segments: Vec<Segment>, keys: &[ReplicaKey], dice: &mut Dice) -> Vec<Segment> {
    let mut pieces = Vec::new();
    for mut segment in segments {
        let key = keys.iter().find(|k| k.id() == segment.stream.replica).unwrap();
        while segment.changes.len() > 1 {
            let at = 1 + dice.below((segment.changes.len() - 1).min(12));
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

/// How often each thing occurred.
pub type Occurred = BTreeMap<&'static str, u64>;
