//! `undo.*`: taking back what was done, one intent at a time.

use crate::dto::{Done, Nothing, answer, request};
use crate::registry::commands;

request! {
    /// Which group of changes.
    pub struct Group { pub group: String }

    /// How many of the last acts.
    pub struct Limit { pub limit: u32 }
}

answer! {
    /// Something that was done.
    pub struct Recent {
        pub group: String,
        pub text: String,
        pub at: String,
        pub user: String,
        pub undone: bool,
    }

    /// What was taken back.
    pub struct Undone {
        pub done: Done,
        /// Fields written since, which stay as they are, by name
        pub left: Vec<String>,
    }
}

commands! {
    /// Takes back the last act of this user on this machine; null when there is none
    "undo.last" (Nothing) -> Option<Done>, Write;
    /// Takes back one act
    "undo.group" (Group) -> Undone, Write;
    /// What was done last
    "undo.recent" (Limit) -> Vec<Recent>, Read;
}
