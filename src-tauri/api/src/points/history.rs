//! What accounts have already: posted entries and claims that wait, as the caps count them.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use yuanba_core::tables::points_claim;
use yuanba_core::{Id, Level, Value};
use yuanba_journal::payload::Ledger;
use yuanba_practices::points::{Already, Rule};
use yuanba_store::{EntryFilter, EntryRow, EntryStanding, Record};

use super::ClaimState;
use crate::entered::held_day;
use crate::error::ApiError;
use crate::session::Session;

/// The words of a claim's state.
pub(crate) const PROPOSED: &str = "proposed";
pub(crate) const POSTED: &str = "posted";
pub(super) const REFUSED: &str = "refused";

/// Where the terms of an entry hold the book, the times and the claim; between them are cap, asked and granted.
pub(super) const TERM_BOOK: usize = 0;
pub(super) const TERM_ASKED: usize = 2;
pub(super) const TERM_GRANTED: usize = 3;
const TERM_TIMES: usize = 4;
pub(super) const TERM_CLAIM: usize = 5;

/// Where a claim stands.
pub(super) fn state(claim: &Record) -> ClaimState {
    match claim.text(points_claim::STATE) {
        Some(POSTED) => ClaimState::Posted,
        Some(REFUSED) => ClaimState::Refused,
        _ => ClaimState::Proposed,
    }
}

/// The entries of the points ledger: a village's own, or all that are held.
pub(super) fn entries(session: &Session, account: Option<Id>) -> Result<Vec<EntryRow>, ApiError> {
    let org = (session.level == Level::Village).then(|| session.store.org());
    Ok(session.store.entries(EntryFilter { ledger: Ledger::Points, account, org })?)
}

/// Every day that an entry can have.
pub(super) const ALWAYS: (NaiveDate, NaiveDate) = (NaiveDate::MIN, NaiveDate::MAX);

/// What each account of the points ledger received on days from one to another.
pub(super) fn received(
    session: &Session,
    (first, last): (NaiveDate, NaiveDate),
) -> Result<HashMap<Id, i64>, ApiError> {
    let org = (session.level == Level::Village).then(|| session.store.org());
    // Days compare as texts, and the years before 0 or after 9999 are none of theirs.
    let text =
        |day: NaiveDate| format!("{:04}-{:02}-{:02}", day.year().clamp(0, 9999), day.month(), day.day());
    Ok(session.store.received(Ledger::Points, org, &text(first), &text(last))?)
}

/// Whether an entry still counts.
pub(super) fn counts(entry: &EntryRow) -> bool {
    entry.standing != EntryStanding::Reversed
}

/// The claim that an entry was posted for.
pub(super) fn claim_of(entry: &EntryRow) -> Option<Id> {
    entry.terms.get(TERM_CLAIM).and_then(Value::as_id)
}

/// Something that was granted, or is about to be.
struct Granted {
    day: NaiveDate,
    points: i64,
    times: i64,
}

/// Everything granted, by account and rule.
#[derive(Default)]
pub(super) struct History(HashMap<Id, HashMap<String, Vec<Granted>>>);

impl History {
    /// What is posted.
    pub(super) fn posted(session: &Session, entries: &[EntryRow]) -> Result<History, ApiError> {
        let mut history = History::default();
        let mut known: HashMap<Id, Id> = HashMap::new();
        for entry in entries.iter().filter(|entry| counts(entry)) {
            let account = match known.get(&entry.to) {
                Some(account) => *account,
                None => {
                    let account = session.store.representative(entry.to)?;
                    known.insert(entry.to, account);
                    account
                }
            };
            let times = entry.terms.get(TERM_TIMES).and_then(Value::as_int).unwrap_or(1);
            if let Some(day) = held_day(Some(&entry.on)) {
                history.add(account, &entry.rule, day, entry.moves, times);
            }
        }
        Ok(history)
    }

    /// Adds claims that wait.
    pub(super) fn with_pending<'a>(mut self, claims: impl IntoIterator<Item = &'a Record>) -> History {
        for claim in claims {
            let (Some(account), Some(rule)) =
                (claim.id(points_claim::ACCOUNT), claim.text(points_claim::RULE))
            else {
                continue;
            };
            if let Some(day) = held_day(claim.text(points_claim::DATE)) {
                let number = |field| claim.int(field).unwrap_or(0);
                self.add(account, rule, day, number(points_claim::GRANTED), number(points_claim::TIMES));
            }
        }
        self
    }

    /// Adds one grant.
    pub(super) fn add(&mut self, account: Id, rule: &str, day: NaiveDate, points: i64, times: i64) {
        let rules = self.0.entry(account).or_default();
        rules.entry(rule.to_owned()).or_default().push(Granted { day, points, times });
    }

    /// What an account has under a rule in the periods that a day lies in.
    pub(super) fn already(&self, account: Id, rule: &Rule, day: NaiveDate) -> Already {
        let Some(granted) = self.0.get(&account).and_then(|rules| rules.get(&rule.id)) else {
            return Already::default();
        };
        let mut already = Already::default();
        let within = |span: (NaiveDate, NaiveDate), day: NaiveDate| span.0 <= day && day <= span.1;
        let capped = rule.cap.map(|cap| cap.period.span(day));
        let unit = rule.unit.period().map(|period| period.span(day));
        for one in granted {
            if capped.is_none_or(|span| within(span, one.day)) {
                already.points += one.points;
                already.count += one.times;
            }
            if unit.is_some_and(|span| within(span, one.day)) {
                already.in_unit += one.times;
            }
        }
        already
    }

    /// The points of an account on days from one to another.
    pub(super) fn sum(&self, account: Id, (first, last): (NaiveDate, NaiveDate)) -> i64 {
        let Some(rules) = self.0.get(&account) else { return 0 };
        let granted = rules.values().flatten();
        granted.filter(|one| first <= one.day && one.day <= last).map(|one| one.points).sum()
    }
}
