//! The changes behind what shows: what a redaction names, and what a stick brought.

use std::collections::{BTreeMap, BTreeSet};

use yuanba_core::Id;
use yuanba_journal::payload::RecordWrite;
use yuanba_journal::{ChangeRef, Kind};

use crate::streams::{self, read_hash};
use crate::{Result, Store};

/// What came, in words that people count in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arrived {
    /// How many different records were written to, by table number
    pub records: BTreeMap<u16, u64>,
    /// How many ledger entries, reversals and choices
    pub entries: u64,
}

impl Store {
    /// A place in the order in which changes came to this machine: what comes later comes after it.
    pub fn arrivals(&self) -> Result<i64> {
        Ok(self.db.query_row("SELECT ifnull(max(id), 0) FROM change", [], |row| row.get(0))?)
    }

    /// What has come to this machine after a place that [`Store::arrivals`] gave.
    pub fn arrived_after(&self, place: i64) -> Result<Arrived> {
        let mut statement =
            self.db.prepare_cached("SELECT header, salt, body FROM change WHERE id > ?1 ORDER BY id")?;
        let mut rows = statement.query([place])?;
        let mut arrived = Arrived::default();
        let mut records: BTreeMap<u16, BTreeSet<Id>> = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let header = streams::stored(row.get(0)?, row.get(1)?, row.get(2)?)?.header;
            match header.kind {
                Kind::Record => {
                    let write = RecordWrite::from_cbor(&header.kept, &header.stream);
                    if let (Ok(write), Some(entity)) = (write, header.entity) {
                        records.entry(write.table).or_default().insert(entity);
                    }
                }
                Kind::Entry | Kind::Reversal | Kind::Choice => arrived.entries += 1,
                _ => {}
            }
        }
        arrived.records = records.into_iter().map(|(table, ids)| (table, ids.len() as u64)).collect();
        Ok(arrived)
    }

    /// The changes about a record that still have their words, those of the records that are the same person included.
    pub fn changes_of(&self, id: Id) -> Result<Vec<ChangeRef>> {
        let mut references = Vec::new();
        let representative = self.representative(id)?;
        let mut entities = self.aliases(representative)?;
        entities.push(representative);
        for entity in entities {
            let mut statement = self.db.prepare_cached(
                "SELECT stream, seq, hash FROM change WHERE entity = ?1 AND body IS NOT NULL",
            )?;
            let rows = statement.query_map([entity.0], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, read_hash(row, 2)?))
            })?;
            for row in rows {
                let (stream, seq, hash) = row?;
                if let Some(stream) = self.context.streams.get(&stream) {
                    references.push(ChangeRef { stream: *stream, seq: seq as u64, prefix: hash.prefix() });
                }
            }
        }
        Ok(references)
    }
}
