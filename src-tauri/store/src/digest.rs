//! Digests: two stores with the same changes are equal.

use yuanba_core::Id;
use yuanba_journal::Hash;
use yuanba_journal::fold::{FOLD_VERSION, StateDigest};
use yuanba_journal::payload::Ledger;

use crate::streams::{damaged, read_hash, read_id};
use crate::{Result, Store};

/// What two stores compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Digest {
    /// Changes held
    pub ops: u64,
    /// BLAKE3 over the sorted header hashes
    pub ops_digest: Hash,
    /// Over everything that is folded from them
    pub state_digest: Hash,
    /// State digests compare within one
    pub fold_version: u32,
}

impl Store {
    /// The digest of everything, or of one organisation's subtree, both lanes. Nothing local enters.
    pub fn digest(&self, org: Option<Id>) -> Result<Digest> {
        let within = |other: Id| org.is_none_or(|org| self.authority().covers(org, other));
        let mut hashes: Vec<Hash> = Vec::new();
        for (row, stream) in &self.context.streams {
            if !within(stream.org) {
                continue;
            }
            let mut statement = self.db.prepare_cached("SELECT hash FROM change WHERE stream = ?1")?;
            for hash in statement.query_map([row], |r| read_hash(r, 0))? {
                hashes.push(hash?);
            }
        }
        Ok(Digest {
            ops: hashes.len() as u64,
            ops_digest: Hash::of_set(hashes),
            state_digest: self.state_digest(&within)?,
            fold_version: FOLD_VERSION,
        })
    }

    fn state_digest(&self, within: &dyn Fn(Id) -> bool) -> Result<Hash> {
        let mut state = StateDigest::default();
        self.each_within(
            "SELECT org, entity, digest, alias FROM record ORDER BY org, entity",
            within,
            |org, row| {
                let id = read_id(row, 1)?;
                match row.get::<_, Option<[u8; 16]>>(3)? {
                    Some(shows_as) => state.alias(org, id, Id(shows_as)),
                    None => state.record(org, id, &read_hash(row, 2)?),
                }
                Ok(())
            },
        )?;
        self.each_within("SELECT org, key, digest FROM entry ORDER BY org, key", within, |org, row| {
            state.entry(org, read_id(row, 1)?, &read_hash(row, 2)?);
            Ok(())
        })?;
        self.each_within(
            "SELECT org, ledger, account, sum(moved) FROM (
               SELECT org, ledger, to_account AS account, moves AS moved FROM entry
               UNION ALL SELECT org, ledger, from_account, -moves FROM entry)
             GROUP BY org, ledger, account ORDER BY org, ledger, account",
            within,
            |org, row| {
                let ledger = Ledger::from_number(row.get(1)?).ok_or_else(|| damaged("a ledger"))?;
                state.balance(org, ledger, read_id(row, 2)?, row.get(3)?);
                Ok(())
            },
        )?;
        Ok(state.finish())
    }

    /// Takes the rows of the organisations that are wanted; their first column is the organisation, and they are in its
    /// order.
    fn each_within(
        &self,
        sql: &str,
        within: &dyn Fn(Id) -> bool,
        mut take: impl FnMut(Id, &rusqlite::Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let mut statement = self.db.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let mut last: Option<(Id, bool)> = None;
        while let Some(row) = rows.next()? {
            let org = read_id(row, 0)?;
            let inside = match last {
                Some((seen, inside)) if seen == org => inside,
                _ => within(org),
            };
            last = Some((org, inside));
            if inside {
                take(org, row)?;
            }
        }
        Ok(())
    }
}
