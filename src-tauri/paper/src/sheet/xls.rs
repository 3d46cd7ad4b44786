//! Old workbooks (BIFF in a compound file), read by calamine after their stream was cleaned.

use std::collections::HashMap;
use std::io::{Cursor, Read, Write};

use calamine::{Data, Reader, SheetType, SheetVisible, Xls, XlsError};
use yuanba_core::partial_date::Epoch;

use super::limits::{FILE_BYTES_MAX, SHEETS_MAX};
use super::{Cell, Grid, Merge, Shape, SheetError, biff};
use crate::Watch;

/// An old workbook.
pub(super) struct Workbook {
    xls: Xls<Cursor<Vec<u8>>>,
    // Cells whose format says more than that they are dates, by sheet.
    shapes: HashMap<String, HashMap<(u32, u32), Shape>>,
}

impl Workbook {
    pub(super) fn open(bytes: &[u8]) -> Result<Self, SheetError> {
        let (name, mut stream) = workbook_stream(bytes)?;
        let cleaned = biff::clean(&mut stream)?;
        // The library gets a container of our own making with nothing but the cleaned stream in it.
        let xls = Xls::new(Cursor::new(container(name, &stream)?)).map_err(error)?;
        drop(stream);
        let names = xls.sheets_metadata().iter().map(|sheet| sheet.name.clone());
        Ok(Self { shapes: names.zip(cleaned.shapes).collect(), xls })
    }

    pub(super) fn sheets(&self) -> Vec<String> {
        let seen = |s: &&calamine::Sheet| s.visible == SheetVisible::Visible && s.typ == SheetType::WorkSheet;
        self.xls.sheets_metadata().iter().filter(seen).take(SHEETS_MAX).map(|s| s.name.clone()).collect()
    }

    pub(super) fn read(&mut self, name: &str, watch: &mut Watch<'_>) -> Result<Grid, SheetError> {
        let epoch = if self.xls.has_1904_epoch() { Epoch::Y1904 } else { Epoch::Y1900 };
        let range = self.xls.worksheet_range(name).map_err(error)?;
        let mut grid = Grid::new(epoch);
        let Some((first_row, first_column)) = range.start() else { return Ok(grid) };
        let shapes = self.shapes.get(name);
        for (at, cells) in range.rows().enumerate() {
            watch.row(at as u64)?;
            for (column, value) in cells.iter().enumerate() {
                let place = (first_row + at as u32, first_column + column as u32);
                let shape = |otherwise| shapes.and_then(|s| s.get(&place)).copied().unwrap_or(otherwise);
                let text;
                let cell = match value {
                    Data::Empty => continue,
                    Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => {
                        Cell::Text(text)
                    }
                    Data::Float(number) => Cell::Number(*number, shape(Shape::Plain)),
                    Data::Int(number) => Cell::Number(*number as f64, shape(Shape::Plain)),
                    Data::DateTime(date) if date.is_datetime() => {
                        Cell::Number(date.as_f64(), shape(Shape::Day))
                    }
                    Data::DateTime(span) => Cell::Number(span.as_f64(), Shape::Time),
                    Data::Bool(yes) => Cell::Text(if *yes { "TRUE" } else { "FALSE" }),
                    Data::Error(kind) => {
                        text = kind.to_string();
                        Cell::Text(&text)
                    }
                };
                grid.push(place.0, place.1, cell)?;
            }
        }
        let merges = self.xls.merge_cells_by_sheet_name(name).unwrap_or_default();
        grid.set_merges(merges.into_iter().map(|m| Merge { start: m.start, end: m.end }).collect());
        Ok(grid)
    }
}

fn workbook_stream(bytes: &[u8]) -> Result<(&'static str, Vec<u8>), SheetError> {
    let damaged = |e: std::io::Error| SheetError::Damaged(e.to_string());
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(damaged)?;
    if file.exists("/EncryptedPackage") {
        return Err(SheetError::Password);
    }
    let Some(name) = ["Workbook", "Book"].into_iter().find(|name| file.is_stream(name)) else {
        let word = if file.exists("/WordDocument") { "一份文档" } else { "另一种文件" };
        return Err(SheetError::NotATable(word));
    };
    let stream = file.open_stream(name).map_err(damaged)?;
    let mut content = Vec::new();
    stream.take(FILE_BYTES_MAX as u64).read_to_end(&mut content).map_err(damaged)?;
    Ok((name, content))
}

fn container(name: &str, stream: &[u8]) -> Result<Vec<u8>, SheetError> {
    let damaged = |e: std::io::Error| SheetError::Damaged(e.to_string());
    let buffer = Cursor::new(Vec::with_capacity(stream.len() + 8192));
    // The library reads a container without small streams only in the older version.
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, buffer).map_err(damaged)?;
    file.create_stream(name).and_then(|mut s| s.write_all(stream)).map_err(damaged)?;
    file.flush().map_err(damaged)?;
    Ok(file.into_inner().into_inner())
}

fn error(error: XlsError) -> SheetError {
    match error {
        XlsError::Password => SheetError::Password,
        XlsError::WorksheetNotFound(_) => SheetError::SheetMissing,
        error => SheetError::Damaged(error.to_string()),
    }
}
