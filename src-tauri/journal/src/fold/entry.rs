//! Folding the entries, reversals and choices of one ledger key (JOURNAL §5).

use std::collections::BTreeSet;

use minicbor::Encoder;
use yuanba_core::Value;

use super::Origin;
use crate::payload::{Choice, Entry};
use crate::{ChangeRef, Hash};

/// A change of a ledger key. Only changes that count are inputs.
#[derive(Debug, Clone)]
pub enum EntryInput {
    /// An entry, and whether its group was taken back
    Entry(Origin, Entry, bool),
    /// A reversal, unless it was taken back
    Reversal(Origin),
    /// A choice, and whether it was taken back; what it replaced stays replaced
    Choice(Origin, Choice, bool),
}

/// A key of a ledger after the fold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryState {
    /// The entry that counts under this key
    pub standing: Entry,
    /// The change that wrote it
    pub origin: Origin,
    /// Entries of the same key with another amount or other accounts, until a person who has seen them names the one that
    /// stands; also those that two persons named without having seen each other's choice
    pub rivals: Vec<(Origin, Entry)>,
    /// The choices that no other has replaced: what a further one has to name
    pub choices: Vec<ChangeRef>,
    /// What reversed it: a reversal, or the undo of its group
    pub reversed: Option<Reversed>,
}

/// Why an entry no longer moves anything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reversed {
    /// By an entry of its own, with a reason
    By(Origin),
    /// Its group was taken back
    TakenBack,
}

impl EntryState {
    /// What moves from one account to the other: the amount, or nothing when it was reversed.
    pub fn moves(&self) -> i64 {
        if self.reversed.is_some() { 0 } else { self.standing.amount }
    }

    /// BLAKE3 over what is shown: the kept part of the entry that stands ‖ 1 if it was reversed, else 0 ‖ the sorted and
    /// different `[from, to, amount]` of its rivals.
    pub fn digest(&self) -> Hash {
        Hash::of(&[&self.digested()])
    }

    /// The bytes that [`EntryState::digest`] hashes.
    pub fn digested(&self) -> Vec<u8> {
        let mut bytes = self.standing.to_cbor();
        bytes.push(u8::from(self.reversed.is_some()));
        let mut rivals: Vec<Vec<u8>> = self.rivals.iter().map(|(_, e)| facts(e)).collect();
        rivals.sort();
        rivals.dedup();
        bytes.extend(rivals.concat());
        bytes
    }
}

fn facts(entry: &Entry) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut e = Encoder::new(&mut bytes);
    let list = Value::List(vec![entry.from.into(), entry.to.into(), entry.amount.into()]);
    list.encode(&mut e).expect("a Vec takes every byte");
    bytes
}

/// Folds one key. `None` when no counting entry is under it: a reversal may come before what it reverses.
pub fn fold_entries(inputs: &[EntryInput]) -> Option<EntryState> {
    let mut entries: Vec<(&Origin, &Entry, bool)> = Vec::new();
    let mut choices: Vec<(&Origin, &Choice, bool)> = Vec::new();
    let mut reversal: Option<&Origin> = None;
    for input in inputs {
        match input {
            EntryInput::Entry(origin, entry, taken_back) => entries.push((origin, entry, *taken_back)),
            EntryInput::Choice(origin, choice, taken_back) => choices.push((origin, choice, *taken_back)),
            EntryInput::Reversal(origin) => {
                reversal =
                    Some(reversal.map_or(origin, |r| if origin.rank() < r.rank() { origin } else { r }));
            }
        }
    }
    entries.sort_by_key(|(origin, _, taken_back)| (*taken_back, origin.rank()));
    let (latest, seen) = latest_choices(&choices);
    let named: Vec<usize> = latest
        .iter()
        .filter_map(|(_, choice)| {
            entries.iter().position(|(o, _, taken_back)| !taken_back && o.reference() == choice.stands)
        })
        .collect();
    let (origin, standing, taken_back) = *entries.get(named.first().copied().unwrap_or(0))?;
    let same = facts(standing);
    // What a person has seen and passed over is settled, and so is another laptop's entry of the same amount.
    let passed_over: Vec<Vec<u8>> = entries
        .iter()
        .enumerate()
        .filter(|(at, (o, _, _))| !named.is_empty() && !named.contains(at) && seen.contains(&o.reference()))
        .map(|(_, (_, entry, _))| facts(entry))
        .filter(|passed| !named.iter().any(|at| facts(entries[*at].1) == *passed))
        .collect();
    let rivals = entries
        .iter()
        .filter(|(_, entry, gone)| {
            let own = facts(entry);
            !gone && own != same && !passed_over.contains(&own)
        })
        .map(|(o, e, _)| ((*o).clone(), (*e).clone()))
        .collect();
    let reversed = match reversal {
        Some(origin) => Some(Reversed::By(origin.clone())),
        None if taken_back => Some(Reversed::TakenBack),
        None => None,
    };
    Some(EntryState {
        standing: standing.clone(),
        origin: origin.clone(),
        rivals,
        choices: latest.iter().map(|(o, _)| o.reference()).collect(),
        reversed,
    })
}

/// The choices that nobody has replaced, the greatest first, and everything that they and those before them saw.
fn latest_choices<'a>(
    choices: &[(&'a Origin, &'a Choice, bool)],
) -> (Vec<(&'a Origin, &'a Choice)>, BTreeSet<ChangeRef>) {
    let mut seen: BTreeSet<ChangeRef> = BTreeSet::new();
    let mut open: Vec<ChangeRef> = Vec::new();
    for (_, choice, _) in choices.iter().filter(|(_, _, taken_back)| !taken_back) {
        open.extend(&choice.replaces);
    }
    while let Some(next) = open.pop() {
        if seen.insert(next) {
            for (_, before, _) in choices.iter().filter(|(o, _, _)| o.reference() == next) {
                open.extend(&before.replaces);
                open.push(before.stands);
            }
        }
    }
    let mut latest: Vec<(&Origin, &Choice)> = choices
        .iter()
        .filter(|(o, _, taken_back)| !taken_back && !seen.contains(&o.reference()))
        .map(|(o, choice, _)| (*o, *choice))
        .collect();
    latest.sort_by_key(|(o, _)| std::cmp::Reverse(o.rank()));
    (latest, seen)
}
