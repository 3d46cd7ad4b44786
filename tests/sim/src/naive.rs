//! The fold once more, written as the rules say it, without a thought for speed and without a line of the store's: from
//! the changes that one store holds to ledgers and to the values that stand in the fields of records.

use std::collections::{BTreeMap, BTreeSet};

use yuanba_core::{Id, Value};
use yuanba_journal::payload::{
    Choice, Entry, ItemOp, Ledger, RecordWrite, Redaction, Retract, Reversal, decode_values,
};
use yuanba_journal::{Change, ChangeRef, Hash, Kind, Stamp, StreamId};
use yuanba_store::{SetAside, Why};

use crate::held::{Journal, Place, place};

/// A group: its first change.
type Group = ChangeRef;

/// What counts of what is held, by the rules.
pub struct Counting<'a> {
    changes: Vec<(&'a Change, Group)>,
    back: BTreeSet<Group>,
    /// Changes whose words somebody has erased
    pub erased: BTreeSet<ChangeRef>,
}

/// Which of several writes is the greater.
type Rank = (Stamp, Id, Hash);

fn rank(change: &Change) -> Rank {
    (change.header.stamp, change.header.stream.replica, change.hash)
}

/// The group of every change, by its place.
fn groups(journal: &Journal) -> BTreeMap<Place, Group> {
    let mut groups = BTreeMap::new();
    let before: BTreeMap<(StreamId, u64, Hash), &Change> =
        journal.changes.iter().map(|(place, change)| (*place, change)).collect();
    for change in journal.changes.values() {
        let mut first = change;
        while first.header.group_index > 0 {
            let prev = first.header.prev.expect("it has one before it");
            first = before[&(first.header.stream, first.header.seq - 1, prev)];
        }
        groups.insert(place(change), first.reference());
    }
    groups
}

