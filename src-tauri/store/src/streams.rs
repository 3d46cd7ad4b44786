//! Rows of the journal: streams, their heads, their changes.

use rusqlite::{Connection, OptionalExtension, Row, params};
use yuanba_core::Id;
use yuanba_journal::author::Tip;
use yuanba_journal::{Body, Change, ChangeRef, Hash, HeadSignature, Lane, PublicKey, StreamId};

use crate::{Result, StoreError};

/// A damaged row.
pub(crate) fn damaged(what: &str) -> StoreError {
    StoreError::Damaged(what.to_owned())
}

pub(crate) fn read_id(row: &Row<'_>, at: usize) -> rusqlite::Result<Id> {
    Ok(Id(row.get::<_, [u8; 16]>(at)?))
}

pub(crate) fn read_hash(row: &Row<'_>, at: usize) -> rusqlite::Result<Hash> {
    Ok(Hash(row.get::<_, [u8; 32]>(at)?))
}

pub(crate) fn read_stream(row: &Row<'_>, at: usize) -> rusqlite::Result<StreamId> {
    let lane = Lane::from_number(row.get(at + 2)?)
        .ok_or(rusqlite::Error::IntegralValueOutOfRange(at + 2, row.get::<_, i64>(at + 2)?))?;
    Ok(StreamId { replica: read_id(row, at)?, org: read_id(row, at + 1)?, lane })
}

/// The row id of a stream, if it is known.
pub fn find(db: &Connection, stream: &StreamId) -> Result<Option<i64>> {
    let mut statement =
        db.prepare_cached("SELECT id FROM stream WHERE replica = ?1 AND org = ?2 AND lane = ?3")?;
    Ok(statement
        .query_row(params![stream.replica.0, stream.org.0, stream.lane.number()], |r| r.get(0))
        .optional()?)
}

/// The row id of a stream, which is made when it is new.
pub fn row_of(db: &Connection, stream: &StreamId) -> Result<i64> {
    if let Some(id) = find(db, stream)? {
        return Ok(id);
    }
    db.prepare_cached("INSERT INTO stream(replica, org, lane) VALUES(?1, ?2, ?3)")?.execute(params![
        stream.replica.0,
        stream.org.0,
        stream.lane.number()
    ])?;
    Ok(db.last_insert_rowid())
}

