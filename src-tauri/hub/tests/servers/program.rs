//! The server as it is installed: a process with an address.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use yuanba_exchange::wire::{HubCard, ask_card};

/// A server that runs until it is dropped.
pub struct Program {
    process: Child,
    pub url: String,
    pub address: String,
}

/// The binary: beside the tests, or beside the examples that measure.
fn binary() -> PathBuf {
    if let Some(built) = option_env!("CARGO_BIN_EXE_yuanba-hub") {
        return built.into();
    }
    let own = std::env::current_exe().expect("this program has a place");
    own.parent().and_then(Path::parent).expect("target/…/examples").join("yuanba-hub")
}

impl Program {
    /// A server at a database, on whatever port is free.
    pub fn at(database: &str, key_file: &Path) -> Program {
        let mut process = Command::new(binary())
            .args(["serve", "--listen", "127.0.0.1:0", "--database", database, "--key-file"])
            .arg(key_file)
            .env("YUANBA_NOW", "2026-06-10T08:00:00+08:00")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut lines = BufReader::new(process.stderr.take().expect("piped")).lines();
        let address = lines.find_map(|line| {
            let line: Value = serde_json::from_str(&line.ok()?).ok()?;
            let said = &line["fields"];
            (said["message"] == "listening").then(|| said["address"].as_str().expect("text").to_owned())
        });
        let address = address.unwrap_or_else(|| panic!("the server listens: {:?}", process.wait()));
        // What it goes on saying is read, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Program { process, url: format!("http://{address}"), address }
    }

    /// A server on SQLite in a folder.
    pub fn in_folder(folder: &Path) -> Program {
        Program::at(&format!("sqlite:{}", folder.join("hub.sqlite").display()), &folder.join("key"))
    }

    pub fn card(&self) -> HubCard {
        ask_card(&self.url).expect("it shows its card")
    }

    /// Ends it at one blow.
    pub fn kill(&mut self) {
        self.process.kill().expect("killed");
        self.process.wait().expect("ended");
    }

    /// The most memory that it ever took, in bytes.
    pub fn memory_peak(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its peak");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1024
    }

    /// A line to it.
    pub fn line(&self) -> TcpStream {
        let line = TcpStream::connect(&self.address).expect("a line");
        line.set_read_timeout(Some(Duration::from_secs(60))).expect("a limit");
        line
    }

    /// Sends bytes and reads what comes back until the line is closed.
    pub fn send(&self, bytes: &[u8]) -> String {
        let mut line = self.line();
        let _ = line.write_all(bytes);
        let mut answer = Vec::new();
        let _ = line.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The status of a request for a page.
    pub fn get(&self, path: &str) -> u16 {
        status(
            &self.send(format!("GET {path} HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n").as_bytes()),
        )
    }
}

/// The status in an answer; 0 where there is none.
pub fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
