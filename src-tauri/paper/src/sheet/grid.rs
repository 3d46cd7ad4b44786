//! A neutral table of cells: what every kind of file becomes before anything is understood.

use std::borrow::Cow;

use chrono::NaiveDate;
use yuanba_core::partial_date::{DateReader, Epoch};

use super::limits::{CELL_CHARS_MAX, CELLS_MAX, COLUMNS_MAX, MERGED_COLUMNS_MAX, ROWS_MAX, TEXT_BYTES_MAX};
use super::{Shape, SheetError};

/// One cell as the file has it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Nothing, or only blanks.
    Empty,
    /// A text.
    Text(&'a str),
    /// A number, with what its format says; of a date shape it is a day number.
    Number(f64, Shape),
}

/// A region of cells that are merged into one, rows and columns counted from 0, ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Merge {
    /// First row and column.
    pub start: (u32, u32),
    /// Last row and column.
    pub end: (u32, u32),
}

/// The cells of one sheet. Texts lie in one string and rows hold only cells with something in them, so that a county's
/// roster takes tens of megabytes and not hundreds.
#[derive(Debug, Default)]
pub struct Grid {
    text: String,
    cells: Vec<Packed>,
    rows: Vec<RowStart>,
    columns: u32,
    // Sorted by where they begin.
    merges: Vec<Merge>,
    // Those that reach downwards, by column and first row.
    down: Vec<(u32, u32, Merge)>,
    epoch: Epoch,
}

#[derive(Debug, Clone, Copy)]
struct RowStart {
    row: u32,
    first: u32,
}

#[derive(Debug, Clone, Copy)]
struct Packed {
    column: u16,
    kind: Kind,
    // The bits of a number, or start and length in the text.
    bits: u64,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    Number(Shape),
}

/// One row of a grid.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    grid: &'a Grid,
    row: u32,
    cells: &'a [Packed],
}

impl Grid {
    /// An empty grid whose day numbers count from `epoch`.
    pub fn new(epoch: Epoch) -> Self {
        Self { epoch, ..Self::default() }
    }

    /// Adds a cell; rows must not go back. Blank texts and columns beyond the limit are left out.
    ///
    /// # Errors
    /// [`SheetError::TooLarge`] at a limit, [`SheetError::Damaged`] when a row comes after a later one.
    pub fn push(&mut self, row: u32, column: u32, cell: Cell<'_>) -> Result<(), SheetError> {
        if column >= COLUMNS_MAX {
            return Ok(());
        }
        let (kind, bits) = match cell {
            Cell::Empty => return Ok(()),
            Cell::Text(text) => {
                if text.chars().all(|c| c.is_whitespace() || c == '\u{feff}') {
                    return Ok(());
                }
                let end = text.char_indices().nth(CELL_CHARS_MAX).map_or(text.len(), |(at, _)| at);
                let start = self.text.len();
                if start + end > TEXT_BYTES_MAX {
                    return Err(SheetError::TooLarge("text"));
                }
                self.text.push_str(&text[..end]);
                (Kind::Text, (start as u64) << 32 | end as u64)
            }
            Cell::Number(number, shape) => (Kind::Number(shape), number.to_bits()),
        };
        match self.rows.last() {
            Some(last) if last.row > row => return Err(SheetError::Damaged("rows out of order".into())),
            Some(last) if last.row == row => {}
            _ => {
                if self.rows.len() >= ROWS_MAX {
                    return Err(SheetError::TooLarge("rows"));
                }
                self.rows.push(RowStart { row, first: self.cells.len() as u32 });
            }
        }
        if self.cells.len() >= CELLS_MAX {
            return Err(SheetError::TooLarge("cells"));
        }
        self.columns = self.columns.max(column + 1);
        self.cells.push(Packed { column: column as u16, kind, bits });
        Ok(())
    }

    /// Sets the merged regions.
    pub fn set_merges(&mut self, mut merges: Vec<Merge>) {
        merges.sort_unstable_by_key(|merge| merge.start);
        self.down.clear();
        for merge in merges.iter().filter(|m| m.end.0 > m.start.0) {
            for column in merge.start.1..=merge.end.1.min(COLUMNS_MAX - 1) {
                self.down.push((column, merge.start.0, *merge));
            }
            if self.down.len() > MERGED_COLUMNS_MAX {
                break;
            }
        }
        self.down.sort_unstable_by_key(|(column, row, _)| (*column, *row));
        self.merges = merges;
    }

    /// The merged regions that begin in this row.
    pub fn merges_in(&self, row: u32) -> impl Iterator<Item = &Merge> {
        let first = self.merges.partition_point(|merge| merge.start.0 < row);
        self.merges[first..].iter().take_while(move |merge| merge.start.0 == row)
    }

