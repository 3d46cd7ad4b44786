//! The citizen's identity number of GB 11643: 18 characters, of which the last checks the others.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::PartialDate;
use crate::sex::Sex;
use crate::width::half_width;

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: &[u8; 11] = b"10X98765432";

/// A good identity number: 17 digits and a check character that fits them, with a birth date that the calendar has.
///
/// Written as its 18 characters in [`fmt::Display`], [`FromStr`] and serde alike; `Debug` shows the mask, so that no log
/// ever holds one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdNumber([u8; 18]);

/// Why a text is no identity number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdProblem {
    /// A spreadsheet took it for a number and lost its last digits (scientific notation, or three zeros at the end).
    #[error("a spreadsheet has lost the last digits of the number")]
    Damaged,
    /// It has neither 18 nor 15 characters, or characters that cannot stand in it.
    #[error("not 18 or 15 digits")]
    Length,
    /// The last character does not fit the others.
    #[error("the check character does not fit")]
    Checksum,
    /// It names a birth date that the calendar does not have.
    #[error("the birth date inside is impossible")]
    ImpossibleDate,
    /// It is a mask such as `511722********0018`: it says nothing.
    #[error("the number is masked")]
    Masked,
}

impl IdNumber {
    /// Reads a number as rosters have it: blanks, a leading `'`, full-width digits, a small x, 15 digits. `Ok(None)`:
    /// nothing stands there. A damaged number is a problem, never padded or guessed (RULES §6).
    pub fn read(text: &str) -> Result<Option<Self>, IdProblem> {
        if text.len() > 1024 {
            return Err(IdProblem::Length);
        }
        // Nearly every cell has the number as it is.
        if let Ok(id) = Self::from_18(text.as_bytes()) {
            return Ok(Some(id));
        }
        let blank = |c: &char| matches!(c, ' ' | '-' | '\'' | '’' | '‘' | '`');
        let plain: String = text.chars().filter_map(half_width).filter(|c| !blank(c)).collect();
        if plain.is_empty() || matches!(plain.as_str(), "无" | "没有" | "/" | "暂无" | "—" | "——")
        {
            return Ok(None);
        }
        if plain.contains('*') || plain.contains('●') || plain.contains('×') {
            return Err(IdProblem::Masked);
        }
        let plain = plain.to_ascii_uppercase();
        if is_scientific(&plain) {
            return Err(IdProblem::Damaged);
        }
        let bytes = plain.as_bytes();
        match bytes.len() {
            15 if bytes.iter().all(u8::is_ascii_digit) => Self::from_15(bytes),
            18 => match Self::from_18(bytes) {
                Err(IdProblem::Checksum) if plain.ends_with("000") => Err(IdProblem::Damaged),
                read => read,
            },
            _ => Err(IdProblem::Length),
        }
        .map(Some)
    }

    /// Reads a number that a cell holds as a number: 15 digits survive that, of 18 the last three are lost.
    pub fn read_number(number: f64) -> Result<Option<Self>, IdProblem> {
        if !number.is_finite() || number < 0.0 || number.fract() != 0.0 {
            return Err(IdProblem::Length);
        }
        if number >= 1e15 { Err(IdProblem::Damaged) } else { Self::read(&format!("{number}")) }
    }

    fn from_15(old: &[u8]) -> Result<Self, IdProblem> {
        let mut new = [0; 18];
        new[..6].copy_from_slice(&old[..6]);
        new[6..8].copy_from_slice(b"19");
        new[8..17].copy_from_slice(&old[6..]);
        new[17] = check_character(&new);
        Self::from_18(&new)
    }

    /// The number that begins with these 17 digits: its last character is computed. For made-up numbers of the demo and
    /// of tests.
    pub fn complete(digits: &str) -> Result<Self, IdProblem> {
        let digits: &[u8; 17] = digits.as_bytes().try_into().map_err(|_| IdProblem::Length)?;
        let mut number = [b'0'; 18];
        number[..17].copy_from_slice(digits);
        number[17] = check_character(&number);
        Self::from_18(&number)
    }

    fn from_18(bytes: &[u8]) -> Result<Self, IdProblem> {
        let number: [u8; 18] = bytes.try_into().map_err(|_| IdProblem::Length)?;
        if !number[..17].iter().all(u8::is_ascii_digit)
            || !(number[17].is_ascii_digit() || number[17] == b'X')
        {
            return Err(IdProblem::Length);
        }
        if number[17] != check_character(&number) {
            return Err(IdProblem::Checksum);
        }
        let number = Self(number);
        if number.date().is_none() { Err(IdProblem::ImpossibleDate) } else { Ok(number) }
    }

    fn date(&self) -> Option<NaiveDate> {
        let number = |range: std::ops::Range<usize>| {
            self.0[range].iter().fold(0u32, |sum, digit| sum * 10 + u32::from(digit - b'0'))
        };
        let year = number(6..10) as i32;
        // Nobody with a number was born before 1800; the standard itself is of 1999.
        NaiveDate::from_ymd_opt(year, number(10..12), number(12..14))
            .filter(|_| (1800..=2199).contains(&year))
    }

