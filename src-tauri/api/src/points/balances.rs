//! Balances and ranks.

use std::collections::HashMap;

use yuanba_core::Id;
use yuanba_core::tables::points_claim;
use yuanba_practices::points::{Close, Period};

use super::account::{Account, accounts};
use super::history::{ALWAYS, PROPOSED, received};
use super::{Balance, ExportPoints, OfGroup, PeopleGroup, PointsHeld, PointsOf, rules};
use crate::Api;
use crate::dto::Written;
use crate::entered;
use crate::error::ApiError;
use crate::session::Session;
use crate::workbook::{self, known, number, some, text};

/// The rank of one total among all: one more than how many are larger.
pub(super) fn rank_of(total: i64, totals: &[i64]) -> u32 {
    totals.iter().filter(|other| **other > total).count() as u32 + 1
}

/// The rank of each total, the largest first: equal totals share a rank and the next one counts them all.
fn ranks(totals: &[i64]) -> Vec<u32> {
    let mut sorted: Vec<i64> = totals.to_vec();
    sorted.sort_unstable_by(|a, b| b.cmp(a));
    totals.iter().map(|total| sorted.partition_point(|other| other > total) as u32 + 1).collect()
}

pub(super) fn balances(session: &mut Session, group: PeopleGroup) -> Result<Vec<Balance>, ApiError> {
    let today = session.store.today();
    let book = rules::book(session, group, today)?;
    let accounts: Vec<Account> = accounts(session, group)?;
    let mut pending: HashMap<Id, i64> = HashMap::new();
    for claim in session.live_at(&points_claim::TABLE, PROPOSED)? {
        if let Some(account) = claim.id(points_claim::ACCOUNT) {
            *pending.entry(account).or_default() += claim.int(points_claim::GRANTED).unwrap_or(0);
        }
    }
    // A book that starts anew needs no closing entry to be read: its balance is that of the running period.
    let held = match book.close {
        Close::Reset => received(session, book.close_period.span(today))?,
        Close::Carry => received(session, ALWAYS)?,
    };
    let of_year = received(session, Period::Year.span(today))?;
    let sum = |of: &HashMap<Id, i64>, account: &Account| of.get(&account.id).copied().unwrap_or(0);
    let years: Vec<i64> = accounts.iter().map(|account| sum(&of_year, account)).collect();
    let mut balances: Vec<Balance> = accounts
        .into_iter()
        .zip(ranks(&years))
        .zip(years)
        .map(|((account, rank), year)| {
            let balance = sum(&held, &account);
            Balance {
                account: account.id.into(),
                name: account.name,
                party_group: account.party_group,
                balance,
                pending: pending.get(&account.id).copied().unwrap_or(0),
                year,
                rank,
                vouchers: book.voucher.as_ref().map(|voucher| voucher.tiers(balance)),
            }
        })
        .collect();
    // Stable: those of one rank stay in the order of their names.
    balances.sort_by_key(|balance| balance.rank);
    Ok(balances)
}

pub(super) fn list(api: &Api, request: OfGroup) -> Result<Vec<Balance>, ApiError> {
    balances(&mut *api.session()?, request.group)
}

pub(super) fn of(api: &Api, request: PointsOf) -> Result<Vec<PointsHeld>, ApiError> {
    let mut session = api.session()?;
    let name = entered::required("name", "姓名", &request.name, entered::SHORT_MAX)?;
    let today = session.store.today();
    let mut held = Vec::new();
    for group in [PeopleGroup::Members, PeopleGroup::Households, PeopleGroup::Hardship] {
        let group_name = rules::book(&session, group, today)?.name.trim_end_matches("积分办法").to_owned();
        for row in balances(&mut session, group)?.into_iter().filter(|row| row.name == name) {
            held.push(PointsHeld {
                account: row.account,
                name: row.name,
                group,
                group_name: group_name.clone(),
                party_group: row.party_group,
                balance: row.balance,
                vouchers: row.vouchers,
            });
        }
    }
    Ok(held)
}

pub(super) fn export(api: &Api, request: ExportPoints) -> Result<Written, ApiError> {
    let mut session = api.session()?;
    let rows = balances(&mut session, request.group)?;
    let book = rules::book(&session, request.group, session.store.today())?;
    let title = format!("{}台账", book.name.trim_end_matches("办法"));
    let columns = [
        ("名次", 7.0),
        ("姓名", 12.0),
        ("党小组", 14.0),
        ("今年累计", 10.0),
        ("现有积分", 10.0),
        ("等审核", 10.0),
        ("可兑几档", 10.0),
    ];
    let cells = rows
        .into_iter()
        .map(|row| {
            vec![
                number(row.rank),
                text(row.name),
                some(row.party_group),
                number(row.year),
                number(row.balance),
                number(row.pending),
                known(row.vouchers),
            ]
        })
        .collect();
    workbook::write(&session, &request.out, &title, &columns, cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_totals_share_a_rank_and_the_next_one_counts_them_all() {
        assert_eq!(ranks(&[12, 20, 12, 0, 20]), [3, 1, 3, 5, 1]);
        assert!(ranks(&[]).is_empty());
        let totals = [12, 20, 12, 0, 20];
        let one_by_one: Vec<u32> = totals.iter().map(|total| rank_of(*total, &totals)).collect();
        assert_eq!(one_by_one, ranks(&totals));
    }
}
