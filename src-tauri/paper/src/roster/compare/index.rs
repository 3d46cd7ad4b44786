//! Those held, found by number and by name.

use std::collections::HashMap;

use yuanba_core::IdNumber;

use super::super::{Field, Values};
use super::Held;

/// The places of those held.
pub(super) struct Index<'a> {
    numbers: HashMap<IdNumber, Vec<usize>>,
    names: HashMap<&'a str, Vec<usize>>,
}

impl<'a> Index<'a> {
    pub(super) fn new(held: &'a [Held]) -> Self {
        let mut index = Self { numbers: HashMap::new(), names: HashMap::new() };
        for (at, person) in held.iter().enumerate() {
            if let Some(number) = person.values.id_number() {
                index.numbers.entry(number).or_default().push(at);
            }
            if let Some(name) = person.values.name() {
                index.names.entry(name).or_default().push(at);
            }
        }
        index
    }

    /// Those with the identity number of a row.
    pub(super) fn by_number(&self, row: &Values) -> &[usize] {
        row.id_number().and_then(|number| self.numbers.get(&number)).map_or(&[], Vec::as_slice)
    }

    /// Those with the name of a row.
    pub(super) fn by_name(&self, row: &Values) -> &[usize] {
        row.name().and_then(|name| self.names.get(name)).map_or(&[], Vec::as_slice)
    }
}

/// Whether two of one name can be one person: nothing that a person has only one of tells them apart.
pub(super) fn may_be_same(a: &Values, b: &Values) -> bool {
    if let (Some(a), Some(b)) = (a.id_number(), b.id_number()) {
        return a == b;
    }
    let births = a.date(Field::BirthDate).zip(b.date(Field::BirthDate));
    let sexes = a.sex().zip(b.sex());
    births.is_none_or(|(a, b)| a.agrees_with(&b)) && sexes.is_none_or(|(a, b)| a == b)
}
