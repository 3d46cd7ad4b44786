//! What stays on this machine and never enters the journal: settings, drafts, mappings, the log of sticks.

use rusqlite::{OptionalExtension, params};
use serde_json::Value;

use crate::streams::damaged;
use crate::{Result, Store};

impl Store {
    /// What is kept under a key, and since when (ms since 1970).
    pub fn local_get(&self, key: &str) -> Result<Option<(Value, i64)>> {
        let mut statement = self.db.prepare_cached("SELECT value, at_ms FROM local WHERE key = ?1")?;
        let found: Option<(String, i64)> =
            statement.query_row([key], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        found.map(|(text, at)| Ok((parse(&text)?, at))).transpose()
    }

    /// Keeps something under a key.
    pub fn local_put(&mut self, key: &str, value: &Value) -> Result<i64> {
        let at = self.now_ms();
        self.db
            .prepare_cached("INSERT OR REPLACE INTO local(key, value, at_ms) VALUES(?1, ?2, ?3)")?
            .execute(params![key, value.to_string(), at])?;
        Ok(at)
    }

    /// When somebody did something here for the first time, ms since 1970.
    pub fn first_deed_ms(&self) -> Result<Option<i64>> {
        let mut statement = self.db.prepare_cached("SELECT min(at_ms) FROM deed")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// Forgets what is kept under a key.
    pub fn local_drop(&mut self, key: &str) -> Result<()> {
        self.db.prepare_cached("DELETE FROM local WHERE key = ?1")?.execute([key])?;
        Ok(())
    }

    /// Everything whose key begins so, newest first.
    pub fn local_list(&self, prefix: &str) -> Result<Vec<(String, Value, i64)>> {
        self.local_newest(prefix, usize::MAX)
    }

    /// The newest of what [`Store::local_list`] gives.
    pub fn local_newest(&self, prefix: &str, count: usize) -> Result<Vec<(String, Value, i64)>> {
        let mut statement = self.db.prepare_cached(
            "SELECT key, value, at_ms FROM local WHERE substr(key, 1, length(?1)) = ?1
             ORDER BY at_ms DESC, key DESC LIMIT ?2",
        )?;
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        let rows = statement.query_map(params![prefix, count], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?))
        })?;
        rows.map(|row| {
            let (key, text, at) = row?;
            Ok((key, parse(&text)?, at))
        })
        .collect()
    }
}

fn parse(text: &str) -> Result<Value> {
    serde_json::from_str(text).map_err(|_| damaged("a local value"))
}
