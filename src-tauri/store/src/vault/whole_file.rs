//! A small file that is either its old self or its new self, whatever happens in between.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Replaces `dir/name`: a temporary file beside it, fsync, rename, fsync of the folder. One writer at a time (the
/// instance lock sees to it). The file is readable by its owner alone.
///
/// # Errors
/// Those of the operating system; the old file is then untouched.
pub(super) fn write(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let part = dir.join(format!("{name}.part"));
    let written = write_part(&part, bytes).and_then(|()| fs::rename(&part, dir.join(name)));
    if written.is_err() {
        // What is left of the attempt helps nobody; the error that counts is the first one.
        let _ = fs::remove_file(&part);
    }
    written?;
    sync_folder(dir)
}

fn write_part(part: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(part)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes a rename last. Windows has no such call for folders: NTFS journals the rename itself.
fn sync_folder(dir: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(dir)?.sync_all() } else { Ok(()) }
}
