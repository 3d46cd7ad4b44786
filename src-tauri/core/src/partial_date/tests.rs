//! Every spelling of IMPORT, "Dates", and what must not be taken for one.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::*;

fn reader() -> DateReader {
    DateReader { latest: NaiveDate::from_ymd_opt(2025, 6, 30).unwrap(), epoch: Epoch::Y1900 }
}

fn read(text: &str) -> Result<Option<String>, DateProblem> {
    reader().read(text).map(|date| date.map(|d| d.to_string()))
}

#[test]
fn every_spelling_of_a_roster_is_read_as_precisely_as_it_is_written() {
    for (text, date) in [
        ("1985.07", "1985-07"),
        ("1985.7", "1985-07"),
        ("198507", "1985-07"),
        ("19850701", "1985-07-01"),
        ("1985-7-1", "1985-07-01"),
        ("1985-07-01", "1985-07-01"),
        ("1985/7", "1985-07"),
        ("1985／7／1", "1985-07-01"),
        ("1985年7月", "1985-07"),
        ("1985年7月1日", "1985-07-01"),
        ("1985 年 07 月 01 日", "1985-07-01"),
        ("一九八五年七月", "1985-07"),
        ("一九八五年十一月二十三日", "1985-11-23"),
        ("一九八五年十月廿三日", "1985-10-23"),
        ("二〇〇五年三十日", ""),
        ("二〇〇五年十二月三十日", "2005-12-30"),
        ("二零零五年一月十日", "2005-01-10"),
        ("85.7", "1985-07"),
        ("85年7月", "1985-07"),
        ("05.7", "2005-07"),
        ("25.7", "1925-07"),
        ("31229", "1985-07-01"),
        ("1985.07（40岁）", "1985-07"),
        ("1985.07 (40周岁)", "1985-07"),
        ("1985", "1985"),
        ("1985年", "1985"),
        ("１９８５．０７", "1985-07"),
        ("1985-07-01 00:00:00", "1985-07-01"),
        ("1985-07-01T00:00:00", "1985-07-01"),
        ("1985年7月生", "1985-07"),
        ("Jul-85", "1985-07"),
        ("1-Jul-1985", "1985-07-01"),
        ("1985.07.", "1985-07"),
        ("'1985.07", "1985-07"),
    ] {
        let expected = if date.is_empty() { Err(DateProblem::Unreadable) } else { Ok(Some(date.to_owned())) };
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn what_is_no_date_is_never_guessed() {
    for text in [
        "不详",
        "见原始档案",
        "1985.07-1986.08",
        "7/1/1985",
        "1985年腊月",
        "1985.07（农历）",
        "85",
        "1.38E+10",
        "198",
        "-1985",
        "1985--",
        "元年",
        "1985071",
        "7月",
    ] {
        assert_eq!(read(text), Err(DateProblem::Unreadable), "{text}");
    }
    for text in ["1971-02-30", "1985.13", "198500", "19850732", "1985年0月"] {
        assert_eq!(read(text), Err(DateProblem::Impossible), "{text}");
    }
    for text in ["", " ", "　", "无", "—", "/"] {
        assert_eq!(read(text), Ok(None), "{text}");
    }
}

#[test]
fn a_day_number_counts_from_the_workbooks_own_epoch() {
    let old = DateReader { epoch: Epoch::Y1904, ..reader() };
    assert_eq!(reader().serial(31229.0).unwrap().to_string(), "1985-07-01");
    assert_eq!(old.serial(29767.0).unwrap().to_string(), "1985-07-01");
    assert_eq!(old.read("29767").unwrap().unwrap().to_string(), "1985-07-01");
}

#[test]
fn a_number_cell_is_read_as_its_digits_and_a_lost_zero_is_not_guessed() {
    let number = |n: f64| reader().number(n).map(|d| d.map(|d| d.to_string()));
    assert_eq!(number(1985.07), Ok(Some("1985-07".into())));
    assert_eq!(number(198507.0), Ok(Some("1985-07".into())));
    assert_eq!(number(31229.5), Ok(Some("1985-07-01".into())));
    assert_eq!(number(1985.1), Err(DateProblem::Unreadable));
    assert_eq!(number(f64::NAN), Err(DateProblem::Unreadable));
}

proptest! {
    /// Whatever is read is a date of the calendar, and its written form reads as itself.
    #[test]
    fn what_is_read_is_a_date(text in "[0-9一二三五八九十年月日.\\-/ 不详（）岁]{0,16}") {
        if let Ok(Some(date)) = reader().read(&text) {
            prop_assert_eq!(date.to_string().parse::<PartialDate>(), Ok(date));
            prop_assert_eq!(reader().read(&date.to_string()), Ok(Some(date)));
        }
    }

    #[test]
    fn any_text_at_all_is_survived(text in "\\PC{0,80}") {
        let _ = reader().read(&text);
        let _ = text.parse::<PartialDate>();
    }

    #[test]
    fn all_spellings_of_a_day_say_the_same_day(year in 1929i32..2099, month in 1u32..13, day in 1u32..29) {
        let date = PartialDate::new(year, Some(month), Some(day)).unwrap();
        for text in [
            format!("{year}-{month}-{day}"),
            format!("{year}.{month:02}.{day:02}"),
            format!("{year}{month:02}{day:02}"),
            format!("{year}年{month}月{day}日"),
            format!(" {year} / {month} / {day} "),
            format!("{}", (date.earliest() - NaiveDate::from_ymd_opt(1899, 12, 30).unwrap()).num_days()),
        ] {
            prop_assert_eq!(reader().read(&text), Ok(Some(date)), "{}", text);
        }
    }

    #[test]
    fn the_order_is_that_of_the_days_that_fit(a in 1950i32..1960, m in proptest::option::of(1u32..13), b in 1950i32..1960) {
        let (a, b) = (PartialDate::new(a, m, None).unwrap(), PartialDate::new(b, None, None).unwrap());
        prop_assert_eq!(a.is_before(&b), a.latest() < b.earliest());
        prop_assert_eq!(a.compare(&b), b.compare(&a).map(Ordering::reverse));
    }
}
