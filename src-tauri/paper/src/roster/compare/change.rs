//! What a row changes about somebody held. An empty cell says nothing, and neither does a mask of the value held.

use yuanba_core::Phone;
use yuanba_core::width::without_blanks;

use super::super::reading::{Change, ReadRow};
use super::super::{Code, Field, Value, Values};

/// Changes by field.
type Changes = Vec<(Field, Change)>;

/// The changes of a row, and what it has less precisely than what is held.
pub(super) fn changes(row: &ReadRow, held: &Values) -> (Changes, Changes) {
    let (mut changes, mut kept) = (Vec::new(), Vec::new());
    // What was only taken from the identity number is nothing that the file says.
    for (field, new) in row.values.iter().filter(|(field, _)| !row.derived.contains(field)) {
        let old = held.get(field);
        match old.map_or(Said::Other, |old| said(old, new)) {
            Said::Same => {}
            Said::Less => kept.push((field, (old.cloned(), Some(new.clone())))),
            Said::Other => changes.push((field, (old.cloned(), Some(new.clone())))),
        }
    }
    (changes, kept)
}

enum Said {
    Same,
    Less,
    Other,
}

/// What a new value says beside the old one.
fn said(old: &Value, new: &Value) -> Said {
    let same = match (old, new) {
        (Value::Date(old), Value::Date(new)) if old.refines(new) => return Said::Less,
        (Value::Education(old), Value::Education(new)) if new.number() % 10 == 0 && old != new => {
            // 10, 20, 30 … name a level without saying how it ended.
            return if old.number() / 10 == new.number() / 10 { Said::Less } else { Said::Other };
        }
        (Value::Phones(old), Value::Phones(new)) => {
            old.len() == new.len() && new.iter().all(|phone| old.contains(phone))
        }
        (Value::Text(old), Value::Text(new)) => old == new || without_blanks(old) == without_blanks(new),
        (old, new) => old == new,
    };
    if same { Said::Same } else { Said::Other }
}

/// Takes out of a row what is only the mask of a value held: it says nothing (IMPORT).
pub(super) fn forget_masks(row: &mut ReadRow, held: &Values) {
    for field in [Field::IdNumber, Field::Phones] {
        let masked = row.problems.iter().any(|p| p.field == field && p.code == Code::ValueMasked);
        let raw = row.raw.iter().position(|(f, _)| *f == field);
        let Some(raw) = raw.filter(|_| masked) else { continue };
        let text = without_blanks(&row.raw[raw].1);
        let says_nothing = match field {
            Field::IdNumber => held.id_number().is_some_and(|id| id.mask() == text),
            _ => {
                let masks: Vec<String> = held.phones().iter().map(Phone::mask).collect();
                text.split(['/', '、', ',', ';', '，', '；'])
                    .all(|piece| masks.iter().any(|mask| mask == piece))
            }
        };
        if says_nothing {
            row.raw.remove(raw);
            row.problems.retain(|p| !(p.field == field && p.code == Code::ValueMasked));
        }
    }
}
