//! `post.*`: 设岗定责.

use crate::dto::{Done, JustDone, Nothing, OutFile, RecordId, Written, answer, request};
use crate::registry::commands;

request! {
    /// A member is given a post.
    pub struct AssignPost {
        pub member: RecordId,
        /// Id of the catalogue
        pub post: String,
        /// Left out: all duties of the post
        pub duties: Option<Vec<String>>,
        pub from: String,
        pub until: Option<String>,
        pub decided_on: Option<String>,
        pub decided_by: Option<String>,
    }

    /// A member leaves a post.
    pub struct EndPost { pub assignment: RecordId, pub on: String, pub reason: Option<String> }

    /// 免岗.
    pub struct ExcusePost { pub member: RecordId, pub reason: String, pub decided_on: Option<String> }
}

answer! {
    /// Somebody who holds a post.
    pub struct Holder {
        pub assignment: RecordId,
        pub member: RecordId,
        pub name: String,
        pub since: String,
        pub until: Option<String>,
    }

    /// A post of the catalogue and who holds it.
    pub struct Post {
        pub id: String,
        pub name: String,
        pub duties: Vec<String>,
        pub frequency: Option<String>,
        pub evidence: Option<String>,
        pub places: u32,
        pub holders: Vec<Holder>,
        pub vacant: u32,
    }

    /// Posts that belong together.
    pub struct PostCategory { pub id: String, pub name: String, pub posts: Vec<Post> }

    /// A post that would suit, with its reason.
    pub struct PostSuggestion { pub post: String, pub name: String, pub reason: String }

    /// A member without office who has neither a post nor an excuse.
    pub struct Unplaced {
        pub member: RecordId,
        pub name: String,
        pub age: Option<u32>,
        pub sex: Option<String>,
        pub party_group: Option<String>,
        pub suggestions: Vec<PostSuggestion>,
    }

    /// A member who was excused.
    pub struct Excused { pub excuse: RecordId, pub member: RecordId, pub name: String, pub reason: String, pub decided_on: Option<String> }

    /// The whole board.
    pub struct PostBoard {
        pub sentence: String,
        pub categories: Vec<PostCategory>,
        pub unplaced: Vec<Unplaced>,
        pub excused: Vec<Excused>,
    }

    /// One assignment of the list, past ones included.
    pub struct Assignment {
        pub assignment: RecordId,
        pub member: RecordId,
        pub name: String,
        pub post: String,
        pub post_name: String,
        pub category_name: String,
        pub duties: Vec<String>,
        pub from: String,
        pub until: Option<String>,
        pub decided_on: Option<String>,
        pub decided_by: Option<String>,
        pub ended_on: Option<String>,
        pub end_reason: Option<String>,
        pub org_name: String,
    }

    /// A post was given.
    pub struct Assigned { pub assignment: RecordId, pub done: Done }
}

commands! {
    /// Posts, their holders, and who has none
    "post.board" (Nothing) -> PostBoard, Read;
    /// Gives a member a post
    "post.assign" (AssignPost) -> Assigned, Write;
    /// Ends an assignment
    "post.end" (EndPost) -> JustDone, Write;
    /// Excuses a member from holding a post
    "post.excuse" (ExcusePost) -> JustDone, Write;
    /// Every assignment
    "post.list" (Nothing) -> Vec<Assignment>, Read;
    /// Writes the assignments to a workbook
    "post.export" (OutFile) -> Written, Read;
}