/// Every stream with its row id.
pub fn all(db: &Connection) -> Result<Vec<(i64, StreamId)>> {
    let mut statement = db.prepare_cached("SELECT id, replica, org, lane FROM stream ORDER BY id")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, read_stream(row, 1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// A branch's end with its signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Place and hash
    pub tip: Tip,
    /// The replica's signature
    pub signature: HeadSignature,
}

/// The heads of a stream, one a branch, longest first.
pub fn heads(db: &Connection, stream: i64) -> Result<Vec<Head>> {
    let mut statement = db.prepare_cached(
        "SELECT seq, hash, key, signature FROM head WHERE stream = ?1 ORDER BY seq DESC, hash",
    )?;
    let rows = statement.query_map([stream], |row| {
        Ok(Head {
            tip: Tip { seq: row.get::<_, i64>(0)? as u64, hash: read_hash(row, 1)? },
            signature: HeadSignature { key: PublicKey(row.get(2)?), signature: row.get(3)? },
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Puts a new head in the place of the one that it grew from.
pub fn move_head(db: &Connection, stream: i64, grew_from: Option<Hash>, head: &Head) -> Result<()> {
    if let Some(old) = grew_from {
        db.prepare_cached("DELETE FROM head WHERE stream = ?1 AND hash = ?2")?
            .execute(params![stream, old.0])?;
    }
    db.prepare_cached(
        "INSERT OR REPLACE INTO head(stream, seq, hash, key, signature) VALUES(?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        stream,
        head.tip.seq as i64,
        head.tip.hash.0,
        head.signature.key.0,
        head.signature.signature
    ])?;
    Ok(())
}

/// The last place of a stream at which any change is held; 0 for none.
pub fn reach(db: &Connection, stream: i64) -> Result<u64> {
    let mut statement = db.prepare_cached("SELECT coalesce(max(seq), 0) FROM change WHERE stream = ?1")?;
    Ok(statement.query_row([stream], |row| row.get::<_, i64>(0))? as u64)
}

/// Whether a change is held.
pub fn held(db: &Connection, stream: i64, seq: u64, hash: &Hash) -> Result<bool> {
    let mut statement =
        db.prepare_cached("SELECT 1 FROM change WHERE stream = ?1 AND seq = ?2 AND hash = ?3")?;
    Ok(statement.exists(params![stream, seq as i64, hash.0])?)
}

/// The full hash of a referenced change, if it is held.
pub fn resolve(db: &Connection, reference: &ChangeRef) -> Result<Option<(i64, Hash)>> {
    let Some(stream) = find(db, &reference.stream)? else { return Ok(None) };
    let mut statement = db.prepare_cached("SELECT id, hash FROM change WHERE stream = ?1 AND seq = ?2")?;
    let rows = statement.query_map(params![stream, reference.seq as i64], |row| {
        Ok((row.get::<_, i64>(0)?, read_hash(row, 1)?))
    })?;
    for row in rows {
        let (id, hash) = row?;
        if hash.prefix() == reference.prefix {
            return Ok(Some((id, hash)));
        }
    }
    Ok(None)
}

/// The changes of the branch that ends in `tip`, from `after` (exclusive, 0 = all) on, in order.
pub fn branch(db: &Connection, stream: i64, tip: Tip, after: u64) -> Result<Vec<Change>> {
    let mut statement = db.prepare_cached(
        "SELECT seq, hash, header, salt, body FROM change WHERE stream = ?1 AND seq > ?2 AND seq <= ?3 ORDER BY seq",
    )?;
    let mut rows = statement.query(params![stream, after as i64, tip.seq as i64])?;
    let mut changes: Vec<Change> = Vec::new();
    let mut forked = false;
    while let Some(row) = rows.next()? {
        let change = stored(row.get(2)?, row.get(3)?, row.get(4)?)?;
        forked |= changes.last().is_some_and(|last| Some(last.hash) != change.header.prev);
        changes.push(change);
    }
    if forked || changes.last().is_some_and(|last| last.hash != tip.hash) {
        changes = walk_back(changes, tip.hash);
    }
    if tip.seq > after && changes.last().map(|last| last.hash) != Some(tip.hash) {
        return Err(damaged("a stream does not reach its head"));
    }
    Ok(changes)
}

/// The changes of an unforked stream after a place, until so many changes or bytes are reached and the group is whole.
pub fn run(db: &Connection, stream: i64, after: u64, changes: usize, bytes: usize) -> Result<Vec<Change>> {
    let mut statement = db.prepare_cached(
        "SELECT header, salt, body FROM change WHERE stream = ?1 AND seq > ?2 ORDER BY seq, hash",
    )?;
    let mut rows = statement.query(params![stream, after as i64])?;
    let mut run: Vec<Change> = Vec::new();
    let mut taken = 0;
    while let Some(row) = rows.next()? {
        let change = stored(row.get(0)?, row.get(1)?, row.get(2)?)?;
        if change.header.group_index == 0 && !run.is_empty() && (run.len() >= changes || taken >= bytes) {
            break;
        }
        taken += change.header_bytes.len() + change.body.as_ref().map_or(0, |body| body.bytes.len());
        run.push(change);
    }
    Ok(run)
}

/// Picks one branch out of several, by the previous hashes.
fn walk_back(changes: Vec<Change>, tip: Hash) -> Vec<Change> {
    let mut picked = Vec::new();
    let mut wanted = Some(tip);
    for change in changes.into_iter().rev() {
        if Some(change.hash) == wanted {
            wanted = change.header.prev;
            picked.push(change);
        }
    }
    picked.reverse();
    picked
}

/// A change from its columns.
pub fn stored(header: Vec<u8>, salt: Option<Vec<u8>>, body: Option<Vec<u8>>) -> Result<Change> {
    let body = match body {
        Some(bytes) => {
            let salt = salt.map(|s| s.try_into().map_err(|_| damaged("a salt"))).transpose()?;
            Some(Body { salt, bytes })
        }
        None => None,
    };
    Ok(Change::stored(header, body)?)
}

/// The changes of some kinds above the everyday ones (certificates, retractions …), each with its row.
pub fn special(db: &Connection, kind: u64) -> Result<Vec<SpecialChange>> {
    let mut statement = db.prepare_cached(
        "SELECT stream, first_seq, first_prefix, counts, header, salt, body FROM change WHERE kind = ?1 AND kind > 4",
    )?;
    let rows = statement.query_map([kind as i64], |row| {
        Ok((
            row.get(0)?,
            row.get::<_, i64>(1)? as u64,
            row.get::<_, [u8; 8]>(2)?,
            row.get(3)?,
            row.get::<_, Vec<u8>>(4)?,
            row.get::<_, Option<Vec<u8>>>(5)?,
            row.get::<_, Option<Vec<u8>>>(6)?,
        ))
    })?;
    rows.map(|row| {
        let (stream, first_seq, first_prefix, counts, header, salt, body) = row?;
        Ok(SpecialChange {
            group: GroupPlace { stream, first_seq, first_prefix },
            counts,
            change: stored(header, salt, body)?,
        })
    })
    .collect()
}

/// Where a group stands: its stream's row, the place and hash prefix of its first change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupPlace {
    /// Row of the stream
    pub stream: i64,
    /// Place of the first change
    pub first_seq: u64,
    /// Prefix of its hash
    pub first_prefix: [u8; 8],
}

/// A change of one of the rarer kinds.
pub struct SpecialChange {
    /// Its group
    pub group: GroupPlace,
    /// Whether its stream counts here
    pub counts: bool,
    /// The change
    pub change: Change,
}
