//! `roster.*`: the list of people. Ids and the visible rows cross the bridge, never the whole table.

use crate::dto::{RecordId, Written, answer, request, words};
use crate::registry::commands;

words! {
    /// Whether somebody holds a post.
    pub enum PostFilter { All, With, Without }

    /// What a list is ordered by.
    pub enum Sort { Name, Age, JoinedOn, PartyGroup, Kind }

    /// Why a row deserves a look.
    pub enum MarkKind { Doubt, Changed, Floating, Lost, Conflict }
}

request! {
    /// Which people, in which order. Every key may be left out.
    pub struct RosterQuery {
        pub search: Option<String>,
        pub party_group: Option<String>,
        pub kinds: Option<Vec<String>>,
        pub post: Option<PostFilter>,
        pub doubt_only: Option<bool>,
        pub sort: Option<Sort>,
        pub descending: Option<bool>,
        /// An organisation and all below it; left out: everybody the store holds
        pub org: Option<RecordId>,
    }

    /// The rows in view.
    pub struct RowIds { pub ids: Vec<RecordId> }

    /// A roster to be written as a workbook.
    pub struct ExportRoster {
        pub out: String,
        /// With whole ID numbers and phones: needs a purpose, and a record stays
        pub unmasked: Option<bool>,
        pub purpose: Option<String>,
        /// Left out: everybody
        pub ids: Option<Vec<RecordId>>,
    }
}

answer! {
    /// A value that a filter offers.
    pub struct Choice { pub value: String, pub label: String, pub count: u32 }

    /// What the filters offer, counted over everybody that the search found.
    pub struct Facets { pub kinds: Vec<Choice>, pub party_groups: Vec<Choice>, pub doubtful: u32 }

    /// The people found, in order.
    pub struct RosterFound {
        pub count: u32,
        pub ids: Vec<RecordId>,
        pub facets: Facets,
        /// The line under the title
        pub sentence: String,
    }

    /// A tag in the column 要留意.
    pub struct Mark { pub kind: MarkKind, pub text: String }

    /// One row of the list.
    pub struct MemberRow {
        pub id: RecordId,
        pub name: String,
        /// male or female
        pub sex: Option<String>,
        pub age: Option<u32>,
        pub party_group: Option<String>,
        pub kind: Option<String>,
        pub kind_name: String,
        pub education_name: Option<String>,
        /// 138****0000
        pub phone_masked: Option<String>,
        pub post_text: Option<String>,
        pub joined_on: Option<String>,
        pub marks: Vec<Mark>,
        pub org_name: String,
        pub birth_date: Option<String>,
        pub nation_name: Option<String>,
        pub address_masked: Option<String>,
        pub confirmed_on: Option<String>,
        pub branch: Option<String>,
    }
}

commands! {
    /// Finds people
    "roster.query" (RosterQuery) -> RosterFound, Read;
    /// The rows of some people
    "roster.rows" (RowIds) -> Vec<MemberRow>, Read;
    /// Writes people to a workbook
    "roster.export" (ExportRoster) -> Written, Read;
}
