//! `backup.*`: a copy of the whole store, encrypted as the store is.

use crate::dto::{OutFile, answer, request};
use crate::registry::commands;
use crate::store::WithStatus;

answer! {
    /// A backup that was written and read back.
    pub struct BackupWritten { pub path: String, pub bytes: u64 }
}

request! {
    /// A backup to be put in place of nothing: the data folder must hold no store.
    pub struct Restore { pub file: String }
}

commands! {
    /// Writes a copy of the store
    "backup.write" (OutFile) -> BackupWritten, Read;
    /// Takes a backup into a data folder that holds no store; afterwards somebody signs in as usual
    "backup.restore" (Restore) -> WithStatus, Anyone;
}
