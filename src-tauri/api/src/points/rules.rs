//! The books of rules.

use chrono::NaiveDate;
use yuanba_practices::points::{Amount, Book, Group, Period, Rule, Unit};

use super::{PeopleGroup, Per, PointRule, RuleBook, RuleCounts};
use crate::Api;
use crate::dto::Nothing;
use crate::error::ApiError;
use crate::sentences::Trouble;
use crate::session::Session;

/// The group as the practices know it.
pub(super) fn group_of(group: PeopleGroup) -> Group {
    match group {
        PeopleGroup::Members => Group::Members,
        PeopleGroup::Households => Group::Households,
        PeopleGroup::Hardship => Group::Hardship,
    }
}

/// The book of a group in force on a day.
pub(super) fn book(session: &Session, group: PeopleGroup, on: NaiveDate) -> Result<&'static Book, ApiError> {
    let found = session.place()?.book_on(group_of(group), on);
    found.ok_or_else(|| Trouble::NotFound { what: "群人的积分办法" }.into())
}

/// How a book is named in records: `members 2026`.
pub(crate) fn book_key(id: &str, version: &str) -> String {
    format!("{id} {version}")
}

/// The book of a record.
pub(super) fn book_named(session: &Session, key: &str) -> Result<Option<&'static Book>, ApiError> {
    let place = session.place()?;
    Ok(key.split_once(' ').and_then(|(id, version)| place.book(id, version)))
}

/// What a rule is called: the book's name for it, else what the record says.
pub(super) fn rule_name(book: Option<&Book>, rule: &str) -> String {
    book.and_then(|book| book.rule(rule)).map_or_else(|| rule.to_owned(), |rule| rule.name.clone())
}

/// −5: a number of points with the sign that paper has.
pub(crate) fn signed(points: i64) -> String {
    if points < 0 { format!("−{}", points.unsigned_abs()) } else { points.to_string() }
}

fn per(unit: Unit) -> Per {
    match unit {
        Unit::Time | Unit::PersonTime | Unit::Hour => Per::Time,
        Unit::Month => Per::Month,
        Unit::Quarter => Per::Quarter,
        Unit::Year => Per::Year,
    }
}

fn shown(rule: &Rule) -> PointRule {
    let (points, counts) = match &rule.amount {
        Amount::Each(points) => (*points, RuleCounts::Times),
        Amount::Scored(most) => (*most, RuleCounts::Score),
        Amount::Tiers(tiers) => (tiers.last().map_or(0, |tier| tier.points), RuleCounts::Hours),
    };
    let small = |points: i64| i32::try_from(points).unwrap_or(i32::MAX);
    PointRule {
        id: rule.id.clone(),
        name: rule.name.clone(),
        part: rule.part.label().to_owned(),
        points: small(points),
        counts,
        unit: match (counts, rule.unit) {
            (RuleCounts::Score, _) => "分",
            (_, Unit::Time) => "次",
            (_, Unit::PersonTime) => "人次",
            (_, Unit::Month) => "月",
            (_, Unit::Quarter) => "季",
            (_, Unit::Year) => "年",
            (_, Unit::Hour) => "小时",
        }
        .to_owned(),
        per: per(rule.unit),
        cap: rule.cap.map(|cap| small(cap.points)),
        cap_period: rule.cap.map(|cap| match cap.period {
            Period::Month => Per::Month,
            Period::Quarter => Per::Quarter,
            Period::Year => Per::Year,
        }),
        cap_text: rule.sentence(),
    }
}

pub(super) fn rules(api: &Api, _: Nothing) -> Result<Vec<RuleBook>, ApiError> {
    let session = api.session()?;
    let (place, today) = (session.place()?, session.store.today());
    let groups = [PeopleGroup::Members, PeopleGroup::Households, PeopleGroup::Hardship];
    let shown_book = |group: PeopleGroup| {
        let book = place.book_on(group_of(group), today)?;
        Some(RuleBook {
            group,
            group_name: book.group.label().to_owned(),
            book: book.name.clone(),
            version: book.version.clone(),
            principles: book.principles.clone(),
            rules: book.rules.iter().map(shown).collect(),
        })
    };
    Ok(groups.into_iter().filter_map(shown_book).collect())
}
