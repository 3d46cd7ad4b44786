//! The real server, in a process of its own.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::{Result, peak_mb};

/// A server that runs until it is dropped.
pub struct Server {
    program: Child,
    pub url: String,
}

impl Server {
    /// A server on a database, with a key file below the same folder.
    pub fn on(database: &str, key_file: &std::path::Path) -> Result<Server> {
        let own = std::env::current_exe()?;
        let release = own.parent().and_then(|examples| examples.parent()).ok_or("no folder of programs")?;
        let mut program = Command::new(release.join("yuanba-hub"))
            .args(["serve", "--listen", "127.0.0.1:0", "--database", database, "--key-file"])
            .arg(key_file)
            .env("YUANBA_HUB_LOG", "info")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(program.stderr.take().ok_or("no voice")?).lines();
        let url = lines
            .find_map(|line| {
                let line: serde_json::Value = serde_json::from_str(&line.ok()?).ok()?;
                let address = line["fields"]["address"].as_str()?;
                Some(format!("http://{address}"))
            })
            .ok_or("the server does not listen")?;
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Server { program, url })
    }

    pub fn peak_mb(&self) -> f64 {
        peak_mb(&self.program.id().to_string())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
