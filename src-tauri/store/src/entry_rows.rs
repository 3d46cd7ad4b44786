//! Writing the rows of ledger keys.

use std::borrow::Cow;

use rusqlite::{CachedStatement, Connection, params};
use yuanba_core::{Id, Value};
use yuanba_journal::fold::EntryState;
use yuanba_journal::payload::{EntryView, Ledger};
use yuanba_journal::{Hash, Header, Kind};

use crate::Result;
use crate::context::Context;
use crate::folding;

/// The statements that write what stands under ledger keys, ready for many of them.
pub struct EntryRows<'c> {
    written: CachedStatement<'c>,
    write: CachedStatement<'c>,
    remove: CachedStatement<'c>,
}

impl<'c> EntryRows<'c> {
    /// Makes the statements ready.
    pub fn of(db: &'c Connection) -> Result<EntryRows<'c>> {
        Ok(EntryRows {
            written: db.prepare_cached(
                "SELECT stream, first_seq, first_prefix, counts, header, kind FROM change WHERE entity = ?1 LIMIT 2",
            )?,
            write: db.prepare_cached(
                "INSERT INTO entry(org, key, ledger, from_account, to_account, amount, moves, on_date, rule, terms, rivals,
                   digest) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
                 ON CONFLICT(key, org) DO UPDATE SET ledger = ?3, from_account = ?4, to_account = ?5, amount = ?6,
                   moves = ?7, on_date = ?8, rule = ?9, terms = ?10, rivals = ?11, digest = ?12",
            )?,
            remove: db.prepare_cached("DELETE FROM entry WHERE key = ?2 AND org = ?1")?,
        })
    }

    /// Folds a ledger key under which one entry stands alone, as under nearly all, and writes its row; `false` when more than
    /// that is to be folded.
    pub fn fold_alone(&mut self, context: &Context, org: Id, key: Id) -> Result<bool> {
        let mut rows = self.written.query([key.0])?;
        let Some(row) = rows.next()? else { return Ok(false) };
        let kind = Kind::from_number(row.get::<_, i64>(5)? as u64);
        if kind != Kind::Entry || folding::shows(context, row)?.is_none_or(|(whose, _)| whose != org) {
            return Ok(false);
        }
        let header: Vec<u8> = row.get(4)?;
        if rows.next()?.is_some() {
            return Ok(false);
        }
        drop(rows);
        self.write_alone(org, key, &header)?;
        Ok(true)
    }

    /// Writes the row of a key from the header of the one entry under it.
    pub fn write_alone(&mut self, org: Id, key: Id, header: &[u8]) -> Result<()> {
        self.put(org, key, &Columns::alone(&EntryView::from_cbor(Header::kept_in(header)?)?))
    }

    /// Writes the row of a key, or takes it away where nothing stands.
    pub fn write(&mut self, org: Id, key: Id, state: Option<EntryState>) -> Result<()> {
        match state {
            Some(state) => self.put(org, key, &Columns::of(&state)),
            None => Ok(self.remove.execute(params![org.0, key.0]).map(|_| ())?),
        }
    }

    fn put(&mut self, org: Id, key: Id, row: &Columns<'_>) -> Result<()> {
        self.write.execute(params![
            org.0,
            key.0,
            row.ledger.number(),
            row.from.0,
            row.to.0,
            row.amount,
            row.moves,
            row.on,
            row.rule,
            row.terms,
            row.rivals as i64,
            row.digest.0
        ])?;
        Ok(())
    }
}

/// What a row of `entry` says of what stands under its key.
struct Columns<'a> {
    ledger: Ledger,
    from: Id,
    to: Id,
    amount: i64,
    moves: i64,
    on: &'a str,
    rule: &'a str,
    terms: Cow<'a, [u8]>,
    rivals: usize,
    digest: Hash,
}

impl<'a> Columns<'a> {
    fn of(state: &'a EntryState) -> Columns<'a> {
        let entry = &state.standing;
        Columns {
            ledger: entry.ledger,
            from: entry.from,
            to: entry.to,
            amount: entry.amount,
            moves: state.moves(),
            on: &entry.on,
            rule: &entry.rule,
            terms: Value::List(entry.terms.clone()).to_cbor().into(),
            rivals: state.rivals.len(),
            digest: state.digest(),
        }
    }

    /// An entry that nothing else was written beside.
    fn alone(entry: &EntryView<'a>) -> Columns<'a> {
        Columns {
            ledger: entry.ledger,
            from: entry.from,
            to: entry.to,
            amount: entry.amount,
            moves: entry.amount,
            on: entry.on,
            rule: entry.rule,
            terms: entry.terms.into(),
            rivals: 0,
            digest: entry.digest_alone(),
        }
    }
}
