//! Persons who stand twice in one file.

use std::collections::HashMap;

use super::super::{Field, RosterRow, Values};
use super::index::may_be_same;

/// Rows of one name beyond this number are not compared pair by pair: no roster has so many.
const NAMESAKES_MAX: usize = 200;

/// Which rows are about one person.
pub(super) struct Twice {
    // Of each row, its group.
    of: HashMap<usize, usize>,
    // The field by which they are known, the places of the rows, and their numbers.
    groups: Vec<(Field, Vec<usize>, Vec<u32>)>,
}

impl Twice {
    /// Finds rows of one identity number, and rows of one name that nothing tells apart.
    pub(super) fn find(rows: &[RosterRow]) -> Self {
        let mut twice = Self { of: HashMap::new(), groups: Vec::new() };
        let mut numbers: HashMap<_, Vec<usize>> = HashMap::with_capacity(rows.len());
        let mut names: HashMap<&str, Vec<usize>> = HashMap::with_capacity(rows.len());
        for (at, row) in rows.iter().enumerate() {
            let Some(name) = row.values.name() else { continue };
            if let Some(number) = row.values.id_number() {
                numbers.entry(number).or_default().push(at);
            }
            names.entry(name).or_default().push(at);
        }
        let numbers = numbers.into_values().filter(|group| group.len() > 1);
        numbers.for_each(|group| twice.add(Field::IdNumber, rows, group));
        for group in names.into_values().filter(|group| group.len() > 1) {
            let without_number = |at: &&usize| rows[**at].values.id_number().is_none();
            if group.len() > NAMESAKES_MAX {
                twice.add(Field::Name, rows, group.iter().filter(without_number).copied().collect());
                continue;
            }
            let like_another = |at: &usize| {
                let same = |other: &usize| other != at && is_same(&rows[*at].values, &rows[*other].values);
                group.iter().any(same)
            };
            twice.add(Field::Name, rows, group.iter().copied().filter(like_another).collect());
        }
        twice
    }

    fn add(&mut self, field: Field, rows: &[RosterRow], mut group: Vec<usize>) {
        if group.len() < 2 {
            return;
        }
        let numbers = group.iter().map(|at| rows[*at].row).collect();
        // Who is known to stand twice by the number needs no second reason; who only has the name still does.
        group.retain(|at| !self.of.contains_key(at));
        group.iter().for_each(|at| _ = self.of.insert(*at, self.groups.len()));
        self.groups.push((field, group, numbers));
    }

    /// The groups: the field by which they are known, and the places of the rows.
    pub(super) fn groups(&self) -> impl Iterator<Item = (Field, &[usize])> {
        self.groups.iter().map(|(field, group, _)| (*field, &group[..]))
    }

    /// The field by which the row at this place is known to stand twice.
    pub(super) fn field(&self, at: usize) -> Option<Field> {
        self.of.get(&at).map(|group| self.groups[*group].0)
    }

    /// The rows of its group, for people: `第 12、17 行`.
    pub(super) fn rows(&self, at: usize) -> String {
        let Some(group) = self.of.get(&at) else { return String::new() };
        let numbers: Vec<String> = self.groups[*group].2.iter().take(10).map(u32::to_string).collect();
        format!("第 {} 行", numbers.join("、"))
    }
}

/// Whether two rows of one name may be one person. Without birth dates, telephones that differ tell two people apart: in
/// one file nobody has changed the number between two rows.
fn is_same(a: &Values, b: &Values) -> bool {
    if a.id_number().is_some() && b.id_number().is_some() {
        return false;
    }
    let births = a.get(Field::BirthDate).is_some() && b.get(Field::BirthDate).is_some();
    let (phones, others) = (a.phones(), b.phones());
    let other_phones =
        !phones.is_empty() && !others.is_empty() && phones.iter().all(|phone| !others.contains(phone));
    may_be_same(a, b) && (births || !other_phones)
}
