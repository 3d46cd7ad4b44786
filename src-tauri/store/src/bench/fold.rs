//! Folding everything from nothing against inserting the same final rows.

use std::path::Path;
use std::time::Instant;

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::Measured;
use crate::schema::{FOLDED, FOLDED_TABLES};
use crate::{Result, Store, database};

/// The time of a fold from nothing against bare SQLCipher inserts of the rows that it makes, with the same indexes.
pub fn fold(store: &mut Store, scratch: &Path) -> Result<Measured> {
    store.db.execute_batch("BEGIN IMMEDIATE")?;
    store.throw_away()?;
    store.db.execute_batch("COMMIT; PRAGMA wal_checkpoint(TRUNCATE); BEGIN IMMEDIATE")?;
    let began = Instant::now();
    store.fold_from_nothing()?;
    let work = began.elapsed();
    let bare = database::connect(&scratch.join("fold-floor.db"), &format!("x'{}'", "7".repeat(64)), true)?;
    bare.execute_batch(FOLDED)?;
    let mut rows = 0;
    let mut floor = std::time::Duration::ZERO;
    for table in FOLDED_TABLES {
        let (columns, list) = read(&store.db, table)?;
        rows += list.len() as u64;
        let began = Instant::now();
        bare.execute_batch("BEGIN")?;
        {
            let marks = vec!["?"; columns].join(", ");
            let mut insert = bare.prepare(&format!("INSERT INTO {table} VALUES({marks})"))?;
            for row in list {
                insert.execute(params_from_iter(row))?;
            }
        }
        bare.execute_batch("COMMIT")?;
        floor += began.elapsed();
    }
    let how = "folding the journal from nothing against bare SQLCipher inserts of the same final rows";
    Ok(Measured::new("fold", rows, work, floor, how))
}

fn read(db: &Connection, table: &str) -> Result<(usize, Vec<Vec<Value>>)> {
    let mut statement = db.prepare(&format!("SELECT * FROM {table}"))?;
    let columns = statement.column_count();
    let rows = statement
        .query_map([], |row| (0..columns).map(|at| row.get(at)).collect::<rusqlite::Result<Vec<_>>>())?;
    Ok((columns, rows.collect::<Result<_, _>>()?))
}
