//! The archive for those who outgrow one machine: PostgreSQL 15 or newer, with its replicas and failover.
//!
//! What grows (runs) is partitioned by the township of the organisation whose record it is, so that a township's rows lie
//! together, and one machine's disks are not asked for everybody's. The partitions are made by hash once and for all:
//! one partition a township by name would mean changing the schema in the middle of an upload.
//!
//! Batches are numbered under a lock that each holds until it is committed, so that a reader who has seen a number has
//! seen everything before it.

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime, Timeouts};
use tokio_postgres::error::SqlState;
use tokio_postgres::{NoTls, Row};
use yuanba_core::Id;
use yuanba_journal::{Hash, Lane, StreamId};

use super::{
    Archive, ArchiveError, Batch, HeldStream, Kept, News, Result, Run, RunSize, Special, StreamWrite,
    tips_from_bytes, tips_to_bytes,
};

const PARTITIONS: u32 = 32;
/// The number that a schema lock has among PostgreSQL's advisory locks: "yuanba" on a telephone's keys.
const SCHEMA_LOCK: i64 = 986_222;
const TABLES: &str = "
CREATE TABLE IF NOT EXISTS setting(name text PRIMARY KEY, value bytea NOT NULL);
CREATE TABLE IF NOT EXISTS arrival(one integer PRIMARY KEY CHECK(one = 1), batch bigint NOT NULL, specials bigint NOT NULL);
INSERT INTO arrival VALUES(1, 0, 0) ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS stream(
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, replica bytea NOT NULL, org bytea NOT NULL, lane smallint NOT NULL,
  township bytea NOT NULL, tips bytea NOT NULL, last_run bigint NOT NULL, last_bytes bigint NOT NULL,
  arrival bigint NOT NULL, UNIQUE(replica, org, lane));
CREATE INDEX IF NOT EXISTS stream_arrival ON stream(arrival);
CREATE TABLE IF NOT EXISTS run(
  id bigint GENERATED ALWAYS AS IDENTITY, township bytea NOT NULL, stream bigint NOT NULL, first_seq bigint NOT NULL,
  last_seq bigint NOT NULL, last_hash bytea NOT NULL, bytes bytea NOT NULL,
  PRIMARY KEY(township, id)) PARTITION BY HASH(township);
ALTER TABLE run ALTER COLUMN bytes SET STORAGE EXTERNAL;
CREATE INDEX IF NOT EXISTS run_place ON run(stream, last_seq);
CREATE TABLE IF NOT EXISTS special(
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, hash bytea NOT NULL, header bytea NOT NULL, arrival bigint NOT NULL);
CREATE INDEX IF NOT EXISTS special_arrival ON special(arrival);
";

/// An archive in a PostgreSQL database.
pub struct Postgres {
    pool: Pool,
}

impl Postgres {
    /// The archive at `postgres://…`; its tables are made when they are missing. Several hosts may be named; the one that
    /// can be written to is used.
    ///
    /// # Errors
    /// `Away`.
    pub async fn open(url: &str) -> Result<Postgres> {
        let mut config: tokio_postgres::Config = url.parse().map_err(away)?;
        config.target_session_attrs(tokio_postgres::config::TargetSessionAttrs::ReadWrite);
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(std::time::Duration::from_secs(5));
        }
        let manager = ManagerConfig { recycling_method: RecyclingMethod::Verified };
        let wait = Some(std::time::Duration::from_secs(30));
        let pool = Pool::builder(Manager::from_config(config, NoTls, manager))
            .max_size(8)
            .runtime(Runtime::Tokio1)
            .timeouts(Timeouts { wait, create: wait, recycle: wait })
            .build()
            .map_err(away)?;
        let archive = Postgres { pool };
        archive.make_tables().await?;
        Ok(archive)
    }

    async fn make_tables(&self) -> Result<()> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await?;
        transaction.execute("SELECT pg_advisory_xact_lock($1)", &[&SCHEMA_LOCK]).await?;
        transaction.batch_execute(TABLES).await?;
        for at in 0..PARTITIONS {
            let make = format!(
                "CREATE TABLE IF NOT EXISTS run_{at} PARTITION OF run FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {at})"
            );
            transaction.batch_execute(&make).await?;
        }
        Ok(transaction.commit().await?)
    }

    async fn client(&self) -> Result<Object> {
        self.pool.get().await.map_err(away)
    }
}

