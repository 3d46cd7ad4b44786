//! Opening the encrypted database.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use rusqlite_migration::Migrations;

use crate::schema;
use crate::{Result, StoreError};

/// The database's file in the store's folder.
pub const FILE: &str = "yuanba.db";
/// Every page of it, the first included.
pub const PAGE_BYTES: u64 = 4096;
/// How long a statement waits for another connection of this program.
const BUSY_WAIT_MS: u64 = 5_000;

static SQLCIPHER_READY: std::sync::Once = std::sync::Once::new();

/// Opens the database with a raw key literal (`x'…'`), in WAL with synchronous=FULL, and brings its tables up to date. A
/// copy of the file is taken before each migration.
pub fn open(dir: &Path, raw_key: &str, create: bool) -> Result<Connection> {
    let path = dir.join(FILE);
    // SQLite takes an empty file for a database without tables; ours never was one.
    if !create && std::fs::metadata(&path).map_or(0, |file| file.len()) < PAGE_BYTES {
        return Err(StoreError::Damaged("the database is gone".to_owned()));
    }
    let mut connection = connect(&path, raw_key, create)?;
    bring_up_to_date(&mut connection, dir, raw_key, &schema::migrations(), schema::VERSION)?;
    Ok(connection)
}

/// Brings the tables to the newest of the migrations, all of them in one transaction, with a copy of the database taken
/// before. When one fails, the database is as it was.
///
/// # Errors
/// `Newer` when the tables are of a later version than `newest`; nothing was touched then.
pub fn bring_up_to_date(
    connection: &mut Connection,
    dir: &Path,
    raw_key: &str,
    migrations: &Migrations<'_>,
    newest: i64,
) -> Result<()> {
    let version: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version > newest {
        return Err(StoreError::Newer);
    }
    if version == newest {
        return Ok(());
    }
    if version > 0 {
        copy_before_migration(connection, dir, raw_key, version)?;
    }
    migrations.to_latest(connection).map_err(|error| match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => StoreError::from(err),
        other => StoreError::Damaged(other.to_string()),
    })
}

/// Makes everything stand in the one file of the database and closes it, so that the file can be moved.
pub fn close(connection: Connection) -> Result<()> {
    let busy: bool = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy {
        return Err(StoreError::OpenElsewhere);
    }
    connection.close().map_err(|(_, error)| StoreError::from(error))
}

/// Opens a connection to an encrypted file without touching its tables.
pub fn connect(path: &Path, raw_key: &str, create: bool) -> Result<Connection> {
    // A connection that another thread opens while SQLCipher is still making itself ready lacks its functions.
    SQLCIPHER_READY.call_once(|| {
        crate::vault::serve_sqlite();
        drop(Connection::open_in_memory());
    });
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if create {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_millis(BUSY_WAIT_MS))?;
    // What is wrong comes back as an error; the library's own log would go to people's terminals.
    connection.execute_batch("PRAGMA cipher_log_level = NONE")?;
    connection.pragma_update(None, "key", raw_key)?;
    // One program has the store at a time, so the WAL's index needs no shared file: a store on a full disk still opens.
    connection.query_row("PRAGMA locking_mode = EXCLUSIVE", [], |row| row.get::<_, String>(0))?;
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

/// How the name of a copy begins that is made before the tables are brought to another version.
pub const COPY_BEFORE: &str = "before-version-";

/// Opens a database that nobody writes to, a copy for instance, to read in it. Nothing is locked and nothing is made beside
/// it; what stands in the file behind the database does no harm.
pub fn connect_to_read(path: &Path, raw_key: &str) -> Result<Connection> {
    SQLCIPHER_READY.call_once(|| drop(Connection::open_in_memory()));
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(address_of(path)?, flags)?;
    connection.execute_batch("PRAGMA cipher_log_level = NONE")?;
    connection.pragma_update(None, "key", raw_key)?;
    connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get::<_, i64>(0))?;
    connection.execute_batch("PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;")?;
    Ok(connection)
}

/// The address by which SQLite takes a file for one that never changes.
fn address_of(path: &Path) -> Result<String> {
    let path = std::path::absolute(path)?;
    let name = path.to_str().ok_or(StoreError::Refused("the file's name is not Unicode"))?;
    let name = if cfg!(windows) { format!("/{}", name.replace('\\', "/")) } else { name.to_owned() };
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/-_.:".contains(byte);
    let escaped = name.bytes().map(|byte| match plain(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    Ok(format!("file:{}?immutable=1", escaped.collect::<String>()))
}

fn copy_before_migration(
    connection: &Connection,
    dir: &Path,
    raw_key: &str,
    version: i64,
) -> Result<PathBuf> {
    let copy = dir.join(format!("{COPY_BEFORE}{}.db", version + 1));
    if copy.exists() {
        std::fs::remove_file(&copy)?;
    }
    export(connection, &copy, raw_key)?;
    Ok(copy)
}

/// Writes a whole encrypted copy of the database into a new file, under a key of its own. On an error nothing stays of it.
pub fn export(connection: &Connection, out: &Path, raw_key: &str) -> Result<()> {
    let exported = export_into(connection, out, raw_key);
    if exported.is_err() {
        let mut journal = out.as_os_str().to_owned();
        journal.push("-journal");
        for half in [out.as_os_str(), &journal] {
            let _ = std::fs::remove_file(half);
        }
    }
    exported
}

fn export_into(connection: &Connection, out: &Path, raw_key: &str) -> Result<()> {
    let name = out.to_str().ok_or(StoreError::Refused("the file's name is not Unicode"))?;
    // ATTACH takes the flags of the connection, which makes no files.
    std::fs::File::create(out)?;
    connection.execute("ATTACH DATABASE ?1 AS copy KEY ?2", [name, raw_key])?;
    let exported = connection
        .query_row("SELECT sqlcipher_export('copy')", [], |_| Ok(()))
        .map_err(of_export)
        .and_then(|()| Ok(connection.query_row("PRAGMA main.user_version", [], |row| row.get::<_, i64>(0))?))
        .and_then(|version| Ok(connection.execute_batch(&format!("PRAGMA copy.user_version = {version}"))?));
    let detached = connection.execute_batch("DETACH DATABASE copy");
    // What went wrong first is what people are told.
    exported?;
    detached?;
    std::fs::File::open(out)?.sync_all()?;
    Ok(())
}

/// The exporting function hands on the words of an error (those of `sqlite3_errstr`) and loses its code.
fn of_export(error: rusqlite::Error) -> StoreError {
    let text = error.to_string();
    if text.contains("database or disk is full") {
        StoreError::DiskFull
    } else if text.contains("database disk image is malformed") {
        StoreError::Damaged(text)
    } else {
        error.into()
    }
}
