//! A folder to work in and the real program to run there.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

/// One store in a folder of its own.
pub struct Desk {
    pub folder: tempfile::TempDir,
}

/// What the program answered.
pub struct Answer {
    pub exit: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Answer {
    /// The one document on standard output.
    pub fn json(&self) -> Value {
        assert_eq!(self.stdout.trim_end().lines().count(), 1, "one document: {}{}", self.stdout, self.stderr);
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {}{}", self.stdout, self.stderr))
    }

    /// The document of a command that must have gone well.
    pub fn done(&self) -> Value {
        assert_eq!(self.exit, 0, "{}{}", self.stdout, self.stderr);
        self.json()
    }
}

impl Desk {
    /// An empty folder.
    pub fn empty() -> Desk {
        Desk { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// A village's new store.
    pub fn village() -> Desk {
        Desk::of("village", "石河村党支部")
    }

    /// A new store of a level.
    pub fn of(level: &str, name: &str) -> Desk {
        let desk = Desk::empty();
        desk.run(&["init", "--level", level, "--name", name]).done();
        desk
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    /// Runs `yuanba-cli --json` at the store.
    pub fn run(&self, words: &[&str]) -> Answer {
        self.run_as(Some("cabbage and rice"), words, "")
    }

    /// The same with another passphrase, or none, and with something on standard input.
    pub fn run_as(&self, passphrase: Option<&str>, words: &[&str], stdin: &str) -> Answer {
        let mut command = Command::new(env!("CARGO_BIN_EXE_yuanba-cli"));
        command.arg("--json").args(words).env_remove("YUANBA_PASSPHRASE").env("YUANBA_STORE", self.store());
        if let Some(passphrase) = passphrase {
            command.env("YUANBA_PASSPHRASE", passphrase);
        }
        command.env("YUANBA_NOW", "2026-06-12T09:00:00+08:00");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        // A program that does not read its input may close it first.
        let _ = child.stdin.take().expect("piped").write_all(stdin.as_bytes());
        let output = child.wait_with_output().expect("the program ends");
        Answer {
            exit: output.status.code().expect("an exit code"),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// Calls a typed command.
    pub fn call(&self, command: &str, request: Value) -> Answer {
        self.run(&["call", command, &request.to_string()])
    }

    /// The store's folder.
    pub fn store(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    /// The digest of the whole store.
    pub fn digest(&self) -> Value {
        self.run(&["digest"]).done()
    }
}
