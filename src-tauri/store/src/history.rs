//! The changes behind what shows: what a redaction names.

use yuanba_core::Id;
use yuanba_journal::ChangeRef;

use crate::streams::read_hash;
use crate::{Result, Store};

impl Store {
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
