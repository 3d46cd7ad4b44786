//! A screen that nobody looks at.

use std::process::Stdio;

use anyhow::{Context as _, ensure};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// An X server in memory, of the size of the laptops this is made for. It ends when it is dropped.
pub struct Screen {
    _server: Child,
    name: String,
}

impl Screen {
    /// Starts a screen of 1366 × 768 under a free name.
    ///
    /// # Errors
    /// When `Xvfb` is missing or does not start.
    pub async fn start() -> anyhow::Result<Screen> {
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1366x768x24", "-nolisten", "tcp"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("Xvfb does not start")?;
        let mut number = String::new();
        let output = server.stdout.take().context("Xvfb says nothing")?;
        BufReader::new(output).read_line(&mut number).await?;
        ensure!(!number.trim().is_empty(), "Xvfb ended before it had a screen");
        Ok(Screen { _server: server, name: format!(":{}", number.trim()) })
    }

    /// What stands on the screen, as PNG.
    ///
    /// # Errors
    /// When ImageMagick's `import` is missing or the screen is gone.
    pub async fn picture(&self) -> anyhow::Result<Vec<u8>> {
        let taken = Command::new("import")
            .args(["-display", &self.name, "-window", "root", "png:-"])
            .stdin(Stdio::null())
            .output()
            .await
            .context("import (ImageMagick) does not start")?;
        ensure!(taken.status.success(), "no picture: {}", String::from_utf8_lossy(&taken.stderr));
        Ok(taken.stdout)
    }

    /// What `DISPLAY` must say.
    pub fn name(&self) -> &str {
        &self.name
    }
}
