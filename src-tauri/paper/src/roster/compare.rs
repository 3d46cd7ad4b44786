//! How the rows of a file stand to those already held (IMPORT, "Merging").

mod change;
mod index;
mod twice;

use yuanba_core::width::without_blanks;

use super::reading::{Counts, Doubt, ImportReading, ReadRow, Status};
use super::{Code, Field, Problem, Roster, RosterRow, Values};
use change::{changes, forget_masks};
use index::{Index, may_be_same};
use twice::Twice;

/// Somebody who is held already.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Held {
    /// The record's id; opaque here.
    pub id: String,
    /// What is held of the person.
    pub values: Values,
    /// Whether the person has left: transferred out, died, was removed (RULES §6).
    pub has_left: bool,
}

/// What a row turned out to be; persons held are named by their place.
enum Verdict {
    New,
    Same(usize),
    Doubt(Doubt, Vec<usize>),
}

/// Compares what was read with those held. Nothing is written by this: it is the dry run.
pub fn compare(file: &str, roster: Roster, held: &[Held]) -> ImportReading {
    let twice = Twice::find(&roster.rows);
    let mut comparison = Comparison {
        held,
        index: Index::new(held),
        taken: vec![None; held.len()],
        named: vec![false; held.len()],
    };
    let mut rows: Vec<ReadRow> = Vec::with_capacity(roster.rows.len());
    for (at, row) in roster.rows.into_iter().enumerate() {
        let mut row = ReadRow::from(row);
        if row.values.name().is_none() {
            row.status = Status::Refused;
        } else {
            let verdict = comparison.verdict(&row, twice.field(at));
            comparison.settle(&mut rows, &mut row, verdict);
        }
        rows.push(row);
    }
    comparison.settle_twice(&mut rows, &twice);
    let mut counts = Counts { skipped: roster.skipped, ..Counts::default() };
    rows.iter().for_each(|row| counts.add(row.status));
    let gone = held.iter().zip(comparison.named).filter(|(held, named)| !held.has_left && !named);
    ImportReading {
        file: file.to_owned(),
        sheet: roster.sheet,
        shape: roster.header.shape(),
        header_rows: roster.header.rows,
        columns: roster.columns,
        counts,
        rows,
        other_sheets: roster.other_sheets,
        not_in_file: gone.map(|(held, _)| held.id.clone()).collect(),
        grid: roster.grid,
    }
}

struct Comparison<'a> {
    held: &'a [Held],
    index: Index<'a>,
    // Of each person held, the place of the row that was found to be the same.
    taken: Vec<Option<usize>>,
    named: Vec<bool>,
}

