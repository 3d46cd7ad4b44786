//! Reading a date as people and spreadsheets write it (IMPORT, "Dates").

use chrono::{Datelike, Duration, NaiveDate};

use super::PartialDate;
use super::spelling::{Parts, spelled};

/// From which day a spreadsheet counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Epoch {
    /// Day 1 is 1900-01-01, and there is a 1900-02-29 that never was: every spreadsheet of today.
    #[default]
    Y1900,
    /// Day 0 is 1904-01-01: workbooks of old Macintosh Excel.
    Y1904,
}

/// Why a text gave no date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateProblem {
    /// It is no spelling of a date, or of more than one.
    #[error("no date can be read from the text")]
    Unreadable,
    /// It spells a date that the calendar does not have, such as 30 February.
    #[error("the calendar has no such date")]
    Impossible,
}

/// Reads dates written in any of the ways of rosters.
#[derive(Debug, Clone, Copy)]
pub struct DateReader {
    /// The last day that a date of two-digit year can mean: `85.7` is 1985-07, `05.7` is 2005-07 only if that is not later.
    pub latest: NaiveDate,
    /// How the workbook counts its days.
    pub epoch: Epoch,
}

/// Day numbers are taken for dates from 1910 to 2099 only; outside they are far more often something else.
const SERIAL_YEARS: std::ops::RangeInclusive<i32> = 1910..=2099;
/// A year that a roster can name: nobody in it was born before, nothing in it is planned after.
const YEARS: std::ops::RangeInclusive<i32> = 1850..=2199;

impl DateReader {
    /// Reads a text. `Ok(None)`: nothing stands there (blank, `无`, a dash). Texts above 64 characters are unreadable.
    pub fn read(&self, text: &str) -> Result<Option<PartialDate>, DateProblem> {
        // Nearly every cell of a clean file has the written form.
        if let Some(date) = text.parse::<PartialDate>().ok().filter(|date| YEARS.contains(&date.year())) {
            return Ok(Some(date));
        }
        if text.trim().is_empty() {
            return Ok(None);
        }
        if text.len() > 256 || text.chars().nth(64).is_some() {
            return Err(DateProblem::Unreadable);
        }
        match spelled(text) {
            Parts::Nothing => Ok(None),
            Parts::Unreadable => Err(DateProblem::Unreadable),
            Parts::Serial(days) => self.serial(days).map(Some),
            Parts::Date { year, short_year, month, day } => self.date(year, short_year, month, day).map(Some),
        }
    }

    /// A day number of a spreadsheet; a fraction (the time of day) is dropped.
    pub fn serial(&self, days: f64) -> Result<PartialDate, DateProblem> {
        if !(1.0..200_000.0).contains(&days) {
            return Err(DateProblem::Unreadable);
        }
        let (year, month, day) = match self.epoch {
            Epoch::Y1900 => (1899, 12, 30),
            Epoch::Y1904 => (1904, 1, 1),
        };
        NaiveDate::from_ymd_opt(year, month, day)
            .and_then(|first| first.checked_add_signed(Duration::days(days as i64)))
            .filter(|date| SERIAL_YEARS.contains(&date.year()))
            .map(PartialDate::from)
            .ok_or(DateProblem::Unreadable)
    }

    /// A number that stands in a cell without a date format: `1985`, `198507`, `19850701`, `1985.07`, `85.7`, or a day
    /// number. A number ending in `.1` has lost a zero or not (January or October): unreadable, never a guess.
    pub fn number(&self, number: f64) -> Result<Option<PartialDate>, DateProblem> {
        if !number.is_finite() || number < 0.0 {
            return Err(DateProblem::Unreadable);
        }
        if number >= 5000.0 && number.fract() != 0.0 {
            return self.serial(number).map(Some);
        }
        let text = format!("{number}");
        if text.ends_with(".1") { Err(DateProblem::Unreadable) } else { self.read(&text) }
    }

    /// As [`DateReader::number`], in a column that writes months with two digits: `1985.1` can only be October there.
    pub fn padded_number(&self, number: f64) -> Result<Option<PartialDate>, DateProblem> {
        let text = format!("{number}");
        if text.ends_with(".1") { self.read(&format!("{text}0")) } else { self.number(number) }
    }

    fn date(
        &self,
        year: i32,
        short_year: bool,
        month: Option<u32>,
        day: Option<u32>,
    ) -> Result<PartialDate, DateProblem> {
        if short_year {
            let date = |century: i32| PartialDate::new(century + year, month, day);
            let recent = date(2000).filter(|d| d.earliest() <= self.latest);
            return recent.or_else(|| date(1900)).ok_or(DateProblem::Impossible);
        }
        if !YEARS.contains(&year) {
            return Err(DateProblem::Unreadable);
        }
        PartialDate::new(year, month, day).ok_or(DateProblem::Impossible)
    }
}
