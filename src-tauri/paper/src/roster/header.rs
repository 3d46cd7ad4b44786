//! Where the header of a roster is: one row or several, under titles and notes.

use yuanba_core::width::without_blanks;

use super::Field;
use super::word::{Word, meaning, plain};
use crate::sheet::{Cell, Grid, Row};

/// Rows that are looked at for a header; titles and notes take a few.
pub(super) const ROWS_LOOKED_AT: usize = 60;
/// Rows that a header can have.
const DEPTH_MAX: u32 = 4;
/// Cells of a header row are short.
const HEADER_CHARS_MAX: usize = 60;

/// The header of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// Its rows, numbered from 1 as a spreadsheet shows them.
    pub rows: Vec<u32>,
    /// Each column with a header, from the left.
    pub cells: Vec<HeaderCell>,
    /// How much of it was understood: the number of different fields.
    pub(super) score: usize,
}

/// The header of one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderCell {
    /// The column, from 0.
    pub column: u32,
    /// The upper header of a two-row one, or empty.
    pub group: String,
    /// The header itself, as it stands in the file.
    pub text: String,
}

impl Header {
    /// Finds the header: of the first rows the one that names most fields, a name among them. A list of nothing but names
    /// has a header too, if it says so in so many words.
    pub fn find(grid: &Grid) -> Option<Self> {
        let mut best: Option<Self> = None;
        for at in 0..grid.len().min(ROWS_LOOKED_AT) {
            let Some(row) = grid.row(at).filter(looks_like_header) else { continue };
            let header = Self::at(grid, row);
            let better = best.as_ref().is_none_or(|best| header.score > best.score);
            if better && (header.names_people(0.0) && header.score >= 2 || header.names_people(1.0)) {
                best = Some(header);
            }
        }
        best
    }

    /// The first row with more than one cell.
    pub(super) fn first(grid: &Grid) -> Option<Self> {
        let row = grid.rows().find(|row| row.filled() > 1)?;
        Some(Self::of_rows(grid, row.index(), row.index()))
    }

    /// The header in these rows, numbered from 1, that a person pointed at. No rows: the columns have no headers.
    pub fn given(grid: &Grid, rows: &[u32]) -> Self {
        let (Some(first), Some(last)) = (rows.iter().min(), rows.iter().max()) else {
            return Self { rows: Vec::new(), cells: Vec::new(), score: 0 };
        };
        // Nothing stands below the last row, however far down somebody points.
        let first = first.saturating_sub(1);
        let bottom = grid.last_row().unwrap_or(0).max(first);
        Self::of_rows(grid, first, last.saturating_sub(1).min(bottom))
    }

    /// The header that has its names row here: with the row above it when that groups its columns, and with the rows
    /// below into which its cells are merged.
    fn at(grid: &Grid, row: Row<'_>) -> Self {
        let here = row.index();
        let mut last = here;
        for merge in grid.merges_in(here).filter(|m| m.end.0 > here) {
            if !is_empty(grid, merge.start) && merge.end.0 - here < DEPTH_MAX {
                last = last.max(merge.end.0);
            }
        }
        if last == here && continues(grid, row) {
            last = here + 1;
        }
        let mut first = here;
        if first > 0 && groups(grid, here - 1) {
            first -= 1;
        }
        let tall = Self::of_rows(grid, first, last);
        if first == last {
            return tall;
        }
        let single = Self::of_rows(grid, here, here);
        if single.score > tall.score { single } else { tall }
    }

    fn of_rows(grid: &Grid, first: u32, last: u32) -> Self {
        let mut cells: Vec<HeaderCell> = Vec::new();
        for row in first..=last {
            let Some(row) = grid.place_of(row).and_then(|at| grid.row(at)) else { continue };
            for (column, cell) in row.cells() {
                let text = cell.text(grid.epoch()).into_owned();
                let end = grid
                    .merges_in(row.index())
                    .find(|m| m.start.1 == column)
                    .map_or(column, |merge| merge.end.1.min(column + 255));
                for column in column..=end {
                    add(&mut cells, column, &text);
                }
            }
        }
        cells.sort_by_key(|cell| cell.column);
        if last > first && grid.merges_in(first).next().is_none() {
            take_groups_from_the_left(grid, first, &mut cells);
        }
        let mut fields: Vec<Field> =
            cells.iter().filter_map(|c| field_of(c).map(|(field, _)| field)).collect();
        fields.sort_unstable();
        fields.dedup();
        Self { rows: (first + 1..=last + 1).collect(), score: fields.len(), cells }
    }

    /// Whether a column holds the names, as certainly as this at least.
    fn names_people(&self, certainty: f32) -> bool {
        self.cells.iter().any(|cell| matches!(field_of(cell), Some((Field::Name, sure)) if sure >= certainty))
    }

    /// The shape by which a corrected mapping is remembered: the headers without blanks, stars and hints, in order.
    pub fn shape(&self) -> String {
        let plain = |cell: &HeaderCell| format!("{}{}", plain(&cell.group), plain(&cell.text));
        self.cells.iter().map(plain).collect::<Vec<_>>().join("|")
    }
}

/// What a header looks like when a printed page repeats it.
pub(super) struct Repetition {
    // Every column with its two headers, plain; the column of the names first.
    cells: Vec<(u32, String, String)>,
}

