//! What one cell of a roster says for the field of its column.

use chrono::{Months, NaiveDate};
use yuanba_core::id_number::IdProblem;
use yuanba_core::partial_date::{DateProblem, DateReader, Epoch};
use yuanba_core::person_name::read_name;
use yuanba_core::phone::PhoneProblem;
use yuanba_core::sex::Sex;
use yuanba_core::width::without_blanks;
use yuanba_core::{Education, IdNumber, MemberKind, Nation, PartialDate, Phone};

use super::field::Content;
use super::{Code, Field, Value};
use crate::sheet::{Cell, Shape};

/// What a cell says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Said {
    /// Nothing stands there, or a word for nothing (无).
    Nothing,
    /// A value.
    Value(Value),
    /// Something that gives no value.
    Wrong(Code),
}

/// Nobody in a roster is younger than this: the birth year of `05.7` is 1905.
const AGE_MIN_YEARS: u32 = 15;

/// Reads cells of one sheet.
pub(super) struct CellReader {
    epoch: Epoch,
    dates: DateReader,
    births: DateReader,
    // Fields whose months are written with two digits: 1985.1 there is October that lost its zero.
    padded: Vec<Field>,
}

impl CellReader {
    pub(super) fn new(today: NaiveDate, epoch: Epoch) -> Self {
        let born_before = today.checked_sub_months(Months::new(AGE_MIN_YEARS * 12)).unwrap_or(today);
        Self {
            epoch,
            dates: DateReader { latest: today, epoch },
            births: DateReader { latest: born_before, epoch },
            padded: Vec::new(),
        }
    }

    /// Learns from the number cells of a column how it writes months: `1985.07` somewhere and `1985.7` nowhere means two
    /// digits.
    pub(super) fn learn_months(&mut self, field: Field, numbers: impl Iterator<Item = f64>) {
        let mut padded = false;
        for number in numbers.filter(|number| (1000.0..3000.0).contains(number)) {
            let text = format!("{number}");
            match text.split_once('.') {
                Some((_, month)) if month.len() == 2 && month.starts_with('0') => padded = true,
                Some((_, month)) if month.len() == 1 && month != "1" => return,
                _ => {}
            }
        }
        if padded {
            self.padded.push(field);
        }
    }

    pub(super) fn read(&self, field: Field, cell: Cell<'_>) -> Said {
        if cell.is_empty() {
            return Said::Nothing;
        }
        match field.content() {
            Content::Date => self.date(field, cell),
            Content::IdNumber => id_number(cell),
            Content::Phones => phones(cell),
            content => {
                let text = cell.text(self.epoch);
                let covered = match content {
                    Content::Text if field.is_place() => is_mask(&text),
                    // A number that an export without a purpose left out of somebody's words.
                    Content::Text => text.contains("****"),
                    _ => false,
                };
                match covered {
                    true => Said::Wrong(Code::ValueMasked),
                    false => self.word(content, &text),
                }
            }
        }
    }

    fn date(&self, field: Field, cell: Cell<'_>) -> Said {
        let reader = if field == Field::BirthDate { &self.births } else { &self.dates };
        let read = match cell {
            Cell::Number(number, shape) if shape.is_date() => {
                reader.serial(number).map(|date| Some(shown(date, shape)))
            }
            Cell::Number(number, Shape::Plain) if self.padded.contains(&field) => {
                reader.padded_number(number)
            }
            Cell::Number(number, Shape::Plain) => reader.number(number),
            cell => {
                let text = cell.text(self.epoch);
                if is_mask(&text) {
                    return Said::Wrong(Code::ValueMasked);
                }
                reader.read(&text)
            }
        };
        match read {
            Ok(None) => Said::Nothing,
            Ok(Some(date)) => Said::Value(Value::Date(date)),
            Err(DateProblem::Unreadable) => Said::Wrong(Code::DateUnreadable),
            Err(DateProblem::Impossible) => Said::Wrong(Code::DateImpossible),
        }
    }

    fn word(&self, content: Content, text: &str) -> Said {
        match content {
            Content::Name if is_mask(text) => return Said::Wrong(Code::NameMissing),
            Content::Name => {
                let name = read_name(text).map(|name| Said::Value(Value::Text(name.into())));
                return name.unwrap_or(Said::Wrong(Code::NameMissing));
            }
            Content::Text => {
                let text = without_ends(text);
                // 无 in a column of words says that there is none.
                let nothing = is_nothing(text) || text == "无";
                return if nothing { Said::Nothing } else { Said::Value(Value::Text(text.into())) };
            }
            _ => {}
        }
        let end = text.char_indices().nth(64).map_or(text.len(), |(at, _)| at);
        let plain = without_blanks(&text[..end]);
        if is_nothing(&plain) {
            return Said::Nothing;
        }
        let value = match content {
            Content::Flag => flag(&plain).map(Value::Flag),
            _ if plain == "无" => return Said::Nothing,
            Content::Sex => Sex::read(&plain).map(Value::Sex),
            Content::Nation => Nation::read(&plain).map(Value::Nation),
            Content::Education => Education::read(&plain).map(Value::Education),
            Content::Kind => MemberKind::read(&plain).map(Value::Kind),
            Content::Months => plain.trim_end_matches("个月").parse().ok().map(Value::Months),
            Content::Date | Content::IdNumber | Content::Phones | Content::Name | Content::Text => None,
        };
        value.map_or(Said::Wrong(Code::UnknownValue), Said::Value)
    }
}

