//! The spellings of a date, taken apart into numbers: no calendar here, only text.

use crate::width::half_width_text;

/// What a text says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Parts {
    /// That there is no date.
    Nothing,
    /// Nothing that could be made out.
    Unreadable,
    /// The day number of a spreadsheet.
    Serial(f64),
    /// A year (of two digits when `short_year`), perhaps a month and a day, not yet checked.
    Date { year: i32, short_year: bool, month: Option<u32>, day: Option<u32> },
}

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// Takes a text apart.
pub(super) fn spelled(text: &str) -> Parts {
    let text = half_width_text(text);
    let text = without_age(text.trim_start_matches('\'').trim());
    if text.is_empty()
        || matches!(text, "无" | "没有" | "-" | "--" | "/" | "//" | "\\" | "—" | "——" | "–" | "暂无" | "空")
    {
        return Parts::Nothing;
    }
    let text = without_time(text);
    let text = text.strip_suffix("出生").or_else(|| text.strip_suffix('生')).unwrap_or(text).trim();
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return digits_only(text);
    }
    if let Some(parts) = english(text) {
        return parts;
    }
    match chinese_digits(text) {
        Some(text) => separated(&text),
        None => Parts::Unreadable,
    }
}

/// `1985.07(40岁)` without what stands in brackets, if that is an age; other remarks (农历) change the meaning.
fn without_age(text: &str) -> &str {
    let Some((date, rest)) = text.split_once('(') else { return text };
    let Some(remark) = rest.strip_suffix(')') else { return text };
    let age =
        remark.trim().trim_start_matches("年龄").trim_start_matches('现').trim_start_matches([':', ' ']);
    let age = age.trim_end_matches(['岁', '周', ' ']);
    if !age.is_empty() && age.len() <= 3 && age.bytes().all(|b| b.is_ascii_digit()) {
        date.trim_end()
    } else {
        text
    }
}

/// A date without the time of day behind it (`1985-07-01 00:00:00`, `1985-07-01T00:00:00Z`).
fn without_time(text: &str) -> &str {
    match text.rsplit_once([' ', 'T']) {
        Some((date, time))
            if time.contains(':')
                && time.bytes().all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.' | b'Z')) =>
        {
            date.trim_end()
        }
        _ => text,
    }
}

fn digits_only(text: &str) -> Parts {
    let number = |range: std::ops::Range<usize>| text.get(range).and_then(|t| t.parse::<u32>().ok());
    let date = |year: Option<u32>, month, day| match year {
        Some(year) => Parts::Date { year: year as i32, short_year: false, month, day },
        None => Parts::Unreadable,
    };
    match text.len() {
        4 if matches!(number(0..4), Some(5000..)) => Parts::Serial(number(0..4).unwrap_or(0).into()),
        4 => date(number(0..4), None, None),
        5 => Parts::Serial(number(0..5).unwrap_or(0).into()),
        6 => date(number(0..4), number(4..6), None),
        8 => date(number(0..4), number(4..6), number(6..8)),
        _ => Parts::Unreadable,
    }
}

/// `Jul-85` and `1-Jul-85`, as a spreadsheet of Western set-up writes dates into a CSV.
fn english(text: &str) -> Option<Parts> {
    let words: Vec<&str> = text.split(['-', ' ', '/', ',']).filter(|w| !w.is_empty()).collect();
    let (day, month, year) = match words[..] {
        [month, year] => (None, month, year),
        [day, month, year] => (Some(day), month, year),
        _ => return None,
    };
    let month = month.get(..3)?.to_ascii_lowercase();
    let month = MONTHS.iter().position(|m| *m == month)? as u32 + 1;
    let day = match day {
        None => None,
        Some(day) => Some(day.parse().ok()?),
    };
    let year_number = year.parse().ok().filter(|_| matches!(year.len(), 2 | 4))?;
    Some(Parts::Date { year: year_number, short_year: year.len() == 2, month: Some(month), day })
}