impl Repetition {
    pub(super) fn of(header: &Header, name_column: Option<u32>) -> Self {
        let mut cells: Vec<_> =
            header.cells.iter().map(|h| (h.column, plain(&h.text), plain(&h.group))).collect();
        cells.sort_by_key(|(column, ..)| Some(*column) != name_column);
        Self { cells }
    }

    /// Whether a row is the header once more: its name cell is that of the header, and so are others.
    pub(super) fn is(&self, row: &Row<'_>) -> bool {
        let same = |(column, text, group): &(u32, String, String)| match row.get(*column) {
            Cell::Text(cell) if cell.len() <= 4 * HEADER_CHARS_MAX => {
                let cell = plain(cell);
                !cell.is_empty() && (cell == *text || cell == *group)
            }
            _ => false,
        };
        // Nobody is called 姓名, so nearly every row is told by its first look.
        self.cells.first().is_some_and(same)
            && self.cells.iter().take(8).filter(|cell| same(cell)).count() >= 2
    }
}

/// What the header of a column means.
pub(super) fn field_of(cell: &HeaderCell) -> Option<(Field, f32)> {
    match meaning(&cell.group, &cell.text) {
        Some((Word::Field(field), certainty)) => Some((field, certainty)),
        _ => None,
    }
}

fn add(cells: &mut Vec<HeaderCell>, column: u32, text: &str) {
    match cells.iter_mut().find(|cell| cell.column == column) {
        None => cells.push(HeaderCell { column, group: String::new(), text: text.to_owned() }),
        Some(cell) => {
            let upper = std::mem::replace(&mut cell.text, text.to_owned());
            cell.group.push_str(&upper);
        }
    }
}

/// Text files have no merged cells: a column with nothing in the upper row belongs to the group at its left, if that group
/// has a lower row of its own.
fn take_groups_from_the_left(grid: &Grid, first: u32, cells: &mut [HeaderCell]) {
    let Some(upper) = grid.place_of(first).and_then(|at| grid.row(at)) else { return };
    let mut group = String::new();
    for cell in cells {
        if upper.get(cell.column).is_empty() {
            cell.group.clone_from(&group);
        } else {
            group.clone_from(&cell.group);
        }
    }
}

/// Short texts for the most part (months and years may head a column): a row of numbers or of sentences is no header.
fn looks_like_header(row: &Row<'_>) -> bool {
    let (mut known, mut short) = (false, 0);
    for (_, cell) in row.cells() {
        if let Cell::Text(text) = cell
            && text.chars().nth(HEADER_CHARS_MAX).is_none()
        {
            short += 1;
            known |= matches!(meaning("", text), Some((Word::Field(Field::Name), _)));
        }
    }
    known && short * 2 > row.filled()
}

fn is_empty(grid: &Grid, place: (u32, u32)) -> bool {
    let row = grid.place_of(place.0).and_then(|at| grid.row(at));
    row.is_none_or(|row| row.get(place.1).is_empty())
}

/// Whether the row below goes on with the header without any merged cells (text files): it fills only columns that are
/// empty above or belong to a group, never the names, with short words.
fn continues(grid: &Grid, row: Row<'_>) -> bool {
    let Some(below) = grid.place_of(row.index() + 1).and_then(|at| grid.row(at)) else { return false };
    let name = row.cells().find(|(_, cell)| {
        matches!(cell, Cell::Text(text) if matches!(meaning("", text), Some((Word::Field(Field::Name), _))))
    });
    let Some((name, _)) = name else { return false };
    let mut grouped = false;
    for (column, cell) in below.cells() {
        let Cell::Text(text) = cell else { return false };
        if column == name || text.chars().count() > 12 || text.chars().any(|c| c.is_ascii_digit()) {
            return false;
        }
        grouped |= row.get(column).is_empty();
    }
    grouped && below.filled() < row.filled()
}

/// Whether a row holds the groups of the one below: two or more of its cells are merged over columns or downwards.
fn groups(grid: &Grid, row: u32) -> bool {
    let over = |m: &&crate::sheet::Merge| m.end.1 > m.start.1 || m.end.0 > row;
    let count = grid.merges_in(row).filter(over).filter(|m| !is_empty(grid, m.start)).count();
    count >= 2
}

/// Whether a row only numbers the columns: 甲 乙 1 2 3.
pub(super) fn numbers_columns(row: &Row<'_>) -> bool {
    let mut last = 0;
    let mut letters = 0;
    for (_, cell) in row.cells() {
        let number = match cell {
            Cell::Number(number, _) if number.fract() == 0.0 => number as i64,
            Cell::Text(text) => {
                let text = without_blanks(text);
                let text = text.trim_start_matches(['(', '栏']).trim_end_matches(')');
                match "甲乙丙丁戊己庚辛".chars().position(|c| text.chars().eq([c])) {
                    Some(at) if at == letters && last == 0 => {
                        letters += 1;
                        continue;
                    }
                    _ => match text.parse::<i64>() {
                        Ok(number) => number,
                        Err(_) => return false,
                    },
                }
            }
            _ => return false,
        };
        if number != last + 1 {
            return false;
        }
        last = number;
    }
    row.filled() >= 3
}
