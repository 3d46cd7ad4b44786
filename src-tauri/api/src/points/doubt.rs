//! What does not agree in the points ledger, in words: two amounts of one key, a cap that two computers exceeded together.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use yuanba_core::tables::{household, member, points_claim};
use yuanba_core::{Id, Value};
use yuanba_practices::points::Cap;
use yuanba_store::{Conflict, Side};

use super::account::AccountNames;
use super::history::{POSTED, REFUSED, TERM_ASKED, TERM_BOOK, TERM_CLAIM, TERM_GRANTED, counts, entries};
use super::rules::{book_named, rule_name, signed};
use crate::conflict::OpenDoubt;
use crate::entered::held_day;
use crate::error::ApiError;
use crate::session::Session;

/// Whose account it is, by name.
fn account_name(session: &Session, account: Id) -> Result<String, ApiError> {
    for (table, name) in [(&member::TABLE, member::NAME), (&household::TABLE, household::NAME)] {
        if let Some(record) = session.store.record(table, account)? {
            return Ok(record.text(name).unwrap_or("没有名字的账户").to_owned());
        }
    }
    Ok("这里没有的账户".to_owned())
}

/// 王秀英的积分
pub(crate) fn title(session: &Session, conflict: &Conflict) -> Result<String, ApiError> {
    let entry = conflict.sides.first().and_then(Side::entry);
    match entry {
        Some(entry) => Ok(format!("{}的积分", account_name(session, entry.to)?)),
        None => Ok("积分".to_owned()),
    }
}

/// 集中学习，2026-06-05
pub(crate) fn about(session: &Session, conflict: &Conflict) -> Result<String, ApiError> {
    let Some(entry) = conflict.sides.first().and_then(Side::entry) else { return Ok(String::new()) };
    let book = entry.terms.get(TERM_BOOK).and_then(Value::as_text).unwrap_or_default();
    Ok(format!("{}，{}", rule_name(book_named(session, book)?, &entry.rule), entry.on))
}

/// 2 分
pub(crate) fn amount(side: &Side) -> String {
    side.entry().map_or_else(String::new, |entry| format!("{} 分", signed(entry.amount)))
}

/// 申报 3 分，认定 2 分，罗永福审的
pub(crate) fn note(
    session: &Session,
    side: &Side,
    users: &HashMap<Id, String>,
) -> Result<Option<String>, ApiError> {
    let Some(entry) = side.entry() else { return Ok(None) };
    let number = |at: usize| entry.terms.get(at).and_then(Value::as_int);
    let mut parts = Vec::new();
    if let (Some(asked), Some(granted)) = (number(TERM_ASKED), number(TERM_GRANTED)) {
        parts.push(format!("申报 {} 分，认定 {} 分", signed(asked), signed(granted)));
    }
    let claim = entry.terms.get(TERM_CLAIM).and_then(Value::as_id);
    let claim = claim.map(|claim| session.store.record(&points_claim::TABLE, claim)).transpose()?.flatten();
    let reviewer = claim.as_ref().and_then(|claim| claim.id(points_claim::REVIEWER));
    if let Some(name) = reviewer.and_then(|id| users.get(&id)) {
        parts.push(format!("{name}审的"));
    }
    Ok((!parts.is_empty()).then(|| parts.join("，")))
}

/// Where a claim stands, as one says it.
pub(crate) fn state_word(state: &str) -> &'static str {
    match state {
        POSTED => "入账了",
        REFUSED => "退回了",
        _ => "等审核",
    }
}

/// Caps that entries exceed together, which each computer kept when it wrote (JOURNAL §5).
pub(crate) fn over_caps(session: &mut Session) -> Result<Vec<OpenDoubt>, ApiError> {
    /// What counts to one cap: the account, the rule, the first day of its period
    type Counted = (Id, String, NaiveDate);
    let mut sums: BTreeMap<Counted, (Id, Cap, String, i64)> = BTreeMap::new();
    // Once for all: a county has entries by the hundred thousand.
    let aliases = session.store.all_aliases()?;
    let mut rules: HashMap<(String, String), Option<(Cap, String)>> = HashMap::new();
    for entry in entries(session, None)?.into_iter().filter(counts) {
        let book = entry.terms.get(TERM_BOOK).and_then(Value::as_text).unwrap_or_default();
        let key = (book.to_owned(), entry.rule.clone());
        let rule = match rules.get(&key) {
            Some(known) => known.clone(),
            None => {
                let rule = book_named(session, book)?.and_then(|book| book.rule(&entry.rule));
                let found = rule.and_then(|rule| Some((rule.cap?, rule.name.clone())));
                rules.insert(key, found.clone());
                found
            }
        };
        let (Some((cap, name)), Some(day)) = (rule, held_day(Some(&entry.on))) else { continue };
        let account = aliases.get(&entry.to).copied().unwrap_or(entry.to);
        let sum = sums
            .entry((account, entry.rule.clone(), cap.period.span(day).0))
            .or_insert((entry.org, cap, name, 0));
        sum.3 += entry.moves;
    }
    let exceeded: Vec<_> = sums
        .into_iter()
        .filter(|(_, (_, cap, _, sum))| if cap.points >= 0 { *sum > cap.points } else { *sum < cap.points })
        .collect();
    if exceeded.is_empty() {
        return Ok(Vec::new());
    }
    let names = AccountNames::read(session)?;
    let mut doubts = Vec::with_capacity(exceeded.len());
    for ((account, _, since), (org, cap, rule, sum)) in exceeded {
        let name = names.of(session, account)?;
        let at = (org, account);
        doubts.push(crate::conflict::over_cap(
            session,
            at,
            (&name, &rule),
            (cap.points, sum),
            &since.to_string(),
        )?);
    }
    Ok(doubts)
}
