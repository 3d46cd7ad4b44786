//! Digests: two stores with the same changes are equal.

use rusqlite::params;
use yuanba_core::Id;
use yuanba_journal::Hash;
use yuanba_journal::fold::FOLD_VERSION;

use crate::streams::read_hash;
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
        hashes.sort_unstable();
        let mut ops = blake3::Hasher::new();
        for hash in &hashes {
            ops.update(&hash.0);
        }
        Ok(Digest {
            ops: hashes.len() as u64,
            ops_digest: Hash(*ops.finalize().as_bytes()),
            state_digest: self.state_digest(&within)?,
            fold_version: FOLD_VERSION,
        })
    }

    fn state_digest(&self, within: &dyn Fn(Id) -> bool) -> Result<Hash> {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&FOLD_VERSION.to_be_bytes());
        for (table, sql) in [
            (1u8, "SELECT org, entity, digest, coalesce(alias, x'') FROM record ORDER BY org, entity"),
            (2, "SELECT org, key, digest, x'' FROM entry ORDER BY org, key"),
            (
                3,
                "SELECT org, account, sum(moved), ledger FROM (
                   SELECT org, ledger, to_account AS account, moves AS moved FROM entry
                   UNION ALL SELECT org, ledger, from_account, -moves FROM entry)
                 GROUP BY org, ledger, account HAVING sum(moved) <> 0 ORDER BY org, ledger, account",
            ),
        ] {
            let mut statement = self.db.prepare_cached(sql)?;
            let mut rows = statement.query(params![])?;
            let mut last: Option<(Id, bool)> = None;
            while let Some(row) = rows.next()? {
                let org = crate::streams::read_id(row, 0)?;
                let inside = match last {
                    Some((seen, inside)) if seen == org => inside,
                    _ => within(org),
                };
                last = Some((org, inside));
                if !inside {
                    continue;
                }
                hasher.update(&[table]);
                hasher.update(&org.0);
                hasher.update(row.get_ref(1)?.as_blob().unwrap_or_default());
                if table == 3 {
                    hasher.update(&row.get::<_, i64>(2)?.to_be_bytes());
                    hasher.update(&row.get::<_, i64>(3)?.to_be_bytes());
                } else {
                    hasher.update(row.get_ref(2)?.as_blob().unwrap_or_default());
                    hasher.update(row.get_ref(3)?.as_blob().unwrap_or_default());
                }
            }
        }
        Ok(Hash(*hasher.finalize().as_bytes()))
    }
}
