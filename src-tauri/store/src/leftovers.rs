//! What this machine alone remembers of words that are erased: the sentences of its acts, and drafts about the record. They
//! are no part of the journal, so that no redaction names them; they go when the words go.

use std::path::Path;

use rusqlite::{Connection, params};
use yuanba_core::Id;

use crate::store::put_secret;
use crate::streams::GroupPlace;
use crate::{Result, Store};

/// What an act says whose words were erased.
const SAID: &str = "内容已经依法删去";

/// Forgets what is kept beside a change whose words were erased: the act that wrote it and those that took it back, acts on
/// the points of the record, drafts about it.
pub fn forget(db: &Connection, group: &GroupPlace, entity: Option<Id>) -> Result<()> {
    const OF_GROUP: &str = "SELECT grp FROM deed WHERE stream = ?1 AND seq = ?2 AND prefix = ?3";
    forget_acts(db, OF_GROUP, params![group.stream, group.first_seq as i64, group.first_prefix, SAID])?;
    let Some(entity) = entity else { return Ok(()) };
    // Keys of the ledger stand in the column of records: what was posted or reversed for this account says its name.
    let mut statement = db.prepare_cached(
        "SELECT DISTINCT c.stream, c.first_seq, c.first_prefix FROM entry e JOIN change c ON c.entity = e.key
         WHERE e.to_account = ?1",
    )?;
    let places = statement.query_map([entity.0], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, [u8; 8]>(2)?))
    })?;
    for place in places.collect::<rusqlite::Result<Vec<_>>>()? {
        forget_acts(db, OF_GROUP, params![place.0, place.1, place.2, SAID])?;
    }
    db.prepare_cached("DELETE FROM local WHERE key LIKE 'draft%' AND instr(key, ?1) > 0")?
        .execute([entity.to_string()])?;
    Ok(())
}

/// Stands among the secrets from an erasure until what it left in files is gone too.
const ERASED: &str = "erased";

/// Remembers, in the transaction of an erasure, that files still hold what was erased.
pub fn remember(db: &Connection) -> Result<()> {
    put_secret(db, ERASED, &[1])
}

/// Clears the files of the folder of what was erased, if anything was: the log in which the pages stood before, and the
/// copies that were made before an upgrade. What cannot be cleared now, another program reading it, is cleared next time.
pub fn sweep(db: &Connection, dir: &Path) -> Result<()> {
    if !db.prepare_cached("SELECT 1 FROM secret WHERE name = ?1")?.exists([ERASED])? {
        return Ok(());
    }
    let copies = std::fs::read_dir(dir)?.flatten().filter(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with(crate::database::COPY_BEFORE) && name.ends_with(".db")
    });
    let mut left = false;
    for copy in copies {
        left |= std::fs::remove_file(copy.path()).is_err();
    }
    left |= db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, bool>(0))?;
    if !left {
        db.prepare_cached("DELETE FROM secret WHERE name = ?1")?.execute([ERASED])?;
    }
    Ok(())
}

impl Store {
    /// Clears the files of what was erased, if anything was: now, or later where it cannot be done now. Not while a copy is
    /// being made, which is of one moment: the file must stand still, and the end of the copy clears it.
    pub(crate) fn sweep(&self) {
        if !self.gate.copying() {
            let _ = sweep(&self.db, &self.dir);
        }
    }
}

/// Forgets the sentences of some acts and of all that took them back; the fourth parameter is what they say from now on.
fn forget_acts(db: &Connection, acts: &str, parameters: impl rusqlite::Params) -> Result<()> {
    db.prepare_cached(&format!(
        "WITH RECURSIVE of(grp) AS ({acts} UNION SELECT d.grp FROM deed d JOIN of ON d.undoes = of.grp)
         UPDATE deed SET said = ?4 WHERE grp IN (SELECT grp FROM of)"
    ))?
    .execute(parameters)?;
    Ok(())
}