fn away(error: impl std::fmt::Display) -> ArchiveError {
    ArchiveError::Away(error.to_string())
}

impl From<tokio_postgres::Error> for ArchiveError {
    fn from(error: tokio_postgres::Error) -> ArchiveError {
        match error.code() {
            Some(code) if *code == SqlState::DISK_FULL => ArchiveError::Full,
            Some(code) if *code == SqlState::DATA_CORRUPTED || *code == SqlState::INDEX_CORRUPTED => {
                ArchiveError::Damaged(error.to_string())
            }
            _ => away(error),
        }
    }
}

impl Archive for Postgres {
    async fn settle(&self, name: &str, value: &[u8]) -> Result<Vec<u8>> {
        let client = self.client().await?;
        client
            .execute(
                "INSERT INTO setting(name, value) VALUES($1, $2) ON CONFLICT DO NOTHING",
                &[&name, &value],
            )
            .await?;
        Ok(client.query_one("SELECT value FROM setting WHERE name = $1", &[&name]).await?.get(0))
    }

    async fn news(&self, since: u64) -> Result<News> {
        let mut client = self.client().await?;
        let transaction = client
            .build_transaction()
            .isolation_level(tokio_postgres::IsolationLevel::RepeatableRead)
            .read_only(true)
            .start()
            .await?;
        let arrival: i64 = transaction.query_one("SELECT batch FROM arrival", &[]).await?.get(0);
        if arrival as u64 == since {
            return Ok(News { arrival: since, ..News::default() });
        }
        let statement = transaction
            .prepare_cached(
                "SELECT id, replica, org, lane, tips, last_run, last_bytes, arrival FROM stream WHERE arrival > $1",
            )
            .await?;
        let rows = transaction.query(&statement, &[&(since as i64)]).await?;
        let streams = rows.iter().map(held_stream).collect::<Result<Vec<_>>>()?;
        let rows = transaction
            .query("SELECT hash, header FROM special WHERE arrival > $1 ORDER BY id", &[&(since as i64)])
            .await?;
        let specials = rows
            .iter()
            .map(|row| Ok(Special { hash: hash(row.get(0))?, header: row.get(1) }))
            .collect::<Result<Vec<_>>>()?;
        transaction.commit().await?;
        Ok(News { arrival: arrival as u64, streams, specials })
    }

