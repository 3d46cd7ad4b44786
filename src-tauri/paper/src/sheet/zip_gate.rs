//! The gate before a workbook's zip: every part is unpacked once and counted, so that what comes after can trust sizes.
//!
//! A zip directory can lie about sizes, so only what was really unpacked counts. The library that reads the workbook
//! keeps a part's longest run of text and every shared string in memory and believes the counts that a part declares; so
//! those are bounded here.

use std::collections::HashMap;
use std::io::{Cursor, Read};

use memchr::memmem;
use zip::ZipArchive;
use zip::result::ZipError;

use super::SheetError;
use super::limits::*;
use super::part::{StringCount, declared_strings};
use crate::Watch;

/// What was seen while the parts were counted.
pub(super) struct Gate {
    /// The end of every worksheet part that has merged cells, from `<mergeCells` on, by lower-case part name.
    pub(super) merges: HashMap<String, Vec<u8>>,
}

/// Bytes that are unpacked at a time.
const PIECE: usize = 1 << 18;
/// Deflate never unpacks a byte to more than this; a small part needs no counting.
const DEFLATE_RATIO_MAX: u64 = 1032;
/// The mark of an entry in a zip directory.
const ENTRY_MARK: &[u8] = b"PK\x01\x02";

/// Checks a workbook's container.
///
/// # Errors
/// [`SheetError::TooLarge`] at a limit, [`SheetError::Damaged`], [`SheetError::Password`], [`SheetError::NotATable`] or
/// [`SheetError::Unsupported`] for zips that are something else.
pub(super) fn check(bytes: &[u8], watch: &mut Watch<'_>) -> Result<Gate, SheetError> {
    if memmem::find_iter(bytes, ENTRY_MARK).take(ZIP_ENTRIES_MAX + 1).count() > ZIP_ENTRIES_MAX {
        return Err(SheetError::TooLarge("zip entries"));
    }
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let mut total = 0;
    let mut gate = Gate { merges: HashMap::new() };
    let mut merges_bytes = 0;
    let mut names = Vec::with_capacity(zip.len());
    for at in 0..zip.len() {
        let mut entry = zip.by_index(at).map_err(damaged)?;
        let name = entry.name().map_err(damaged)?.replace('\\', "/").to_ascii_lowercase();
        let kind = PartKind::of(&name);
        if entry.size() > kind.bytes_max() {
            return Err(SheetError::TooLarge("part"));
        }
        let small = entry.compressed_size().saturating_mul(DEFLATE_RATIO_MAX) < XML_RUN_BYTES_MAX as u64;
        if kind != PartKind::Other || !small {
            let mut count = Count::new(kind);
            count.read(&mut entry, &mut total, watch)?;
            merges_bytes += count.merges.len();
            if merges_bytes > MERGES_BYTES_MAX {
                return Err(SheetError::TooLarge("merged cells"));
            }
            if !count.merges.is_empty() {
                gate.merges.insert(name.clone(), count.merges);
            }
        }
        names.push(name);
    }
    recognised(&names)?;
    Ok(gate)
}

fn recognised(names: &[String]) -> Result<(), SheetError> {
    let has = |name: &str| names.iter().any(|n| n == name);
    if has("xl/workbook.bin") {
        Err(SheetError::Unsupported("xlsb 表格"))
    } else if has("word/document.xml") || has("ppt/presentation.xml") {
        Err(SheetError::NotATable("一份文档"))
    } else if has("content.xml") && has("mimetype") {
        Err(SheetError::Unsupported("ODF 文件（ods 一类）"))
    } else if !has("_rels/.rels") {
        Err(SheetError::NotATable("一个压缩包"))
    } else {
        Ok(())
    }
}

