//! The embedded archive: one file, nothing to set up.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, ErrorCode, OptionalExtension, Row, params};
use rusqlite_migration::{M, Migrations};
use yuanba_core::Id;
use yuanba_journal::{Hash, Lane, StreamId};

use super::{
    Archive, ArchiveError, Batch, HeldStream, Kept, News, Result, Run, RunSize, Special, tips_from_bytes,
    tips_to_bytes,
};

const TABLES: &str = "
CREATE TABLE setting(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE arrival(one INTEGER PRIMARY KEY CHECK(one = 1), batch INTEGER NOT NULL);
INSERT INTO arrival VALUES(1, 0);
CREATE TABLE stream(
  id INTEGER PRIMARY KEY, replica BLOB NOT NULL, org BLOB NOT NULL, lane INTEGER NOT NULL, township BLOB NOT NULL,
  tips BLOB NOT NULL, last_run INTEGER NOT NULL, last_bytes INTEGER NOT NULL, arrival INTEGER NOT NULL,
  UNIQUE(replica, org, lane));
CREATE INDEX stream_arrival ON stream(arrival);
CREATE TABLE run(
  id INTEGER PRIMARY KEY, stream INTEGER NOT NULL, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,
  last_hash BLOB NOT NULL, bytes BLOB NOT NULL);
CREATE INDEX run_place ON run(stream, last_seq);
CREATE TABLE special(id INTEGER PRIMARY KEY, hash BLOB NOT NULL, header BLOB NOT NULL, arrival INTEGER NOT NULL);
CREATE INDEX special_arrival ON special(arrival);
";
const READERS: usize = 3;

/// An archive in one SQLite file, or in memory.
pub struct Sqlite {
    writer: Arc<Mutex<Connection>>,
    readers: Vec<Arc<Mutex<Connection>>>,
    turn: AtomicUsize,
}

impl Sqlite {
    /// The archive in a file, which is made when it is missing.
    ///
    /// # Errors
    /// `Full`, `Damaged`, `Away` for a place where no file can be.
    pub fn open(file: &Path) -> Result<Sqlite> {
        let connect = || -> Result<Connection> {
            let db = Connection::open(file)?;
            db.busy_timeout(std::time::Duration::from_secs(30))?;
            db.pragma_update(None, "journal_mode", "WAL")?;
            db.pragma_update(None, "synchronous", "FULL")?;
            db.pragma_update(None, "secure_delete", "ON")?;
            Ok(db)
        };
        let mut writer = connect()?;
        migrate(&mut writer)?;
        let readers =
            (0..READERS).map(|_| Ok(Arc::new(Mutex::new(connect()?)))).collect::<Result<Vec<_>>>()?;
        Ok(Sqlite { writer: Arc::new(Mutex::new(writer)), readers, turn: AtomicUsize::new(0) })
    }

    /// An archive that is gone with the process.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn in_memory() -> Result<Sqlite> {
        let mut db = Connection::open_in_memory()?;
        migrate(&mut db)?;
        Ok(Sqlite { writer: Arc::new(Mutex::new(db)), readers: Vec::new(), turn: AtomicUsize::new(0) })
    }

    /// Copies the archive as it is now into a file, while it is in use.
    ///
    /// # Errors
    /// Those of SQLite and the disk.
    pub fn copy_to(&self, file: &Path) -> Result<()> {
        let db = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(db.backup(rusqlite::MAIN_DB, file, None)?)
    }

    /// The file never grows beyond so many pages, on a disk that others need too.
    ///
    /// # Errors
    /// Those of SQLite.
    pub fn hold_at_most(&self, pages: i64) -> Result<()> {
        let db = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(db.pragma_update(None, "max_page_count", pages)?)
    }

    async fn on<T: Send + 'static>(
        &self,
        connection: &Arc<Mutex<Connection>>,
        work: impl FnOnce(&mut Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let connection = connection.clone();
        let work = tokio::task::spawn_blocking(move || {
            work(&mut connection.lock().unwrap_or_else(PoisonError::into_inner))
        });
        work.await.map_err(|error| ArchiveError::Away(error.to_string()))?
    }

    fn reader(&self) -> &Arc<Mutex<Connection>> {
        if self.readers.is_empty() {
            return &self.writer;
        }
        &self.readers[self.turn.fetch_add(1, Ordering::Relaxed) % self.readers.len()]
    }
}

fn migrate(db: &mut Connection) -> Result<()> {
    Migrations::new(vec![M::up(TABLES)])
        .to_latest(db)
        .map_err(|error| ArchiveError::Damaged(error.to_string()))
}

impl From<rusqlite::Error> for ArchiveError {
    fn from(error: rusqlite::Error) -> ArchiveError {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => ArchiveError::Full,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                ArchiveError::Damaged(error.to_string())
            }
            _ => ArchiveError::Away(error.to_string()),
        }
    }
}

impl Archive for Sqlite {
    async fn settle(&self, name: &str, value: &[u8]) -> Result<Vec<u8>> {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.on(&self.writer, move |db| {
            db.execute(
                "INSERT INTO setting(name, value) VALUES(?1, ?2) ON CONFLICT DO NOTHING",
                params![name, value],
            )?;
            Ok(db.query_row("SELECT value FROM setting WHERE name = ?1", [name], |row| row.get(0))?)
        })
        .await
    }

