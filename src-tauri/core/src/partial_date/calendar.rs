//! Calendar arithmetic on dates that may lack a part: chrono does it, on the first and the last day that fit.

use chrono::{Datelike, Months, NaiveDate};

use super::{PartialDate, Precision};

impl PartialDate {
    /// The first day that this date can be.
    pub fn earliest(&self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year(), self.month().unwrap_or(1), self.day().unwrap_or(1))
            .unwrap_or_default()
    }

    /// The last day that this date can be.
    pub fn latest(&self) -> NaiveDate {
        let first = self.earliest();
        let months = match self.precision() {
            Precision::Year => 12,
            Precision::Month => 1,
            Precision::Day => return first,
        };
        // The year 9999 has a year after it in chrono, so the fallback is never taken; it keeps the function total.
        first.checked_add_months(Months::new(months)).and_then(|d| d.pred_opt()).unwrap_or(first)
    }

    /// The same date some calendar months later, clamped to the month's end (31 August + 6 months = 28 or 29 February,
    /// RULES §1), as precise as before; for a date to the year only whole years count. `None` beyond the year 9999.
    pub fn plus_months(&self, months: u32) -> Option<Self> {
        let months = if self.precision() == Precision::Year { months / 12 * 12 } else { months };
        let later = self.earliest().checked_add_months(Months::new(months))?;
        Self::new(later.year(), self.month().map(|_| later.month()), self.day().map(|_| later.day()))
    }

    /// Whole years from this date to `today`, the greatest number that fits what is known; `None` before the date.
    pub fn years_until(&self, today: NaiveDate) -> Option<u32> {
        today.years_since(self.earliest())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_clamped_to_the_end_of_the_month() {
        let plus = |text: &str, months| {
            text.parse::<PartialDate>().unwrap().plus_months(months).unwrap().to_string()
        };
        assert_eq!(plus("2023-08-31", 6), "2024-02-29");
        assert_eq!(plus("2022-08-31", 6), "2023-02-28");
        assert_eq!(plus("2023-12", 1), "2024-01");
        assert_eq!(plus("2023", 18), "2024");
    }

    #[test]
    fn a_month_ends_on_its_last_day() {
        let latest = |text: &str| text.parse::<PartialDate>().unwrap().latest().to_string();
        assert_eq!(latest("2024-02"), "2024-02-29");
        assert_eq!(latest("1985"), "1985-12-31");
        assert_eq!(latest("9999"), "9999-12-31");
    }
}
