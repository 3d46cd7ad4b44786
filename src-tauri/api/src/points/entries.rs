//! Posted entries and their reversal.

use std::collections::HashMap;

use yuanba_core::tables::points_claim;
use yuanba_core::{Id, Value};
use yuanba_journal::fold::Reversed;
use yuanba_store::{EntryRow, EntryStanding, Intent, Record};

use super::account::AccountNames;
use super::history::{TERM_BOOK, claim_of, entries};
use super::review::not_ones_own;
use super::rules::{book_named, rule_name, signed};
use super::{EntryState, ListEntries, PointsEntry, ReverseEntry};
use crate::Api;
use crate::dto::JustDone;
use crate::entered::{self, SHORT_MAX};
use crate::error::ApiError;
use crate::sentences::Trouble;
use crate::session::Session;
use crate::time;

/// What a reversal's line adds to the key of its entry.
const REVERSAL: &str = ":reversal";

/// What the rule of an entry is called.
fn called(session: &Session, entry: &EntryRow) -> Result<String, ApiError> {
    if entry.rule == super::CARRIED {
        return Ok("组织关系转接，积分随人走".to_owned());
    }
    let book = entry.terms.get(TERM_BOOK).and_then(Value::as_text).unwrap_or_default();
    Ok(rule_name(book_named(session, book)?, &entry.rule))
}

pub(super) fn list(api: &Api, request: ListEntries) -> Result<Vec<PointsEntry>, ApiError> {
    lines(&mut *api.session()?, request.account.map(|id| id.0))
}

/// Entries as people read them, the newest first: what was reversed stands there with its reversal.
pub(super) fn lines(session: &mut Session, account: Option<Id>) -> Result<Vec<PointsEntry>, ApiError> {
    let names = AccountNames::read(session)?;
    let users = session.user_names()?;
    let claims = match account {
        Some(account) => session.store.children(&points_claim::TABLE, account)?,
        None => session.live(&points_claim::TABLE)?,
    };
    let claims: HashMap<Id, Record> = claims.into_iter().map(|claim| (claim.id, claim)).collect();
    let mut lines = Vec::new();
    for entry in entries(session, account)? {
        let user = |id: Option<Id>| id.and_then(|id| users.get(&id).cloned()).unwrap_or_default();
        let claim = claim_of(&entry).and_then(|id| claims.get(&id));
        let mut line = PointsEntry {
            key: entry.key.to_string(),
            account: session.store.representative(entry.to)?.into(),
            date: entry.on.clone(),
            name: names.of(session, entry.to)?,
            rule_name: called(session, &entry)?,
            points: entry.amount,
            state: EntryState::Posted,
            reason: claim.and_then(|claim| claim.text(points_claim::EVENT)).map(str::to_owned),
            done_by: user(claim.and_then(|claim| claim.id(points_claim::REVIEWER))),
        };
        match entry.standing {
            EntryStanding::Posted => {}
            EntryStanding::Conflict => line.state = EntryState::Conflict,
            EntryStanding::Reversed => {
                let Some(state) = session.store.entry_state(entry.org, entry.key)? else { continue };
                // What was taken back by undo was never there for whoever reads the book.
                let Some(Reversed::By(origin)) = &state.reversed else { continue };
                line.state = EntryState::Reversed;
                let reversal = PointsEntry {
                    key: format!("{}{REVERSAL}", line.key),
                    date: time::day(origin.wall_ms),
                    points: -entry.amount,
                    state: EntryState::Reversal,
                    reason: session.store.reversal_reason(&state)?,
                    done_by: user(Some(origin.user)),
                    ..line.clone()
                };
                lines.push(reversal);
            }
        }
        lines.push(line);
    }
    lines.sort_by(|a, b| (&b.date, &b.key).cmp(&(&a.date, &a.key)));
    Ok(lines)
}

pub(super) fn reverse(api: &Api, request: ReverseEntry) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let reason = entered::required("reason", "冲销的理由", &request.reason, SHORT_MAX)?;
    let missing = Trouble::NotFound { what: "笔积分" };
    let key: Id = request.key.parse().map_err(|_| missing.clone())?;
    let entry = entries(&session, None)?.into_iter().find(|entry| entry.key == key).ok_or(missing)?;
    let refuse = |text: &str| Err(Trouble::BadValue { field: "key", text: text.to_owned() }.into());
    match entry.standing {
        EntryStanding::Reversed => return refuse("这一笔已经冲销过了，没有再冲。"),
        EntryStanding::Conflict => return refuse("这一笔有两个数还没定，先去「不一致」里定下来。"),
        EntryStanding::Posted if entry.amount == 0 => return refuse("这一笔是 0 分，用不着冲销。"),
        EntryStanding::Posted => {}
    }
    not_ones_own(&mut session, [entry.to])?;
    let names = AccountNames::read(&mut session)?;
    let (name, rule) = (names.of(&session, entry.to)?, called(&session, &entry)?);
    let mut intent =
        Intent::new(format!("冲销了{name}的{rule}，记 {} 分", signed(-entry.amount))).of(entry.org);
    intent.reverse(key, reason);
    Ok(JustDone { done: session.commit(intent)? })
}