    /// The cell of a row at a column, or the one above with which it is merged.
    pub fn filled<'a>(&'a self, row: &Row<'a>, column: u32) -> Cell<'a> {
        match row.get(column) {
            Cell::Empty if !self.down.is_empty() => self.merged(row.index(), column).unwrap_or(Cell::Empty),
            cell => cell,
        }
    }

    fn merged(&self, row: u32, column: u32) -> Option<Cell<'_>> {
        // Regions of a column do not overlap, so only the last one that begins above can hold the row.
        let next = self.down.partition_point(|(c, first, _)| (*c, *first) < (column, row));
        let (_, _, merge) =
            self.down.get(next.checked_sub(1)?).filter(|(c, _, m)| *c == column && m.end.0 >= row)?;
        Some(self.row(self.place_of(merge.start.0)?)?.get(merge.start.1))
    }

    /// The merged regions.
    pub fn merges(&self) -> &[Merge] {
        &self.merges
    }

    /// From which day day numbers count.
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// The number of columns up to the last one with something in it.
    pub fn columns(&self) -> u32 {
        self.columns
    }

    /// The number of rows with something in them.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether no cell holds anything.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The row at this place among the rows with something in them.
    pub fn row(&self, at: usize) -> Option<Row<'_>> {
        let start = self.rows.get(at)?;
        let end = self.rows.get(at + 1).map_or(self.cells.len(), |next| next.first as usize);
        Some(Row { grid: self, row: start.row, cells: self.cells.get(start.first as usize..end)? })
    }

    /// The rows with something in them.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.rows.len()).filter_map(|at| self.row(at))
    }

    /// The place of the row of this number (from 0) among the rows with something in them.
    pub fn place_of(&self, row: u32) -> Option<usize> {
        self.rows.binary_search_by_key(&row, |start| start.row).ok()
    }

    /// The number (from 0) of the last row with something in it.
    pub fn last_row(&self) -> Option<u32> {
        self.rows.last().map(|start| start.row)
    }

    fn cell(&self, packed: &Packed) -> Cell<'_> {
        match packed.kind {
            Kind::Number(shape) => Cell::Number(f64::from_bits(packed.bits), shape),
            Kind::Text => {
                let (start, len) = ((packed.bits >> 32) as usize, (packed.bits & 0xffff_ffff) as usize);
                self.text.get(start..start + len).map_or(Cell::Empty, Cell::Text)
            }
        }
    }
}

impl<'a> Row<'a> {
    /// The row's number in the sheet, from 0.
    pub fn index(&self) -> u32 {
        self.row
    }

    /// The row's number as a spreadsheet shows it, from 1.
    pub fn number(&self) -> u32 {
        self.row + 1
    }

    /// The cell of that column, from 0. Of two cells at one place the first counts.
    pub fn get(&self, column: u32) -> Cell<'a> {
        let found = match self.cells.get(column as usize) {
            // Most rows have no gap, so the cell is where it would be without one.
            Some(packed) if u32::from(packed.column) == column => Some(packed),
            _ => self.cells.iter().find(|packed| u32::from(packed.column) == column),
        };
        found.map_or(Cell::Empty, |packed| self.grid.cell(packed))
    }

    /// The cells with something in them, with their columns.
    pub fn cells(&self) -> impl Iterator<Item = (u32, Cell<'a>)> + use<'a> {
        let grid = self.grid;
        self.cells.iter().map(move |packed| (u32::from(packed.column), grid.cell(packed)))
    }

    /// How many cells hold something.
    pub fn filled(&self) -> usize {
        self.cells.len()
    }
}

impl<'a> Cell<'a> {
    /// Whether nothing stands there.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }

    /// The cell as text, the way a spreadsheet shows it: dates as 1985-07-01 or 1985-07, numbers without noise.
    pub fn text(&self, epoch: Epoch) -> Cow<'a, str> {
        match *self {
            Self::Empty => Cow::Borrowed(""),
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number, shape) => Cow::Owned(shown(number, shape, epoch)),
        }
    }
}

fn shown(number: f64, shape: Shape, epoch: Epoch) -> String {
    let reader = DateReader { latest: NaiveDate::MAX, epoch };
    if shape.is_date()
        && let Ok(date) = reader.serial(number)
    {
        let text = date.to_string();
        return match shape {
            Shape::Month => text[..7].to_owned(),
            Shape::Year => text[..4].to_owned(),
            _ => text,
        };
    }
    match shape {
        Shape::TwoDecimals => format!("{number:.2}"),
        // A spreadsheet has 15 digits and shows more as an exponent; so the damage can be seen.
        _ if number.abs() >= 1e15 => format!("{number:.5E}").replace('E', "E+"),
        _ => format!("{number}"),
    }
}
