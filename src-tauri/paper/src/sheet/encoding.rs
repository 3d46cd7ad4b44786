//! Text of unknown encoding: UTF-8 with or without its mark, UTF-16, or the national one (GBK is part of GB18030).

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::SheetError;

/// Of so many characters one may be unreadable: a slip of the pen, not another encoding.
const CHARACTERS_PER_ERROR: usize = 500;

/// Decodes bytes to text.
///
/// # Errors
/// [`SheetError::NotATable`] when the bytes are no text in any of the encodings.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, SheetError> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return checked(encoding, &bytes[mark..]);
    }
    if let Some(encoding) = utf_16_without_mark(bytes) {
        return checked(encoding, bytes);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return plain(Cow::Borrowed(text));
    }
    let declared = declared(bytes).filter(|encoding| *encoding != UTF_8);
    checked(declared.unwrap_or(GB18030), bytes)
}

fn checked<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Result<Cow<'a, str>, SheetError> {
    let (text, errors) = encoding.decode_without_bom_handling(bytes);
    if errors {
        let wrong = text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
        if wrong * CHARACTERS_PER_ERROR > text.chars().count() {
            return Err(SheetError::NotATable("认不出的文件"));
        }
    }
    plain(text)
}

/// A text with control characters in it is the inside of another kind of file.
fn plain(text: Cow<'_, str>) -> Result<Cow<'_, str>, SheetError> {
    let control = |c: char| c.is_control() && !matches!(c, '\t' | '\r' | '\n' | '\u{1a}' | '\u{b}' | '\u{c}');
    let wrong = text.chars().take(100_000).filter(|c| control(*c)).count();
    if wrong > 3 { Err(SheetError::NotATable("认不出的文件")) } else { Ok(text) }
}

/// UTF-16 whose mark was lost: in a table every second byte of digits, tabs and line ends is zero.
fn utf_16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(4096)];
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let enough = head.len() / 10;
    match (even, odd) {
        (0, odd) if odd > enough => Some(UTF_16LE),
        (even, 0) if even > enough => Some(UTF_16BE),
        _ => None,
    }
}

/// What an HTML page says of itself (`charset=gbk`).
fn declared(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    let (_, after) = head.split_once("charset=")?;
    let label: String = after
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    match Encoding::for_label(label.as_bytes())? {
        // A page that says gb2312 uses characters beyond it.
        encoding if encoding == encoding_rs::GBK => Some(GB18030),
        encoding => Some(encoding),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_read_in_whichever_encoding_it_is() {
        let text = "姓名,电话\r\n王㙦,13800000000\r\n";
        let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [text.as_bytes().to_vec(), GB18030.encode(text).0.into_owned(), utf_16.clone()] {
            assert_eq!(decode(&bytes).unwrap(), text);
        }
        assert_eq!(decode(&[&b"\xff\xfe"[..], &utf_16].concat()).unwrap(), text);
        assert_eq!(decode(&[&b"\xef\xbb\xbf"[..], text.as_bytes()].concat()).unwrap(), text);
    }

    #[test]
    fn noise_is_not_taken_for_text() {
        let noise: Vec<u8> = (0..4000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        assert!(matches!(decode(&noise), Err(SheetError::NotATable(_))));
    }
}
