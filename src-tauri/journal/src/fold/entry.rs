//! Folding the entries, reversals and choices of one ledger key (JOURNAL §5).

use minicbor::Encoder;
use yuanba_core::Value;

use super::Origin;
use crate::Hash;
use crate::payload::{Choice, Entry};

/// A change of a ledger key. Only changes that count are inputs.
#[derive(Debug, Clone)]
pub enum EntryInput {
    /// An entry, and whether its group was taken back
    Entry(Origin, Entry, bool),
    /// A reversal, unless it was taken back
    Reversal(Origin),
    /// A choice, unless it was taken back
    Choice(Origin, Choice),
}

/// A key of a ledger after the fold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryState {
    /// The entry that counts under this key
    pub standing: Entry,
    /// The change that wrote it
    pub origin: Origin,
    /// Entries of the same key with another amount or other accounts, until a person names the one that stands
    pub rivals: Vec<(Origin, Entry)>,
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

    /// BLAKE3 over what is shown.
    pub fn digest(&self) -> Hash {
        let mut bytes = self.standing.to_cbor();
        bytes.push(u8::from(self.reversed.is_some()));
        let mut rivals: Vec<Vec<u8>> = self.rivals.iter().map(|(_, e)| facts(e)).collect();
        rivals.sort();
        rivals.dedup();
        Hash::of(&[&bytes, &rivals.concat()])
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
    let mut choices: Vec<(&Origin, &Choice)> = Vec::new();
    let mut reversal: Option<&Origin> = None;
    for input in inputs {
        match input {
            EntryInput::Entry(origin, entry, taken_back) => entries.push((origin, entry, *taken_back)),
            EntryInput::Choice(origin, choice) => choices.push((origin, choice)),
            EntryInput::Reversal(origin) => {
                reversal =
                    Some(reversal.map_or(origin, |r| if origin.rank() < r.rank() { origin } else { r }));
            }
        }
    }
    entries.sort_by_key(|(origin, _, taken_back)| (*taken_back, origin.rank()));
    let chosen = choices
        .iter()
        .filter(|(o, _)| !choices.iter().any(|(_, other)| other.replaces.contains(&o.reference())))
        .max_by_key(|(o, _)| o.rank())
        .and_then(|(_, choice)| {
            entries.iter().position(|(o, _, taken_back)| !taken_back && o.reference() == choice.stands)
        });
    let (origin, standing, taken_back) = *entries.get(chosen.unwrap_or(0))?;
    let rivals = if chosen.is_some() {
        Vec::new()
    } else {
        let same = facts(standing);
        entries
            .iter()
            .filter(|(_, entry, gone)| !gone && facts(entry) != same)
            .map(|(o, e, _)| ((*o).clone(), (*e).clone()))
            .collect()
    };
    let reversed = match reversal {
        Some(origin) => Some(Reversed::By(origin.clone())),
        None if taken_back => Some(Reversed::TakenBack),
        None => None,
    };
    Some(EntryState { standing: standing.clone(), origin: origin.clone(), rivals, reversed })
}
