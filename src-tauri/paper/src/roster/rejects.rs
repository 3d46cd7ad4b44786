//! The workbook of refused and doubtful rows: each as it stood in the file, untouched, with the reason beside it, ready to
//! be corrected and imported again.

use std::io::{Seek, Write};

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::Code;
use super::column::letters;
use super::reading::{Doubt, ImportReading, ReadRow, Status};
use crate::sheet::{Cell, Row, Shape};
use crate::table::{PAPER_A4, TableError};

/// How many rows there are to write.
pub fn count(reading: &ImportReading) -> usize {
    reading.rows.iter().filter(|row| waits(row)).count()
}

/// A row that was not taken in, or not without a person.
fn waits(row: &ReadRow) -> bool {
    matches!(row.status, Status::Doubtful | Status::Refused)
}

/// Writes the workbook; gives the number of rows in it, which may be none.
///
/// # Errors
/// [`TableError`]; what was written to `out` until then is no workbook.
pub fn write(reading: &ImportReading, out: impl Write + Seek + Send) -> Result<u32, TableError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("没有写进名册的")?;
    let formats = Formats::new();
    let columns = reading.grid.columns();
    let reason = columns as u16;
    let mut at = header(sheet, reading, reason, &formats)?;
    let mut count = 0;
    for row in reading.rows.iter().filter(|row| waits(row)) {
        let Some(original) = reading.grid.place_of(row.row - 1).and_then(|at| reading.grid.row(at)) else {
            continue;
        };
        write_row(sheet, at, &original, &formats)?;
        // A cell merged down over several rows is this row's too, and it leaves its neighbours here.
        for column in (0..columns).filter(|column| original.get(*column).is_empty()) {
            write_cell(sheet, at, column as u16, reading.grid.filled(&original, column), &formats)?;
        }
        sheet.write_string(at, reason, reasons(row))?;
        sheet.write_number(at, reason + 1, f64::from(row.row))?;
        at += 1;
        count += 1;
    }
    for column in 0..columns {
        sheet.set_column_width(column as u16, 20)?;
    }
    sheet.set_column_width(reason, 60)?;
    sheet.set_landscape().set_paper_size(PAPER_A4).set_print_fit_to_pages(1, 0).set_print_gridlines(true);
    workbook.save_to_writer(out)?;
    Ok(count)
}

/// The header as it stood, so that the columns are found again; gives the first row below.
fn header(
    sheet: &mut Worksheet,
    reading: &ImportReading,
    reason: u16,
    formats: &Formats,
) -> Result<u32, TableError> {
    let rows: Vec<u32> = reading.header_rows.clone();
    let first = rows.first().copied().unwrap_or(1);
    for number in &rows {
        if let Some(row) = reading.grid.place_of(number - 1).and_then(|at| reading.grid.row(at)) {
            write_row(sheet, number - first, &row, formats)?;
        }
    }
    let height = rows.len() as u32;
    for row in &rows {
        for merge in reading.grid.merges_in(row - 1).filter(|m| rows.contains(&(m.end.0 + 1))) {
            let (top, bottom) = (merge.start.0 + 1 - first, merge.end.0 + 1 - first);
            let text = reading.grid.place_of(merge.start.0).and_then(|at| reading.grid.row(at));
            let text = text
                .map(|row| row.get(merge.start.1).text(reading.grid.epoch()).into_owned())
                .unwrap_or_default();
            if let Ok(last) = u16::try_from(merge.end.1).map(|last| last.min(reason.saturating_sub(1)))
                && (bottom, u32::from(last)) != (top, merge.start.1)
                && u32::from(last) >= merge.start.1
            {
                sheet.merge_range(top, merge.start.1 as u16, bottom, last, &text, &formats.text)?;
            }
        }
    }
    if height == 0 {
        // A table without a header gets one of column names, so that the reasons have a place.
        for column in 0..reason {
            sheet.write_string(0, column, letters(u32::from(column)))?;
        }
    }
    let at = height.saturating_sub(1);
    sheet.write_string(at, reason, "没写进名册的原因")?;
    sheet.write_string(at, reason + 1, "原来第几行")?;
    sheet.set_freeze_panes(at + 1, 0)?;
    Ok(at + 1)
}

struct Formats {
    text: Format,
    day: Format,
    month: Format,
    year: Format,
    time: Format,
    decimals: Format,
}

impl Formats {
    fn new() -> Self {
        let of = |code: &str| Format::new().set_num_format(code);
        Self {
            text: of("@"),
            day: of("yyyy-mm-dd"),
            month: of("yyyy-mm"),
            year: of("yyyy"),
            time: of("hh:mm:ss"),
            decimals: of("0.00"),
        }
    }
}

fn write_row(sheet: &mut Worksheet, at: u32, row: &Row<'_>, formats: &Formats) -> Result<(), XlsxError> {
    row.cells().try_for_each(|(column, cell)| write_cell(sheet, at, column as u16, cell, formats))
}

fn write_cell(
    sheet: &mut Worksheet,
    at: u32,
    column: u16,
    cell: Cell<'_>,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let (number, format) = match cell {
        Cell::Empty => return Ok(()),
        Cell::Text(text) => {
            return sheet.write_string_with_format(at, column, text, &formats.text).map(|_| ());
        }
        Cell::Number(number, _) if !number.is_finite() => return Ok(()),
        Cell::Number(number, Shape::Plain) => return sheet.write_number(at, column, number).map(|_| ()),
        Cell::Number(number, Shape::TwoDecimals) => (number, &formats.decimals),
        Cell::Number(number, Shape::Day) => (number, &formats.day),
        Cell::Number(number, Shape::Month) => (number, &formats.month),
        Cell::Number(number, Shape::Year) => (number, &formats.year),
        Cell::Number(number, Shape::Time) => (number, &formats.time),
    };
    sheet.write_number_with_format(at, column, number, format).map(|_| ())
}

/// All reasons of a row, in plain Chinese.
fn reasons(row: &ReadRow) -> String {
    // Of rows that stand twice the problem says more than the doubt: which rows they are.
    let told = row.problems.iter().any(|problem| problem.code == Code::DuplicateInFile);
    let doubt = row.doubt.filter(|doubt| !(told && *doubt == Doubt::TwiceInFile));
    let mut reasons: Vec<String> = doubt.iter().map(ToString::to_string).collect();
    reasons.extend(row.problems.iter().map(|problem| problem.text.clone()));
    reasons.join("")
}