impl<'a> Counting<'a> {
    /// What counts: all but what is set aside, and of groups that were taken back the writes that are said to be so.
    pub fn of(journal: &'a Journal, aside: &[SetAside]) -> Counting<'a> {
        let aside: BTreeSet<ChangeRef> =
            aside.iter().filter(|one| one.why != Why::NotAbove).map(|one| one.change).collect();
        let groups = groups(journal);
        let changes: Vec<(&Change, Group)> = journal
            .changes
            .iter()
            .filter(|(_, change)| !aside.contains(&change.reference()))
            .map(|(place, change)| (change, groups[place]))
            .collect();
        let mut retractions: BTreeMap<Group, Vec<Group>> = BTreeMap::new();
        for (change, group) in &changes {
            let home = change.header.stream;
            if change.header.kind == Kind::Retract
                && let Ok(retract) = Retract::from_cbor(&change.header.kept, &home)
                && retract.first.stream.org == home.org
            {
                retractions.entry(retract.first).or_default().push(*group);
            }
        }
        let back = retractions.keys().filter(|group| taken_back(group, &retractions)).copied().collect();
        let erased = journal
            .changes
            .values()
            .filter(|change| change.header.kind == Kind::Redaction)
            .filter_map(|change| Redaction::from_cbor(&change.header.kept, &change.header.stream).ok())
            .flat_map(|redaction| redaction.changes)
            .collect();
        Counting { changes, back, erased }
    }

    /// What each key of the points ledger moves, by the organisation as `org_of` has it.
    pub fn points(&self, org_of: impl Fn(Id) -> Id) -> BTreeMap<(Id, Id), Moved> {
        let mut keys: BTreeMap<(Id, Id), Vec<(&Change, bool)>> = BTreeMap::new();
        for (change, group) in &self.changes {
            let header = &change.header;
            let key = match header.kind {
                Kind::Entry => Entry::from_cbor(&header.kept).ok().map(|entry| entry.key()),
                Kind::Reversal => Reversal::from_cbor(&header.kept).ok().map(|reversal| reversal.key),
                Kind::Choice => Choice::from_cbor(&header.kept, &header.stream).ok().map(|choice| choice.key),
                _ => None,
            };
            if let Some(key) = key {
                keys.entry((org_of(header.stream.org), key))
                    .or_default()
                    .push((change, self.back.contains(group)));
            }
        }
        keys.into_iter().filter_map(|(key, written)| Some((key, moved(&written)?))).collect()
    }

    /// The values that stand in every register of the records that are one: those that no other counting write has seen.
    pub fn registers(
        &self,
        ids: &BTreeSet<Id>,
        org: Id,
        org_of: impl Fn(Id) -> Id,
    ) -> BTreeMap<u16, BTreeSet<Option<Value>>> {
        let mut writes: Vec<Write> = Vec::new();
        for (change, group) in &self.changes {
            let header = &change.header;
            let about = header.entity.is_some_and(|entity| ids.contains(&entity));
            if header.kind != Kind::Record || !about || org_of(header.stream.org) != org {
                continue;
            }
            let Ok(write) = RecordWrite::from_cbor(&header.kept, &header.stream) else { continue };
            let values =
                change.body.as_ref().and_then(|body| decode_values(&body.bytes, write.items.len()).ok());
            for (at, item) in write.items.iter().enumerate() {
                let (seen, puts) = match &item.op {
                    ItemOp::Put(seen) => (seen, true),
                    ItemOp::Saw(seen) => (seen, false),
                    ItemOp::Add | ItemOp::Remove(_) => continue,
                };
                let value = values.as_ref().map(|values| values[at].clone());
                let counts = !self.back.contains(group);
                writes.push((
                    change.reference(),
                    item.field,
                    seen.iter().copied().collect(),
                    value,
                    puts,
                    counts,
                ));
            }
        }
        let mut fields: BTreeMap<u16, BTreeSet<Option<Value>>> = BTreeMap::new();
        for (reference, field, _, value, _, _) in writes.iter().filter(|write| write.4 && write.5) {
            let seen = writes.iter().any(|(by, other, seen, _, puts, counts)| {
                *counts
                    && *puts
                    && other == field
                    && by != reference
                    && reaches(seen, reference, *field, &writes)
            });
            if !seen {
                fields.entry(*field).or_default().insert(value.clone());
            }
        }
        fields
    }
}

/// A write to a register: which change, which field, what it saw, what it put, whether it puts, whether it counts.
type Write = (ChangeRef, u16, BTreeSet<ChangeRef>, Option<Value>, bool, bool);

/// Whether what was seen is a write, or has itself seen it.
fn reaches(seen: &BTreeSet<ChangeRef>, wanted: &ChangeRef, field: u16, writes: &[Write]) -> bool {
    let mut open: Vec<ChangeRef> = seen.iter().copied().collect();
    let mut reached = BTreeSet::new();
    while let Some(next) = open.pop() {
        if next == *wanted {
            return true;
        }
        if reached.insert(next) {
            open.extend(writes.iter().filter(|w| w.0 == next && w.1 == field).flat_map(|w| &w.2));
        }
    }
    false
}

fn taken_back(group: &Group, retractions: &BTreeMap<Group, Vec<Group>>) -> bool {
    retractions.get(group).is_some_and(|by| by.iter().any(|other| !taken_back(other, retractions)))
}

/// What stands under a key.
#[derive(Debug, PartialEq, Eq)]
pub struct Moved {
    /// The account that gives
    pub from: Id,
    /// The account that receives
    pub to: Id,
    /// What moves
    pub amount: i64,
}

/// The first entry that was not taken back stands, or the one that a person named; a reversal makes it move nothing.
fn moved(written: &[(&Change, bool)]) -> Option<Moved> {
    let of = |kind: Kind| written.iter().filter(move |(change, _)| change.header.kind == kind);
    let mut entries: Vec<(bool, Rank, ChangeRef, Entry)> = of(Kind::Entry)
        .filter_map(|(change, back)| {
            let entry = Entry::from_cbor(&change.header.kept).ok()?;
            Some((*back, rank(change), change.reference(), entry))
        })
        .filter(|(_, _, _, entry)| entry.ledger == Ledger::Points)
        .collect();
    entries.sort_by_key(|(back, rank, _, _)| (*back, *rank));
    let choices: Vec<(Rank, ChangeRef, Choice, bool)> = of(Kind::Choice)
        .filter_map(|(change, back)| {
            let choice = Choice::from_cbor(&change.header.kept, &change.header.stream).ok()?;
            Some((rank(change), change.reference(), choice, *back))
        })
        .collect();
    // A choice is over when a later one has seen it, at whatever distance.
    let over = |reference: &ChangeRef| {
        let mut open: Vec<ChangeRef> =
            choices.iter().filter(|c| !c.3).flat_map(|c| c.2.replaces.iter().copied()).collect();
        let mut reached = BTreeSet::new();
        while let Some(next) = open.pop() {
            if reached.insert(next) {
                for earlier in choices.iter().filter(|c| c.1 == next) {
                    open.extend(earlier.2.replaces.iter().copied().chain([earlier.2.stands]));
                }
            }
        }
        reached.contains(reference)
    };
    let mut named: Vec<(Rank, ChangeRef)> = choices
        .iter()
        .filter(|(_, reference, _, back)| !back && !over(reference))
        .filter(|(_, _, choice, _)| entries.iter().any(|e| !e.0 && e.2 == choice.stands))
        .map(|(rank, _, choice, _)| (*rank, choice.stands))
        .collect();
    named.sort_unstable();
    let standing = match named.last() {
        Some((_, stands)) => entries.iter().find(|e| e.2 == *stands)?,
        None => entries.first()?,
    };
    let reversed = standing.0 || of(Kind::Reversal).any(|(_, back)| !back);
    let entry = &standing.3;
    Some(Moved { from: entry.from, to: entry.to, amount: if reversed { 0 } else { entry.amount } })
}
