//! Which binaries are under test.

use std::path::PathBuf;

use anyhow::{Context as _, ensure};

/// The built desktop program: `$YUANBA_WINDOW`, else the one that the same build left beside this test.
///
/// # Errors
/// When it is not there.
pub fn program() -> anyhow::Result<PathBuf> {
    built(std::env::var_os("YUANBA_WINDOW").map(PathBuf::from), "yuanba")
}

/// The built `yuanba-cli`: `$YUANBA_CLI`, else the one that the same build left beside this test.
///
/// # Errors
/// When it is not there.
pub fn command_line() -> anyhow::Result<PathBuf> {
    built(std::env::var_os("YUANBA_CLI").map(PathBuf::from), "yuanba-cli")
}

fn built(named: Option<PathBuf>, name: &str) -> anyhow::Result<PathBuf> {
    let program = match named {
        Some(named) => named,
        None => {
            let mut folder = std::env::current_exe()?;
            folder.pop();
            if folder.ends_with("deps") {
                folder.pop();
            }
            folder.join(name).with_extension(std::env::consts::EXE_EXTENSION)
        }
    };
    ensure!(program.is_file(), "{} is not built; `./dev test window` builds it", program.display());
    program.canonicalize().with_context(|| format!("{} cannot be reached", program.display()))
}
