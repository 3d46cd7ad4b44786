//! 民事代办: the catalogue of matters with their papers and promised days (RULES §10).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::document::Document;
use crate::holidays::Holidays;
use crate::promise::{BadPromise, DayKind, MAX_DAYS, Promise, promise};

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
    #[serde(rename = "matter")]
    matters: Vec<MatterDeclared>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MatterDeclared {
    id: Spanned<String>,
    name: String,
    category: String,
    papers: Vec<String>,
    days: Spanned<u32>,
    day_kind: DayKind,
    office: String,
    #[serde(default)]
    words: Vec<String>,
}

/// Something that can be done for somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Matter {
    /// Kept in records
    pub id: String,
    /// 城乡居民医保报销
    pub name: String,
    /// 医保社保
    pub category: String,
    /// What to bring
    pub papers: Vec<String>,
    /// How long it takes
    pub days: u32,
    /// In which days
    pub day_kind: DayKind,
    /// Where it is done
    pub office: String,
    /// Words in a field note that speak of it
    pub words: Vec<String>,
}

impl Matter {
    /// The promised day for a case taken on `from`.
    pub fn promise(&self, from: NaiveDate, holidays: &Holidays) -> Result<Promise, BadPromise> {
        promise(from, self.days, self.day_kind, holidays)
    }

    /// The papers that are not among those brought, in the catalogue's order.
    pub fn missing<'a>(&'a self, brought: &[&str]) -> Vec<&'a str> {
        self.papers.iter().map(String::as_str).filter(|p| !brought.contains(p)).collect()
    }
}

/// One edition of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Errands {
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
    /// The matters in their order on screen
    pub matters: Vec<Matter>,
}

impl Errands {
    /// The matter of that id or that name.
    pub fn matter(&self, id_or_name: &str) -> Option<&Matter> {
        let by_id = self.matters.iter().find(|m| m.id == id_or_name);
        by_id.or_else(|| self.matters.iter().find(|m| m.name == id_or_name))
    }

    /// The matters that a field note speaks of, most words first; for the choice beside the note, never decided alone.
    pub fn heard_in(&self, note: &str) -> Vec<&Matter> {
        let mut heard: Vec<(usize, &Matter)> = self
            .matters
            .iter()
            .map(|m| (m.words.iter().filter(|w| note.contains(w.as_str())).count(), m))
            .filter(|(words, _)| *words > 0)
            .collect();
        heard.sort_by_key(|(words, _)| std::cmp::Reverse(*words));
        heard.into_iter().map(|(_, m)| m).collect()
    }

    pub(crate) fn read(document: &mut Document<'_>) -> Option<Errands> {
        let declared: Declared = document.parse()?;
        document.ids("目录", std::iter::once(&declared.id));
        document.ids("事项", declared.matters.iter().map(|m| &m.id));
        let title = [&declared.name, &declared.version, &declared.source];
        let from = document.title(&declared.id, title, &declared.applies_from);
        document.count("事项", declared.matters.len(), 1, 1_000);
        for (at, matter) in declared.matters.iter().enumerate() {
            let line = document.line(&matter.id);
            for text in [&matter.name, &matter.category, &matter.office].into_iter().chain(&matter.papers) {
                document.words(line, "事项的说法", text);
            }
            // An empty word would be heard in every note.
            for word in &matter.words {
                document.words(line, "事项的关键词", word);
            }
            document.range(document.line(&matter.days), "承诺天数", *matter.days.get_ref(), 0, MAX_DAYS);
            if let Some(first) = declared.matters[..at].iter().find(|m| m.name == matter.name) {
                let text = format!("「{}」写了两次，留哪一条？", matter.name);
                document.clash(crate::Code::Twice, line, document.line(&first.id), text);
            }
        }
        let matters = declared.matters.into_iter();
        document.problems.is_empty().then(|| Errands {
            id: declared.id.into_inner(),
            name: declared.name,
            version: declared.version,
            applies_from: from,
            source: declared.source,
            matters: matters.map(Matter::from).collect(),
        })
    }
}

impl From<MatterDeclared> for Matter {
    fn from(m: MatterDeclared) -> Matter {
        Matter {
            id: m.id.into_inner(),
            name: m.name,
            category: m.category,
            papers: m.papers,
            days: m.days.into_inner(),
            day_kind: m.day_kind,
            office: m.office,
            words: m.words,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Practices;

    fn catalogue() -> &'static Errands {
        let on = NaiveDate::from_ymd_opt(2026, 6, 12).unwrap();
        Practices::built_in().place("xuanhan").unwrap().errands_on(on).unwrap()
    }

    #[test]
    fn a_note_about_a_hospital_stay_offers_the_insurance_claim_first() {
        let note = "她在县医院住院 11 天，出院结算单拿回来了，不知道怎么报销。";
        assert_eq!(catalogue().heard_in(note)[0].name, "城乡居民医保报销");
        assert!(catalogue().heard_in("今年雨水好，苞谷长得壮。").is_empty());
    }

    #[test]
    fn what_is_still_to_bring_is_named() {
        let matter = catalogue().matter("medical-insurance-claim").unwrap();
        assert_eq!(matter.missing(&["结算单", "身份证"]), Vec::<&str>::from(["出院结算单", "银行卡"]));
        assert_eq!(matter.missing(&["出院结算单", "身份证", "银行卡"]), Vec::<&str>::new());
    }

    #[test]
    fn every_matter_can_be_promised() {
        let practices = Practices::built_in();
        let from = NaiveDate::from_ymd_opt(2026, 6, 12).unwrap();
        for matter in &catalogue().matters {
            let promised = matter.promise(from, &practices.holidays).unwrap();
            assert!(promised.on >= from && !promised.provisional, "{}", matter.name);
        }
    }
}
