//! Reading ledgers.

use std::collections::HashMap;

use rusqlite::params;
use yuanba_core::{Id, Value};
use yuanba_journal::fold::{EntryState, Reversed};
use yuanba_journal::payload::{Ledger, decode_values};

use crate::streams::{damaged, read_id};
use crate::{Result, Store, folding};

/// How an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryStanding {
    /// It counts
    Posted,
    /// It was reversed or its group taken back
    Reversed,
    /// Another entry of the same key has another amount; the first counts until a person decides
    Conflict,
}

/// A ledger entry as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct EntryRow {
    /// Its key
    pub key: Id,
    /// Whose ledger
    pub org: Id,
    /// The account that gives
    pub from: Id,
    /// The account that receives
    pub to: Id,
    /// The amount written
    pub amount: i64,
    /// What it moves now: the amount, or nothing
    pub moves: i64,
    /// Its day
    pub on: String,
    /// Rule id
    pub rule: String,
    /// Version of the book, cap, asked, granted
    pub terms: Vec<Value>,
    /// How it stands
    pub standing: EntryStanding,
}

/// Which entries are wanted.
#[derive(Debug, Clone, Copy)]
pub struct EntryFilter {
    /// The ledger
    pub ledger: Ledger,
    /// Of one account
    pub account: Option<Id>,
    /// Of one organisation
    pub org: Option<Id>,
}

impl Store {
    /// The entries that a filter lets through, by key, which is by day.
    pub fn entries(&self, filter: EntryFilter) -> Result<Vec<EntryRow>> {
        let accounts = match filter.account {
            Some(account) => {
                let mut accounts = vec![self.representative(account)?];
                accounts.extend(self.aliases(accounts[0])?);
                accounts.into_iter().map(Some).collect()
            }
            None => vec![None],
        };
        let mut list = Vec::new();
        for account in accounts {
            let mut statement = self.db.prepare_cached(
                "SELECT key, org, from_account, to_account, amount, moves, on_date, rule, terms, rivals FROM entry
                 WHERE ledger = ?1 AND (?2 IS NULL OR to_account = ?2) AND (?3 IS NULL OR org = ?3) ORDER BY key",
            )?;
            let mut rows = statement.query(params![
                filter.ledger.number(),
                account.map(|a| a.0),
                filter.org.map(|o| o.0)
            ])?;
            while let Some(row) = rows.next()? {
                let (amount, moves): (i64, i64) = (row.get(4)?, row.get(5)?);
                let terms: Vec<u8> = row.get(8)?;
                list.push(EntryRow {
                    key: read_id(row, 0)?,
                    org: read_id(row, 1)?,
                    from: read_id(row, 2)?,
                    to: read_id(row, 3)?,
                    amount,
                    moves,
                    on: row.get(6)?,
                    rule: row.get(7)?,
                    terms: Value::decode(&mut minicbor::Decoder::new(&terms))
                        .map_err(|_| damaged("an entry's terms"))?
                        .as_list()
                        .to_vec(),
                    standing: match row.get::<_, i64>(9)? {
                        _ if moves != amount => EntryStanding::Reversed,
                        0 => EntryStanding::Posted,
                        _ => EntryStanding::Conflict,
                    },
                });
            }
        }
        Ok(list)
    }

    /// The balance of every account of a ledger, what gives counted negative. They add up to zero.
    pub fn balances(&self, ledger: Ledger) -> Result<Vec<(Id, i64)>> {
        let mut statement = self.db.prepare_cached(
            "SELECT account, sum(moved) FROM (
               SELECT to_account AS account, moves AS moved FROM entry WHERE ledger = ?1
               UNION ALL SELECT from_account, -moves FROM entry WHERE ledger = ?1) GROUP BY account",
        )?;
        let rows =
            statement.query_map([ledger.number()], |row| Ok((read_id(row, 0)?, row.get::<_, i64>(1)?)))?;
        let aliases = self.all_aliases()?;
        let mut sums: std::collections::BTreeMap<Id, i64> = std::collections::BTreeMap::new();
        for row in rows {
            let (account, sum) = row?;
            *sums.entry(aliases.get(&account).copied().unwrap_or(account)).or_default() += sum;
        }
        Ok(sums.into_iter().collect())
    }

    /// What each account received on days from `first` to `last`, both included, in a ledger: of one organisation's entries,
    /// or of all that are held. Accounts that are the same person count as one.
    pub fn received(
        &self,
        ledger: Ledger,
        org: Option<Id>,
        first: &str,
        last: &str,
    ) -> Result<HashMap<Id, i64>> {
        // Without an organisation the index alone has the answer.
        let of_one = if org.is_some() { "AND org = ?4" } else { "" };
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT to_account, sum(moves) FROM entry WHERE ledger = ?1 AND on_date BETWEEN ?2 AND ?3 {of_one}
             GROUP BY to_account"
        ))?;
        let mut rows = match org {
            Some(org) => statement.query(params![ledger.number(), first, last, org.0])?,
            None => statement.query(params![ledger.number(), first, last])?,
        };
        let aliases = self.all_aliases()?;
        let mut sums = HashMap::new();
        while let Some(row) = rows.next()? {
            let account = read_id(row, 0)?;
            *sums.entry(aliases.get(&account).copied().unwrap_or(account)).or_default() +=
                row.get::<_, i64>(1)?;
        }
        Ok(sums)
    }

    /// Every id that shows under another one.
    pub fn all_aliases(&self) -> Result<std::collections::BTreeMap<Id, Id>> {
        let mut statement =
            self.db.prepare_cached("SELECT entity, alias FROM record WHERE alias IS NOT NULL")?;
        let rows = statement.query_map([], |row| Ok((read_id(row, 0)?, read_id(row, 1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// An entry with everything that led to it.
    pub fn entry_state(&self, org: Id, key: Id) -> Result<Option<EntryState>> {
        folding::entry_state(&self.db, &self.context, org, key)
    }

    /// Why an entry was reversed.
    pub fn reversal_reason(&self, state: &EntryState) -> Result<Option<String>> {
        let Some(Reversed::By(origin)) = &state.reversed else { return Ok(None) };
        let Some((id, _)) = crate::streams::resolve(&self.db, &origin.reference())? else { return Ok(None) };
        let body: Option<Vec<u8>> =
            self.db.query_row("SELECT body FROM change WHERE id = ?1", [id], |row| row.get(0))?;
        let reason = body.and_then(|b| decode_values(&b, 1).ok()).and_then(|mut v| v.pop());
        Ok(reason.and_then(|v| v.as_text().map(str::to_owned)))
    }
}
