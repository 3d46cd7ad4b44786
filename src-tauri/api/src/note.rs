//! `note.*`: 手记, what was heard in a courtyard.

use crate::dto::{Done, OutFile, RecordId, Written, answer, request};
use crate::errand::OpenedErrand;
use crate::registry::commands;

/// Somebody who was there: a member of the roster or a name.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Present {
    pub name: String,
    pub member: Option<RecordId>,
}

request! {
    /// An errand that comes out of a note.
    pub struct NoteErrand {
        /// Id of the catalogue
        pub matter: String,
        /// Who asked; left out: the first who was there
        pub person: Option<String>,
        pub agent: Option<RecordId>,
        #[serde(default)]
        pub papers: Vec<String>,
        /// Left out: computed from the catalogue
        pub promised_on: Option<String>,
    }

    /// A note to be written.
    pub struct SaveNote {
        pub id: Option<RecordId>,
        pub courtyard: RecordId,
        pub date: String,
        #[serde(default)]
        pub present: Vec<Present>,
        pub text: String,
        #[serde(default)]
        pub tags: Vec<String>,
        pub errand: Option<NoteErrand>,
    }

    /// Notes of one courtyard, or all.
    pub struct ListNotes { pub courtyard: Option<RecordId> }
}

answer! {
    /// A note.
    pub struct Note {
        pub id: RecordId,
        pub courtyard: RecordId,
        pub courtyard_name: String,
        pub date: String,
        pub author: String,
        pub present: Vec<Present>,
        pub text: String,
        pub tags: Vec<String>,
        /// The errand that came out of it
        pub errand: Option<RecordId>,
    }

    /// A note was written.
    pub struct NoteSaved { pub note: RecordId, pub errand: Option<OpenedErrand>, pub done: Done }
}

commands! {
    /// Writes a note, and the errand that comes out of it
    "note.save" (SaveNote) -> NoteSaved, Write;
    /// Notes, the newest first
    "note.list" (ListNotes) -> Vec<Note>, Read;
    /// Writes the notes to a workbook
    "note.export" (OutFile) -> Written, Read;
}
