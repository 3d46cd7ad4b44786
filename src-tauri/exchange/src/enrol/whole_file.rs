//! Writing a small file so that it is there whole or not at all.

use std::io::{Read, Write};
use std::path::Path;

use crate::ExchangeError;
use crate::container::{BundleError, Disk, RealDisk};

/// Writes the bytes beside the file, reads them back, and only then gives them its name, in place of an older file of
/// that name.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), ExchangeError> {
    let disk = RealDisk;
    let part = path.with_extension("yuanba-part");
    let io = |source| ExchangeError::File(BundleError::Io { path: path.to_owned(), source });
    if disk.exists(&part).map_err(io)? {
        disk.remove(&part).map_err(io)?;
    }
    let written = (|| {
        let mut file = disk.create(&part).map_err(io)?;
        file.write_all(bytes).map_err(io)?;
        file.sync().map_err(io)?;
        drop(file);
        let mut back = Vec::with_capacity(bytes.len());
        disk.read_back(&part).map_err(io)?.read_to_end(&mut back).map_err(io)?;
        if back != bytes {
            return Err(ExchangeError::File(BundleError::NotKept));
        }
        disk.rename(&part, path).map_err(io)
    })();
    if written.is_err() {
        let _ = disk.remove(&part);
    }
    written
}
