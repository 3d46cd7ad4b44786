//! Which binary is under test.

use std::path::PathBuf;

use anyhow::{Context as _, ensure};

/// The built desktop program: `$YUANBA_WINDOW`, else the one that the same build left beside this test.
///
/// # Errors
/// When it is not there.
pub fn program() -> anyhow::Result<PathBuf> {
    let program = match std::env::var_os("YUANBA_WINDOW") {
        Some(named) => std::path::absolute(named)?,
        None => {
            let mut folder = std::env::current_exe()?;
            folder.pop();
            if folder.ends_with("deps") {
                folder.pop();
            }
            folder.join("yuanba").with_extension(std::env::consts::EXE_EXTENSION)
        }
    };
    ensure!(program.is_file(), "{} is not built; `./dev test window` builds it", program.display());
    program.canonicalize().context("the program cannot be reached")
}
