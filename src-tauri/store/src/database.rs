//! Opening the encrypted database.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use crate::schema;
use crate::{Result, StoreError};

/// The database's file in the store's folder.
pub const FILE: &str = "yuanba.db";
/// How long a statement waits for another connection of this program.
const BUSY_WAIT_MS: u64 = 5_000;

static SQLCIPHER_READY: std::sync::Once = std::sync::Once::new();

/// Opens the database with a raw key literal (`x'…'`), in WAL with synchronous=FULL, and brings its tables up to date. A
/// copy of the file is taken before each migration.
pub fn open(dir: &Path, raw_key: &str, create: bool) -> Result<Connection> {
    let path = dir.join(FILE);
    if !create && !path.exists() {
        return Err(StoreError::Missing);
    }
    let mut connection = connect(&path, raw_key, create)?;
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version > schema::VERSION {
        return Err(StoreError::Newer);
    }
    if version < schema::VERSION {
        if version > 0 {
            copy_before_migration(&connection, dir, raw_key, version)?;
        }
        schema::migrations().to_latest(&mut connection).map_err(|error| match error {
            rusqlite_migration::Error::RusqliteError { err, .. } => StoreError::from(err),
            other => StoreError::Damaged(other.to_string()),
        })?;
    }
    Ok(connection)
}

/// Opens a connection to an encrypted file without touching its tables.
pub fn connect(path: &Path, raw_key: &str, create: bool) -> Result<Connection> {
    // A connection that another thread opens while SQLCipher is still making itself ready lacks its functions.
    SQLCIPHER_READY.call_once(|| drop(Connection::open_in_memory()));
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if create {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_millis(BUSY_WAIT_MS))?;
    connection.pragma_update(None, "key", raw_key)?;
    // The first read tells a wrong key or a damaged first page from a good file.
    connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0))?;
    connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0))?;
    connection.execute_batch(
        "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;
         PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON;",
    )?;
    connection.set_prepared_statement_cache_capacity(128);
    Ok(connection)
}

fn copy_before_migration(
    connection: &Connection,
    dir: &Path,
    raw_key: &str,
    version: i64,
) -> Result<PathBuf> {
    let copy = dir.join(format!("before-version-{}.db", version + 1));
    if copy.exists() {
        std::fs::remove_file(&copy)?;
    }
    export(connection, &copy, raw_key)?;
    Ok(copy)
}

/// Writes a whole encrypted copy of the database into a new file, under a key of its own.
pub fn export(connection: &Connection, out: &Path, raw_key: &str) -> Result<()> {
    let name = out.to_str().ok_or(StoreError::Refused("the file's name is not Unicode"))?;
    // ATTACH takes the flags of the connection, which makes no files.
    std::fs::File::create(out)?;
    connection.execute("ATTACH DATABASE ?1 AS copy KEY ?2", [name, raw_key])?;
    let exported = connection
        .query_row("SELECT sqlcipher_export('copy')", [], |_| Ok(()))
        .and_then(|()| connection.query_row("PRAGMA main.user_version", [], |row| row.get::<_, i64>(0)))
        .and_then(|version| connection.execute_batch(&format!("PRAGMA copy.user_version = {version}")));
    connection.execute_batch("DETACH DATABASE copy")?;
    exported?;
    std::fs::File::open(out)?.sync_all()?;
    Ok(())
}
