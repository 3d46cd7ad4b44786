//! The archive for those who outgrow one machine: PostgreSQL 15 or newer, with its replicas and failover.
//!
//! What grows (runs) is partitioned by the township of the organisation whose record it is, so that a township's rows lie
//! together, and one machine's disks are not asked for everybody's. The partitions are made by hash once and for all:
//! one partition a township by name would mean changing the schema in the middle of an upload.
//!
//! Batches are numbered under a lock that each holds until it is committed, so that a reader who has seen a number has
//! seen everything before it. The lock is held for two turns of the talk with the database, whatever the batch's size: all
//! rows of a kind go as one statement, and statements that do not wait for each other's answers go one behind the other.
//!
//! A database that dies is left at once: a connection on which anything failed, or that did not answer in time, is never
//! used again, and the next one goes to whichever of the named hosts can be written to. Whether a batch was kept whose
//! answer never came, nobody needs to know: whoever brought it asks again, and what is held says so.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use deadpool_postgres::{
    Client, ClientWrapper, Hook, HookError, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime,
    Timeouts,
};
use tokio::time::error::Elapsed;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
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

/// A database that takes longer than this, for anything, is away: a standby that must agree may have gone.
const PATIENCE: Duration = Duration::from_secs(30);
/// A host that does not take a call within this is down, and the next one is tried.
const CALL: Duration = Duration::from_secs(3);
/// A machine that went without a word is noticed after this.
const SILENCE: Duration = Duration::from_secs(15);
const CONNECTIONS: usize = 8;
/// What the database is told about a hub: one that went without a word in the middle of a batch, or that is stopped, holds the
/// lock that all batches are numbered under.
const MANNERS: &str = "-c idle_in_transaction_session_timeout=10s -c lock_timeout=25s \
    -c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3";

/// An archive in a PostgreSQL database.
pub struct Postgres {
    pool: Pool,
    reign: Arc<Mutex<Reign>>,
}

/// Which server answers: since when it runs, to the microsecond, and how many were there before it. A server that took over,
/// or was put back from a backup, may know less than the one before.
#[derive(Default)]
struct Reign {
    since: Option<String>,
    number: u64,
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
            config.connect_timeout(CALL);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(SILENCE);
        }
        if config.get_keepalives_interval().is_none() {
            config.keepalives_idle(SILENCE).keepalives_interval(Duration::from_secs(5)).keepalives_retries(3);
        }
        if config.get_options().is_none() {
            config.options(MANNERS);
        }
        let manager = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let wait = Some(PATIENCE);
        let reign = Arc::new(Mutex::new(Reign::default()));
        let seen = reign.clone();
        let pool = Pool::builder(Manager::from_config(config, NoTls, manager))
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .timeouts(Timeouts { wait, create: wait, recycle: wait })
            .post_create(Hook::async_fn(move |client: &mut ClientWrapper, _| {
                let seen = seen.clone();
                Box::pin(async move { who_answers(client, &seen).await.map_err(HookError::Backend) })
            }))
            .build()
            .map_err(away)?;
        let archive = Postgres { pool, reign };
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

    fn reign(&self) -> u64 {
        self.reign.lock().unwrap_or_else(PoisonError::into_inner).number
    }
}

/// Notes which server a new connection leads to.
async fn who_answers(client: &ClientWrapper, reign: &Mutex<Reign>) -> Result<(), tokio_postgres::Error> {
    let since: String = client.query_one("SELECT pg_postmaster_start_time()::text", &[]).await?.get(0);
    let mut reign = reign.lock().unwrap_or_else(PoisonError::into_inner);
    if reign.since.as_ref().is_some_and(|before| *before != since) {
        reign.number += 1;
        tracing::warn!(reign = reign.number, "another database server answers");
    }
    reign.since = Some(since);
    Ok(())
}

