//! Telephone numbers: mobile numbers of 11 digits and lines of 7 or 8 with or without their area code.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::width::half_width_text;

/// A telephone number. A line with an area code is written `0818-5222222`; everything else is digits only.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Phone(Box<str>);

/// Why a cell gave no telephone numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneProblem {
    /// It has digits, but no telephone number.
    #[error("no telephone number can be read")]
    Unreadable,
    /// It is a mask such as `138****0000`: it says nothing.
    #[error("the number is masked")]
    Masked,
}

/// A cell with more numbers than this is no cell of telephone numbers.
const NUMBERS_MAX: usize = 8;

impl Phone {
    /// Reads one number, blanks and hyphens and `+86` taken off.
    pub fn read(text: &str) -> Result<Self, PhoneProblem> {
        if is_plain_mobile(text) {
            return Ok(Self(text.into()));
        }
        if text.len() > 64 {
            return Err(PhoneProblem::Unreadable);
        }
        let text = half_width_text(text);
        if text.contains('*') || text.contains('●') {
            return Err(PhoneProblem::Masked);
        }
        let known =
            |c: char| c.is_ascii_digit() || matches!(c, ' ' | '-' | '+' | '(' | ')' | '\'' | '—' | '–' | '.');
        if !text.chars().all(known) {
            return Err(PhoneProblem::Unreadable);
        }
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let mobile = |d: &str| d.len() == 11 && d.starts_with('1') && d.as_bytes()[1] >= b'3';
        let digits = ["0086", "86"]
            .iter()
            .find_map(|code| digits.strip_prefix(code).filter(|d| mobile(d)))
            .unwrap_or(&digits);
        // 010 and 02x have three digits, all other area codes four.
        let area = if digits.starts_with("01") || digits.starts_with("02") { 3 } else { 4 };
        match digits.len() {
            11 if mobile(digits) => Ok(Self(digits.into())),
            10..=12
                if digits.starts_with('0')
                    && digits.as_bytes()[1] != b'0'
                    && (7..=8).contains(&(digits.len() - area)) =>
            {
                Ok(Self(format!("{}-{}", &digits[..area], &digits[area..]).into()))
            }
            7 | 8 if !digits.starts_with(['0', '1']) => Ok(Self(digits.into())),
            _ => Err(PhoneProblem::Unreadable),
        }
    }

    /// Reads a cell: none (`无`, blank), one, or several with `/ 、 , ;` or a blank between them. One that cannot be read
    /// spoils the cell, so that nothing is lost in silence. The same number twice is one.
    pub fn read_all(text: &str) -> Result<Vec<Self>, PhoneProblem> {
        if is_plain_mobile(text) {
            return Ok(vec![Self(text.into())]);
        }
        if text.len() > 512 {
            return Err(PhoneProblem::Unreadable);
        }
        let separator = |c: char| {
            matches!(c, '/' | '、' | ',' | '，' | ';' | '；' | '\n' | '|' | '\\' | '或' | '和' | '／')
        };
        let mut phones: Vec<Self> = Vec::new();
        for piece in text.split(separator).map(without_remark).map(half_width_text) {
            if piece.is_empty() || matches!(&*piece, "无" | "没有" | "-" | "—" | "——" | "暂无" | "0")
            {
                continue;
            }
            match Self::read(&piece) {
                Ok(phone) => phones.push(phone),
                Err(PhoneProblem::Unreadable) if piece.contains(' ') => {
                    for part in piece.split_whitespace() {
                        phones.push(Self::read(part)?);
                    }
                }
                Err(problem) => return Err(problem),
            }
            if phones.len() > NUMBERS_MAX {
                return Err(PhoneProblem::Unreadable);
            }
        }
        let mut seen = Vec::with_capacity(phones.len());
        phones.retain(|phone| !seen.contains(phone) && (seen.push(phone.clone()), true).1);
        Ok(phones)
    }

    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number as screens and exports show it: `138****0000`; of a line only the last three digits (RULES §7).
    pub fn mask(&self) -> String {
        let text = self.as_str();
        if text.len() == 11 && !text.contains('-') {
            format!("{}****{}", &text[..3], &text[7..])
        } else {
            format!("****{}", &text[text.len() - 3..])
        }
    }
}

/// Eleven digits and nothing else, as nearly every cell has them.
fn is_plain_mobile(text: &str) -> bool {
    text.len() == 11
        && text.starts_with('1')
        && text.as_bytes()[1] >= b'3'
        && text.bytes().all(|b| b.is_ascii_digit())
}

/// A piece without a remark in brackets that holds no digit: `13800000000（儿子）`.
fn without_remark(piece: &str) -> &str {
    let piece = piece.trim();
    match piece.find(['(', '（']) {
        Some(at) if at > 0 && piece.ends_with([')', '）']) && !piece[at..].chars().any(char::is_numeric) => {
            &piece[..at]
        }
        _ => piece,
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.mask())
    }
}

impl FromStr for Phone {
    type Err = PhoneProblem;

    fn from_str(text: &str) -> Result<Self, PhoneProblem> {
        Self::read(text)
    }
}

impl Serialize for Phone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Phone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        Phone::read_all(text).unwrap().iter().map(Phone::to_string).collect()
    }

    #[test]
    fn a_cell_gives_every_number_in_it() {
        assert_eq!(read("13800000000/19900000001"), ["13800000000", "19900000001"]);
        assert_eq!(read("13800000000、19900000001"), ["13800000000", "19900000001"]);
        assert_eq!(read("13800000000 19900000001"), ["13800000000", "19900000001"]);
        assert_eq!(read("+86 138-0000-0000"), ["13800000000"]);
        assert_eq!(read("1380000 0000（儿子）"), ["13800000000"]);
        assert_eq!(read("(0818)5222222"), ["0818-5222222"]);
        assert_eq!(read("无"), Vec::<String>::new());
    }

    #[test]
    fn a_number_that_lost_digits_is_not_taken() {
        for text in ["1.38E+10", "1380001234", "138000012345", "见原表", "12800000000"] {
            assert_eq!(Phone::read_all(text), Err(PhoneProblem::Unreadable), "{text}");
        }
        assert_eq!(Phone::read_all("138****0000"), Err(PhoneProblem::Masked));
    }

    #[test]
    fn a_mask_hides_the_middle() {
        assert_eq!(Phone::read("13800000000").unwrap().mask(), "138****0000");
        assert_eq!(Phone::read("0818-5222222").unwrap().mask(), "****222");
    }
}
