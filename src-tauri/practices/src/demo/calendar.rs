//! The months of a demo, and days in them.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::dice::Dice;

/// The first days of the `months` months that end with the month of `until`, oldest first.
pub(super) fn months_up_to(until: NaiveDate, months: u32) -> Vec<NaiveDate> {
    let first = until.with_day(1).unwrap_or(until);
    (0..months).rev().filter_map(|back| first.checked_sub_months(Months::new(back))).collect()
}

/// A day of that month.
pub(super) fn some_day(month: NaiveDate, dice: &mut Dice) -> NaiveDate {
    let next = month.checked_add_months(Months::new(1)).unwrap_or(month);
    let days = next.signed_duration_since(month).num_days().max(1);
    later(month, dice.below(days as u64) as u32)
}

/// The same day a number of days later.
pub(super) fn later(day: NaiveDate, days: u32) -> NaiveDate {
    day.checked_add_days(Days::new(days.into())).unwrap_or(day)
}

/// The same day a number of days earlier.
pub(super) fn earlier(day: NaiveDate, days: u32) -> NaiveDate {
    day.checked_sub_days(Days::new(days.into())).unwrap_or(day)
}

/// The same day a number of years later, clamped to the month's end.
pub(super) fn years_later(day: NaiveDate, years: u32) -> NaiveDate {
    day.checked_add_months(Months::new(12 * years)).unwrap_or(day)
}

/// The same day a number of months earlier, clamped to the month's end.
pub(super) fn months_earlier(day: NaiveDate, months: u32) -> NaiveDate {
    day.checked_sub_months(Months::new(months)).unwrap_or(day)
}

/// `6 月 5 日`
pub(super) fn spoken(day: NaiveDate) -> String {
    format!("{} 月 {} 日", day.month(), day.day())
}