    async fn runs(&self, row: i64, after: u64, most: u64) -> Result<Vec<Run>> {
        let client = self.client().await?;
        // The sum over those before it says where enough is together; the township picks the partition.
        let statement = client
            .prepare_cached(
                "WITH place AS (SELECT township FROM stream WHERE id = $1),
                 sized AS (SELECT id, first_seq, last_seq, last_hash,
                   coalesce(sum(length(bytes)) OVER (ORDER BY last_seq, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
                   FROM run WHERE township = (SELECT township FROM place) AND stream = $1 AND last_seq > $2)
                 SELECT s.id, s.first_seq, s.last_seq, s.last_hash, r.bytes FROM sized s
                 JOIN run r ON r.township = (SELECT township FROM place) AND r.id = s.id
                 WHERE s.before < $3::bigint ORDER BY s.last_seq, s.id",
            )
            .await?;
        let most = i64::try_from(most).unwrap_or(i64::MAX).max(1);
        let rows = client.query(&statement, &[&row, &(after as i64), &most]).await?;
        rows.iter()
            .map(|row| {
                Ok(Run {
                    id: row.get(0),
                    first_seq: row.get::<_, i64>(1) as u64,
                    last_seq: row.get::<_, i64>(2) as u64,
                    last: hash(row.get(3))?,
                    bytes: row.get(4),
                })
            })
            .collect()
    }

    async fn keep(&self, batch: &Batch) -> Result<Kept> {
        let mut client = self.client().await?;
        let transaction = client.transaction().await?;
        let statement = transaction
            .prepare_cached(
                "UPDATE arrival SET batch = batch + 1, specials = specials + $1 RETURNING batch, specials",
            )
            .await?;
        let came = batch.specials.len() as i64;
        let row = transaction.query_one(&statement, &[&came]).await?;
        let (arrival, specials): (i64, i64) = (row.get(0), row.get(1));
        if (specials - came) as u64 != batch.specials_seen {
            return Ok(Kept::Stale);
        }
        for write in &batch.writes {
            if !keep_stream(&transaction, write, arrival).await? {
                return Ok(Kept::Stale);
            }
        }
        for special in &batch.specials {
            let statement = transaction
                .prepare_cached("INSERT INTO special(hash, header, arrival) VALUES($1, $2, $3)")
                .await?;
            transaction.execute(&statement, &[&&special.hash.0[..], &special.header, &arrival]).await?;
        }
        transaction.commit().await?;
        Ok(Kept::As(arrival as u64))
    }
}

/// Writes what a batch does to a stream; false when the stream has changed since.
async fn keep_stream(
    db: &deadpool_postgres::Transaction<'_>,
    write: &StreamWrite,
    arrival: i64,
) -> Result<bool> {
    let (replica, org) = (&write.stream.replica.0[..], &write.stream.org.0[..]);
    let lane = i16::from(write.stream.lane.number());
    let statement = db
        .prepare_cached(
            "SELECT id, arrival, last_run, last_bytes, township FROM stream WHERE replica = $1 AND org = $2 AND lane = $3",
        )
        .await?;
    let held = db.query_opt(&statement, &[&replica, &org, &lane]).await?;
    if held.as_ref().map_or(0, |row| row.get::<_, i64>(1) as u64) != write.seen {
        return Ok(false);
    }
    let (row, mut last, township) = match held {
        Some(held) => (held.get(0), (held.get(2), held.get(3)), held.get::<_, Vec<u8>>(4)),
        None => {
            let statement = db
                .prepare_cached(
                    "INSERT INTO stream(replica, org, lane, township, tips, last_run, last_bytes, arrival)
                     VALUES($1, $2, $3, $4, '', 0, 0, 0) RETURNING id",
                )
                .await?;
            let township = write.township.0.to_vec();
            let made = db.query_one(&statement, &[&replica, &org, &lane, &township]).await?;
            (made.get::<_, i64>(0), (0i64, 0i64), township)
        }
    };
    if !write.drop.is_empty() {
        let statement =
            db.prepare_cached("DELETE FROM run WHERE township = $1 AND stream = $2 AND id = ANY($3)").await?;
        db.execute(&statement, &[&township, &row, &write.drop]).await?;
    }
    for run in &write.add {
        let statement = db
            .prepare_cached(
                "INSERT INTO run(township, stream, first_seq, last_seq, last_hash, bytes) VALUES($1, $2, $3, $4, $5, $6)
                 RETURNING id",
            )
            .await?;
        let (first, end) = (run.first_seq as i64, run.last_seq as i64);
        let made =
            db.query_one(&statement, &[&township, &row, &first, &end, &&run.last.0[..], &run.bytes]).await?;
        if write.tips.first().is_some_and(|tip| tip.hash == run.last) {
            last = (made.get(0), run.bytes.len() as i64);
        }
    }
    let statement = db
        .prepare_cached(
            "UPDATE stream SET tips = $2, last_run = $3, last_bytes = $4, arrival = $5 WHERE id = $1",
        )
        .await?;
    db.execute(&statement, &[&row, &tips_to_bytes(&write.tips), &last.0, &last.1, &arrival]).await?;
    Ok(true)
}

fn held_stream(row: &Row) -> Result<HeldStream> {
    let lane = u8::try_from(row.get::<_, i16>(3)).ok().and_then(Lane::from_number);
    let id = |bytes: &[u8]| Id::from_slice(bytes).ok_or_else(|| ArchiveError::Damaged("an id".into()));
    Ok(HeldStream {
        row: row.get(0),
        stream: StreamId {
            replica: id(row.get(1))?,
            org: id(row.get(2))?,
            lane: lane.ok_or_else(|| ArchiveError::Damaged("a lane".into()))?,
        },
        tips: tips_from_bytes(row.get(4))?,
        last: RunSize { id: row.get(5), bytes: row.get::<_, i64>(6) as u64 },
        arrival: row.get::<_, i64>(7) as u64,
    })
}

fn hash(bytes: &[u8]) -> Result<Hash> {
    Hash::from_slice(bytes).ok_or_else(|| ArchiveError::Damaged("a hash".into()))
}
