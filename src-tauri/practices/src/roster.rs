//! Numbers that the roster needs, each with the day it applies from.

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
    in_force: Vec<Spanned<RosterRule>>,
}

/// One edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RosterRule {
    /// First day
    pub from: NaiveDate,
    /// The least age of an applicant, in years (RULES §1, step 1)
    pub applicant_age_years: u32,
    /// The age up to which statistics call a member young
    pub young_at_most_years: u32,
    /// Where they come from
    pub source: String,
}

/// All editions.
#[derive(Debug, Clone, Default)]
pub struct RosterRules(Vec<RosterRule>);

impl RosterRules {
    /// The edition in force on that day; `None` before the first.
    pub fn on(&self, day: NaiveDate) -> Option<&RosterRule> {
        self.0.iter().filter(|r| r.from <= day).max_by_key(|r| r.from)
    }

    pub(crate) fn read(&mut self, document: &mut Document<'_>) {
        let Some(declared) = document.parse::<Declared>() else { return };
        document.count("规定", declared.in_force.len(), 1, 100);
        for (at, rule) in declared.in_force.iter().enumerate() {
            let line = document.line(rule);
            document.range(line, "申请入党的年龄", rule.get_ref().applicant_age_years, 1, 100);
            document.range(line, "年轻的年龄", rule.get_ref().young_at_most_years, 1, 100);
            let same = declared.in_force[..at].iter().find(|r| r.get_ref().from == rule.get_ref().from);
            if let Some(first) = same {
                let text = format!("都从 {} 起用", rule.get_ref().from);
                document.clash(Code::Contradiction, line, document.line(first), text);
            }
        }
        self.0.extend(declared.in_force.into_iter().map(Spanned::into_inner));
    }
}