    async fn news(&self, since: u64) -> Result<News> {
        self.on(self.reader(), move |db| {
            // All of it as of one moment.
            let db = db.transaction()?;
            let arrival = batch_now(&db)?;
            if arrival == since {
                return Ok(News { arrival, ..News::default() });
            }
            let mut statement = db.prepare_cached(
                "SELECT id, replica, org, lane, tips, last_run, last_bytes, arrival FROM stream WHERE arrival > ?1",
            )?;
            let streams = statement
                .query_and_then([since as i64], held_stream)?
                .collect::<Result<Vec<_>>>()?;
            let mut statement =
                db.prepare_cached("SELECT hash, header FROM special WHERE arrival > ?1 ORDER BY id")?;
            let specials = statement
                .query_map([since as i64], |row| {
                    Ok(Special { hash: Hash(row.get(0)?), header: row.get(1)? })
                })?
                .collect::<Result<Vec<_>, _>>()?;
            Ok(News { arrival, streams, specials })
        })
        .await
    }

    async fn runs(&self, row: i64, after: u64, most: u64) -> Result<Vec<Run>> {
        self.on(self.reader(), move |db| {
            let mut statement = db.prepare_cached(
                "SELECT id, first_seq, last_seq, last_hash, bytes FROM run WHERE stream = ?1 AND last_seq > ?2
                 ORDER BY last_seq, id",
            )?;
            let mut rows = statement.query(params![row, after as i64])?;
            let (mut runs, mut bytes) = (Vec::new(), 0);
            while let Some(row) = rows.next()? {
                let run = Run {
                    id: row.get(0)?,
                    first_seq: row.get::<_, i64>(1)? as u64,
                    last_seq: row.get::<_, i64>(2)? as u64,
                    last: Hash(row.get(3)?),
                    bytes: row.get(4)?,
                };
                bytes += run.bytes.len() as u64;
                runs.push(run);
                if bytes >= most {
                    break;
                }
            }
            Ok(runs)
        })
        .await
    }

    async fn keep(&self, batch: &Batch) -> Result<Kept> {
        let batch = batch.clone();
        self.on(&self.writer, move |db| {
            let db = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let specials: i64 = db.query_row("SELECT count(*) FROM special", [], |row| row.get(0))?;
            if specials as u64 != batch.specials_seen {
                return Ok(Kept::Stale);
            }
            let arrival = batch_now(&db)? + 1;
            for write in &batch.writes {
                if !keep_stream(&db, write, arrival)? {
                    return Ok(Kept::Stale);
                }
            }
            for special in &batch.specials {
                db.prepare_cached("INSERT INTO special(hash, header, arrival) VALUES(?1, ?2, ?3)")?
                    .execute(params![special.hash.0, special.header, arrival as i64])?;
            }
            db.execute("UPDATE arrival SET batch = ?1", [arrival as i64])?;
            db.commit()?;
            Ok(Kept::As(arrival))
        })
        .await
    }
}

fn batch_now(db: &Connection) -> Result<u64> {
    Ok(db.query_row("SELECT batch FROM arrival", [], |row| row.get::<_, i64>(0))? as u64)
}

/// Writes what a batch does to a stream; false when the stream has changed since.
fn keep_stream(db: &Connection, write: &super::StreamWrite, arrival: u64) -> Result<bool> {
    let place = params![write.stream.replica.0, write.stream.org.0, write.stream.lane.number()];
    let held: Option<(i64, i64, i64, i64)> = db
        .prepare_cached(
            "SELECT id, arrival, last_run, last_bytes FROM stream WHERE replica = ?1 AND org = ?2 AND lane = ?3",
        )?
        .query_row(place, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .optional()?;
    let seen = held.map_or(0, |(_, arrival, _, _)| arrival as u64);
    if seen != write.seen {
        return Ok(false);
    }
    let (row, mut last) = match held {
        Some((row, _, id, bytes)) => (row, RunSize { id, bytes: bytes as u64 }),
        None => {
            db.prepare_cached(
                "INSERT INTO stream(replica, org, lane, township, tips, last_run, last_bytes, arrival)
                 VALUES(?1, ?2, ?3, ?4, x'', 0, 0, 0)",
            )?
            .execute(params![
                write.stream.replica.0,
                write.stream.org.0,
                write.stream.lane.number(),
                write.township.0
            ])?;
            (db.last_insert_rowid(), RunSize::default())
        }
    };
    for id in &write.drop {
        db.prepare_cached("DELETE FROM run WHERE id = ?1 AND stream = ?2")?.execute(params![id, row])?;
    }
    for run in &write.add {
        db.prepare_cached(
            "INSERT INTO run(stream, first_seq, last_seq, last_hash, bytes) VALUES(?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![row, run.first_seq as i64, run.last_seq as i64, run.last.0, run.bytes])?;
        if write.tips.first().is_some_and(|tip| tip.hash == run.last) {
            last = RunSize { id: db.last_insert_rowid(), bytes: run.bytes.len() as u64 };
        }
    }
    db.prepare_cached(
        "UPDATE stream SET tips = ?2, last_run = ?3, last_bytes = ?4, arrival = ?5 WHERE id = ?1",
    )?
    .execute(params![row, tips_to_bytes(&write.tips), last.id, last.bytes as i64, arrival as i64])?;
    Ok(true)
}

fn held_stream(row: &Row<'_>) -> Result<HeldStream> {
    let lane = Lane::from_number(row.get(3)?).ok_or_else(|| ArchiveError::Damaged("a lane".into()))?;
    Ok(HeldStream {
        row: row.get(0)?,
        stream: StreamId { replica: Id(row.get(1)?), org: Id(row.get(2)?), lane },
        tips: tips_from_bytes(&row.get::<_, Vec<u8>>(4)?)?,
        last: RunSize { id: row.get(5)?, bytes: row.get::<_, i64>(6)? as u64 },
        arrival: row.get::<_, i64>(7)? as u64,
    })
}
