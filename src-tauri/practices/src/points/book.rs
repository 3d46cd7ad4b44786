//! A points book: the rules of one group of people.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::period::Period;
use super::rule::Rule;

/// Whose points (RULES §8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// 党员干部
    Members,
    /// 普通村民
    Households,
    /// 特困群众
    Hardship,
}

impl Group {
    /// The name in records and commands.
    pub fn name(self) -> &'static str {
        match self {
            Group::Members => "members",
            Group::Households => "households",
            Group::Hardship => "hardship",
        }
    }

    /// The word for people.
    pub fn label(self) -> &'static str {
        match self {
            Group::Members => "党员干部",
            Group::Households => "普通村民",
            Group::Hardship => "特困群众",
        }
    }

    /// The group of that name.
    pub fn from_name(name: &str) -> Option<Group> {
        [Group::Members, Group::Households, Group::Hardship].into_iter().find(|g| g.name() == name)
    }
}

/// Who holds an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// One person
    Member,
    /// One household
    Household,
}

/// What happens to a balance when its period is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Close {
    /// A closing entry sets it to zero
    Reset,
    /// It goes on
    Carry,
}

/// Who is recommended at the year's end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ranking {
    /// How many
    pub top: usize,
    /// For what
    pub purpose: String,
}

/// What points buy at the village's shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voucher {
    /// A balance below it buys nothing
    pub base: i64,
    /// Points of one tier
    pub step: i64,
    /// In words
    pub goods: String,
}

impl Voucher {
    /// Whole tiers above the base. Base 60, step 5: 60 → 0, 64 → 0, 65 → 1, 69 → 1, 70 → 2, below 60 → 0.
    pub fn tiers(&self, balance: i64) -> i64 {
        if balance < self.base { 0 } else { (balance - self.base) / self.step }
    }
}

/// A name for a balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grade {
    /// The least balance
    pub at_least: i64,
    /// 五星
    pub name: String,
}

/// The rules of a group in one edition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Book {
    /// With the version, kept in every entry
    pub id: String,
    /// What people call it
    pub name: String,
    /// Whose points
    pub group: Group,
    /// Who holds the accounts
    pub account: Account,
    /// The edition
    pub version: String,
    /// The first day it judges
    pub applies_from: NaiveDate,
    /// Where it comes from
    pub source: String,
    /// Days of 公示 before entries are posted
    pub publication_days: u32,
    /// What a closing does
    pub close: Close,
    /// When it closes
    pub close_period: Period,
    /// The rule that opens an account in each period
    pub opening_rule: Option<String>,
    /// Sentences that stand above the list
    pub principles: Vec<String>,
    /// The year's best
    pub ranking: Option<Ranking>,
    /// What points buy
    pub voucher: Option<Voucher>,
    /// Names of balances, best first
    pub grades: Vec<Grade>,
    /// The rules in their order on screen
    pub rules: Vec<Rule>,
    /// Path inside `assets`
    pub file: String,
}

impl Book {
    /// The rule of that id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|r| r.id == id)
    }

    /// The best grade that a balance reaches.
    pub fn grade(&self, balance: i64) -> Option<&Grade> {
        self.grades.iter().find(|g| balance >= g.at_least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Practices;

    #[test]
    fn each_five_points_above_sixty_are_a_voucher_tier() {
        let practices = Practices::built_in();
        let on = NaiveDate::from_ymd_opt(2026, 12, 31).unwrap();
        let book = practices.place("xuanhan").unwrap().book_on(Group::Households, on).unwrap();
        let voucher = book.voucher.as_ref().unwrap();
        let table = [(60, 0), (64, 0), (65, 1), (69, 1), (70, 2), (59, 0), (0, 0), (-20, 0)];
        for (balance, tiers) in table {
            assert_eq!(voucher.tiers(balance), tiers, "{balance} points");
        }
    }

    #[test]
    fn ninety_points_of_a_quarter_are_five_stars() {
        let on = NaiveDate::from_ymd_opt(2026, 6, 30).unwrap();
        let book = Practices::built_in().place("kaijiang").unwrap().book_on(Group::Members, on).unwrap();
        assert_eq!(book.grade(90).map(|g| g.name.as_str()), Some("五星"));
        assert_eq!(book.grade(89).map(|g| g.name.as_str()), Some("四星"));
        assert_eq!(book.grade(10), None);
    }

    #[test]
    fn a_column_head_says_the_size_and_the_cap() {
        let on = NaiveDate::from_ymd_opt(2026, 6, 5).unwrap();
        let place = Practices::built_in().place("xuanhan").unwrap();
        let head = |group, rule: &str| place.book_on(group, on).unwrap().rule(rule).unwrap().sentence();
        assert_eq!(head(Group::Members, "study-session"), "每次 2 分，全年最多 12");
        assert_eq!(head(Group::Members, "study-notes"), "每季 1 分，全年最多 4");
        assert_eq!(head(Group::Members, "dues-late"), "每月扣 5 分");
        assert_eq!(head(Group::Households, "leads-in-earning"), "一年一次 10 分");
        assert_eq!(head(Group::Members, "volunteer-hours"), "满 10 小时 2 分，满 300 小时 50 分");
    }
}