    /// The number as text, 18 characters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The birth date inside, to the day.
    pub fn birth_date(&self) -> PartialDate {
        self.date().unwrap_or_default().into()
    }

    /// The sex inside: the 17th digit is odd for men.
    pub fn sex(&self) -> Sex {
        if (self.0[16] - b'0') % 2 == 1 { Sex::Male } else { Sex::Female }
    }

    /// The county code (GB/T 2260) where the number was given; codes that were since withdrawn stay valid.
    pub fn county(&self) -> &str {
        &self.as_str()[..6]
    }

    /// The number as screens and exports show it: `511722********0018` (RULES §7).
    pub fn mask(&self) -> String {
        let text = self.as_str();
        format!("{}********{}", &text[..6], &text[14..])
    }
}

fn check_character(number: &[u8; 18]) -> u8 {
    let sum: u32 =
        number.iter().zip(WEIGHTS).map(|(digit, weight)| u32::from(digit.wrapping_sub(b'0')) * weight).sum();
    CHECKS[(sum % 11) as usize]
}

/// `5.11722E+17`, `5.11722198507010E17`.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once('E') else { return false };
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    digits(mantissa) && digits(exponent.trim_start_matches('+'))
}

impl fmt::Display for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdNumber({})", self.mask())
    }
}

impl FromStr for IdNumber {
    type Err = IdProblem;

    /// Reads as [`IdNumber::read`] does; an empty text has the wrong length.
    fn from_str(text: &str) -> Result<Self, IdProblem> {
        Self::read(text)?.ok_or(IdProblem::Length)
    }
}

impl Serialize for IdNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for IdNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_vectors_of_the_rules_hold() {
        let good = IdNumber::read("511722198507010018").unwrap().unwrap();
        assert_eq!(good.birth_date().to_string(), "1985-07-01");
        assert_eq!(
            (good.sex(), good.county(), good.mask().as_str()),
            (Sex::Male, "511722", "511722********0018")
        );
        assert_eq!(IdNumber::read("511722196302290010"), Err(IdProblem::ImpossibleDate));
        assert_eq!(IdNumber::read("511722850701001"), Ok(Some(good)));
        assert_eq!(IdNumber::complete("51172219850701001"), Ok(good));
        assert_eq!(IdNumber::complete("51172219630229001"), Err(IdProblem::ImpossibleDate));
        assert_eq!(IdNumber::complete("5117221985070100"), Err(IdProblem::Length));
    }

    #[test]
    fn every_way_of_writing_a_number_is_read() {
        let good = "511722198507010018".parse::<IdNumber>().unwrap();
        for text in [
            "'511722198507010018",
            " 511722 19850701 0018 ",
            "５１１７２２１９８５０７０１００１８",
            "511722-19850701-0018",
        ] {
            assert_eq!(IdNumber::read(text), Ok(Some(good)), "{text}");
        }
        assert_eq!(IdNumber::read("　"), Ok(None));
    }

    #[test]
    fn what_a_spreadsheet_damaged_is_flagged_and_never_repaired() {
        for text in ["5.11722E+17", "5.1172219850701e17", "511722198507011000"] {
            assert_eq!(IdNumber::read(text), Err(IdProblem::Damaged), "{text}");
        }
        assert_eq!(IdNumber::read_number(511722198507010018.0), Err(IdProblem::Damaged));
        assert!(matches!(IdNumber::read_number(511722850701001.0), Ok(Some(_))));
        assert_eq!(IdNumber::read("51172219850701001"), Err(IdProblem::Length));
        assert_eq!(IdNumber::read("511722198507010019"), Err(IdProblem::Checksum));
        assert_eq!(IdNumber::read("511722********0018"), Err(IdProblem::Masked));
    }

    proptest! {
        /// GB 11643 catches every single wrong digit; so a slip of the pen never becomes somebody else's number.
        #[test]
        fn one_wrong_digit_is_always_noticed(at in 0usize..17, by in 1u8..10, seq in 0u32..1000, day in 1u32..29) {
            let mut text = format!("511722198507{day:02}{seq:03}0").into_bytes();
            text[17] = check_character(text[..].try_into().unwrap());
            let good = String::from_utf8(text.clone()).unwrap();
            prop_assert_eq!(good.parse::<IdNumber>().unwrap().to_string(), good);
            text[at] = b'0' + (text[at] - b'0' + by) % 10;
            let wrong = String::from_utf8(text).unwrap();
            prop_assert!(wrong.parse::<IdNumber>().is_err(), "{wrong}");
        }

        #[test]
        fn any_text_at_all_is_survived(text in "\\PC{0,40}", number in any::<f64>()) {
            if let Ok(Some(id)) = IdNumber::read(&text) {
                prop_assert_eq!(IdNumber::read(id.as_str()), Ok(Some(id)));
            }
            let _ = IdNumber::read_number(number);
        }
    }
}