/// Whether a cell only says that nothing stands there.
fn is_nothing(plain: &str) -> bool {
    matches!(plain, "" | "-" | "--" | "/" | "—" | "——" | "暂无")
}

fn id_number(cell: Cell<'_>) -> Said {
    let read = match cell {
        Cell::Number(number, _) => IdNumber::read_number(number),
        Cell::Text(text) => IdNumber::read(text),
        Cell::Empty => Ok(None),
    };
    match read {
        Ok(None) => Said::Nothing,
        Ok(Some(id)) => Said::Value(Value::Id(id)),
        Err(IdProblem::Damaged) => Said::Wrong(Code::IdDamaged),
        Err(IdProblem::Length) => Said::Wrong(Code::IdLength),
        Err(IdProblem::Checksum) => Said::Wrong(Code::IdChecksum),
        Err(IdProblem::ImpossibleDate) => Said::Wrong(Code::IdImpossibleDate),
        Err(IdProblem::Masked) => Said::Wrong(Code::ValueMasked),
    }
}

fn phones(cell: Cell<'_>) -> Said {
    let read = match cell {
        Cell::Number(number, _) if number.fract() == 0.0 && number.abs() < 1e15 => {
            Phone::read_all(&format!("{number}"))
        }
        Cell::Text(text) => Phone::read_all(text),
        _ => Err(PhoneProblem::Unreadable),
    };
    match read {
        Ok(phones) if phones.is_empty() => Said::Nothing,
        Ok(phones) => Said::Value(Value::Phones(phones)),
        Err(PhoneProblem::Unreadable) => Said::Wrong(Code::PhoneUnreadable),
        Err(PhoneProblem::Masked) => Said::Wrong(Code::ValueMasked),
    }
}

/// A date as precisely as its cell shows it: a date cell shown only as a month is a month (`CLI.md`).
fn shown(date: PartialDate, shape: Shape) -> PartialDate {
    let (month, day) = match shape {
        Shape::Year => (None, None),
        Shape::Month => (date.month(), None),
        _ => (date.month(), date.day()),
    };
    PartialDate::new(date.year(), month, day).unwrap_or(date)
}

/// Yes or no, in the ways of rosters (IMPORT, "Values").
fn flag(plain: &str) -> Option<bool> {
    if plain.bytes().any(|b| b.is_ascii_uppercase()) {
        return flag(&plain.to_ascii_lowercase());
    }
    match plain {
        "是" | "√" | "✓" | "✔" | "☑" | "■" | "●" | "1" | "y" | "yes" | "有" | "t" | "true" | "对"
        | "流动党员" | "流动" | "失联" | "失联党员" | "农民工" => Some(true),
        "否" | "×" | "✗" | "✘" | "x" | "☐" | "□" | "○" | "0" | "n" | "no" | "无" | "没有" | "f" | "false"
        | "不是" | "非" | "非流动党员" | "非流动" | "未失联" | "正常" => Some(false),
        _ => None,
    }
}

/// Whether a text hides a part of itself behind stars.
fn is_mask(text: &str) -> bool {
    text.contains('*') || text.contains('＊')
}

/// A text as it stands, without blanks and line breaks at its ends; a lone `'` that forces text is taken off.
fn without_ends(text: &str) -> &str {
    let ends = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}');
    let trimmed = text.trim_matches(ends);
    trimmed.strip_prefix('\'').unwrap_or(trimmed).trim_start_matches(ends)
}

/// Whether a text is the value as the exports write it, so that nothing is lost by keeping the value alone.
pub(super) fn is_written(value: &Value, text: &str) -> bool {
    match value {
        Value::Text(value) => **value == *text,
        Value::Sex(sex) => sex.label() == text,
        Value::Id(id) => id.as_str() == text,
        Value::Education(education) => education.label() == text,
        Value::Kind(kind) => kind.label() == text,
        Value::Flag(flag) => text == if *flag { "是" } else { "否" },
        Value::Date(date) => text.parse() == Ok(*date),
        Value::Phones(phones) => match &phones[..] {
            [phone] => phone.as_str() == text,
            _ => written(value) == text,
        },
        Value::Nation(_) | Value::Months(_) => written(value) == text,
    }
}

/// A value written as the exports write it. What a file wrote otherwise is kept beside the value.
pub(super) fn written(value: &Value) -> String {
    match value {
        Value::Text(text) => text.to_string(),
        Value::Sex(sex) => sex.label().to_owned(),
        Value::Id(id) => id.to_string(),
        Value::Nation(nation) => nation.label(),
        Value::Education(education) => education.label().to_owned(),
        Value::Kind(kind) => kind.label().to_owned(),
        Value::Date(date) => date.to_string(),
        Value::Flag(flag) => if *flag { "是" } else { "否" }.to_owned(),
        Value::Phones(phones) => phones.iter().map(Phone::as_str).collect::<Vec<_>>().join("/"),
        Value::Months(months) => months.to_string(),
    }
}
