//! A folder to work in and the real program to run there.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::disk::Disk;

/// The morning on which everything here happens.
pub const TODAY: &str = "2026-06-12T09:00:00+08:00";
/// Everybody's passphrase.
pub const PASSPHRASE: &str = "cabbage and rice";

/// One store, and a folder of its own for what lies beside it.
pub struct Desk {
    pub folder: tempfile::TempDir,
    store: PathBuf,
    /// What the laptop's clock says
    pub now: &'static str,
    /// The words before the program that let it see a small disk
    through: Vec<OsString>,
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

    /// What a failure says: an exit code and a code for programs, and for people what happened, that the data is safe and
    /// what to do next, with nothing of the inside of the program, on either stream.
    pub fn failed(&self, exit: i32, code: &str) -> String {
        assert_eq!(self.exit, exit, "{}{}", self.stdout, self.stderr);
        let error = self.json()["error"].clone();
        assert_eq!(error["code"], code, "{error}");
        let said = format!("{}{}", error["message"].as_str().unwrap(), error["next_step"].as_str().unwrap());
        plain(&said);
        assert_eq!(self.stderr, "", "nothing else is said");
        said
    }
}

/// A sentence for people in three parts.
pub fn plain(said: &str) {
    for safe in ["没有动", "没动", "都在", "还在", "往里写", "清掉", "什么也没做"] {
        if said.contains(safe) {
            assert!(said.ends_with('。'), "{said}");
            for inside in ["rror", "panic", "os ", "SQL", "No such", "失败", "!", "！"] {
                assert!(!said.contains(inside), "{said}");
            }
            return;
        }
    }
    panic!("does not say whether the data is safe: {said}");
}

impl Desk {
    /// An empty folder.
    pub fn empty() -> Desk {
        let folder = tempfile::tempdir().expect("a temporary folder");
        Desk { store: folder.path().join("store"), folder, now: TODAY, through: Vec::new() }
    }

    /// A place for a store on a small disk.
    pub fn empty_on(disk: &Disk) -> Desk {
        Desk { store: disk.path("store"), ..Desk::empty() }.seeing(disk)
    }

    /// A village's new store.
    pub fn village() -> Desk {
        Desk::of("village", "石河村党支部")
    }

    /// A new store of a level.
    pub fn of(level: &str, name: &str) -> Desk {
        Desk::empty().made(level, name)
    }

    /// The same desk with a new store.
    pub fn made(self, level: &str, name: &str) -> Desk {
        self.run(&["init", "--level", level, "--name", name]).done();
        self
    }

    /// The same desk, from which a small disk can be seen.
    pub fn seeing(mut self, disk: &Disk) -> Desk {
        self.through = disk.enter();
        self
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    /// Writes a file into the folder.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    }

    /// Runs `yuanba-cli --json` at the store.
    pub fn run(&self, words: &[&str]) -> Answer {
        self.run_as(Some(PASSPHRASE), words, "")
    }

    /// The same with another passphrase, or none, and with something on standard input.
    pub fn run_as(&self, passphrase: Option<&str>, words: &[&str], stdin: &str) -> Answer {
        let mut command = self.command(words);
        match passphrase {
            Some(passphrase) => command.env("YUANBA_PASSPHRASE", passphrase),
            None => command.env_remove("YUANBA_PASSPHRASE"),
        };
        let mut child = command.stdin(Stdio::piped()).spawn().expect("the program starts");
        // A program that does not read its input may close it first.
        let _ = child.stdin.take().expect("piped").write_all(stdin.as_bytes());
        ended(child)
    }

    /// The same at a laptop whose clock says something else.
    pub fn run_on(&self, now: &str, words: &[&str]) -> Answer {
        ended(self.command(words).env("YUANBA_NOW", now).spawn().expect("the program starts"))
    }

    /// One process that does one thing after the other, which saves the unlocking; each with its own answer. Nothing is
    /// said beside them, unless the clock is odd.
    pub fn batch<L: AsRef<[W]>, W: AsRef<str>>(&self, lines: &[L]) -> Vec<Answer> {
        let line = |words: &L| {
            let words: Vec<&str> = words.as_ref().iter().map(AsRef::as_ref).collect();
            format!("{}\n", Value::from(words))
        };
        let all = self.run_as(Some(PASSPHRASE), &["batch", "-"], &lines.iter().map(line).collect::<String>());
        assert_eq!(all.exit, 0, "{}{}", all.stdout, all.stderr);
        assert!(all.stderr.is_empty() || self.now != TODAY, "{}", all.stderr);
        let answer = |line: &str| {
            let answer: Value = serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}"));
            let exit = answer["exit"].as_i64().and_then(|exit| exit.try_into().ok()).expect("an exit code");
            Answer { exit, stdout: answer["result"].to_string(), stderr: String::new() }
        };
        let answers: Vec<Answer> = all.stdout.lines().map(answer).collect();
        assert_eq!(answers.len(), lines.len(), "{}", all.stdout);
        answers
    }

