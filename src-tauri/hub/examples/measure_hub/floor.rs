//! The floors: the least that any program of this shape could do, with the same libraries.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::Instant;

use rusqlite::{Connection, params};

use crate::entries::AT_ONCE;
use crate::{Result, milliseconds};

const RECORDS: usize = 100_000;
/// Bytes of a record, its key included.
const RECORD: usize = 193;

/// Milliseconds for 100,000 records of 193 bytes: into SQLCipher; from there packed over TCP into a plain SQLite on the other
/// side; from there packed over TCP into another SQLCipher.
pub struct Floor {
    pub write_ms: f64,
    /// The same with a transaction for each act
    pub acts_ms: f64,
    pub push_ms: f64,
    pub pull_ms: f64,
    pub thousand_ms: f64,
}

/// Each of the floors as the median of five runs: a single one swings by half on a busy machine.
pub fn median() -> Result<Floor> {
    let runs = (0..5).map(|_| measure()).collect::<Result<Vec<Floor>>>()?;
    let middle = |of: fn(&Floor) -> f64| {
        let mut times: Vec<f64> = runs.iter().map(of).collect();
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    };
    Ok(Floor {
        write_ms: middle(|run| run.write_ms),
        acts_ms: middle(|run| run.acts_ms),
        push_ms: middle(|run| run.push_ms),
        pull_ms: middle(|run| run.pull_ms),
        thousand_ms: middle(|run| run.thousand_ms),
    })
}

fn measure() -> Result<Floor> {
    let dir = tempfile::tempdir()?;
    let (laptop, hub, other) = (dir.path().join("laptop"), dir.path().join("hub"), dir.path().join("other"));
    let began = Instant::now();
    write(&cipher(&laptop)?, 0, RECORDS)?;
    let write_ms = milliseconds(began);
    let by_acts = cipher(&dir.path().join("acts"))?;
    let began = Instant::now();
    for from in (0..RECORDS).step_by(AT_ONCE) {
        write(&by_acts, from, AT_ONCE)?;
    }
    let acts_ms = milliseconds(began);
    plain(&hub)?;
    cipher(&other)?;
    let push_ms = carry(cipher(&laptop)?, 0, move || plain(&hub).map_err(|e| e.to_string()))?;
    let hub = dir.path().join("hub");
    let pull_ms = carry(plain(&hub)?, 0, {
        let other = other.clone();
        move || cipher(&other).map_err(|e| e.to_string())
    })?;
    write(&cipher(&laptop)?, RECORDS, 1_000)?;
    let began = Instant::now();
    carry(cipher(&laptop)?, RECORDS, move || plain(&hub).map_err(|e| e.to_string()))?;
    Ok(Floor { write_ms, acts_ms, push_ms, pull_ms, thousand_ms: milliseconds(began) })
}

fn cipher(file: &Path) -> Result<Connection> {
    let db = Connection::open(file)?;
    db.execute_batch(
        "PRAGMA key = \"x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'\"; PRAGMA cache_size = -65536;",
    )?;
    table(db)
}

fn plain(file: &Path) -> Result<Connection> {
    table(Connection::open(file)?)
}

fn table(db: Connection) -> Result<Connection> {
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE IF NOT EXISTS record(key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;",
    )?;
    Ok(db)
}

fn write(db: &Connection, from: usize, count: usize) -> Result<()> {
    let transaction = db.unchecked_transaction()?;
    {
        let mut insert = db.prepare("INSERT INTO record VALUES(?1, ?2)")?;
        let mut state = 7u64;
        for n in from..from + count {
            // As compressible as entries are: most of a record is as in the one before it.
            let mut value = vec![b'x'; RECORD - 16];
            for byte in &mut value[..24] {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                *byte = (state >> 56) as u8;
            }
            insert.execute(params![key(n), value])?;
        }
    }
    Ok(transaction.commit()?)
}

fn key(n: usize) -> [u8; 16] {
    let mut key = [0; 16];
    key[..8].copy_from_slice(&(n as u64).to_be_bytes());
    key
}

/// Reads one side's records, packs them, sends them over TCP and has the other side insert them in one transaction.
fn carry(
    from: Connection,
    after: usize,
    to: impl FnOnce() -> std::result::Result<Connection, String> + Send + 'static,
) -> Result<f64> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let receiver = std::thread::spawn(move || -> std::result::Result<(), String> {
        let fault = |error: &dyn std::fmt::Display| error.to_string();
        let db = to()?;
        let (mut line, _) = listener.accept().map_err(|e| fault(&e))?;
        let mut unpacked = zstd::Decoder::new(&mut line).map_err(|e| fault(&e))?;
        let transaction = db.unchecked_transaction().map_err(|e| fault(&e))?;
        {
            let mut insert = db.prepare("INSERT INTO record VALUES(?1, ?2)").map_err(|e| fault(&e))?;
            let mut record = [0; RECORD];
            while unpacked.read_exact(&mut record).is_ok() {
                insert.execute(params![&record[..16], &record[16..]]).map_err(|e| fault(&e))?;
            }
        }
        transaction.commit().map_err(|e| fault(&e))?;
        drop(unpacked);
        line.write_all(b"k").map_err(|e| fault(&e))
    });
    let began = Instant::now();
    let mut line = TcpStream::connect(address)?;
    let mut packed = zstd::Encoder::new(&mut line, 3)?;
    {
        let mut select = from.prepare("SELECT key, value FROM record WHERE key >= ?1 ORDER BY key")?;
        let mut rows = select.query(params![key(after)])?;
        while let Some(row) = rows.next()? {
            packed.write_all(row.get_ref(0)?.as_blob()?)?;
            packed.write_all(row.get_ref(1)?.as_blob()?)?;
        }
    }
    packed.finish()?;
    line.shutdown(std::net::Shutdown::Write)?;
    line.read_exact(&mut [0])?;
    let took = milliseconds(began);
    receiver.join().map_err(|_| "the receiver fell")??;
    Ok(took)
}
