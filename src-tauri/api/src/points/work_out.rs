//! What cells of the grid are worth: each against everything posted, claimed and earlier in the same grid.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use yuanba_core::Id;
use yuanba_core::tables::points_claim;
use yuanba_practices::points::{Book, Grant, Rule};
use yuanba_store::{EntryRow, Record};

use super::account::{Account, accounts};
use super::history::{History, claim_of, counts, entries, state};
use super::{Cell, ClaimState, PeopleGroup, rules};
use crate::error::ApiError;
use crate::sentences::Trouble;
use crate::session::Session;

/// The most cells of one grid.
const CELLS_MAX: usize = 50_000;

/// One cell and what it is worth.
pub(super) struct Worked {
    pub(super) account: Account,
    pub(super) rule: &'static Rule,
    pub(super) times: i64,
    pub(super) grant: Grant,
    /// The claim of this cell that is there already
    pub(super) held: Option<Record>,
}

impl Worked {
    /// Whether the cell's claim is posted: it can only be reversed.
    pub(super) fn posted(&self) -> bool {
        self.held.as_ref().is_some_and(|claim| state(claim) == ClaimState::Posted)
    }
}

/// The claims and entries around a day and an event.
pub(super) struct Around {
    /// Claims of that day and event that stand: waiting, or posted and not reversed
    pub(super) here: Vec<Record>,
    /// All other claims
    pub(super) others: Vec<Record>,
    pub(super) entries: Vec<EntryRow>,
}

/// Reads what is around a day and an event.
pub(super) fn around(session: &Session, date: NaiveDate, event: Option<&str>) -> Result<Around, ApiError> {
    let entries = entries(session, None)?;
    let gone: HashSet<Id> = entries.iter().filter(|entry| !counts(entry)).filter_map(claim_of).collect();
    let alive: HashSet<Id> = entries.iter().filter(|entry| counts(entry)).filter_map(claim_of).collect();
    let claims = session.live(&points_claim::TABLE)?;
    let on = date.to_string();
    let (here, others): (Vec<Record>, Vec<Record>) = claims.into_iter().partition(|claim| {
        claim.text(points_claim::DATE) == Some(on.as_str())
            && claim.text(points_claim::EVENT) == event
            && match state(claim) {
                ClaimState::Proposed => true,
                ClaimState::Posted => alive.contains(&claim.id) || !gone.contains(&claim.id),
                ClaimState::Refused => false,
            }
    });
    Ok(Around { here, others, entries })
}

/// Works out cells, in their order.
pub(super) fn work_out(
    session: &mut Session,
    group: PeopleGroup,
    date: NaiveDate,
    event: Option<&str>,
    cells: &[Cell],
) -> Result<(&'static Book, Vec<Worked>), ApiError> {
    if cells.len() > CELLS_MAX {
        let text = format!("一次最多记 {CELLS_MAX} 格。");
        return Err(Trouble::BadValue { field: "cells", text }.into());
    }
    let book = rules::book(session, group, date)?;
    let accounts: HashMap<Id, Account> =
        accounts(session, group)?.into_iter().map(|account| (account.id, account)).collect();
    let Around { here, others, entries } = around(session, date, event)?;
    let mut held: HashMap<(Id, String), Record> = HashMap::new();
    for claim in here {
        if let (Some(account), Some(rule)) = (claim.id(points_claim::ACCOUNT), claim.text(points_claim::RULE))
        {
            held.insert((account, rule.to_owned()), claim);
        }
    }
    let mut asked: HashSet<(Id, &str)> = HashSet::new();
    for cell in cells {
        if !asked.insert((cell.account.0, cell.rule.as_str())) {
            let text = "同一个人的同一条写了两次，合成一格再记。".to_owned();
            return Err(Trouble::BadValue { field: "cells", text }.into());
        }
    }
    // A claim that waits is replaced by its cell; all other claims that wait count to the caps.
    let waiting = |claim: &&Record| state(claim) == ClaimState::Proposed;
    let kept = held
        .iter()
        .filter(|((account, rule), _)| !asked.contains(&(*account, rule.as_str())))
        .map(|(_, claim)| claim);
    let mut history = History::posted(session, &entries)?
        .with_pending(others.iter().filter(waiting))
        .with_pending(kept.filter(waiting));
    let mut worked = Vec::with_capacity(cells.len());
    for cell in cells {
        let account = accounts.get(&cell.account.0).ok_or(Trouble::NotFound { what: "个账户" })?.clone();
        let rule = book.rule(&cell.rule).ok_or(Trouble::NotFound { what: "条规则" })?;
        let times = i64::from(cell.times);
        let held = held.get(&(account.id, rule.id.clone())).cloned();
        let posted = held.as_ref().filter(|claim| state(claim) == ClaimState::Posted);
        let grant = match posted {
            Some(claim) => {
                let number = |field| claim.int(field).unwrap_or(0);
                let (asked, granted) = (number(points_claim::ASKED), number(points_claim::GRANTED));
                Grant { asked, granted, capped: asked != granted, beyond_unit: 0 }
            }
            None if times == 0 => Grant { asked: 0, granted: 0, capped: false, beyond_unit: 0 },
            None => {
                let grant = rule.grant(history.already(account.id, rule, date), times).map_err(|bad| {
                    Trouble::BadValue {
                        field: "cells",
                        text: format!("{}，{}：{bad}。", account.name, rule.name),
                    }
                })?;
                history.add(account.id, &rule.id, date, grant.granted, times);
                grant
            }
        };
        worked.push(Worked { account, rule, times, grant, held });
    }
    Ok((book, worked))
}
