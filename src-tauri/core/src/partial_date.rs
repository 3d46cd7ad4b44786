//! A date as precise as its source: a year, a month, or a day. A missing part is never invented (RULES §6).

mod calendar;
mod reading;
mod spelling;
#[cfg(test)]
#[path = "partial_date/tests.rs"]
mod spellings_tests;

pub use reading::{DateProblem, DateReader, Epoch};

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How much of a date is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Precision {
    /// Only the year.
    Year,
    /// Year and month.
    Month,
    /// Year, month and day.
    Day,
}

/// A calendar date of which the month, or the month and the day, may be unknown.
///
/// Years run from 1 to 9999. Written `1985`, `1985-07` or `1985-07-01`, in [`fmt::Display`], [`FromStr`] and serde
/// alike. Its order is that of its parts, an unknown part first: fit for sorting, not for deciding which of two dates was
/// earlier ([`PartialDate::compare`] does that).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    year: u16,
    month: Option<u8>,
    day: Option<u8>,
}

/// The text is not one of the three written forms, or names a day that the calendar does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date written as 1985, 1985-07 or 1985-07-01")]
pub struct NotADate;

impl PartialDate {
    /// A date of which these parts are known; `None` when the calendar has no such date, or a day stands without a month.
    pub fn new(year: i32, month: Option<u32>, day: Option<u32>) -> Option<Self> {
        if !(1..=9999).contains(&year) || (month.is_none() && day.is_some()) {
            return None;
        }
        NaiveDate::from_ymd_opt(year, month.unwrap_or(1), day.unwrap_or(1))?;
        Some(Self { year: year as u16, month: month.map(|m| m as u8), day: day.map(|d| d as u8) })
    }

    /// The year, 1 to 9999.
    pub fn year(&self) -> i32 {
        i32::from(self.year)
    }

    /// The month, 1 to 12, where it is known.
    pub fn month(&self) -> Option<u32> {
        self.month.map(u32::from)
    }

    /// The day of the month, 1 to 31, where it is known.
    pub fn day(&self) -> Option<u32> {
        self.day.map(u32::from)
    }

    /// How much of the date is known.
    pub fn precision(&self) -> Precision {
        match (self.month, self.day) {
            (None, _) => Precision::Year,
            (Some(_), None) => Precision::Month,
            (Some(_), Some(_)) => Precision::Day,
        }
    }

    /// Whether both can be one and the same date: `1985-07` agrees with `1985` and `1985-07-01`, not with `1985-08`.
    pub fn agrees_with(&self, other: &Self) -> bool {
        let same = |a: Option<u8>, b: Option<u8>| a.is_none() || b.is_none() || a == b;
        self.year == other.year && same(self.month, other.month) && same(self.day, other.day)
    }

    /// Whether this date says the same as `other` and more: `1985-07-01` refines `1985-07`; no date refines itself.
    pub fn refines(&self, other: &Self) -> bool {
        self.agrees_with(other) && self.precision() > other.precision()
    }

    /// Which was earlier, as far as what is known decides it. Two dates that agree in a part that one of them lacks give
    /// `None`; two equal dates are `Equal` only to the day.
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        if self.latest() < other.earliest() {
            Some(Ordering::Less)
        } else if self.earliest() > other.latest() {
            Some(Ordering::Greater)
        } else if self == other && self.precision() == Precision::Day {
            Some(Ordering::Equal)
        } else {
            None
        }
    }

    /// Whether this date is certainly before the other one.
    pub fn is_before(&self, other: &Self) -> bool {
        self.compare(other) == Some(Ordering::Less)
    }
}

impl From<NaiveDate> for PartialDate {
    /// A date to the day. Years outside 1…9999 are brought to the nearest one inside.
    fn from(date: NaiveDate) -> Self {
        let year = date.year().clamp(1, 9999) as u16;
        Self { year, month: Some(date.month() as u8), day: Some(date.day() as u8) }
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        for part in [self.month, self.day].into_iter().flatten() {
            write!(f, "-{part:02}")?;
        }
        Ok(())
    }
}

impl FromStr for PartialDate {
    type Err = NotADate;

    /// Reads the written form only; [`DateReader`] reads what people and spreadsheets write.
    fn from_str(text: &str) -> Result<Self, NotADate> {
        let part = |range: std::ops::Range<usize>| -> Option<u32> {
            let digits = text.get(range)?;
            digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
        };
        let dash = |at: usize| text.as_bytes().get(at) == Some(&b'-');
        let date = match text.len() {
            4 => Some((part(0..4), None, None)),
            7 if dash(4) => part(5..7).map(|m| (part(0..4), Some(m), None)),
            10 if dash(4) && dash(7) => {
                part(5..7).zip(part(8..10)).map(|(m, d)| (part(0..4), Some(m), Some(d)))
            }
            _ => None,
        };
        date.and_then(|(year, month, day)| Self::new(year? as i32, month, day)).ok_or(NotADate)
    }
}

impl Serialize for PartialDate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PartialDate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> PartialDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_date_is_written_as_precisely_as_it_is_known() {
        for text in ["1985", "1985-07", "1985-07-01", "2024-02-29"] {
            assert_eq!(date(text).to_string(), text);
        }
        for text in
            ["1985-13", "1985-02-30", "1985-7", "85-07", "1985-07-01 ", "", "+985", "1985/07", "2023-02-29"]
        {
            assert!(text.parse::<PartialDate>().is_err(), "{text}");
        }
    }

    #[test]
    fn only_what_is_known_decides_which_was_earlier() {
        assert!(date("1985-06").is_before(&date("1985-07-01")));
        assert_eq!(date("1985-07").compare(&date("1985-07-01")), None);
        assert_eq!(date("1985").compare(&date("1985")), None);
        assert_eq!(date("1985-07-01").compare(&date("1985-07-01")), Some(Ordering::Equal));
        assert!(date("1985-07-01").refines(&date("1985")) && !date("1985").refines(&date("1985")));
        assert!(!date("1985-07-01").refines(&date("1985-08")));
    }
}
