//! `errand.*`: 代办, asked → taken → done → rated.

use crate::dto::{Done, JustDone, Nothing, OutFile, RecordId, Written, answer, request, words};
use crate::registry::commands;

words! {
    /// Which errands a list shows.
    pub enum ErrandFilter { Open, Done, All }

    /// Where an errand stands.
    pub enum ErrandState { Open, Done, Refused, HandedUp }
}

request! {
    /// When a matter taken on a day is promised.
    pub struct PromiseOf { pub matter: String, pub from: String }

    /// An errand to be taken on.
    pub struct OpenErrand {
        pub courtyard: Option<RecordId>,
        pub person: String,
        pub matter: String,
        pub agent: Option<RecordId>,
        #[serde(default)]
        pub papers: Vec<String>,
        pub promised_on: Option<String>,
        pub note: Option<RecordId>,
    }

    /// Which errands.
    pub struct ListErrands { pub state: Option<ErrandFilter>, pub courtyard: Option<RecordId> }

    /// An errand is done.
    pub struct FinishErrand { pub id: RecordId, pub on: String, pub result: String }

    /// An errand cannot be taken on.
    pub struct RefuseErrand { pub id: RecordId, pub on: String, pub reason: String }

    /// An errand goes to the level above.
    pub struct HandUpErrand { pub id: RecordId, pub on: String, pub to: String }

    /// 一件一评价: 1 to 5 each, the words are data.
    pub struct RateErrand { pub id: RecordId, pub attitude: u8, pub quality: u8, pub efficiency: u8 }
}

answer! {
    /// How long a matter may take.
    pub struct PromiseRule { pub days: u32, /// Working days
        pub working: bool }

    /// A matter of the catalogue.
    pub struct Matter {
        pub id: String,
        pub name: String,
        pub papers: Vec<String>,
        pub promise: PromiseRule,
        /// If it were taken on today
        pub promised_on: String,
        pub explained: String,
    }

    /// A promised day and how it was counted.
    pub struct PromisedDay {
        pub promised_on: String,
        /// 5 个工作日，已跳过周末和端午（6 月 19 日）
        pub explained: String,
    }

    /// An errand was taken on.
    pub struct ErrandOpened { pub id: RecordId, pub number: String, pub done: Done }

    /// An errand that a note brought.
    pub struct OpenedErrand { pub id: RecordId, pub number: String, pub promised_on: String }

    /// What the person said of it, 1 to 5 each.
    pub struct Rating { pub attitude: u8, pub quality: u8, pub efficiency: u8 }

    /// An errand.
    pub struct Errand {
        pub id: RecordId,
        pub number: String,
        pub person: String,
        pub matter: String,
        pub matter_name: String,
        pub agent: Option<RecordId>,
        pub agent_name: Option<String>,
        pub opened_on: String,
        pub promised_on: Option<String>,
        pub done_on: Option<String>,
        pub result: Option<String>,
        pub days_late: Option<u32>,
        pub rating: Option<Rating>,
        pub courtyard: Option<RecordId>,
        pub courtyard_name: Option<String>,
        pub state: ErrandState,
    }
}

commands! {
    /// What can be asked for
    "errand.catalogue" (Nothing) -> Vec<Matter>, Read;
    /// When a matter is promised
    "errand.promise" (PromiseOf) -> PromisedDay, Read;
    /// Takes an errand on
    "errand.open" (OpenErrand) -> ErrandOpened, Write;
    /// Errands
    "errand.list" (ListErrands) -> Vec<Errand>, Read;
    /// An errand is done
    "errand.finish" (FinishErrand) -> JustDone, Write;
    /// An errand cannot be taken on
    "errand.refuse" (RefuseErrand) -> JustDone, Write;
    /// An errand goes to the level above
    "errand.hand_up" (HandUpErrand) -> JustDone, Write;
    /// Rates an errand
    "errand.rate" (RateErrand) -> JustDone, Write;
    /// Writes the errands to a workbook
    "errand.export" (OutFile) -> Written, Read;
}
