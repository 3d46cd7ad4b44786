//! `courtyard.*`: 院坝.

use crate::dto::{JustDone, Made, Named, Nothing, OneRecord, OutFile, RecordId, Written, answer, request};
use crate::errand::Errand;
use crate::note::Note;
use crate::registry::commands;

request! {
    /// A courtyard to be written.
    pub struct SaveCourtyard {
        pub id: Option<RecordId>,
        pub name: String,
        pub party_group: Option<String>,
        pub households: Option<u32>,
        pub people: Option<u32>,
        /// Place on the map, 0 to 1000 from the left
        pub x: Option<i32>,
        /// 0 to 1000 from the top
        pub y: Option<i32>,
    }

    /// Who looks after a courtyard from a day on.
    pub struct SetLiaison {
        pub courtyard: RecordId,
        pub member: RecordId,
        pub phone: Option<String>,
        pub supervision_phone: Option<String>,
        pub from: String,
    }
}

answer! {
    /// One courtyard of the list.
    pub struct Courtyard {
        pub id: RecordId,
        pub name: String,
        pub party_group: Option<String>,
        pub households: Option<u32>,
        pub people: Option<u32>,
        pub x: Option<i32>,
        pub y: Option<i32>,
        pub liaison: Option<Named>,
        pub last_note: Option<String>,
        pub days_quiet: Option<u32>,
        pub overdue: bool,
        pub open_errands: u32,
    }

    /// All courtyards.
    pub struct Courtyards { pub sentence: String, pub courtyards: Vec<Courtyard> }

    /// A courtyard's liaison with the numbers of the notice board.
    pub struct Liaison {
        pub member: RecordId,
        pub name: String,
        pub phone: Option<String>,
        pub supervision_phone: Option<String>,
        pub from: String,
    }

    /// A courtyard's page.
    pub struct CourtyardCard {
        pub courtyard: Courtyard,
        pub liaison: Option<Liaison>,
        pub notes: Vec<Note>,
        pub errands: Vec<Errand>,
    }
}

commands! {
    /// All courtyards
    "courtyard.list" (Nothing) -> Courtyards, Read;
    /// Writes a courtyard
    "courtyard.save" (SaveCourtyard) -> Made, Write;
    /// Says who looks after a courtyard
    "courtyard.liaison" (SetLiaison) -> JustDone, Write;
    /// A courtyard's page
    "courtyard.card" (OneRecord) -> CourtyardCard, Read;
    /// Writes the courtyards to a workbook
    "courtyard.export" (OutFile) -> Written, Read;
}
