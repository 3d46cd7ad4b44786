//! People × rules: what is there, and what the cells would bring.

use std::collections::{BTreeMap, HashSet};

use yuanba_core::tables::points_claim;
use yuanba_core::{Id, Level};
use yuanba_practices::points::{Amount, Period};
use yuanba_store::Record;

use super::account::accounts;
use super::history::{History, state};
use super::rules::signed;
use super::work_out::{Around, Worked, around, work_out};
use super::{
    CellPreview, ClaimState, ClaimsPreview, GridAccount, GridClaim, GridOf, PointsGrid, PreviewClaims, rules,
};
use crate::Api;
use crate::entered::{self, SHORT_MAX};
use crate::error::ApiError;

pub(super) fn grid(api: &Api, request: GridOf) -> Result<PointsGrid, ApiError> {
    let mut session = api.session()?;
    let date = entered::day("date", "日期", &request.date)?;
    let book = rules::book(&session, request.group, date)?;
    let mut accounts = accounts(&mut session, request.group)?;
    // Points are claimed where people know each other: a county's grid of everybody would be of use to nobody.
    if session.level == Level::County {
        accounts.retain(|account| account.org == session.store.org());
    }
    let edition = format!("{} {} 版", book.name, book.version);
    if accounts.is_empty() {
        return Ok(PointsGrid { book: edition, accounts: Vec::new(), claims: Vec::new() });
    }
    let Around { here, others, entries } = around(&session, date, None)?;
    let waiting = |claim: &&Record| state(claim) == ClaimState::Proposed;
    let posted = History::posted(&session, &entries)?;
    // What the cells of this day will replace is left out of what is used.
    let used = History::posted(&session, &entries)?.with_pending(others.iter().filter(waiting));
    let year = Period::Year.span(date);
    let mut rows = Vec::with_capacity(accounts.len());
    for account in &accounts {
        let under_rules = book.rules.iter().filter_map(|rule| {
            let already = used.already(account.id, rule, date);
            (already != Default::default()).then(|| (rule.id.clone(), already.points))
        });
        rows.push(GridAccount {
            id: account.id.into(),
            name: account.name.clone(),
            party_group: account.party_group.clone(),
            year_total: posted.sum(account.id, year),
            used: under_rules.collect(),
        });
    }
    let known: HashSet<Id> = accounts.iter().map(|account| account.id).collect();
    let on = date.to_string();
    let standing = here.iter().chain(
        others.iter().filter(|claim| claim.text(points_claim::DATE) == Some(on.as_str())).filter(waiting),
    );
    let claims = standing.filter_map(|claim| {
        let account = claim.id(points_claim::ACCOUNT)?;
        known.contains(&account).then_some(())?;
        Some(GridClaim {
            account: account.into(),
            rule: claim.text(points_claim::RULE)?.to_owned(),
            times: u32::try_from(claim.int(points_claim::TIMES)?).ok()?,
            id: claim.id.into(),
            event: claim.text(points_claim::EVENT).map(str::to_owned),
            state: state(claim),
        })
    });
    Ok(PointsGrid { book: edition, accounts: rows, claims: claims.collect() })
}

/// What is said beside a cell.
fn text(cell: &Worked) -> String {
    let granted = cell.grant.granted;
    if cell.posted() {
        return format!("已经入账 {} 分，要改就冲销那一笔", signed(granted));
    }
    if cell.times == 0 {
        return "不记".to_owned();
    }
    if cell.grant.capped {
        return format!("到顶，记 {} 分", signed(granted));
    }
    if cell.grant.beyond_unit > 0 {
        let period = cell.rule.unit.period().map_or("这一次", |period| match period {
            Period::Month => "这个月",
            Period::Quarter => "这一季",
            Period::Year => "今年",
        });
        return format!("{period}已经记过，记 {} 分，审的时候看一看", signed(granted));
    }
    match cell.rule.amount {
        Amount::Tiers(_) => format!("看全年累计，这次添 {} 分", signed(granted)),
        _ => format!("记 {} 分", signed(granted)),
    }
}

pub(super) fn preview(api: &Api, request: PreviewClaims) -> Result<ClaimsPreview, ApiError> {
    let mut session = api.session()?;
    let date = entered::day("date", "日期", &request.date)?;
    let event = entered::optional("event", "事由", request.event.as_deref(), SHORT_MAX)?;
    let (_, worked) = work_out(&mut session, request.group, date, event.as_deref(), &request.cells)?;
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for cell in worked.iter().filter(|cell| !cell.posted()) {
        *sums.entry(cell.account.id.to_string()).or_default() += cell.grant.granted;
    }
    let capped = worked.iter().filter(|cell| cell.grant.capped && !cell.posted()).count();
    Ok(ClaimsPreview {
        total: sums.values().sum(),
        capped: u32::try_from(capped).unwrap_or(u32::MAX),
        sums,
        cells: worked
            .iter()
            .map(|cell| CellPreview {
                account: cell.account.id.into(),
                rule: cell.rule.id.clone(),
                times: u32::try_from(cell.times).unwrap_or(u32::MAX),
                asked: cell.grant.asked,
                granted: cell.grant.granted,
                capped: cell.grant.capped,
                text: text(cell),
            })
            .collect(),
    })
}
