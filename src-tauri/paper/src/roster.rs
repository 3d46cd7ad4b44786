//! A roster: which sheet, which header, which columns, which persons, and how they stand to those already held.
//!
//! The way in is [`read`] and then [`compare`]; what a person has to decide comes out by [`rejects::write`]. The way out is
//! [`export::write`]. What is exported is read back without a change (IMPORT).

mod cell;
mod check;
mod column;
mod compare;
pub mod export;
mod field;
mod header;
mod person;
mod problem;
mod reading;
pub mod rejects;
mod row;
mod values;
mod word;

pub use column::{Column, Mapping};
pub use compare::{Held, compare};
pub use field::{Content, Field};
pub use header::{Header, HeaderCell};
pub use problem::{Code, Problem};
pub use reading::{Counts, Doubt, ImportReading, ReadRow, Status};
pub use row::RosterRow;
pub use values::{Value, Values};

use chrono::NaiveDate;

use crate::Watch;
use crate::sheet::{Cell, Grid, Shape, SheetError, Workbook};
use cell::CellReader;
use header::{ROWS_LOOKED_AT, Repetition};
use person::{Kind, Section};
use row::{Layout, RowReader};

/// How a file is read.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// The day of reading: dates after it are in the future.
    pub today: NaiveDate,
    /// What a person corrected; kept by the header's shape, or given for this file alone.
    pub mapping: Option<Mapping>,
}

/// A file that is no roster as far as can be seen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// The file is no table that can be read.
    #[error(transparent)]
    Sheet(#[from] SheetError),
    /// No row names the columns, with 姓名 among them.
    #[error("no header was found")]
    NoHeader,
}

impl RosterError {
    /// The code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Sheet(error) => error.code(),
            Self::NoHeader => "header_missing",
        }
    }

    /// What happened and whether the data is safe, in plain Chinese.
    pub fn message(&self) -> String {
        match self {
            Self::Sheet(error) => error.message(),
            Self::NoHeader => "表里没有找到“姓名”那一行表头，不知道哪一列是什么。名册没有改动。".to_owned(),
        }
    }

    /// What to do next, in plain Chinese.
    pub fn next_step(&self) -> &'static str {
        match self {
            Self::Sheet(error) => error.next_step(),
            Self::NoHeader => "请指给我看哪一行是表头、哪一列是姓名，或者另选一个文件。",
        }
    }
}

/// A roster as it was read, before it is compared with anybody.
#[derive(Debug)]
pub struct Roster {
    /// The sheet that was taken; `None` for text and HTML.
    pub sheet: Option<String>,
    /// Other sheets that have a header of persons too.
    pub other_sheets: Vec<String>,
    /// The header.
    pub header: Header,
    /// The columns.
    pub columns: Vec<Column>,
    /// The persons.
    pub rows: Vec<RosterRow>,
    /// Rows that are no persons.
    pub skipped: u32,
    /// The sheet as it stands in the file.
    pub grid: Grid,
}

/// Reads a roster from the bytes of a file.
///
/// # Errors
/// [`RosterError`]: the file is refused whole. A bad row is never an error.
pub fn read(bytes: &[u8], options: &ReadOptions, watch: &mut Watch<'_>) -> Result<Roster, RosterError> {
    let mapping = options.mapping.as_ref();
    let mut workbook = Workbook::open(bytes, watch)?;
    let (sheet, other_sheets, grid) = choose(&mut workbook, mapping, watch)?;
    let given = mapping.and_then(|m| m.header_rows.as_deref());
    let header = match given {
        Some(rows) => Header::given(&grid, rows),
        None => Header::find(&grid)
            // A header of other words than ours: who said where the names are takes the first row that is no title for it.
            .or_else(|| mapping.filter(|m| m.names_people()).and_then(|_| Header::first(&grid)))
            .ok_or(RosterError::NoHeader)?,
    };
    let mut columns = column::columns(&grid, &header, mapping);
    let layout = Layout::new(&columns);
    if layout.column(Field::Name).is_none() {
        return Err(RosterError::NoHeader);
    }
    let mut rows = read_rows(&grid, &header, &layout, options.today, watch)?;
    check::damaged_numbers(&mut rows);
    for row in &mut rows {
        check::row(row, options.today);
    }
    check::certainty(&mut columns, &rows);
    let last = grid.last_row().map_or(0, |row| row + 1);
    let skipped = last.saturating_sub(rows.len() as u32).saturating_sub(header.rows.len() as u32);
    Ok(Roster { sheet, other_sheets, header, columns, rows, skipped, grid })
}

