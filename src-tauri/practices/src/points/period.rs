//! The calendar periods that caps and yearly closings count in.

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// A calendar period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// 一个月
    Month,
    /// 一季
    Quarter,
    /// 一年
    Year,
}

impl Period {
    /// The first and the last day of the period that the day lies in. What was granted on those days counts to a cap.
    pub fn span(self, day: NaiveDate) -> (NaiveDate, NaiveDate) {
        let (month0, months) = match self {
            Period::Month => (day.month0(), 1),
            Period::Quarter => (day.month0() / 3 * 3, 3),
            Period::Year => (0, 12),
        };
        let first = NaiveDate::from_ymd_opt(day.year(), month0 + 1, 1).unwrap_or(day);
        let last =
            first.checked_add_months(Months::new(months)).and_then(|next| next.pred_opt()).unwrap_or(day);
        (first, last)
    }

    /// 每月, 每季, 全年.
    pub fn whole(self) -> &'static str {
        match self {
            Period::Month => "每月",
            Period::Quarter => "每季",
            Period::Year => "全年",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_day_lies_in_its_own_period_and_every_day_of_it_has_the_same(
            days in 0i32..60_000, period in prop_oneof![Just(Period::Month), Just(Period::Quarter), Just(Period::Year)]
        ) {
            let day = NaiveDate::from_ymd_opt(1949, 10, 1).unwrap() + chrono::Duration::days(days.into());
            let (first, last) = period.span(day);
            prop_assert!(first <= day && day <= last);
            prop_assert_eq!(period.span(first), (first, last));
            prop_assert_eq!(period.span(last), (first, last));
            prop_assert_ne!(period.span(last.succ_opt().unwrap()), (first, last));
        }
    }
}