/// What was asked over a connection, which is given back only if all went well.
fn answered<T>(client: Object, asked: Result<Result<T>, Elapsed>) -> Result<T> {
    let answer = asked.unwrap_or_else(|_| Err(away("no answer in time")));
    if answer.is_err() {
        drop(Object::take(client));
    }
    answer
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
        let asked = tokio::time::timeout(PATIENCE, settle(&client, name, value)).await;
        answered(client, asked)
    }

    async fn news(&self, since: u64) -> Result<News> {
        let mut client = self.client().await?;
        // Noted before it is asked: what comes from a later server is then at worst read twice.
        let reign = self.reign();
        let asked = tokio::time::timeout(PATIENCE, news(&mut client, since)).await;
        Ok(News { reign, ..answered(client, asked)? })
    }

    async fn runs(&self, row: i64, after: u64, most: u64) -> Result<Vec<Run>> {
        let client = self.client().await?;
        let asked = tokio::time::timeout(PATIENCE, runs(&client, row, after, most)).await;
        answered(client, asked)
    }

    async fn keep(&self, batch: &Batch) -> Result<Kept> {
        let mut client = self.client().await?;
        if self.reign() != batch.reign {
            return Ok(Kept::Stale);
        }
        let asked = tokio::time::timeout(PATIENCE, keep(&mut client, batch)).await;
        answered(client, asked)
    }
}

async fn settle(client: &Client, name: &str, value: &[u8]) -> Result<Vec<u8>> {
    client
        .execute("INSERT INTO setting(name, value) VALUES($1, $2) ON CONFLICT DO NOTHING", &[&name, &value])
        .await?;
    Ok(client.query_one("SELECT value FROM setting WHERE name = $1", &[&name]).await?.get(0))
}

/// What goes with a statement.
type Values<'a, const N: usize> = [&'a (dyn ToSql + Sync); N];

const BATCH_NOW: &str = "SELECT batch FROM arrival";

