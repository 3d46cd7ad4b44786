//! `backup.*`: a copy of the whole store, encrypted as the store is.

use std::path::Path;

use yuanba_store::Store;

use crate::Api;
use crate::dto::{Empty, Nothing, OutFile, answer, request};
use crate::error::ApiError;
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::store::{self, WithStatus};

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
    "backup.write" (OutFile) -> BackupWritten, write;
    /// Says that the offer of a first backup was heard and put off: it is not made again
    "backup.later" (Nothing) -> Empty, later;
    /// Takes a backup into a data folder that holds no store; afterwards somebody signs in as usual
    "backup.restore" (Restore) -> WithStatus, restore;
}

fn write(api: &Api, request: OutFile) -> Result<BackupWritten, ApiError> {
    let mut session = api.session()?;
    let path = Path::new(&request.out);
    let bytes = session.store.backup(path).map_err(|error| at_file(path, error))?;
    session.store.local_put(store::BACKUP_OFFERED, &serde_json::json!(true))?;
    Ok(BackupWritten { path: request.out, bytes })
}

fn later(api: &Api, _: Nothing) -> Result<Empty, ApiError> {
    api.session()?.store.local_put(store::BACKUP_PUT_OFF, &serde_json::json!(true))?;
    Ok(Empty {})
}

fn restore(api: &Api, request: Restore) -> Result<WithStatus, ApiError> {
    let path = Path::new(&request.file);
    if !path.is_file() {
        return Err(Trouble::NoFile { path: request.file }.into());
    }
    let slot = api.slot();
    if slot.is_some() {
        return Err(Trouble::StoreExists.into());
    }
    Store::restore(path, api.dir()).map_err(|error| match Trouble::from(error) {
        Trouble::Damaged | Trouble::DiskFails => Trouble::DamagedFile { path: request.file.clone() },
        other => other,
    })?;
    drop(slot);
    Ok(WithStatus { status: store::status_of(api)? })
}

/// A failure to write a file is about the file, not about the store.
fn at_file(path: &Path, error: yuanba_store::StoreError) -> Trouble {
    match error {
        yuanba_store::StoreError::Out(error) => Trouble::writing(path, &error),
        other => other.into(),
    }
}
