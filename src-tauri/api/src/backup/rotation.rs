//! Which of the program's own copies stay: one a day for some days, then one a week, then one a month. The numbers are data
//! (`assets/backup/keeping.toml`).

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use serde::Deserialize;

/// The numbers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Keeping {
    /// Days of which a copy stays
    pub daily: usize,
    /// Weeks
    pub weekly: usize,
    /// Months
    pub monthly: usize,
    /// So many stay even where there is no room
    pub least: usize,
    /// After so many days without a good copy it is said
    pub warn_days: u32,
    /// Less room than this on the own disk is said, in MB
    pub room_mb: u64,
}

static KEEPING: LazyLock<Keeping> = LazyLock::new(|| {
    toml::from_str(include_str!("../../../../assets/backup/keeping.toml"))
        .expect("the table shipped with the program reads")
});

/// The numbers shipped with the program.
pub(crate) fn keeping() -> &'static Keeping {
    &KEEPING
}

impl Keeping {
    /// Which of these copies are not needed any more, by their places in the list. The newest of a day, a week and a month
    /// speaks for it.
    pub(crate) fn superfluous(&self, days: &[NaiveDate]) -> Vec<usize> {
        let mut newest_first: Vec<usize> = (0..days.len()).collect();
        newest_first.sort_by_key(|at| std::cmp::Reverse((days[*at], *at)));
        let mut kept = BTreeSet::new();
        let mut keep = |count: usize, of: &dyn Fn(NaiveDate) -> (i32, u32)| {
            let mut seen = BTreeSet::new();
            for at in &newest_first {
                if seen.len() >= count {
                    break;
                }
                if seen.insert(of(days[*at])) {
                    kept.insert(*at);
                }
            }
        };
        keep(self.daily, &|day| (day.year(), day.ordinal()));
        keep(self.weekly, &|day| (day.iso_week().year(), day.iso_week().week()));
        keep(self.monthly, &|day| (day.year(), day.month()));
        keep(self.least, &|day| (day.year(), day.ordinal()));
        (0..days.len()).filter(|at| !kept.contains(at)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn two_years_of_daily_copies_become_a_handful_that_reaches_a_year_back() {
        let mut there: Vec<NaiveDate> = Vec::new();
        for today in day("2026-01-01").iter_days().take(730) {
            there.push(today);
            let gone = keeping().superfluous(&there);
            let mut at = 0;
            there.retain(|_| {
                at += 1;
                !gone.contains(&(at - 1))
            });
            let last: Vec<_> = there.iter().rev().take(7).collect();
            assert!(last.windows(2).all(|two| (*two[0] - *two[1]).num_days() == 1), "a week without a gap");
        }
        assert!((18..=22).contains(&there.len()), "{there:?}");
        let (first, last) = (there[0], there[there.len() - 1]);
        assert!((330..=370).contains(&(last - first).num_days()), "{first} {last}");
        assert!(there.windows(2).all(|two| (two[1] - two[0]).num_days() <= 32), "{there:?}");
    }

    #[test]
    fn several_copies_of_one_day_leave_the_last_of_them() {
        let days = ["2026-06-12", "2026-06-12", "2026-06-11"].map(day);
        assert_eq!(keeping().superfluous(&days), [0]);
        assert_eq!(keeping().superfluous(&[]), [0; 0]);
        // A clock that was wrong for a day takes nothing away that is needed.
        let days = ["2099-01-01", "2026-06-11", "2026-06-12"].map(day);
        assert_eq!(keeping().superfluous(&days), [0; 0]);
    }
}
