//! Files that people asked for: written beside their place, flushed to the disk, and only then given their name, so that a
//! full disk or a pulled stick never leaves half a file behind.

use std::fs::File;
use std::io;
use std::path::Path;

use yuanba_paper::table::TableError;

use crate::error::{ApiError, Code};
use crate::sentences::Trouble;

/// Writes a workbook; answers with the number of rows.
pub(crate) fn workbook(
    path: &Path,
    write: impl FnOnce(&mut File) -> Result<u32, TableError>,
) -> Result<u32, ApiError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |error: &io::Error| ApiError::from(Trouble::writing(path, error));
    let mut part = tempfile::Builder::new()
        .prefix(".yuanba-")
        .suffix(".part")
        .tempfile_in(folder)
        .map_err(|error| failed(&error))?;
    let rows = write(part.as_file_mut()).map_err(|error| ApiError {
        code: match error {
            TableError::Cancelled => Code::Cancelled,
            _ => Code::Refused,
        },
        message: error.message().to_owned(),
        next_step: error.next_step().to_owned(),
        field: None,
    })?;
    part.as_file().sync_all().map_err(|error| failed(&error))?;
    part.persist(path).map_err(|error| failed(&error.error))?;
    Ok(rows)
}
