//! The rows of persons, each read for itself: one bad row never stops the others.

use yuanba_core::sex::Sex;

use super::cell::{CellReader, Said, is_written};
use super::person::Section;
use super::{Code, Column, Content, Field, Problem, Value, Values};
use crate::sheet::{Cell, Grid, Row};

/// One person's row.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RosterRow {
    /// The row's number as a spreadsheet shows it, from 1.
    pub row: u32,
    /// What was read.
    pub values: Values,
    /// What stood in the file, where the value does not say it all (`1985.07（40岁）`, a damaged number).
    pub raw: Vec<(Field, Box<str>)>,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Values that the file does not have but the identity number says.
    pub derived: Vec<Field>,
}

/// Which columns hold which fields.
pub(super) struct Layout {
    fields: Vec<(Field, Vec<u32>)>,
}

impl Layout {
    pub(super) fn new(columns: &[Column]) -> Self {
        let of = |field: Field| {
            columns.iter().filter(|c| c.field == Some(field)).map(|c| c.index).collect::<Vec<_>>()
        };
        let fields =
            Field::ALL.into_iter().map(|field| (field, of(field))).filter(|(_, at)| !at.is_empty()).collect();
        Self { fields }
    }

    /// The first column of a field.
    pub(super) fn column(&self, field: Field) -> Option<u32> {
        self.fields.iter().find(|(f, _)| *f == field)?.1.first().copied()
    }

    /// How many fields there are.
    pub(super) fn fields(&self) -> usize {
        self.fields.len()
    }

    /// Whether any text may stand in a column that has a field.
    pub(super) fn is_free_text(&self, column: u32) -> bool {
        self.content(column) == Some(Content::Text)
    }

    /// Whether only numbers, dates or words of a list stand in a column.
    pub(super) fn is_typed(&self, column: u32) -> bool {
        !matches!(self.content(column), None | Some(Content::Text | Content::Name))
    }

    fn content(&self, column: u32) -> Option<Content> {
        let of = self.fields.iter().find(|(_, columns)| columns.contains(&column));
        of.map(|(field, _)| field.content())
    }

    /// How many cells of a row look like a person's: numbers with digits, dates, sexes. Notes and sums have none.
    pub(super) fn evidence(&self, row: &Row<'_>) -> usize {
        let personal =
            [Field::Sex, Field::IdNumber, Field::Nation, Field::BirthDate, Field::Phones, Field::JoinedOn];
        let like = |field: Field, cell: Cell<'_>| match cell {
            Cell::Empty => false,
            Cell::Number(number, _) => could_be(field, number),
            Cell::Text(text) if field == Field::Sex => Sex::read(text).is_some(),
            Cell::Text(text) if field == Field::Nation => yuanba_core::Nation::read(text).is_some(),
            Cell::Text(text) => text.chars().filter(|c| c.is_numeric()).count() >= 4,
        };
        let columns = personal.iter().filter_map(|field| Some((*field, self.column(*field)?)));
        columns.filter(|(field, column)| like(*field, row.get(*column))).count()
    }
}

/// Whether a number can be what the field holds; sums and counts are smaller.
fn could_be(field: Field, number: f64) -> bool {
    match field {
        Field::Sex => matches!(number, 1.0 | 2.0),
        Field::IdNumber => number >= 1e14,
        Field::Phones => number >= 1e6,
        // A year, or the days since 1900 of somebody grown up.
        Field::BirthDate | Field::JoinedOn => number >= 1_900.0,
        _ => false,
    }
}

/// Reads rows, and remembers what stood above them.
pub(super) struct RowReader<'a> {
    grid: &'a Grid,
    layout: &'a Layout,
    cells: CellReader,
    // The cell that 同上 points at, by field.
    above: Vec<(Field, Cell<'a>)>,
}

impl<'a> RowReader<'a> {
    pub(super) fn new(grid: &'a Grid, layout: &'a Layout, cells: CellReader) -> Self {
        Self { grid, layout, cells, above: Vec::new() }
    }

    /// Reads a row that is a person's, in the part of the sheet where it stands.
    pub(super) fn read(&mut self, row: &Row<'a>, section: &Section) -> RosterRow {
        let values = Values::with_capacity(self.layout.fields());
        let mut out = RosterRow { row: row.number(), values, ..RosterRow::default() };
        for (field, columns) in &self.layout.fields {
            if columns.len() > 1 {
                self.read_joined(&mut out, *field, columns, row);
                continue;
            }
            let Some(column) = columns.first() else { continue };
            let cell = self.cell(*field, *column, row);
            self.read_cell(&mut out, *field, cell);
        }
        for (field, name) in [(Field::Branch, &section.branch), (Field::PartyGroup, &section.group)] {
            if let Some(name) = name
                && out.values.get(field).is_none()
            {
                out.values.set(field, Value::Text(name.as_str().into()));
            }
        }
        if out.values.name().is_none() && !out.problems.iter().any(|p| p.field == Field::Name) {
            out.problems.insert(0, Problem::new(Field::Name, Code::NameMissing, ""));
        }
        out
    }

    fn read_cell(&self, out: &mut RosterRow, field: Field, cell: Cell<'_>) {
        match self.cells.read(field, cell) {
            Said::Nothing => {}
            Said::Value(value) => {
                let text = cell.text(self.grid.epoch());
                if !is_written(&value, &text) {
                    out.raw.push((field, text.into()));
                }
                out.values.set(field, value);
            }
            Said::Wrong(code) => {
                let text = cell.text(self.grid.epoch());
                out.problems.push(Problem::new(field, code, &text));
                out.raw.push((field, text.into()));
            }
        }
    }

    /// A place in several columns: 省, 市, 县 one after the other.
    fn read_joined(&mut self, out: &mut RosterRow, field: Field, columns: &[u32], row: &Row<'a>) {
        let mut joined = String::new();
        for column in columns {
            if let Said::Value(Value::Text(text)) = self.cells.read(field, self.grid.filled(row, *column)) {
                // A column that begins with what was already said is the whole place, not a part of it.
                if text.starts_with(&joined) {
                    joined.clear();
                }
                joined.push_str(&text);
            }
        }
        out.values.set(field, Value::Text(joined.into()));
    }

    /// The cell of a field: its own, the one it is merged with, or the one that 同上 means. Names and numbers are a person's
    /// own and never taken from above.
    fn cell(&mut self, field: Field, column: u32, row: &Row<'a>) -> Cell<'a> {
        let own = matches!(field, Field::Name | Field::IdNumber);
        let cell =
            if own || field == Field::Phones { row.get(column) } else { self.grid.filled(row, column) };
        let above = self.above.iter_mut().find(|(f, _)| *f == field);
        match (cell, above) {
            (Cell::Empty, _) => {}
            (Cell::Text(text), above) if !own && is_same_as_above(text) => {
                return above.map_or(cell, |(_, above)| *above);
            }
            (cell, Some((_, above))) => *above = cell,
            (cell, None) => self.above.push((field, cell)),
        }
        cell
    }
}

fn is_same_as_above(text: &str) -> bool {
    matches!(text.trim(), "同上" | "〃" | "″" | "\"" | "”" | "''" | "同前" | "..″" | "˝")
}
