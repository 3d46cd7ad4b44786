//! Numbers that the home page (今天要办的事) needs, each with the day it applies from.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::document::Document;
use crate::problem::Code;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    #[serde(rename = "shape")]
    _shape: String,
    in_force: Vec<Spanned<HomeRule>>,
}

/// One edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HomeRule {
    /// First day
    pub from: NaiveDate,
    /// After how many days without a field note a courtyard is called quiet
    pub quiet_courtyard_days: u32,
    /// How many days ahead 这几天 looks
    pub coming_days: u32,
    /// After how many days without a word from a village its township calls it long unheard
    pub unheard_village_days: u32,
    /// After how many days without a word from a township its county calls it long unheard
    pub unheard_township_days: u32,
    /// Where they come from
    pub source: String,
}

/// All editions.
#[derive(Debug, Clone, Default)]
pub struct HomeRules(Vec<HomeRule>);

impl HomeRules {
    /// The edition in force on that day; the first one for a clock that lies before it, because a laptop at 1970 still
    /// has a home page.
    pub fn on(&self, day: NaiveDate) -> Option<&HomeRule> {
        let in_force = self.0.iter().filter(|r| r.from <= day).max_by_key(|r| r.from);
        in_force.or_else(|| self.0.iter().min_by_key(|r| r.from))
    }

    pub(crate) fn read(&mut self, document: &mut Document<'_>) {
        let Some(declared) = document.parse::<Declared>() else { return };
        document.count("规定", declared.in_force.len(), 1, 100);
        for (at, rule) in declared.in_force.iter().enumerate() {
            let line = document.line(rule);
            document.range(line, "多少天没去", rule.get_ref().quiet_courtyard_days, 1, 366);
            document.range(line, "往后看几天", rule.get_ref().coming_days, 1, 366);
            document.range(line, "村里多少天没来", rule.get_ref().unheard_village_days, 1, 366);
            document.range(line, "乡镇多少天没来", rule.get_ref().unheard_township_days, 1, 366);
            let same = declared.in_force[..at].iter().find(|r| r.get_ref().from == rule.get_ref().from);
            if let Some(first) = same {
                let text = format!("都从 {} 起用", rule.get_ref().from);
                document.clash(Code::Contradiction, line, document.line(first), text);
            }
        }
        self.0.extend(declared.in_force.into_iter().map(Spanned::into_inner));
    }
}
