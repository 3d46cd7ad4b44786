//! An office that has no window open: another laptop, or this one afterwards, by the command line.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use serde_json::Value;
use tokio::process::Command;

/// The store of an organisation, driven by `yuanba-cli`, as its clerk's scripts do.
pub struct Office {
    cli: PathBuf,
    store: PathBuf,
    passphrase: String,
}

impl Office {
    /// The store in `store`, whoever made it. `cli` is the built `yuanba-cli`.
    pub fn at(cli: PathBuf, store: &Path, passphrase: &str) -> Office {
        Office { cli, store: store.to_path_buf(), passphrase: passphrase.to_owned() }
    }

    /// Runs a command and reads its document.
    ///
    /// # Errors
    /// When it ends with anything but 0, or says no JSON; the message has what it said.
    pub async fn run(&self, words: &[&str]) -> anyhow::Result<Value> {
        let done = Command::new(&self.cli)
            .arg("--store")
            .arg(&self.store)
            .arg("--json")
            .args(words)
            .env("YUANBA_PASSPHRASE", &self.passphrase)
            .output()
            .await
            .context("yuanba-cli does not start")?;
        let said = String::from_utf8_lossy(&done.stdout);
        let complained = String::from_utf8_lossy(&done.stderr);
        ensure!(done.status.success(), "{words:?}: {}\n{said}{complained}", done.status);
        serde_json::from_str(&said).with_context(|| format!("{words:?} said no JSON: {said}"))
    }
}