/// The text with Chinese numerals written as digits: 一九八五年十一月廿三日 → 1985年11月23日. `None` when a numeral stands
/// where none can be.
fn chinese_digits(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    // The number under way: its digits, and whether a ten has been seen (十, 廿, 卅).
    let mut ten: Option<u32> = None;
    for c in text.chars() {
        let digit = match c {
            '〇' | '零' | '○' | '◯' => Some(0),
            'O' | 'o' => Some(0),
            '元' if out.is_empty() => return None,
            _ => "一二三四五六七八九".chars().position(|d| d == c).map(|d| d as u32 + 1),
        };
        match (digit, c) {
            (Some(d), _) => match ten {
                Some(tens) if tens % 10 == 0 && d != 0 => ten = Some(tens + d),
                Some(_) => return None,
                None => out.push(char::from_digit(d, 10)?),
            },
            (None, '十') => {
                let before = out.chars().last().and_then(|c| c.to_digit(10));
                if ten.is_some() {
                    return None;
                }
                if before.is_some() {
                    out.pop();
                    // 一九八十: a ten may follow one digit, never two.
                    if out.ends_with(|c: char| c.is_ascii_digit()) {
                        return None;
                    }
                }
                ten = Some(before.unwrap_or(1) * 10);
            }
            (None, '廿' | '卅') if ten.is_none() && !out.ends_with(|c: char| c.is_ascii_digit()) => {
                ten = Some(if c == '廿' { 20 } else { 30 });
            }
            (None, _) => {
                if let Some(tens) = ten.take() {
                    out.push_str(&tens.to_string());
                }
                out.push(c);
            }
        }
    }
    if let Some(tens) = ten {
        out.push_str(&tens.to_string());
    }
    Some(out)
}

/// `1985.7`, `1985-7-1`, `1985/07`, `85年7月`, `1985、07`, with or without 年月日 and blanks.
fn separated(text: &str) -> Parts {
    let mut numbers: [Option<(u32, usize)>; 3] = [None; 3];
    let mut count = 0;
    let mut marks = [None; 3];
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > 4 || count == 3 {
            return Parts::Unreadable;
        }
        let (number, after) = rest.split_at(digits);
        numbers[count] = number.parse().ok().map(|n| (n, digits));
        let mark: String = after.chars().take_while(|c| !c.is_ascii_digit()).collect();
        rest = &after[mark.len()..];
        let sign = mark.split_whitespace().collect::<String>();
        marks[count] = match sign.as_str() {
            "年" | "年份" => Some('年'),
            "月" | "月份" => Some('月'),
            "日" | "号" => Some('日'),
            "." | "-" | "/" | "," | "、" | "。" | "·" | "•" | "－" | "–" | "—" | "−" | "\\" | "．" | "_" => {
                Some('-')
            }
            "" if !mark.is_empty() => Some('-'),
            "" if rest.is_empty() => None,
            _ => return Parts::Unreadable,
        };
        // A trailing point (`1985.07.`) is a slip; any other mark must have a number behind it.
        if rest.is_empty() && marks[count] == Some('-') && !matches!(sign.as_str(), "." | "。" | "、") {
            return Parts::Unreadable;
        }
        count += 1;
    }
    let fits = |at: usize, mark: char| matches!(marks[at], None | Some('-')) || marks[at] == Some(mark);
    let Some((year, width)) = numbers[0] else { return Parts::Unreadable };
    let short_year = width == 2;
    let lone_short_year = count == 1 && short_year && marks[0] != Some('年');
    let year_fits = (width == 4 || short_year) && !lone_short_year && fits(0, '年');
    let short = |part: Option<(u32, usize)>| part.is_none_or(|(_, width)| width <= 2);
    if !year_fits || !fits(1, '月') || !fits(2, '日') || !short(numbers[1]) || !short(numbers[2]) {
        return Parts::Unreadable;
    }
    Parts::Date {
        year: year as i32,
        short_year,
        month: numbers[1].map(|(n, _)| n),
        day: numbers[2].map(|(n, _)| n),
    }
}
