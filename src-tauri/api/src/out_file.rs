//! Files that people asked for: written beside their place, flushed to the disk, and only then given their name, so that a
//! full disk or a pulled stick never leaves half a file behind.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use yuanba_paper::table::TableError;

use crate::error::{ApiError, Code};
use crate::sentences::Trouble;

/// Writes a workbook; answers with the number of rows.
pub(crate) fn workbook(
    path: &Path,
    write: impl FnOnce(&mut Target) -> Result<u32, TableError>,
) -> Result<u32, ApiError> {
    whole(path, |target| {
        write(target).map_err(|error| ApiError {
            code: match error {
                TableError::Cancelled => Code::Cancelled,
                _ => Code::Refused,
            },
            message: error.message().to_owned(),
            next_step: error.next_step().to_owned(),
            field: None,
        })
    })
}

/// Writes a text.
pub(crate) fn text(path: &Path, text: &str) -> Result<(), ApiError> {
    whole(path, |target| {
        Ok(target.write_all(text.as_bytes()).map_err(|error| Trouble::writing(path, &error))?)
    })
}

fn whole<T>(path: &Path, write: impl FnOnce(&mut Target) -> Result<T, ApiError>) -> Result<T, ApiError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |error: &io::Error| ApiError::from(Trouble::writing(path, error));
    let part = tempfile::Builder::new().prefix(".yuanba-").suffix(".part").tempfile_in(folder);
    let (file, part) = part.map_err(|error| failed(&error))?.into_parts();
    let mut target = Target { file, broken: None };
    let written = write(&mut target);
    if let Some(error) = target.broken {
        return Err(failed(&error));
    }
    let written = written?;
    target.file.sync_all().map_err(|error| failed(&error))?;
    part.persist(path).map_err(|error| failed(&error.error))?;
    Ok(written)
}

/// The file being written. Its first error is kept, because a writer of workbooks does not always hand it on as it was, and
/// everything after it is swallowed: what a writer that gives up still wants to tidy into the file is of no use any more.
pub(crate) struct Target {
    file: File,
    broken: Option<io::Error>,
}

impl Target {
    fn done<T>(&mut self, instead: T, work: impl FnOnce(&mut File) -> io::Result<T>) -> io::Result<T> {
        if self.broken.is_some() {
            return Ok(instead);
        }
        work(&mut self.file).map_err(|error| {
            let told = error.kind().into();
            self.broken = Some(error);
            told
        })
    }
}

impl Write for Target {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.done(buffer.len(), |file| file.write(buffer))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.done((), File::flush)
    }
}

impl Seek for Target {
    fn seek(&mut self, place: SeekFrom) -> io::Result<u64> {
        self.done(0, |file| file.seek(place))
    }
}