/// The sheet that a person named, or the one whose header names most fields.
fn choose(
    workbook: &mut Workbook<'_>,
    mapping: Option<&Mapping>,
    watch: &mut Watch<'_>,
) -> Result<(Option<String>, Vec<String>, Grid), RosterError> {
    let sheets = workbook.sheets();
    if let Some(wanted) = mapping.and_then(|m| m.sheet.as_deref()) {
        if !sheets.iter().any(|sheet| sheet.as_deref() == Some(wanted)) {
            return Err(SheetError::SheetMissing.into());
        }
        let grid = workbook.read(Some(wanted), usize::MAX, watch)?;
        return Ok((Some(wanted.to_owned()), Vec::new(), grid));
    }
    if let [only] = &sheets[..] {
        let grid = workbook.read(only.as_deref(), usize::MAX, watch)?;
        if grid.is_empty() {
            return Err(SheetError::NoSheet.into());
        }
        return Ok((only.clone(), Vec::new(), grid));
    }
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut filled = None;
    for sheet in sheets.into_iter().flatten() {
        let head = workbook.read(Some(&sheet), ROWS_LOOKED_AT, watch)?;
        if !head.is_empty() {
            filled.get_or_insert_with(|| sheet.clone());
        }
        if let Some(header) = Header::find(&head) {
            found.push((header.score, sheet));
        }
    }
    // The first of the best ones: a sheet of this year stands before that of the last.
    let best = found.iter().map(|(score, _)| *score).max();
    let at = found.iter().position(|(score, _)| Some(*score) == best);
    let sheet = match at {
        Some(at) => found.remove(at).1,
        None if filled.is_some() && !mapping.is_some_and(Mapping::names_people) => {
            return Err(RosterError::NoHeader);
        }
        None if filled.is_some() => filled.unwrap_or_default(),
        None => return Err(SheetError::NoSheet.into()),
    };
    let grid = workbook.read(Some(&sheet), usize::MAX, watch)?;
    Ok((Some(sheet), found.into_iter().map(|(_, sheet)| sheet).collect(), grid))
}

fn read_rows(
    grid: &Grid,
    header: &Header,
    layout: &Layout,
    today: NaiveDate,
    watch: &Watch<'_>,
) -> Result<Vec<RosterRow>, SheetError> {
    let mut cells = CellReader::new(today, grid.epoch());
    for field in Field::ALL.into_iter().filter(|field| field.content() == Content::Date) {
        if let Some(column) = layout.column(field) {
            let plain = grid.rows().filter_map(|row| match row.get(column) {
                Cell::Number(number, Shape::Plain) => Some(number),
                _ => None,
            });
            cells.learn_months(field, plain);
        }
    }
    let mut reader = RowReader::new(grid, layout, cells);
    let again = Repetition::of(header, layout.column(Field::Name));
    let first = header.rows.iter().max().copied().unwrap_or(0);
    let mut section = Section::default();
    person::section_above(grid, header).into_iter().for_each(|name| section.enter(name));
    let mut rows = Vec::with_capacity(grid.len());
    for row in grid.rows().filter(|row| row.number() > first) {
        if rows.len().is_multiple_of(256) {
            watch.look()?;
        }
        match person::kind_of(grid, header, &again, layout, &row) {
            Kind::Person | Kind::Nameless => rows.push(reader.read(&row, &section)),
            Kind::Section(name) => section.enter(name),
            Kind::Other => {}
        }
    }
    Ok(rows)
}
