//! `home.*`: 今天要办的事.

use crate::dto::{Named, Nothing, RecordId, answer, words};
use crate::registry::commands;
use crate::undo::Recent;

words! {
    /// The shape before a task (UI.md §2).
    pub enum TaskState { Late, Half, Open, Clock, Doubt }
}

answer! {
    /// One thing to do.
    pub struct Task {
        pub id: String,
        pub state: TaskState,
        /// 还没找冯小燕谈话
        pub title: String,
        pub detail: String,
        /// 过了 2 天
        pub lateness: Option<String>,
        /// What the button says
        pub verb: String,
        /// Page to open
        pub route: String,
    }

    /// A courtyard nobody has been to for long.
    pub struct QuietCourtyard {
        pub id: RecordId,
        pub name: String,
        pub households: u32,
        pub liaison: Option<Named>,
        /// Days since the last note, or nothing when there is none
        pub days: Option<u32>,
    }

    /// Something that was begun.
    pub struct DraftExcerpt { pub key: String, pub title: String, pub excerpt: String, pub at: String }

    /// The first page.
    pub struct Today {
        pub date: String,
        pub weekday: String,
        pub lunar: Option<String>,
        pub sentence: String,
        pub late: Vec<Task>,
        pub today: Vec<Task>,
        pub soon: Vec<Task>,
        pub quiet_courtyards: Vec<QuietCourtyard>,
        pub drafts: Vec<DraftExcerpt>,
        pub recent: Vec<Recent>,
    }
}

commands! {
    /// What there is to do today
    "home.today" (Nothing) -> Today, Read;
}
