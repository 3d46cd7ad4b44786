//! What requests and answers are made of: the derives they share, and the few shapes that every noun uses.

use std::fmt;

use yuanba_core::Id;

/// The keys of requests and answers under which a file or a folder stands, and nothing else under them: by these a window lets
/// a page name only files that a person chose.
pub const PATH_KEYS: [&str; 10] =
    ["out", "file", "files", "folder", "path", "paths", "dir", "map", "rejects", "request"];

/// Declares request objects: keys that may be left out are `Option`, an unknown key is wrong usage.
macro_rules! request {
    ($($(#[$meta:meta])* pub struct $name:ident { $($body:tt)* })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema, ts_rs::TS)]
        #[serde(deny_unknown_fields)]
        #[ts(optional_fields = nullable)]
        pub struct $name { $($body)* }
    )*};
}

/// Declares answer objects: every key is always there, what is not known is `null`.
macro_rules! answer {
    ($($(#[$meta:meta])* pub struct $name:ident { $($body:tt)* })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema, ts_rs::TS)]
        pub struct $name { $($body)* }
    )*};
}

/// Declares a closed list of words, written in snake_case.
macro_rules! words {
    ($($(#[$meta:meta])* pub enum $name:ident { $($body:tt)* })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord,
                 serde::Serialize, serde::Deserialize, schemars::JsonSchema, ts_rs::TS)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($body)* }
    )*};
}

pub(crate) use {answer, request, words};

/// The id of a record, an organisation or a group of changes: 32 hexadecimal digits.
#[derive(
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    serde::Serialize,
    serde::Deserialize,
    schemars::JsonSchema,
    ts_rs::TS,
)]
#[serde(transparent)]
pub struct RecordId(
    #[schemars(with = "String", regex(pattern = r"^[0-9a-f]{32}$"))]
    #[ts(type = "string")]
    pub Id,
);

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl From<Id> for RecordId {
    fn from(id: Id) -> RecordId {
        RecordId(id)
    }
}

request! {
    /// A request that needs nothing.
    pub struct Nothing {}

    /// A file to be written.
    pub struct OutFile {
        /// Full path of the file
        pub out: String,
    }

    /// One record.
    pub struct OneRecord { pub id: RecordId }
}

answer! {
    /// An answer that says no more than that it was done.
    pub struct Empty {}

    /// What was done, named so that it can be taken back: `undo.group` with `group`.
    pub struct Done {
        /// The group of changes
        pub group: String,
        /// 给王秀英定了「政策宣传岗」
        pub text: String,
        /// RFC 3339, +08:00
        pub at: String,
    }

    /// An answer with nothing but what was done.
    pub struct JustDone { pub done: Done }

    /// A new record and what was done.
    pub struct Made { pub id: RecordId, pub done: Done }

    /// Long work that was begun: ask `job.status`.
    pub struct JobStarted { pub job: String }

    /// A workbook that was written.
    pub struct Written {
        /// Full path of the file
        pub path: String,
        /// How many rows, without the header
        pub rows: u32,
    }

    /// A record or an organisation with the name people know it by.
    pub struct Named { pub id: RecordId, pub name: String }

    /// A finding about one field of a form or an imported row; the codes are those of `roster import`.
    pub struct Problem {
        pub field: String,
        pub code: String,
        /// Plain Chinese
        pub text: String,
    }
}

#[cfg(test)]
mod tests {
    use super::PATH_KEYS;

    #[test]
    fn no_request_takes_a_file_under_a_key_that_the_window_does_not_watch() {
        let mut watched = 0;
        for command in crate::Api::commands() {
            let keys = command.request["properties"].as_object().cloned().unwrap_or_default();
            for (key, schema) in keys {
                let about = schema["description"].as_str().unwrap_or_default().to_lowercase();
                let speaks_of_files =
                    ["path", "file", "folder", "stick"].iter().any(|word| about.contains(word));
                let text = schema["type"] == "string" || schema["type"][0] == "string";
                assert!(
                    !(text && speaks_of_files) || PATH_KEYS.contains(&key.as_str()),
                    "{} takes {key}: {about}",
                    command.name
                );
                watched += usize::from(PATH_KEYS.contains(&key.as_str()));
            }
        }
        assert!(watched > 20, "{watched}");
    }
}
