//! `conflict.*`: 不一致, what two people wrote without having seen each other.

use crate::dto::{JustDone, Nothing, RecordId, answer, request, words};
use crate::registry::commands;

words! {
    /// What does not agree.
    pub enum ConflictKind { Field, Ledger, Person }
}

request! {
    /// Which side stands.
    pub struct Resolve {
        pub id: String,
        /// A, B …
        pub take: String,
    }
}

answer! {
    /// One of the values.
    pub struct ConflictSide {
        pub side: String,
        /// As people read it, numbers masked
        pub value: String,
        pub who: String,
        pub org_name: String,
        pub at: String,
    }

    /// Something that a person has to settle.
    pub struct Conflict {
        pub id: String,
        pub kind: ConflictKind,
        pub record: Option<RecordId>,
        pub record_title: String,
        pub field: String,
        pub label: String,
        pub sides: Vec<ConflictSide>,
    }
}

commands! {
    /// Everything that does not agree
    "conflict.list" (Nothing) -> Vec<Conflict>, Read;
    /// Says which side stands
    "conflict.resolve" (Resolve) -> JustDone, Write;
}
