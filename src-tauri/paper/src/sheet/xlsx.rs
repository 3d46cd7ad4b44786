//! Workbooks of today, read by calamine behind the gate.

use std::io::{Cursor, Read};

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use yuanba_core::partial_date::Epoch;

use super::limits::SHEETS_MAX;
use super::zip_gate::{self, Gate};
use super::{Cell, Grid, Merge, Shape, SheetError, part};
use crate::Watch;

/// A workbook that passed the gate.
pub(super) struct Workbook<'a> {
    bytes: &'a [u8],
    xlsx: Xlsx<Cursor<&'a [u8]>>,
    gate: Gate,
}

impl<'a> Workbook<'a> {
    pub(super) fn open(bytes: &'a [u8], watch: &mut Watch<'_>) -> Result<Self, SheetError> {
        let gate = zip_gate::check(bytes, watch)?;
        let xlsx = Xlsx::new(Cursor::new(bytes)).map_err(error)?;
        Ok(Self { bytes, xlsx, gate })
    }

    pub(super) fn sheets(&self) -> Vec<String> {
        let seen = |s: &&calamine::Sheet| s.visible == SheetVisible::Visible && s.typ == SheetType::WorkSheet;
        self.xlsx.sheets_metadata().iter().filter(seen).take(SHEETS_MAX).map(|s| s.name.clone()).collect()
    }

    pub(super) fn read(
        &mut self,
        name: &str,
        rows_max: usize,
        watch: &mut Watch<'_>,
    ) -> Result<Grid, SheetError> {
        let epoch = if self.xlsx.has_1904_epoch() { Epoch::Y1904 } else { Epoch::Y1900 };
        let merges = self.merges(name);
        let mut reader = self.xlsx.worksheet_cells_reader(name).map_err(error)?;
        let shapes: Vec<Shape> = reader
            .styles()
            .iter()
            .map(|style| style.number_format.as_ref())
            .map(|format| format.map_or(Shape::Plain, |f| Shape::of(&f.format_code, f.format_id)))
            .collect();
        let mut grid = Grid::new(epoch);
        let mut done = 0;
        let mut row = 0;
        while let Some((cell, style)) = reader.next_cell_with_style_id().map_err(error)? {
            let (at, column) = cell.get_position();
            if at != row {
                done += 1;
                row = at;
                watch.row(done)?;
                if grid.len() >= rows_max {
                    break;
                }
            }
            let shape = shapes.get(style).copied().unwrap_or_default();
            let text;
            let cell = match cell.get_value() {
                DataRef::Empty => continue,
                DataRef::SharedString(text) => Cell::Text(text),
                DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                    Cell::Text(text)
                }
                DataRef::Float(number) => Cell::Number(*number, shape),
                DataRef::Int(number) => Cell::Number(*number as f64, shape),
                DataRef::DateTime(number) => Cell::Number(number.as_f64(), shape),
                DataRef::Bool(yes) => Cell::Text(if *yes { "TRUE" } else { "FALSE" }),
                DataRef::Error(kind) => {
                    text = kind.to_string();
                    Cell::Text(&text)
                }
            };
            grid.push(at, column, cell)?;
        }
        grid.set_merges(merges);
        Ok(grid)
    }

    /// The merged regions of a sheet. The library would read the whole sheet once more for them; the gate saw them.
    fn merges(&mut self, name: &str) -> Vec<Merge> {
        if self.gate.merges.is_empty() {
            return Vec::new();
        }
        let part = self.xml("xl/workbook.xml").zip(self.xml("xl/_rels/workbook.xml.rels"));
        if let Some(part) = part.and_then(|(book, rels)| part::sheet_part(&book, &rels, name)) {
            return self.gate.merges.get(&part).map_or_else(Vec::new, |tail| part::merges(tail));
        }
        let merges = self.xlsx.merge_cells_by_sheet_name(name).unwrap_or_default();
        merges.into_iter().map(|m| Merge { start: m.start, end: m.end }).collect()
    }

    fn xml(&self, name: &str) -> Option<Vec<u8>> {
        let mut zip = zip::ZipArchive::new(Cursor::new(self.bytes)).ok()?;
        let mut bytes = Vec::new();
        // The gate has counted it already.
        zip.by_name(name).ok()?.read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }
}

fn error(error: XlsxError) -> SheetError {
    match error {
        XlsxError::Password => SheetError::Password,
        XlsxError::WorksheetNotFound(_) => SheetError::SheetMissing,
        error => SheetError::Damaged(error.to_string()),
    }
}
