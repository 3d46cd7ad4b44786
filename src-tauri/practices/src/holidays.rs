//! The State Council's holidays and make-up working days, a table a year.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;
use toml::Spanned;

use crate::document::Document;
use crate::problem::{Code, Problem, Spot};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct YearDeclared {
    #[serde(rename = "shape")]
    _shape: String,
    year: Spanned<i32>,
    source: String,
    work: Vec<Spanned<NaiveDate>>,
    off: Vec<Spanned<OffDeclared>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OffDeclared {
    name: String,
    from: NaiveDate,
    to: NaiveDate,
}

/// A holiday with the days around it that are off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// 端午
    pub name: String,
    /// First day off
    pub from: NaiveDate,
    /// Last day off
    pub to: NaiveDate,
}

/// One year's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Year {
    /// Days off
    pub off: Vec<Holiday>,
    /// Weekend days on which people work
    pub work: Vec<NaiveDate>,
    /// Where it comes from
    pub source: String,
    file: String,
}

/// What kind of day it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Day<'a> {
    /// An ordinary working day
    Working,
    /// A weekend day on which people work (补班)
    MakeUp,
    /// A weekend
    Weekend,
    /// A holiday
    Off(&'a Holiday),
}

impl Day<'_> {
    /// Whether offices are open.
    pub fn works(self) -> bool {
        matches!(self, Day::Working | Day::MakeUp)
    }
}

/// All years that are known.
#[derive(Debug, Clone, Default)]
pub struct Holidays(BTreeMap<i32, Year>);

impl Holidays {
    /// The table of a year.
    pub fn year(&self, year: i32) -> Option<&Year> {
        self.0.get(&year)
    }

    /// What kind of day it is, as far as is known: in a year without a table every weekday works.
    pub fn day(&self, day: NaiveDate) -> Day<'_> {
        let table = self.year(day.year());
        if let Some(off) = table.and_then(|t| t.off.iter().find(|o| o.from <= day && day <= o.to)) {
            Day::Off(off)
        } else if table.is_some_and(|t| t.work.contains(&day)) {
            Day::MakeUp
        } else if is_weekend(day) {
            Day::Weekend
        } else {
            Day::Working
        }
    }

    pub(crate) fn read(&mut self, document: &mut Document<'_>) {
        let Some(declared) = document.parse::<YearDeclared>() else { return };
        let year = *declared.year.get_ref();
        let year_line = document.line(&declared.year);
        document.range(year_line, "年份", year, 1949, 2200);
        document.words(year_line, "出处", &declared.source);
        document.count("放假", declared.off.len(), 0, 30);
        document.count("补班", declared.work.len(), 0, 30);
        for (at, off) in declared.off.iter().enumerate() {
            let (line, holiday) = (document.line(off), off.get_ref());
            document.words(line, "节名", &holiday.name);
            if holiday.from > holiday.to || holiday.from.year() != year || holiday.to.year() != year {
                let text = format!(
                    "{}从 {} 到 {}，不在 {year} 年里或者倒过来了",
                    holiday.name, holiday.from, holiday.to
                );
                document.problem(Code::Contradiction, Some(line), text);
            }
            for earlier in &declared.off[..at] {
                if earlier.get_ref().from <= holiday.to && holiday.from <= earlier.get_ref().to {
                    let text = format!("{}和{}有同一天", earlier.get_ref().name, holiday.name);
                    document.clash(Code::Contradiction, line, document.line(earlier), text);
                }
            }
        }
        for (at, work) in declared.work.iter().enumerate() {
            let (line, day) = (document.line(work), *work.get_ref());
            if day.year() != year || !is_weekend(day) {
                document.problem(Code::Contradiction, Some(line), format!("补班 {day} 不是 {year} 年的周末"));
            }
            if declared.work[..at].iter().any(|w| *w.get_ref() == day) {
                document.problem(Code::Twice, Some(line), format!("补班 {day} 写了两次"));
            }
            if let Some(off) = declared.off.iter().find(|o| o.get_ref().from <= day && day <= o.get_ref().to)
            {
                let text = format!("{day} 又写放假（{}），又写补班", off.get_ref().name);
                document.clash(Code::Contradiction, line, document.line(off), text);
            }
        }
        let off = declared.off.into_iter().map(Spanned::into_inner);
        let table = Year {
            off: off.map(|o| Holiday { name: o.name, from: o.from, to: o.to }).collect(),
            work: declared.work.into_iter().map(Spanned::into_inner).collect(),
            source: declared.source,
            file: document.name.to_owned(),
        };
        if let Some(other) = self.0.insert(year, table) {
            let at = document.spot(Some(year_line));
            let with = Some(Spot { file: other.file, line: None });
            let text = format!("{year} 年的放假安排有两份");
            document.problems.push(Problem { code: Code::Twice, at, with, text });
        }
    }
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Files, Practices};

    #[test]
    fn every_year_that_comes_with_the_program_gives_the_thirteen_days_of_the_law_and_no_more() {
        let holidays = &Practices::built_in().holidays;
        for year in [2025, 2026] {
            let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
            let days = || first.iter_days().take_while(|d| d.year() == year);
            let weekdays = days().filter(|d| !is_weekend(*d)).count();
            let worked = days().filter(|d| holidays.day(*d).works()).count();
            assert_eq!(weekdays - worked, 13, "{year}: days moved to a weekend are worked off on another");
        }
    }

    #[test]
    fn a_day_that_is_both_off_and_worked_is_refused_with_both_lines() {
        let text = Files::embedded()
            .get("rules/holidays-2026.toml")
            .unwrap()
            .replace("\"2026-02-28\"", "\"2026-02-22\"");
        let refusal =
            Practices::read(&Files::embedded().overlay("rules/holidays-2026.toml", text)).unwrap_err();
        assert_eq!(refusal.problems[0].code, Code::Contradiction);
        assert!(refusal.problems[0].with.is_some() && refusal.to_string().contains("春节"), "{refusal}");
    }

    #[test]
    fn two_tables_of_one_year_are_refused() {
        let text = Files::embedded().get("rules/holidays-2026.toml").unwrap().to_owned();
        let refusal =
            Practices::read(&Files::embedded().overlay("rules/holidays-again.toml", text)).unwrap_err();
        assert_eq!(refusal.problems[0].with.as_ref().unwrap().file, "rules/holidays-2026.toml");
    }
}
