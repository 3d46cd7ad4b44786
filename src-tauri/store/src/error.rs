//! What can go wrong with a store.

use yuanba_journal::JournalError;

use crate::vault::LockError;

/// Why a store did not do what was asked. Nothing is half-written: every write is one transaction.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database or a file of the store is damaged
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// The disk is full
    #[error("the disk is full")]
    DiskFull,
    /// The folder cannot be written
    #[error("the folder is read-only")]
    ReadOnly,
    /// Another program has the database open
    #[error("the store is open elsewhere")]
    OpenElsewhere,
    /// There is a store where a new one was asked for
    #[error("there is a store already")]
    Exists,
    /// There is no store in the folder
    #[error("there is no store")]
    Missing,
    /// A file stands where the store's folder should be
    #[error("not a folder")]
    NotAFolder,
    /// Written by a newer program
    #[error("the store was written by a newer version")]
    Newer,
    /// The organisation has gone to somebody else: what is written of it here would not count
    #[error("the organisation stands elsewhere now")]
    Elsewhere,
    /// No such record, group or entry
    #[error("not found: {0}")]
    NotFound(&'static str),
    /// The request contradicts a rule
    #[error("refused: {0}")]
    Refused(&'static str),
    /// Bytes of the journal do not hold
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The keys could not be opened
    #[error(transparent)]
    Vault(#[from] crate::vault::VaultError),
    /// Somebody wanted it to stop; nothing is left of it
    #[error("stopped")]
    Stopped,
    /// A file that was asked for could not be written; the store has no part in it
    #[error("the file could not be written: {0}")]
    Out(std::io::Error),
    /// The file system answered with an error
    #[error("file system: {0}")]
    Io(std::io::Error),
    /// The database answered with an error
    #[error("database: {0}")]
    Sql(rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> StoreError {
        use rusqlite::ErrorCode::{
            DatabaseBusy, DatabaseCorrupt, DatabaseLocked, DiskFull, NotADatabase, OutOfMemory, ReadOnly,
            SystemIoFailure, Unknown,
        };
        match error.sqlite_error_code() {
            Some(SystemIoFailure) => StoreError::Io(std::io::Error::other(error)),
            Some(DatabaseCorrupt | NotADatabase) => StoreError::Damaged(error.to_string()),
            Some(DiskFull) => StoreError::DiskFull,
            Some(DatabaseBusy | DatabaseLocked) => StoreError::OpenElsewhere,
            Some(ReadOnly) => StoreError::ReadOnly,
            // For a page whose seal is broken SQLCipher gives SQLite nothing, and SQLite takes that for want of memory, or
            // says a bare SQLITE_ERROR. A statement of ours that makes no sense would come with words of its own, and want
            // of memory ends a Rust program before it comes here.
            Some(OutOfMemory) => StoreError::Damaged(error.to_string()),
            Some(Unknown) if error.to_string().contains("SQL logic error") => {
                StoreError::Damaged(error.to_string())
            }
            _ => StoreError::Sql(error),
        }
    }
}

impl From<std::io::Error> for StoreError {
    fn from(error: std::io::Error) -> StoreError {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => StoreError::DiskFull,
            std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied => {
                StoreError::ReadOnly
            }
            _ => StoreError::Io(error),
        }
    }
}

impl From<LockError> for StoreError {
    fn from(error: LockError) -> StoreError {
        match error {
            LockError::Held(_) => StoreError::OpenElsewhere,
            LockError::Io { source, .. } => source.into(),
        }
    }
}

/// Results of this crate.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