impl Comparison<'_> {
    fn verdict(&self, row: &ReadRow, twice: Option<Field>) -> Verdict {
        match twice {
            // Rows alike in their name only may each be somebody held, as the export of two such people shows.
            Some(Field::Name) => match self.exact(row, self.index.by_name(&row.values)) {
                Some(same) => Verdict::Same(same),
                None => Verdict::Doubt(Doubt::TwiceInFile, self.alike(row)),
            },
            Some(_) => Verdict::Doubt(Doubt::TwiceInFile, self.index.by_number(&row.values).to_vec()),
            None if row.values.id_number().is_some() => self.by_number(row),
            None => self.by_name(row),
        }
    }

    fn by_number(&self, row: &ReadRow) -> Verdict {
        let same_name = |at: &usize| self.held[*at].values.name() == row.values.name();
        match self.index.by_number(&row.values) {
            [] => {}
            [one] if self.held[*one].has_left => return Verdict::Doubt(Doubt::HasLeft, vec![*one]),
            [one] if same_name(one) => return Verdict::Same(*one),
            [one] => return Verdict::Doubt(Doubt::SameNumberOtherName, vec![*one]),
            more => return Verdict::Doubt(Doubt::NumberHeldTwice, more.to_vec()),
        }
        let alike = self.alike(row);
        if !alike.is_empty() {
            return Verdict::Doubt(Doubt::SameName, alike);
        }
        // Two people of one name and one birthday are rarer than a number that was written down wrong.
        let birth = row.values.date(Field::BirthDate).filter(|date| date.day().is_some());
        let twins = self.index.by_name(&row.values).iter().copied();
        let twins: Vec<_> = twins
            .filter(|at| birth.is_some() && self.held[*at].values.date(Field::BirthDate) == birth)
            .collect();
        if twins.is_empty() { Verdict::New } else { Verdict::Doubt(Doubt::SameNameOtherNumber, twins) }
    }

    fn by_name(&self, row: &ReadRow) -> Verdict {
        let alike = self.alike(row);
        if let Some(mask) = masked_number(row) {
            let number = |at: &usize| self.held[*at].values.id_number().is_some_and(|id| id.mask() == mask);
            let mut same = alike.iter().copied().filter(number);
            if let (Some(one), None) = (same.next(), same.next()) {
                return self.unless_left(one);
            }
        }
        let Some(first) = alike.first().copied() else { return Verdict::New };
        if alike.len() == 1 {
            let held = &self.held[first].values;
            let births = row.values.date(Field::BirthDate).zip(held.date(Field::BirthDate));
            // Neither the file nor the record has a number: name and birth date are all there is.
            if held.id_number().is_none() && births.is_some() {
                return self.unless_left(first);
            }
        }
        match self.exact(row, &alike) {
            Some(same) => self.unless_left(same),
            None if alike.iter().all(|at| self.held[*at].has_left) => Verdict::Doubt(Doubt::HasLeft, alike),
            None => Verdict::Doubt(Doubt::SameName, alike),
        }
    }

    fn unless_left(&self, at: usize) -> Verdict {
        if self.held[at].has_left { Verdict::Doubt(Doubt::HasLeft, vec![at]) } else { Verdict::Same(at) }
    }

    /// Those held of the same name whom nothing tells apart from the row.
    fn alike(&self, row: &ReadRow) -> Vec<usize> {
        let of_name = self.index.by_name(&row.values).iter().copied();
        of_name.filter(|at| may_be_same(&row.values, &self.held[*at].values)).collect()
    }

    /// Somebody not yet taken of whom the row says nothing new, and enough to know the person by.
    fn exact(&self, row: &ReadRow, among: &[usize]) -> Option<usize> {
        let known = |held: &Values| {
            let marks = [Field::IdNumber, Field::BirthDate, Field::Phones, Field::JoinedOn];
            let same = |field| held.get(field).is_some() && held.get(field) == row.values.get(field);
            marks.into_iter().any(same) || marks.into_iter().all(|field| held.get(field).is_none())
        };
        among.iter().copied().find(|at| {
            let held = &self.held[*at];
            if self.taken[*at].is_some() || held.has_left || !may_be_same(&row.values, &held.values) {
                return false;
            }
            let mut bare = row.clone();
            forget_masks(&mut bare, &held.values);
            let (changes, _) = changes(&bare, &held.values);
            changes.is_empty() && (known(&held.values) || bare.problems.len() < row.problems.len())
        })
    }

    fn settle(&mut self, rows: &mut [ReadRow], row: &mut ReadRow, verdict: Verdict) {
        match verdict {
            Verdict::New => row.status = Status::New,
            Verdict::Doubt(doubt, among) => self.doubt(row, doubt, &among),
            Verdict::Same(same) => {
                self.named[same] = true;
                match self.taken[same].replace(rows.len()) {
                    Some(earlier) => {
                        self.doubt(row, Doubt::HeldTakenByOtherRow, &[same]);
                        if let Some(earlier) = rows.get_mut(earlier) {
                            self.doubt(earlier, Doubt::HeldTakenByOtherRow, &[same]);
                        }
                    }
                    None => {
                        let held = &self.held[same];
                        forget_masks(row, &held.values);
                        (row.changes, row.kept) = changes(row, &held.values);
                        row.held = Some(held.id.clone());
                        row.status = if row.changes.is_empty() { Status::Unchanged } else { Status::Changed };
                    }
                }
            }
        }
    }

    /// Of a person who stands twice in the file every row is in doubt (`CLI.md`). Rows alike in their name only escape that
    /// together: when each of them is somebody held.
    fn settle_twice(&mut self, rows: &mut [ReadRow], twice: &Twice) {
        for (field, group) in twice.groups() {
            if group.iter().all(|at| rows[*at].status != Status::Doubtful) {
                continue;
            }
            for at in group {
                let row = &mut rows[*at];
                if row.status != Status::Doubtful {
                    let same = self.taken.iter().position(|taken| *taken == Some(*at));
                    self.doubt(row, Doubt::TwiceInFile, same.as_slice());
                }
                row.problems.push(Problem::new(field, Code::DuplicateInFile, &twice.rows(*at)));
            }
        }
    }

    fn doubt(&mut self, row: &mut ReadRow, doubt: Doubt, among: &[usize]) {
        among.iter().for_each(|at| self.named[*at] = true);
        row.status = Status::Doubtful;
        row.doubt = Some(doubt);
        row.candidates = among.iter().map(|at| self.held[*at].id.clone()).collect();
        row.held = None;
        row.changes.clear();
        row.kept.clear();
    }
}

/// The mask in the cell of the identity number, if one stands there.
fn masked_number(row: &ReadRow) -> Option<String> {
    let masked = row.problems.iter().any(|p| p.field == Field::IdNumber && p.code == Code::ValueMasked);
    let raw = row.raw.iter().find(|(field, _)| *field == Field::IdNumber)?;
    masked.then(|| without_blanks(&raw.1).into_owned())
}

impl From<RosterRow> for ReadRow {
    fn from(row: RosterRow) -> Self {
        Self {
            row: row.row,
            status: Status::New,
            held: None,
            values: row.values,
            raw: row.raw,
            problems: row.problems,
            derived: row.derived,
            changes: Vec::new(),
            kept: Vec::new(),
            doubt: None,
            candidates: Vec::new(),
        }
    }
}
