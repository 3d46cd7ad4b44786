//! The record stream of an old workbook, cleaned before the reading library takes it apart.
//!
//! That library reserves room by what a record declares, copies a shared string into every cell that names it, and knows
//! of number formats only whether they are dates. So here records that a roster does not need are blanked out in place,
//! what is left is measured, and formats that say more (a month without a day) are noted.

mod formats;
mod strings;

use std::collections::HashMap;

use super::limits::{CELLS_MAX, TEXT_BYTES_MAX};
use super::{Shape, SheetError};
use formats::Formats;

/// What the cleaning found out.
pub(super) struct Cleaned {
    /// Of each sheet, in the order of the workbook: the cells whose number format says more than "a date".
    pub(super) shapes: Vec<HashMap<(u32, u32), Shape>>,
}

/// The area of all cells of a sheet from the first to the last: the library lays it out whole.
const AREA_MAX: u64 = 4_000_000;
/// A record that means nothing to anybody.
const BLANKED: u16 = 0x7ffe;

const BOF: u16 = 0x0809;
const EOF: u16 = 0x000a;
const CONTINUE: u16 = 0x003c;
const FILE_PASS: u16 = 0x002f;
const BOUND_SHEET: u16 = 0x0085;
const SST: u16 = 0x00fc;
const FORMULA: u16 = 0x0006;
const NUMBER: u16 = 0x0203;
const RK: u16 = 0x027e;
const MUL_RK: u16 = 0x00bd;
const LABEL: u16 = 0x0204;
const RICH_LABEL: u16 = 0x00d6;
const LABEL_SST: u16 = 0x00fd;
const BOOL_OR_ERROR: u16 = 0x0205;
const FORMULA_STRING: u16 = 0x0207;
const MERGED_CELLS: u16 = 0x00e5;
const CODE_PAGE: u16 = 0x0042;
const DATE_MODE: u16 = 0x0022;

/// One substream: the workbook's globals or one sheet.
#[derive(Default)]
struct Substream {
    shapes: HashMap<(u32, u32), Shape>,
    // First and last row and column.
    area: Option<(u32, u32, u32, u32)>,
    cells: usize,
    text: usize,
}

/// Cleans the stream in place.
///
/// # Errors
/// [`SheetError::Password`], [`SheetError::Damaged`] when records do not follow one another, [`SheetError::TooLarge`].
pub(super) fn clean(stream: &mut [u8]) -> Result<Cleaned, SheetError> {
    let mut substreams: HashMap<usize, Substream> = HashMap::new();
    let mut sheets = Vec::new();
    let mut formats = Formats::default();
    let mut lengths = Vec::new();
    let (mut at, mut depth, mut current) = (0, 0, 0);
    while let Some(record) = Record::at(stream, at)? {
        let data = &stream[record.data.clone()];
        match record.kind {
            BOF => {
                if depth == 0 {
                    current = at;
                    formats.is_biff_8 |= at == 0 && data.starts_with(&[0x00, 0x06]);
                    substreams.insert(at, Substream::default());
                }
                depth += 1;
            }
            EOF => depth = usize::saturating_sub(depth, 1),
            // Charts inside a sheet have cells of their own, which are not the sheet's.
            _ if depth != 1 => {}
            FILE_PASS if data.iter().take(2).any(|b| *b != 0) => return Err(SheetError::Password),
            BOUND_SHEET if data.len() < 8 => return Err(damaged()),
            BOUND_SHEET => sheets.push(read_u32(data, 0).ok_or_else(damaged)? as usize),
            SST => lengths = strings::lengths(stream, at)?,
            kind => {
                formats.note(kind, data);
                if let Some(substream) = substreams.get_mut(&current) {
                    substream.note(kind, data, &formats, &lengths)?;
                }
            }
        }
        blank(stream, at, &record);
        at = record.data.end;
    }
    let mut seen = Vec::new();
    let mut shapes = Vec::with_capacity(sheets.len());
    for sheet in sheets {
        // Two sheets at one place would be read twice, and a place between records would hide what stands there.
        if seen.contains(&sheet) {
            return Err(damaged());
        }
        seen.push(sheet);
        shapes.push(substreams.remove(&sheet).ok_or_else(damaged)?.shapes);
    }
    Ok(Cleaned { shapes })
}

