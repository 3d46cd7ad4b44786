//! Ages and 党龄 from dates that are only as precise as they are known (RULES §1, §6).

use chrono::{Datelike, Months, NaiveDate};
use serde::Serialize;

/// Whole years, as a range where a date's precision leaves two answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Age {
    /// The least it can be
    pub least: u32,
    /// The most it can be
    pub most: u32,
}

impl Age {
    /// The age, when only one is possible.
    pub fn exact(self) -> Option<u32> {
        (self.least == self.most).then_some(self.least)
    }

    /// Whether it is at least `years`; `None` when it cannot be told.
    pub fn at_least(self, years: u32) -> Option<bool> {
        if self.least >= years {
            Some(true)
        } else if self.most < years {
            Some(false)
        } else {
            None
        }
    }
}

/// Whole years since a birth written `1985`, `1985-07` or `1985-07-01`; `None` for no such date or one after `on`.
pub fn age_on(birth: &str, on: NaiveDate) -> Option<Age> {
    let (earliest, latest) = days_of(birth)?;
    let most = on.years_since(earliest)?;
    Some(Age { least: on.years_since(latest).unwrap_or(0), most })
}

/// 党龄: whole years since 转正, the kept correction in months added. `None` without such a date or before it: a
/// probationary member has none.
pub fn party_age_on(confirmed: &str, correction_months: i32, on: NaiveDate) -> Option<Age> {
    let (earliest, latest) = days_of(confirmed)?;
    let years = |day: NaiveDate| {
        if day > on {
            return None;
        }
        let months = Months::new(correction_months.unsigned_abs());
        let from = if correction_months < 0 {
            day.checked_add_months(months)
        } else {
            day.checked_sub_months(months)
        };
        from.map(|from| on.years_since(from).unwrap_or(0))
    };
    let most = years(earliest)?;
    Some(Age { least: years(latest).unwrap_or(0), most })
}

/// The first and the last day that a date in its own precision can mean.
fn days_of(text: &str) -> Option<(NaiveDate, NaiveDate)> {
    let mut parts = text.split('-');
    let mut number = |digits: usize| match parts.next() {
        None => Some(None),
        Some(p) if p.len() == digits && p.bytes().all(|b| b.is_ascii_digit()) => {
            p.parse::<u32>().ok().map(Some)
        }
        Some(_) => None,
    };
    let (year, month, day) = (number(4)??, number(2)?, number(2)?);
    if parts.next().is_some() {
        return None;
    }
    let first = NaiveDate::from_ymd_opt(year as i32, month.unwrap_or(1), day.unwrap_or(1))?;
    let last = match (month, day) {
        (_, Some(_)) => first,
        (Some(_), None) => first.checked_add_months(Months::new(1))?.pred_opt()?,
        (None, None) => first.with_month(12)?.with_day(31)?,
    };
    debug_assert!(first.year() == last.year());
    Some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).unwrap()
    }

    #[test]
    fn a_birthday_is_the_day_one_grows_older() {
        assert_eq!(age_on("2008-06-12", day(2026, 6, 11)).unwrap().exact(), Some(17));
        assert_eq!(age_on("2008-06-12", day(2026, 6, 12)).unwrap().exact(), Some(18));
        assert_eq!(age_on("1964-02-29", day(2026, 2, 28)).unwrap().exact(), Some(61));
        assert_eq!(age_on("1964-02-29", day(2026, 3, 1)).unwrap().exact(), Some(62));
    }

    #[test]
    fn a_year_alone_leaves_two_ages_until_it_is_over() {
        let age = age_on("2008", day(2026, 6, 12)).unwrap();
        assert_eq!((age.least, age.most, age.exact()), (17, 18, None));
        assert_eq!(age.at_least(18), None);
        assert_eq!(age_on("2008", day(2026, 12, 31)).unwrap().at_least(18), Some(true));
    }

    #[test]
    fn nothing_is_made_of_a_date_that_is_none() {
        for text in
            ["", "1985-7", "1985-13", "1963-02-29", "85", "1985-07-01-01", "不详", "1985/07", "+985", "2030"]
        {
            assert_eq!(age_on(text, day(2026, 6, 12)), None, "{text}");
        }
    }

    #[test]
    fn party_age_runs_from_confirmation_with_the_correction_beside_it() {
        let on = day(2026, 6, 12);
        assert_eq!(party_age_on("2002-07-01", 0, on).unwrap().exact(), Some(23));
        assert_eq!(party_age_on("2002-07-01", 1, on).unwrap().exact(), Some(24));
        assert_eq!(party_age_on("2002-07-01", -12, on).unwrap().exact(), Some(22));
        assert_eq!(party_age_on("2026-07-01", 24, on), None, "not confirmed yet");
        assert_eq!(party_age_on("2026-06-01", -6, on).unwrap().exact(), Some(0));
    }

    proptest! {
        #[test]
        fn a_more_precise_date_never_leaves_the_range_of_the_coarser(
            y in 1921i32..2020, m in 1u32..13, d in 1u32..29, on in 0i64..2000
        ) {
            let on = day(2021, 1, 1) + chrono::Duration::days(on);
            let exact = age_on(&format!("{y}-{m:02}-{d:02}"), on).unwrap().exact().unwrap();
            for coarse in [format!("{y}-{m:02}"), format!("{y}")] {
                let age = age_on(&coarse, on).unwrap();
                prop_assert!(age.least <= exact && exact <= age.most && age.most - age.least <= 1);
            }
        }
    }
}
