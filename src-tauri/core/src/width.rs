//! Full-width characters brought back to the half-width ones that a keyboard without an input method would give.

use std::borrow::Cow;

/// One character in its half-width form: U+FF01…U+FF5E become ASCII, every kind of blank becomes a space.
/// Zero-width characters and byte order marks give `None`: they were never meant to be seen.
pub fn half_width(c: char) -> Option<char> {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xff01 + 0x21),
        '\u{3000}' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\t' | '\r' | '\n' => {
            Some(' ')
        }
        '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}' | '\u{202a}'..='\u{202e}' => None,
        c if c.is_control() => None,
        c => Some(c),
    }
}

/// A text with every character in its half-width form and no blanks at its ends. Most texts are that already and are
/// given back as they are.
pub fn half_width_text(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| half_width(c) == Some(c)) {
        return Cow::Borrowed(text.trim_matches(' '));
    }
    let mut wide: String = text.chars().filter_map(half_width).collect();
    wide.truncate(wide.trim_end_matches(' ').len());
    match wide.trim_start_matches(' ') {
        trimmed if trimmed.len() == wide.len() => Cow::Owned(wide),
        trimmed => Cow::Owned(trimmed.to_owned()),
    }
}

/// As [`half_width_text`], with the blanks inside taken out too: for headers, codes and labels.
pub fn without_blanks(text: &str) -> Cow<'_, str> {
    if text.chars().all(|c| c != ' ' && half_width(c) == Some(c)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter_map(half_width).filter(|c| *c != ' ').collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_digits_and_blanks_become_plain_ones() {
        assert_eq!(half_width_text("\u{3000}５１１Ｘ（甲）\u{200b} "), "511X(甲)");
        assert_eq!(without_blanks("岗　 位\n"), "岗位");
    }
}
