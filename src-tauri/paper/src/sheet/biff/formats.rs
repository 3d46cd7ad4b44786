//! The number formats of an old workbook (MS-XLS 2.4.126 Format, 2.4.353 XF).

use std::collections::HashMap;

use super::super::Shape;
use super::read_u16;

pub(super) const FORMAT: u16 = 0x041e;
pub(super) const XF: u16 = 0x00e0;

/// The formats, as they come by.
#[derive(Default)]
pub(super) struct Formats {
    /// Whether texts are those of BIFF8.
    pub(super) is_biff_8: bool,
    shapes: HashMap<u16, Shape>,
    cell_formats: Vec<u16>,
}

impl Formats {
    /// Notes a record, if it is one of a format.
    pub(super) fn note(&mut self, kind: u16, data: &[u8]) {
        match (kind, read_u16(data, 0), read_u16(data, 2)) {
            (FORMAT, Some(number), _) => {
                if let Some(code) = self.code(&data[2..]) {
                    self.shapes.insert(number, Shape::of(&code, None));
                }
            }
            (XF, _, Some(number)) => self.cell_formats.push(number),
            _ => {}
        }
    }

    /// What the format of a cell says.
    pub(super) fn shape(&self, cell_format: u16) -> Shape {
        let Some(number) = self.cell_formats.get(usize::from(cell_format)) else { return Shape::Plain };
        self.shapes.get(number).copied().unwrap_or_else(|| Shape::of("General", Some((*number).into())))
    }

    fn code(&self, text: &[u8]) -> Option<String> {
        if !self.is_biff_8 {
            // Letters of dates are ASCII in every code page.
            let len = usize::from(*text.first()?);
            return Some(text.get(1..1 + len)?.iter().map(|b| char::from(*b)).collect());
        }
        let (len, wide) = (usize::from(read_u16(text, 0)?), text.get(2)? & 1 == 1);
        let chars = text.get(3..)?;
        if wide {
            let units: Vec<u16> =
                chars.chunks_exact(2).take(len).map(|c| u16::from_le_bytes([c[0], c[1]])).collect();
            Some(String::from_utf16_lossy(&units))
        } else {
            Some(chars.iter().take(len).map(|b| char::from(*b)).collect())
        }
    }
}
