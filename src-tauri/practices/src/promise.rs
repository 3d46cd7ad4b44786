//! The day by which an errand is promised, with the sentence that explains it.

use std::fmt::Write;

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::holidays::{Day, Holiday, Holidays};

/// The longest promise, in days of either kind.
pub const MAX_DAYS: u32 = 366;

/// How the days of a promise are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayKind {
    /// 自然日
    Calendar,
    /// 工作日
    Working,
}

/// A promised day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Promise {
    /// Done by the end of this day
    pub on: NaiveDate,
    /// Why it is this day: `5 个工作日，已跳过周末和端午（6 月 19 日）`
    pub sentence: String,
    /// 暂算: working days were counted through a year whose holidays are not known
    pub provisional: bool,
}

/// Too many days to promise, or a day outside the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("答应的天数要在 0 到 {MAX_DAYS} 天之间")]
pub struct BadPromise;

/// The day that lies `days` after `from`, which itself is not counted.
pub fn promise(
    from: NaiveDate,
    days: u32,
    kind: DayKind,
    holidays: &Holidays,
) -> Result<Promise, BadPromise> {
    if days > MAX_DAYS {
        return Err(BadPromise);
    }
    match kind {
        DayKind::Calendar => {
            let on = from.checked_add_days(Days::new(days.into())).ok_or(BadPromise)?;
            let sentence = if days == 0 {
                "当天".to_owned()
            } else {
                format!("{days} 天，周末和放假也算在内")
            };
            Ok(Promise { on, sentence, provisional: false })
        }
        DayKind::Working => working(from, days, holidays),
    }
}

fn working(from: NaiveDate, days: u32, holidays: &Holidays) -> Result<Promise, BadPromise> {
    let mut passed = Passed::default();
    let (mut on, mut left) = (from, days);
    while left > 0 {
        on = on.succ_opt().ok_or(BadPromise)?;
        if holidays.year(on.year()).is_none() && passed.unknown_years.last() != Some(&on.year()) {
            passed.unknown_years.push(on.year());
        }
        match holidays.day(on) {
            Day::Working => left -= 1,
            Day::MakeUp => {
                left -= 1;
                passed.made_up.push(on);
            }
            Day::Weekend => passed.weekend = true,
            Day::Off(holiday) => passed.holiday(holiday, on),
        }
    }
    let provisional = !passed.unknown_years.is_empty();
    Ok(Promise { on, sentence: passed.sentence(days), provisional })
}

/// What was passed over while counting.
#[derive(Default)]
struct Passed<'a> {
    weekend: bool,
    /// With the first and the last weekday of each, which is what one would have counted otherwise
    holidays: Vec<(&'a Holiday, NaiveDate, NaiveDate)>,
    made_up: Vec<NaiveDate>,
    unknown_years: Vec<i32>,
}

impl<'a> Passed<'a> {
    fn holiday(&mut self, holiday: &'a Holiday, day: NaiveDate) {
        if day.weekday().number_from_monday() > 5 {
            self.weekend = true;
            return;
        }
        match self.holidays.last_mut() {
            Some((last, _, to)) if *last == holiday => *to = day,
            _ => self.holidays.push((holiday, day, day)),
        }
    }

    fn sentence(&self, days: u32) -> String {
        let mut said = if days == 0 { "当天".to_owned() } else { format!("{days} 个工作日") };
        let mut skipped: Vec<String> = Vec::new();
        if self.weekend {
            skipped.push("周末".to_owned());
        }
        skipped.extend(
            self.holidays.iter().map(|(h, from, to)| format!("{}（{}）", h.name, spoken(*from, *to))),
        );
        if let Some((last, rest)) = skipped.split_last() {
            said.push_str("，已跳过");
            said.push_str(&rest.join("、"));
            if !rest.is_empty() {
                said.push('和');
            }
            said.push_str(last);
        }
        if !self.made_up.is_empty() {
            let days: Vec<String> = self.made_up.iter().map(|d| spoken(*d, *d)).collect();
            let _ = write!(said, "，{}补班，算在内", days.join("、"));
        }
        if let Some(year) = self.unknown_years.first() {
            let _ = write!(said, "。暂算：{year} 年的放假安排还没有，到时再核一次");
        }
        said
    }
}

/// `6 月 19 日`, `10 月 1 日至 7 日`, `1 月 28 日至 2 月 4 日`.
fn spoken(from: NaiveDate, to: NaiveDate) -> String {
    let first = format!("{} 月 {} 日", from.month(), from.day());
    if from == to {
        first
    } else if from.month() == to.month() {
        format!("{first}至 {} 日", to.day())
    } else {
        format!("{first}至 {} 月 {} 日", to.month(), to.day())
    }
}

#[cfg(test)]
mod tests;
