//! One TOML file while it is checked: from bytes to lines, and the list of what is wrong with it.

use std::collections::BTreeMap;
use std::fmt::Display;

use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;

use crate::files::MAX_FILE_BYTES;
use crate::problem::{Code, Problem, Spot};

/// The longest text of one field, in characters.
const MAX_TEXT: usize = 200;

/// A file and the problems found in it so far.
pub(crate) struct Document<'a> {
    pub name: &'a str,
    text: &'a str,
    pub problems: Vec<Problem>,
}

/// The word at the head of every file.
#[derive(Deserialize)]
struct Head {
    shape: String,
}

impl<'a> Document<'a> {
    pub fn new(name: &'a str, text: &'a str) -> Self {
        Document { name, text, problems: Vec::new() }
    }

    /// The shape that the file says it has, or `None` with a problem noted.
    pub fn shape(&mut self) -> Option<String> {
        if self.text.len() > MAX_FILE_BYTES {
            let text = format!("文件有 {} 字节，最多收 {MAX_FILE_BYTES} 字节", self.text.len());
            self.problem(Code::TooLarge, None, text);
            return None;
        }
        self.parse::<Head>().map(|head| head.shape)
    }

    /// The whole file as a declaration, or `None` with a problem noted.
    pub fn parse<T: DeserializeOwned>(&mut self) -> Option<T> {
        match toml::from_str(self.text) {
            Ok(read) => Some(read),
            Err(error) => {
                let line = error.span().map(|span| self.line_at(span.start));
                self.problem(Code::Unreadable, line, format!("读不懂：{}", error.message()));
                None
            }
        }
    }

    /// The line of a byte, from 1.
    fn line_at(&self, byte: usize) -> usize {
        self.text.as_bytes().iter().take(byte).filter(|b| **b == b'\n').count() + 1
    }

    /// The line where a value begins.
    pub fn line<T>(&self, value: &Spanned<T>) -> usize {
        self.line_at(value.span().start)
    }

    pub fn spot(&self, line: Option<usize>) -> Spot {
        Spot { file: self.name.to_owned(), line }
    }

    pub fn problem(&mut self, code: Code, line: Option<usize>, text: impl Into<String>) {
        let at = self.spot(line);
        self.problems.push(Problem { code, at, with: None, text: text.into() });
    }

    /// Two lines of this file that disagree.
    pub fn clash(&mut self, code: Code, line: usize, other: usize, text: impl Into<String>) {
        let (at, with) = (self.spot(Some(line)), Some(self.spot(Some(other))));
        self.problems.push(Problem { code, at, with, text: text.into() });
    }

    /// Notes a number outside `least..=most`.
    pub fn range<N: PartialOrd + Display>(&mut self, line: usize, what: &str, number: N, least: N, most: N) {
        if number < least || number > most {
            let text = format!("{what}是 {number}，应在 {least} 到 {most} 之间");
            self.problem(Code::OutOfRange, Some(line), text);
        }
    }

    /// Notes a text that is empty or too long to be shown.
    pub fn words(&mut self, line: usize, what: &str, text: &str) {
        if text.trim().is_empty() {
            self.problem(Code::OutOfRange, Some(line), format!("{what}是空的"));
        } else if text.chars().count() > MAX_TEXT {
            self.problem(Code::OutOfRange, Some(line), format!("{what}超过 {MAX_TEXT} 个字"));
        }
    }

    /// Notes an id that is not lower-case Latin with hyphens, or stands twice; ids are kept in records for ever.
    pub fn ids<'i>(&mut self, what: &str, ids: impl Iterator<Item = &'i Spanned<String>>) {
        let mut seen = BTreeMap::new();
        for id in ids {
            let line = self.line(id);
            let word = id.get_ref();
            let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
            if word.is_empty() || word.len() > 64 || !word.bytes().all(plain) {
                self.problem(
                    Code::OutOfRange,
                    Some(line),
                    format!("{what}的 id「{word}」只能用小写字母、数字和连字符"),
                );
            }
            if let Some(first) = seen.insert(word.clone(), line) {
                self.clash(Code::Twice, line, first, format!("{what}的 id「{word}」写了两次，留哪一条？"));
            }
        }
    }

    /// Notes what is wrong with the head that every declaration has: its name, version and source, written behind `id`, and
    /// the day it applies from, which is the answer.
    pub fn title(
        &mut self,
        id: &Spanned<String>,
        words: [&String; 3],
        applies_from: &Spanned<NaiveDate>,
    ) -> NaiveDate {
        let line = self.line(id);
        for (what, text) in ["名称", "版本", "出处"].into_iter().zip(words) {
            self.words(line, what, text);
        }
        let from = *applies_from.get_ref();
        self.range(self.line(applies_from), "起用日期", from, first_day(), NaiveDate::MAX);
        from
    }

    /// A list that may not be longer than a page can show.
    pub fn count(&mut self, what: &str, count: usize, least: usize, most: usize) {
        if count < least || count > most {
            let text = format!("{what}有 {count} 条，应在 {least} 到 {most} 条之间");
            self.problem(Code::OutOfRange, None, text);
        }
    }
}

/// The first day that the rules of this field know; earlier dates are typing mistakes.
pub(crate) fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(1921, 7, 1).unwrap_or_default()
}
