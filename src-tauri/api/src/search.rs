//! `search.*`: 找人找事.

use crate::dto::{answer, request, words};
use crate::registry::commands;

words! {
    /// What was found.
    pub enum HitKind { Member, Courtyard, Errand, Post, Page }
}

request! {
    /// Characters, pinyin initials, full pinyin, the tail of an ID number or a phone.
    pub struct Find { pub text: String }
}

answer! {
    /// Something that was found.
    pub struct Hit {
        pub kind: HitKind,
        pub id: String,
        pub title: String,
        pub detail: String,
        /// Page to open
        pub route: String,
    }
}

commands! {
    /// People, courtyards, errands, posts and pages
    "search.all" (Find) -> Vec<Hit>, Read;
}