fn damaged(error: ZipError) -> SheetError {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => SheetError::Password,
        error => SheetError::Damaged(error.to_string()),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PartKind {
    Sheet,
    Strings,
    Styles,
    Other,
}

impl PartKind {
    fn of(name: &str) -> Self {
        if name.contains("worksheets/") && name.ends_with(".xml") {
            Self::Sheet
        } else if name.ends_with("sharedstrings.xml") {
            Self::Strings
        } else if name.ends_with("styles.xml") {
            Self::Styles
        } else {
            Self::Other
        }
    }

    fn bytes_max(self) -> u64 {
        match self {
            Self::Sheet => SHEET_PART_BYTES_MAX,
            Self::Styles => STYLES_BYTES_MAX,
            Self::Strings | Self::Other => OTHER_PART_BYTES_MAX,
        }
    }
}

/// The counting of one part.
struct Count {
    kind: PartKind,
    bytes: u64,
    run: usize,
    formats: usize,
    longest_run: usize,
    head: Vec<u8>,
    merges: Vec<u8>,
    // The end of the piece before, so that a mark across two pieces is found.
    tail: Vec<u8>,
}

impl Count {
    fn new(kind: PartKind) -> Self {
        Self {
            kind,
            bytes: 0,
            run: 0,
            formats: 0,
            longest_run: 0,
            head: vec![],
            merges: vec![],
            tail: vec![],
        }
    }

    fn read(
        &mut self,
        part: &mut impl Read,
        total: &mut u64,
        watch: &mut Watch<'_>,
    ) -> Result<(), SheetError> {
        let mut piece = vec![0; PIECE];
        loop {
            let len = part.read(&mut piece).map_err(|e| SheetError::Damaged(e.to_string()))?;
            if len == 0 {
                break;
            }
            self.bytes += len as u64;
            *total += len as u64;
            if self.bytes > self.kind.bytes_max() || *total > ALL_PARTS_BYTES_MAX {
                return Err(SheetError::TooLarge("part"));
            }
            watch.look()?;
            self.piece(&piece[..len])?;
        }
        self.end()
    }

    fn piece(&mut self, piece: &[u8]) -> Result<(), SheetError> {
        match (memchr::memchr(b'<', piece), memchr::memrchr(b'<', piece)) {
            (Some(first), Some(last)) => {
                self.longest_run = self.longest_run.max(self.run + first);
                self.run = piece.len() - last;
            }
            _ => self.run += piece.len(),
        }
        if self.run.max(self.longest_run) > XML_RUN_BYTES_MAX {
            return Err(SheetError::TooLarge("text"));
        }
        match self.kind {
            PartKind::Sheet => self.look_for_merges(piece)?,
            PartKind::Strings if self.head.len() < PIECE => self.head.extend_from_slice(piece),
            PartKind::Styles => {
                // Style parts are small: every element is measured.
                let mut last = 0;
                for at in memchr::memchr_iter(b'<', piece) {
                    self.longest_run = self.longest_run.max(at - last);
                    last = at;
                }
                self.formats += memmem::find_iter(piece, b"xf ").count();
            }
            _ => {}
        }
        Ok(())
    }

    fn look_for_merges(&mut self, piece: &[u8]) -> Result<(), SheetError> {
        const MARK: &[u8] = b"mergeCells";
        if self.merges.is_empty() {
            self.tail.extend_from_slice(&piece[..piece.len().min(MARK.len())]);
            let across = memmem::find(&self.tail, MARK).is_some();
            let found = if across { Some(0) } else { memmem::find(piece, MARK) };
            if let Some(at) = found {
                self.merges.extend_from_slice(if across { &self.tail } else { MARK });
                self.merges.extend_from_slice(&piece[if across { 0 } else { at + MARK.len() }..]);
            }
            self.tail.clear();
            self.tail.extend_from_slice(&piece[piece.len().saturating_sub(MARK.len())..]);
        } else {
            self.merges.extend_from_slice(piece);
        }
        if self.merges.len() > MERGES_BYTES_MAX { Err(SheetError::TooLarge("merged cells")) } else { Ok(()) }
    }

    fn end(&self) -> Result<(), SheetError> {
        match self.kind {
            PartKind::Strings => match declared_strings(&self.head) {
                StringCount::Declared(count) if count > self.bytes / 4 => {
                    Err(SheetError::Damaged("its strings are miscounted".into()))
                }
                StringCount::NotFound => Err(SheetError::Damaged("its strings have no beginning".into())),
                _ => Ok(()),
            },
            PartKind::Styles if self.formats.saturating_mul(self.longest_run) > STYLES_MEMORY_MAX => {
                Err(SheetError::TooLarge("styles"))
            }
            _ => Ok(()),
        }
    }
}