fn damaged() -> SheetError {
    SheetError::Damaged("its records do not follow one another".into())
}

/// One record: what it is and where its content lies.
struct Record {
    kind: u16,
    data: std::ops::Range<usize>,
}

impl Record {
    /// The record at this place; `None` at the end or at the zeros with which streams are filled up.
    fn at(stream: &[u8], at: usize) -> Result<Option<Self>, SheetError> {
        let (Some(kind), Some(len)) = (read_u16(stream, at), read_u16(stream, at + 2)) else {
            return Ok(None);
        };
        if kind == 0 && len == 0 {
            return Ok(None);
        }
        let data = at + 4..at + 4 + usize::from(len);
        if data.end > stream.len() { Err(damaged()) } else { Ok(Some(Self { kind, data })) }
    }
}

/// Blanks out what a roster does not need, and the text of formulas (their results stay).
fn blank(stream: &mut [u8], at: usize, record: &Record) {
    let whole_formula = record.kind == FORMULA && record.data.len() >= 22;
    if whole_formula {
        stream[record.data.start + 20..record.data.start + 22].fill(0);
    }
    let needed = matches!(
        record.kind,
        BOF | EOF
            | CONTINUE
            | FILE_PASS
            | BOUND_SHEET
            | SST
            | NUMBER
            | RK
            | MUL_RK
            | LABEL
            | RICH_LABEL
            | LABEL_SST
            | BOOL_OR_ERROR
            | FORMULA_STRING
            | MERGED_CELLS
            | CODE_PAGE
            | DATE_MODE
            | formats::FORMAT
            | formats::XF
    );
    if !needed && !whole_formula {
        stream[at..at + 2].copy_from_slice(&BLANKED.to_le_bytes());
    }
}

impl Substream {
    fn note(&mut self, kind: u16, data: &[u8], formats: &Formats, lengths: &[u32]) -> Result<(), SheetError> {
        let cell =
            matches!(kind, NUMBER | RK | MUL_RK | LABEL | RICH_LABEL | LABEL_SST | BOOL_OR_ERROR | FORMULA);
        if !cell {
            return Ok(());
        }
        let (Some(row), Some(column)) = (read_u16(data, 0), read_u16(data, 2)) else { return Err(damaged()) };
        let (row, column) = (u32::from(row), u32::from(column));
        let mut last = column;
        match kind {
            MUL_RK => {
                let count = data.len().saturating_sub(6) / 6;
                let end = read_u16(data, data.len().saturating_sub(2)).map(u32::from);
                if data.len() != 6 + 6 * count || count == 0 || end != Some(column + count as u32 - 1) {
                    return Err(damaged());
                }
                for cell in 0..count {
                    self.shape(row, column + cell as u32, read_u16(data, 4 + cell * 6), formats);
                }
                last = column + (count as u32) - 1;
                self.cells += count;
            }
            NUMBER | RK | FORMULA => self.shape(row, column, read_u16(data, 4), formats),
            LABEL_SST => {
                let string = read_u32(data, 6).and_then(|at| lengths.get(at as usize));
                self.text += string.copied().unwrap_or(0) as usize;
            }
            _ => {}
        }
        self.cells += 1;
        let area = self.area.get_or_insert((row, row, column, last));
        *area = (area.0.min(row), area.1.max(row), area.2.min(column), area.3.max(last));
        let size = u64::from(area.1 - area.0 + 1) * u64::from(area.3 - area.2 + 1);
        if self.cells > CELLS_MAX || size > AREA_MAX || self.text > TEXT_BYTES_MAX {
            return Err(SheetError::TooLarge("cells"));
        }
        Ok(())
    }

    fn shape(&mut self, row: u32, column: u32, format: Option<u16>, formats: &Formats) {
        let shape = format.map_or(Shape::Plain, |format| formats.shape(format));
        if matches!(shape, Shape::Month | Shape::Year | Shape::TwoDecimals) {
            self.shapes.insert((row, column), shape);
        }
    }
}

fn read_u16(data: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(data.get(at..at + 2)?.try_into().ok()?))
}

fn read_u32(data: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(data.get(at..at + 4)?.try_into().ok()?))
}
