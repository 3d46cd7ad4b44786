//! What kind of file the bytes are, by what stands in them and never by their name.

use super::SheetError;

/// A kind of file that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A zip with a workbook in it.
    Xlsx,
    /// A compound file: an old workbook, or a new one behind a password.
    Compound,
    /// Text of any kind: delimited or HTML.
    Text,
}

/// Names the kind of the bytes.
///
/// # Errors
/// [`SheetError::Empty`], or [`SheetError::NotATable`] with the Chinese word for what it is.
pub(super) fn kind_of(bytes: &[u8]) -> Result<Kind, SheetError> {
    let has = |magic: &[u8]| bytes.starts_with(magic);
    if bytes.iter().all(|b| b.is_ascii_whitespace() || *b == 0) {
        return Err(SheetError::Empty);
    }
    if has(b"PK\x03\x04") || has(b"PK\x05\x06") {
        return Ok(Kind::Xlsx);
    }
    if has(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return Ok(Kind::Compound);
    }
    let other = [
        (&b"\xff\xd8\xff"[..], "一张图片"),
        (b"\x89PNG", "一张图片"),
        (b"GIF8", "一张图片"),
        (b"BM", "一张图片"),
        (b"II*\0", "一张图片"),
        (b"MM\0*", "一张图片"),
        (b"%PDF", "一份 PDF"),
        (b"Rar!", "一个压缩包"),
        (b"7z\xbc\xaf", "一个压缩包"),
        (b"\x1f\x8b", "一个压缩包"),
        (b"MZ", "一个程序"),
        (b"\x7fELF", "一个程序"),
        (b"{\\rtf", "一份文档"),
    ];
    // Two letters begin many texts; a picture or a program has zeros soon after.
    let binary = bytes[..bytes.len().min(256)].contains(&0);
    match other.iter().find(|(magic, _)| has(magic) && (magic.len() > 2 || binary)) {
        Some((_, word)) => Err(SheetError::NotATable(word)),
        None => Ok(Kind::Text),
    }
}
