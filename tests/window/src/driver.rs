//! The program that drives a WebKit window from outside.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::Screen;

/// How long a driver may take to listen; it needs well under a second.
const START_TIMEOUT: Duration = Duration::from_secs(20);
/// How often a port is tried that has no way to announce itself.
const TRY_EVERY: Duration = Duration::from_millis(50);

/// A running `WebKitWebDriver`. It and the window it opened end when it is dropped.
pub struct Driver {
    _process: Child,
    address: String,
}

impl Driver {
    /// Starts a driver whose windows open on `screen` with the data in `store`; `answers` answers their file dialogs.
    ///
    /// # Errors
    /// When `WebKitWebDriver` is missing or does not listen in time.
    pub async fn start(screen: &Screen, store: &Path, answers: &Path) -> anyhow::Result<Driver> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let process = Command::new("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .env("DISPLAY", screen.name())
            // Without these two the session waits for ever.
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("GDK_BACKEND", "x11")
            .env("YUANBA_STORE", store)
            .env("YUANBA_ANSWERS", answers)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("WebKitWebDriver does not start")?;
        let began = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_err() {
            ensure!(began.elapsed() < START_TIMEOUT, "WebKitWebDriver does not listen on port {port}");
            tokio::time::sleep(TRY_EVERY).await;
        }
        Ok(Driver { _process: process, address: format!("http://127.0.0.1:{port}") })
    }

    /// Where it takes sessions.
    pub fn address(&self) -> &str {
        &self.address
    }
}
