//! Claiming points, and the list of claims.

use std::collections::HashSet;

use yuanba_core::Id;
use yuanba_core::tables::points_claim;
use yuanba_store::Intent;

use super::account::AccountNames;
use super::history::{POSTED, PROPOSED, REFUSED, state};
use super::rules::{book_key, book_named, group_of, rule_name, signed};
use super::work_out::work_out;
use super::{Claim, ClaimFilter, ClaimPoints, Claimed, ListClaims, PeopleGroup};
use crate::Api;
use crate::entered::{self, SHORT_MAX};
use crate::error::ApiError;
use crate::sentences::Trouble;

pub(super) fn claim(api: &Api, request: ClaimPoints) -> Result<Claimed, ApiError> {
    let mut session = api.session()?;
    let date = entered::past_day("date", "日期", &request.date, session.store.today())?;
    let event = entered::optional("event", "事由", request.event.as_deref(), SHORT_MAX)?;
    let (book, worked) = work_out(&mut session, request.group, date, event.as_deref(), &request.cells)?;
    let orgs: HashSet<Id> = worked.iter().map(|cell| cell.account.org).collect();
    if orgs.len() > 1 {
        let text = "一次只给一个村的人记。".to_owned();
        return Err(Trouble::BadValue { field: "cells", text }.into());
    }
    let mut intent = Intent::new("");
    if let Some(org) = orgs.into_iter().next() {
        intent = intent.of(org);
    }
    let (mut claims, mut points, mut withdrawn) = (0, 0, 0);
    let mut people: HashSet<Id> = HashSet::new();
    for cell in &worked {
        if cell.posted() {
            let before = cell.held.as_ref().and_then(|claim| claim.int(points_claim::TIMES));
            if before == Some(cell.times) {
                continue;
            }
            let text = format!(
                "{} {date} 的{}已经入账了，一笔也没有记。要改就先冲销那一笔。",
                cell.account.name, cell.rule.name
            );
            return Err(Trouble::BadValue { field: "cells", text }.into());
        }
        let draft = match (&cell.held, cell.times) {
            (None, 0) => continue,
            (Some(claim), 0) => {
                intent.edit(claim).void("申报的人收回了");
                withdrawn += 1;
                continue;
            }
            (Some(claim), _) => intent.edit(claim),
            (None, _) => intent
                .create(&points_claim::TABLE, session.store.new_id())
                .put(points_claim::ACCOUNT, cell.account.id)
                .put(points_claim::GROUP, group_of(request.group).name())
                .put(points_claim::RULE, cell.rule.id.as_str())
                .put(points_claim::DATE, date.to_string())
                .put_some(points_claim::EVENT, event.clone())
                .put(points_claim::STATE, PROPOSED),
        };
        draft
            .put(points_claim::BOOK, book_key(&book.id, &book.version))
            .put(points_claim::TIMES, cell.times)
            .put(points_claim::ASKED, cell.grant.asked)
            .put(points_claim::GRANTED, cell.grant.granted)
            .put(points_claim::PROPOSER, session.store.me().id);
        claims += 1;
        points += cell.grant.granted;
        people.insert(cell.account.id);
    }
    let counted = match request.group {
        PeopleGroup::Members => format!("{} 人", people.len()),
        PeopleGroup::Households | PeopleGroup::Hardship => format!("{} 户", people.len()),
    };
    intent.say(match (claims, withdrawn) {
        (0, withdrawn) => format!("收回了 {withdrawn} 笔积分申报"),
        _ => format!("记积分 {counted}，共 {} 分", signed(points)),
    });
    Ok(Claimed { claims, points, done: session.commit(intent)? })
}

pub(super) fn list(api: &Api, request: ListClaims) -> Result<Vec<Claim>, ApiError> {
    let mut session = api.session()?;
    let names = AccountNames::read(&mut session)?;
    let users = session.user_names()?;
    let me = session.store.me().id;
    let mut claims = Vec::new();
    let records = match request.state.unwrap_or(ClaimFilter::Proposed) {
        ClaimFilter::Proposed => session.live_at(&points_claim::TABLE, PROPOSED)?,
        ClaimFilter::Posted => session.live_at(&points_claim::TABLE, POSTED)?,
        ClaimFilter::Refused => session.live_at(&points_claim::TABLE, REFUSED)?,
        ClaimFilter::All => session.live(&points_claim::TABLE)?,
    };
    for record in records {
        let state = state(&record);
        let Some(account) = record.id(points_claim::ACCOUNT) else { continue };
        let said = |field| record.text(field).map(str::to_owned);
        let number = |field| record.int(field).unwrap_or(0);
        let rule = said(points_claim::RULE).unwrap_or_default();
        let book = book_named(&session, record.text(points_claim::BOOK).unwrap_or_default())?;
        let proposer = record.id(points_claim::PROPOSER);
        claims.push(Claim {
            id: record.id.into(),
            account: account.into(),
            name: names.of(&session, account)?,
            rule_name: rule_name(book, &rule),
            rule,
            date: said(points_claim::DATE).unwrap_or_default(),
            times: u32::try_from(number(points_claim::TIMES)).unwrap_or(0),
            asked: number(points_claim::ASKED),
            granted: number(points_claim::GRANTED),
            event: said(points_claim::EVENT),
            proposer: proposer.and_then(|id| users.get(&id).cloned()).unwrap_or_default(),
            mine: proposer == Some(me),
            state,
            reason: said(points_claim::REASON),
        });
    }
    claims.sort_by(|a, b| (&b.date, &a.name, &a.rule).cmp(&(&a.date, &b.name, &b.rule)));
    Ok(claims)
}
