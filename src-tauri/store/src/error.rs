//! What can go wrong with a store.

use yuanba_journal::JournalError;

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
    /// Written by a newer program
    #[error("the store was written by a newer version")]
    Newer,
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
            DatabaseBusy, DatabaseCorrupt, DatabaseLocked, DiskFull, NotADatabase, ReadOnly,
        };
        match error.sqlite_error_code() {
            Some(DatabaseCorrupt | NotADatabase) => StoreError::Damaged(error.to_string()),
            Some(DiskFull) => StoreError::DiskFull,
            Some(DatabaseBusy | DatabaseLocked) => StoreError::OpenElsewhere,
            Some(ReadOnly) => StoreError::ReadOnly,
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

/// Results of this crate.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;
