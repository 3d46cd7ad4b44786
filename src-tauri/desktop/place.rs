//! Where a laptop keeps the village's data.

use std::path::PathBuf;

use anyhow::{Context as _, bail};

/// Names a folder to use instead of the usual one: a second village on one laptop, or a test.
const STORE: &str = "YUANBA_STORE";

/// The folder of this person's data: `$YUANBA_STORE`, else `yuanba` under the local data folder of the operating
/// system (`$XDG_DATA_HOME` or `~/.local/share` on Linux, `%LOCALAPPDATA%` on Windows; never the roaming one, which
/// would carry a database through the network at each sign-in).
///
/// # Errors
/// When the variable is empty or the system names no such folder.
pub fn data_folder() -> anyhow::Result<PathBuf> {
    match std::env::var_os(STORE) {
        Some(named) if named.is_empty() => bail!("{STORE} is set but empty: name a folder or unset it"),
        Some(named) => std::path::absolute(PathBuf::from(named)).context("the current folder is gone"),
        None => {
            let local =
                dirs::data_local_dir().context("this account has no home folder; set YUANBA_STORE")?;
            Ok(local.join("yuanba"))
        }
    }
}
