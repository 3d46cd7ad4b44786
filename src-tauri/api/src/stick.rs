//! `stick.*`: U盘交接.

use crate::dto::{JobStarted, Named, Nothing, answer, request, words};
use crate::registry::commands;

words! {
    /// What became of a file on a stick.
    pub enum FileStatus { Read, Already, Parked, Refused }

    /// Which way a stick went.
    pub enum Direction { Read, Written }
}

request! {
    /// A file or a folder.
    pub struct ReadStick { pub path: String }

    /// A folder, and for whom.
    pub struct WriteStick {
        pub dir: String,
        /// Left out: the parent
        pub to: Option<String>,
    }
}

answer! {
    /// A stick that is plugged in.
    pub struct Stick { pub path: String, pub name: String, pub free_bytes: u64, pub bundles: u32 }

    /// One line of this machine's log of sticks.
    pub struct StickLog {
        pub at: String,
        pub direction: Direction,
        pub file: String,
        pub new: u32,
        pub status: String,
    }

    /// What waits and what was.
    pub struct StickState { pub to: Option<Named>, pub waiting: u64, pub streams: u32, pub log: Vec<StickLog> }

    /// One file that was looked at.
    pub struct StickFile {
        pub file: String,
        pub status: FileStatus,
        pub new: u32,
        pub from: Option<String>,
        pub text: String,
    }

    /// What a stick brought: the result of `stick.read`.
    pub struct StickRead { pub files: Vec<StickFile>, pub new: u32, pub conflicts: u32 }

    /// A line of what a stick carries.
    pub struct Carried { pub text: String, pub detail: Option<String> }

    /// What was written: the result of `stick.write`.
    pub struct StickWritten {
        pub file: String,
        pub changes: u32,
        pub bytes: u64,
        pub to_name: String,
        pub what: Vec<Carried>,
    }
}

commands! {
    /// Sticks that are plugged in
    "stick.find" (Nothing) -> Vec<Stick>, Read;
    /// What waits to be handed over
    "stick.state" (Nothing) -> StickState, Read;
    /// Reads a file or all files of a folder; the job's result is a StickRead
    "stick.read" (ReadStick) -> JobStarted => StickRead, Exchange;
    /// Writes a bundle into a folder; the job's result is a StickWritten
    "stick.write" (WriteStick) -> JobStarted => StickWritten, Exchange;
}
