//! Where one member stands, for the person's page.

use yuanba_core::tables::points_claim;
use yuanba_core::{Id, MemberKind};
use yuanba_journal::payload::Ledger;
use yuanba_practices::points::{Close, Period};
use yuanba_store::{EntryFilter, Record};

use super::balances::rank_of;
use super::history::state;
use super::rules::{self, signed};
use super::{ClaimState, EntryState, PeopleGroup, entries};
use crate::error::ApiError;
use crate::member::{EventKind, Standing, TimelineEntry};
use crate::session::Session;

/// The year's points of a member among those of the same organisation; nothing for whoever has no account.
pub(crate) fn standing(session: &mut Session, member: &Record) -> Result<Option<Standing>, ApiError> {
    let today = session.store.today();
    let people = session.people()?;
    let everybody = people.everybody();
    let has_account =
        |kind: Option<MemberKind>| matches!(kind, Some(MemberKind::Full | MemberKind::Probationary));
    let accounts: Vec<Id> = everybody
        .iter()
        .map(|at| people.get(*at))
        .filter(|person| person.here && person.org == member.org && has_account(person.kind))
        .map(|person| person.id)
        .collect();
    let Some(own) = accounts.iter().position(|account| *account == member.id) else { return Ok(None) };
    let (first, last) = Period::Year.span(today);
    let received =
        session.store.received(Ledger::Points, Some(member.org), &first.to_string(), &last.to_string())?;
    let totals: Vec<i64> =
        accounts.iter().map(|account| received.get(account).copied().unwrap_or(0)).collect();
    let waiting = session.store.children(&points_claim::TABLE, member.id)?;
    let pending = waiting
        .iter()
        .filter(|claim| !claim.voided() && state(claim) == ClaimState::Proposed)
        .filter_map(|claim| claim.int(points_claim::GRANTED))
        .sum();
    Ok(Some(Standing {
        year: chrono::Datelike::year(&today),
        points: totals[own],
        pending,
        // A rank among people of whom nobody has anything says nothing.
        rank: totals.iter().any(|total| *total != 0).then(|| rank_of(totals[own], &totals)),
        of: u32::try_from(totals.len()).unwrap_or(u32::MAX),
    }))
}

/// The entries of a member as the timeline tells them.
pub(crate) fn told(session: &mut Session, member: Id) -> Result<Vec<TimelineEntry>, ApiError> {
    let lines = entries::lines(session, Some(member))?.into_iter();
    Ok(lines
        .map(|line| TimelineEntry {
            date: line.date,
            kind: EventKind::Points,
            text: match line.state {
                EntryState::Reversal => format!("冲销{}，记 {} 分", line.rule_name, signed(line.points)),
                _ => format!("{}，记 {} 分", line.rule_name, signed(line.points)),
            },
            detail: line.reason,
        })
        .collect())
}

/// The rule under which points go with somebody who moves to another organisation.
pub(crate) const CARRIED: &str = "transfer";

/// What a member has earned in the organisation of the record, all years together and what was carried in or out left out.
pub(crate) fn earned(session: &Session, member: &Record) -> Result<i64, ApiError> {
    let filter = EntryFilter { ledger: Ledger::Points, account: Some(member.id), org: Some(member.org) };
    let entries = session.store.entries(filter)?;
    Ok(entries.iter().filter(|entry| entry.rule != CARRIED).map(|entry| entry.moves).sum())
}

/// What a member has now: posted, and where the book starts anew, of its running period.
pub(crate) fn balance(session: &Session, member: &Record) -> Result<i64, ApiError> {
    let today = session.store.today();
    let book = rules::book(session, PeopleGroup::Members, today)?;
    let (first, last) = match book.close {
        Close::Reset => {
            let (first, last) = book.close_period.span(today);
            (first.to_string(), last.to_string())
        }
        Close::Carry => ("0000-00-00".to_owned(), "9999-99-99".to_owned()),
    };
    let filter = EntryFilter { ledger: Ledger::Points, account: Some(member.id), org: Some(member.org) };
    let entries = session.store.entries(filter)?;
    Ok(entries.iter().filter(|entry| (&first..=&last).contains(&&entry.on)).map(|entry| entry.moves).sum())
}