    /// The program at the store, about to run, with its output piped.
    pub fn command(&self, words: &[&str]) -> Command {
        self.command_through(&self.through, words)
    }

    /// The same with a small disk in sight.
    pub fn command_at(&self, disk: &Disk, words: &[&str]) -> Command {
        self.command_through(&disk.enter(), words)
    }

    fn command_through(&self, through: &[OsString], words: &[&str]) -> Command {
        let program = OsString::from(env!("CARGO_BIN_EXE_yuanba-cli"));
        let mut line = through.iter().chain([&program]);
        let mut command = Command::new(line.next().expect("a program"));
        command.args(line).arg("--json").args(words).env("YUANBA_STORE", self.store());
        command.env("YUANBA_PASSPHRASE", PASSPHRASE).env("YUANBA_NOW", self.now);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs the program as people do, without `--json`.
    pub fn run_plainly(&self, words: &[&str]) -> Answer {
        let mut command = Command::new(env!("CARGO_BIN_EXE_yuanba-cli"));
        command.args(words).env("YUANBA_STORE", self.store()).env("YUANBA_PASSPHRASE", PASSPHRASE);
        command
            .env("YUANBA_NOW", self.now)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        ended(command.spawn().expect("the program starts"))
    }

    /// Calls a typed command.
    pub fn call(&self, command: &str, request: Value) -> Answer {
        self.run(&["call", command, &request.to_string()])
    }

    /// Writes somebody into the roster.
    pub fn add(&self, name: &str) -> Answer {
        self.call("member.save", serde_json::json!({ "fields": { "name": name } }))
    }

    /// How many people are listed.
    pub fn people(&self) -> u64 {
        self.run(&["member", "list"]).done()["count"].as_u64().expect("a count")
    }

    /// The store's folder.
    pub fn store(&self) -> PathBuf {
        self.store.clone()
    }

    /// The digest of the whole store.
    pub fn digest(&self) -> Value {
        self.run(&["digest"]).done()
    }

    /// That the store is as its journal says.
    pub fn sound(&self) {
        assert_eq!(self.run(&["verify"]).done()["agrees"], true);
    }
}

/// What a program says until it ends.
pub fn ended(child: Child) -> Answer {
    let output = child.wait_with_output().expect("the program ends");
    Answer {
        exit: output.status.code().unwrap_or_else(|| panic!("an exit code: {:?}", output.status)),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// The files of a folder as they stood at one moment.
pub struct Snapshot {
    folder: PathBuf,
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Snapshot {
    /// Every file of a folder that has no folders.
    pub fn of(folder: &Path) -> Snapshot {
        let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
        let files = entries.filter(|entry| entry.path().is_file()).map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, std::fs::read(entry.path()).expect("a file"))
        });
        Snapshot { folder: folder.to_owned(), files: files.collect() }
    }

    /// Makes the folder hold just these files. It stays the same folder, so nothing there was moved or copied.
    pub fn put_back(&self) {
        for entry in std::fs::read_dir(&self.folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                std::fs::remove_dir_all(path).expect("removed");
            } else {
                std::fs::remove_file(path).expect("removed");
            }
        }
        for (name, bytes) in &self.files {
            std::fs::write(self.folder.join(name), bytes).expect("written");
        }
    }
}
