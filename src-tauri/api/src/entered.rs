//! What people type into a request: required texts and whole days, with the sentence that says what is wrong.

use chrono::NaiveDate;

use crate::sentences::Trouble;

/// Longest name, matter or reason, in characters.
pub(crate) const SHORT_MAX: usize = 200;
/// Longest running text, in characters.
pub(crate) const LONG_MAX: usize = 20_000;

/// A text that has to be there, without the blanks around it.
pub(crate) fn required(
    field: &'static str,
    label: &'static str,
    text: &str,
    max: usize,
) -> Result<String, Trouble> {
    optional(field, label, Some(text), max)?.ok_or(Trouble::Empty { field, label })
}

/// A text that may be left out; blanks count as nothing.
pub(crate) fn optional(
    field: &'static str,
    label: &'static str,
    text: Option<&str>,
    max: usize,
) -> Result<Option<String>, Trouble> {
    let text = text.unwrap_or_default().trim();
    if text.chars().count() > max {
        let text = format!("「{label}」太长了，最多 {max} 个字。");
        return Err(Trouble::BadValue { field, text });
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// The earliest day that a record of a branch can have: before it there was no Party.
const FIRST_YEAR: i32 = 1921;
/// The latest, so that a mistyped year is found.
const LAST_YEAR: i32 = 2199;

/// A whole day, `2026-06-12`.
pub(crate) fn day(field: &'static str, label: &'static str, text: &str) -> Result<NaiveDate, Trouble> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Trouble::Empty { field, label });
    }
    let read = (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten();
    read.filter(|day| (FIRST_YEAR..=LAST_YEAR).contains(&chrono::Datelike::year(day))).ok_or_else(|| {
        let shown: String = text.chars().take(30).collect();
        Trouble::BadValue {
            field,
            text: format!("「{label}」写成 2026-06-12 这样，「{shown}」认不出是哪天。"),
        }
    })
}

/// A whole day that has come already: what is written down as done cannot lie ahead.
pub(crate) fn past_day(
    field: &'static str,
    label: &'static str,
    text: &str,
    today: NaiveDate,
) -> Result<NaiveDate, Trouble> {
    let day = day(field, label, text)?;
    if day > today {
        let text = format!("「{label}」写的 {day} 还没有到，今天是 {today}。");
        return Err(Trouble::BadValue { field, text });
    }
    Ok(day)
}

/// The same where it may be left out.
pub(crate) fn optional_day(
    field: &'static str,
    label: &'static str,
    text: Option<&str>,
) -> Result<Option<NaiveDate>, Trouble> {
    text.filter(|text| !text.trim().is_empty()).map(|text| day(field, label, text)).transpose()
}

/// A day as a record holds it; nothing for one that is less precise or unreadable.
pub(crate) fn held_day(text: Option<&str>) -> Option<NaiveDate> {
    text.filter(|text| text.len() == 10).and_then(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_whole_and_real_or_it_is_refused_with_its_label() {
        assert_eq!(day("on", "日期", " 2026-06-12 ").unwrap().to_string(), "2026-06-12");
        for text in ["2026-06", "2026-02-29", "12/06/2026", "0026-06-12", "明天"] {
            assert!(matches!(day("on", "日期", text), Err(Trouble::BadValue { field: "on", .. })), "{text}");
        }
        assert!(matches!(day("on", "日期", ""), Err(Trouble::Empty { .. })));
        let today = NaiveDate::from_ymd_opt(2026, 6, 12).unwrap();
        assert!(past_day("on", "日期", "2026-06-12", today).is_ok());
        assert!(past_day("on", "日期", "2026-06-13", today).is_err());
    }
}
