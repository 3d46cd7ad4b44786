//! 一件一评价: how people mark an errand (RULES §9).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::document::Document;

/// Marks go from 1 to this.
pub const MARKS: usize = 5;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    #[serde(rename = "shape")]
    _shape: String,
    id: Spanned<String>,
    name: String,
    version: String,
    applies_from: Spanned<NaiveDate>,
    source: String,
    low_at_most: Spanned<u8>,
    low_says: String,
    #[serde(rename = "aspect")]
    aspects: Vec<AspectDeclared>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AspectDeclared {
    id: Spanned<String>,
    name: String,
    question: String,
    labels: [String; MARKS],
}

/// What is marked: 态度, 质量 or 效率.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Aspect {
    /// Name in records
    pub id: String,
    /// 态度
    pub name: String,
    /// What is asked
    pub question: String,
    /// What the marks 1 to 5 mean
    pub labels: [String; MARKS],
}

impl Aspect {
    /// What a mark from 1 to 5 means.
    pub fn label(&self, mark: i64) -> Option<&str> {
        usize::try_from(mark).ok()?.checked_sub(1).and_then(|at| self.labels.get(at)).map(String::as_str)
    }
}

/// One edition of 一件一评价.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ratings {
    /// Its id
    pub id: String,
    /// What people call it
    pub name: String,
    /// The edition
    pub version: String,
    /// First day
    pub applies_from: NaiveDate,
    /// Where it comes from
    pub source: String,
    /// A mark of this or less asks for a call back
    pub low_at_most: u8,
    /// What is then to do
    pub low_says: String,
    /// The aspects in their order
    pub aspects: Vec<Aspect>,
}

impl Ratings {
    /// The aspect of that id.
    pub fn aspect(&self, id: &str) -> Option<&Aspect> {
        self.aspects.iter().find(|a| a.id == id)
    }

    /// Whether any of these marks asks for a call back.
    pub fn is_low(&self, marks: impl IntoIterator<Item = i64>) -> bool {
        marks.into_iter().any(|m| (1..=i64::from(self.low_at_most)).contains(&m))
    }

    pub(crate) fn read(document: &mut Document<'_>) -> Option<Ratings> {
        let declared: Declared = document.parse()?;
        document.ids("评价", std::iter::once(&declared.id));
        document.ids("评价的方面", declared.aspects.iter().map(|a| &a.id));
        let title = [&declared.name, &declared.version, &declared.source];
        let from = document.title(&declared.id, title, &declared.applies_from);
        document.range(
            document.line(&declared.low_at_most),
            "不满意的分数",
            *declared.low_at_most.get_ref(),
            0,
            MARKS as u8,
        );
        document.count("评价的方面", declared.aspects.len(), 1, 10);
        for aspect in &declared.aspects {
            let line = document.line(&aspect.id);
            for text in aspect.labels.iter().chain([&aspect.name, &aspect.question]) {
                document.words(line, "评价的说法", text);
            }
        }
        let aspects = declared.aspects.into_iter();
        document.problems.is_empty().then(|| Ratings {
            id: declared.id.into_inner(),
            name: declared.name,
            version: declared.version,
            applies_from: from,
            source: declared.source,
            low_at_most: declared.low_at_most.into_inner(),
            low_says: declared.low_says,
            aspects: aspects
                .map(|a| Aspect {
                    id: a.id.into_inner(),
                    name: a.name,
                    question: a.question,
                    labels: a.labels,
                })
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Code, Files, Practices};

    #[test]
    fn every_mark_of_every_aspect_has_a_word_and_no_other_has() {
        let on = NaiveDate::from_ymd_opt(2026, 6, 12).unwrap();
        let ratings = Practices::built_in().place("xuanhan").unwrap().ratings_on(on).unwrap();
        for id in ["attitude", "quality", "efficiency"] {
            let aspect = ratings.aspect(id).unwrap();
            assert!((1..=5).all(|mark| aspect.label(mark).is_some()));
            assert_eq!([aspect.label(0), aspect.label(6), aspect.label(-1)], [None; 3]);
        }
        assert!(ratings.is_low([5, 2, 4]) && !ratings.is_low([3, 4, 5]));
    }

    #[test]
    fn a_scale_with_four_words_is_refused() {
        let name = "practices/xuanhan/ratings.toml";
        let text = Files::embedded().get(name).unwrap().replace("\"客气\", ", "");
        let refusal = Practices::read(&Files::embedded().overlay(name, text)).unwrap_err();
        assert_eq!(refusal.problems[0].code, Code::Unreadable);
    }
}