async fn news(client: &mut Client, since: u64) -> Result<News> {
    let statement = client.prepare_cached(BATCH_NOW).await?;
    if client.query_one(&statement, &[]).await?.get::<_, i64>(0) as u64 == since {
        return Ok(News { arrival: since, ..News::default() });
    }
    // All of it as of one moment.
    let transaction = client
        .build_transaction()
        .isolation_level(tokio_postgres::IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .await?;
    let streams = transaction
        .prepare_cached(
            "SELECT id, replica, org, lane, tips, last_run, last_bytes, arrival FROM stream WHERE arrival > $1",
        )
        .await?;
    let specials =
        transaction.prepare_cached("SELECT hash, header FROM special WHERE arrival > $1 ORDER BY id").await?;
    let since = since as i64;
    let after: Values<1> = [&since];
    let (arrival, streams, specials) = tokio::try_join!(
        biased;
        transaction.query_one(&statement, &[]),
        transaction.query(&streams, &after),
        transaction.query(&specials, &after),
    )?;
    transaction.commit().await?;
    Ok(News {
        reign: 0,
        arrival: arrival.get::<_, i64>(0) as u64,
        streams: streams.iter().map(held_stream).collect::<Result<_>>()?,
        specials: specials
            .iter()
            .map(|row| Ok(Special { hash: hash(row.get(0))?, header: row.get(1) }))
            .collect::<Result<_>>()?,
    })
}

async fn runs(client: &Client, row: i64, after: u64, most: u64) -> Result<Vec<Run>> {
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

const NEXT_BATCH: &str =
    "UPDATE arrival SET batch = batch + 1, specials = specials + $1 RETURNING batch, specials";
const MAKE_STREAMS: &str =
    "INSERT INTO stream(replica, org, lane, township, tips, last_run, last_bytes, arrival)
  SELECT replica, org, lane, township, '', 0, 0, 0
  FROM unnest($1::bytea[], $2::bytea[], $3::smallint[], $4::bytea[]) AS made(replica, org, lane, township)
  ON CONFLICT DO NOTHING";
const STREAMS_NOW: &str = "SELECT s.id, s.arrival, s.last_run, s.last_bytes, s.township
  FROM unnest($1::bytea[], $2::bytea[], $3::smallint[]) WITH ORDINALITY AS wanted(replica, org, lane, place)
  LEFT JOIN stream s USING (replica, org, lane) ORDER BY place";
const RUN_IDS: &str =
    "SELECT nextval(pg_get_serial_sequence('run', 'id')) FROM generate_series(1, $1::bigint)";
const DROP_RUNS: &str = "DELETE FROM run
  USING unnest($1::bytea[], $2::bigint[], $3::bigint[]) AS gone(township, stream, id)
  WHERE run.township = gone.township AND run.id = gone.id AND run.stream = gone.stream";
const ADD_RUNS: &str = "INSERT INTO run(township, stream, id, first_seq, last_seq, last_hash, bytes)
  OVERRIDING SYSTEM VALUE
  SELECT * FROM unnest($1::bytea[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[], $7::bytea[])";
const END_STREAMS: &str = "UPDATE stream
  SET tips = new.tips, last_run = new.last_run, last_bytes = new.last_bytes, arrival = $1
  FROM unnest($2::bigint[], $3::bytea[], $4::bigint[], $5::bigint[]) AS new(id, tips, last_run, last_bytes)
  WHERE stream.id = new.id";
const ADD_SPECIALS: &str = "INSERT INTO special(hash, header, arrival)
  SELECT hash, header, $1 FROM unnest($2::bytea[], $3::bytea[]) AS came(hash, header)";

async fn keep(client: &mut Client, batch: &Batch) -> Result<Kept> {
    let next_batch = client.prepare_cached(NEXT_BATCH).await?;
    let make_streams = client.prepare_cached(MAKE_STREAMS).await?;
    let streams_now = client.prepare_cached(STREAMS_NOW).await?;
    let run_ids = client.prepare_cached(RUN_IDS).await?;
    let drop_runs = client.prepare_cached(DROP_RUNS).await?;
    let add_runs = client.prepare_cached(ADD_RUNS).await?;
    let end_streams = client.prepare_cached(END_STREAMS).await?;
    let add_specials = client.prepare_cached(ADD_SPECIALS).await?;

    // The streams as they are under the lock that the number is taken with. A stream that is new to the batch is made; had
    // another batch made it meanwhile, that one's number stands in it.
    let new = Places::of(batch, |write| write.seen == 0);
    let all = Places::of(batch, |_| true);
    let runs: usize = batch.writes.iter().map(|write| write.add.len()).sum();
    let (came, runs) = (batch.specials.len() as i64, runs as i64);
    let (made, wanted): (Values<4>, Values<3>) =
        ([&new.replicas, &new.orgs, &new.lanes, &new.townships], [&all.replicas, &all.orgs, &all.lanes]);
    let (numbers, counted): (Values<1>, Values<1>) = ([&came], [&runs]);
    let transaction = client.transaction().await?;
    let (numbered, _, held, ids) = tokio::try_join!(
        biased;
        transaction.query_one(&next_batch, &numbers),
        transaction.execute(&make_streams, &made),
        transaction.query(&streams_now, &wanted),
        transaction.query(&run_ids, &counted),
    )?;
    let (arrival, specials): (i64, i64) = (numbered.get(0), numbered.get(1));
    let still = |(write, row): (&StreamWrite, &Row)| row.get::<_, Option<i64>>(1) == Some(write.seen as i64);
    if (specials - came) as u64 != batch.specials_seen || !batch.writes.iter().zip(&held).all(still) {
        transaction.rollback().await?;
        return Ok(Kept::Stale);
    }

    let rows = Rows::of(batch, &held, ids.iter().map(|row| row.get(0)));
    let hashes: Vec<&[u8]> = batch.specials.iter().map(|special| &special.hash.0[..]).collect();
    let headers: Vec<&[u8]> = batch.specials.iter().map(|special| &special.header[..]).collect();
    let (gone, add, ends) = (&rows.gone, &rows.add, &rows.ends);
    let goes: Values<3> = [&gone.townships, &gone.streams, &gone.ids];
    let comes: Values<7> =
        [&add.townships, &add.streams, &add.ids, &rows.firsts, &rows.lasts, &rows.hashes, &rows.bytes];
    let stands: Values<5> = [&arrival, &ends.streams, &ends.tips, &ends.runs, &ends.bytes];
    let known: Values<3> = [&arrival, &hashes, &headers];
    tokio::try_join!(
        biased;
        transaction.execute(&drop_runs, &goes),
        transaction.execute(&add_runs, &comes),
        transaction.execute(&end_streams, &stands),
        transaction.execute(&add_specials, &known),
    )?;
    transaction.commit().await?;
    Ok(Kept::As(arrival as u64))
}

/// Streams of a batch, column by column.
#[derive(Default)]
struct Places<'a> {
    replicas: Vec<&'a [u8]>,
    orgs: Vec<&'a [u8]>,
    lanes: Vec<i16>,
    townships: Vec<&'a [u8]>,
}

impl<'a> Places<'a> {
    fn of(batch: &'a Batch, which: impl Fn(&StreamWrite) -> bool) -> Places<'a> {
        let mut places = Places::default();
        for write in batch.writes.iter().filter(|write| which(write)) {
            places.replicas.push(&write.stream.replica.0);
            places.orgs.push(&write.stream.org.0);
            places.lanes.push(i16::from(write.stream.lane.number()));
            places.townships.push(&write.township.0);
        }
        places
    }
}

/// What a batch does to the rows of runs and streams, column by column.
#[derive(Default)]
struct Rows<'a> {
    gone: RunPlaces<'a>,
    add: RunPlaces<'a>,
    firsts: Vec<i64>,
    lasts: Vec<i64>,
    hashes: Vec<&'a [u8]>,
    bytes: Vec<&'a [u8]>,
    ends: Ends,
}

#[derive(Default)]
struct RunPlaces<'a> {
    townships: Vec<&'a [u8]>,
    streams: Vec<i64>,
    ids: Vec<i64>,
}

impl<'a> RunPlaces<'a> {
    fn push(&mut self, township: &'a [u8], stream: i64, id: i64) {
        self.townships.push(township);
        self.streams.push(stream);
        self.ids.push(id);
    }
}

#[derive(Default)]
struct Ends {
    streams: Vec<i64>,
    tips: Vec<Vec<u8>>,
    runs: Vec<i64>,
    bytes: Vec<i64>,
}

impl<'a> Rows<'a> {
    fn of(batch: &'a Batch, held: &'a [Row], mut ids: impl Iterator<Item = i64>) -> Rows<'a> {
        let mut rows = Rows::default();
        for (write, row) in batch.writes.iter().zip(held) {
            let (stream, township): (i64, &[u8]) = (row.get(0), row.get(4));
            let (mut last_run, mut last_bytes): (i64, i64) = (row.get(2), row.get(3));
            for id in &write.drop {
                rows.gone.push(township, stream, *id);
            }
            for (run, id) in write.add.iter().zip(&mut ids) {
                rows.add.push(township, stream, id);
                rows.firsts.push(run.first_seq as i64);
                rows.lasts.push(run.last_seq as i64);
                rows.hashes.push(&run.last.0);
                rows.bytes.push(&run.bytes);
                if write.tips.first().is_some_and(|tip| tip.hash == run.last) {
                    (last_run, last_bytes) = (id, run.bytes.len() as i64);
                }
            }
            rows.ends.streams.push(stream);
            rows.ends.tips.push(tips_to_bytes(&write.tips));
            rows.ends.runs.push(last_run);
            rows.ends.bytes.push(last_bytes);
        }
        rows
    }
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
