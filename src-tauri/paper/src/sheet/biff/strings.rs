//! The lengths of the shared strings of an old workbook (MS-XLS 2.4.265 SST, 2.5.293), without reading them.

use super::{CONTINUE, Record, damaged, read_u16, read_u32};
use crate::sheet::SheetError;

/// Bytes, at most, of each shared string of the table at this place of the stream.
pub(super) fn lengths(stream: &[u8], at: usize) -> Result<Vec<u32>, SheetError> {
    let mut pieces = Vec::new();
    let mut next = at;
    while let Some(record) = Record::at(stream, next)? {
        if next != at && record.kind != CONTINUE {
            break;
        }
        pieces.push(&stream[record.data.clone()]);
        next = record.data.end;
    }
    let mut walk = Walk { pieces: &pieces, piece: 0, at: 8 };
    let mut lengths = Vec::new();
    while !walk.is_at_end() {
        lengths.push(walk.string()?);
    }
    Ok(lengths)
}

struct Walk<'a> {
    pieces: &'a [&'a [u8]],
    piece: usize,
    at: usize,
}

impl Walk<'_> {
    fn here(&self) -> &[u8] {
        self.pieces.get(self.piece).and_then(|piece| piece.get(self.at..)).unwrap_or_default()
    }

    /// Moves on to the next record when this one is used up.
    fn is_at_end(&mut self) -> bool {
        while self.here().is_empty() {
            if self.piece >= self.pieces.len() {
                return true;
            }
            (self.piece, self.at) = (self.piece + 1, 0);
        }
        false
    }

    fn string(&mut self) -> Result<u32, SheetError> {
        let here = self.here();
        let (Some(chars), Some(&flags)) = (read_u16(here, 0), here.get(2)) else { return Err(damaged()) };
        let mut head = 3;
        let mut after = 0usize;
        if flags & 0x08 != 0 {
            after += usize::from(read_u16(here, head).ok_or_else(damaged)?) * 4;
            head += 2;
        }
        if flags & 0x04 != 0 {
            after += read_u32(here, head).ok_or_else(damaged)? as usize;
            head += 4;
        }
        self.at += head;
        let mut left = usize::from(chars);
        let mut width = if flags & 1 == 1 { 2 } else { 1 };
        while left > 0 {
            let fits = (self.here().len() / width).min(left);
            self.at += fits * width;
            left -= fits;
            if left > 0 {
                // The rest goes on in the next record, after a byte that says how wide its characters are.
                (self.piece, self.at) = (self.piece + 1, 1);
                let flags =
                    self.pieces.get(self.piece).and_then(|piece| piece.first()).ok_or_else(damaged)?;
                width = if flags & 1 == 1 { 2 } else { 1 };
            }
        }
        while after > 0 {
            if self.is_at_end() {
                return Err(damaged());
            }
            let skipped = self.here().len().min(after);
            self.at += skipped;
            after -= skipped;
        }
        Ok(u32::from(chars) * 3)
    }
}
