//! `member.*`: one person of the roster.

use crate::dto::{Done, JustDone, OneRecord, Problem, RecordId, answer, request, words};
use crate::registry::commands;
use crate::roster::MemberRow;

/// Everything a person of the roster has. IDs and phones are masked unless a purpose was given; saving a value that
/// equals the mask of the value held changes nothing.
#[derive(
    Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema, ts_rs::TS,
)]
#[serde(default, deny_unknown_fields)]
pub struct MemberFields {
    pub name: Option<String>,
    /// male or female
    pub sex: Option<String>,
    pub id_number: Option<String>,
    /// GB/T 3304
    pub nation: Option<String>,
    pub birth_date: Option<String>,
    /// GB/T 4658
    pub education: Option<String>,
    /// full, probationary, activist, candidate, applicant
    pub kind: Option<String>,
    pub branch: Option<String>,
    pub party_group: Option<String>,
    pub phones: Vec<String>,
    pub address: Option<String>,
    pub household_place: Option<String>,
    pub joined_on: Option<String>,
    pub confirmed_on: Option<String>,
    pub party_age_correction_months: Option<i32>,
    pub job: Option<String>,
    pub floating: Option<bool>,
    pub floating_place: Option<String>,
    pub out_of_contact: Option<bool>,
    pub courtyard: Option<RecordId>,
    pub household: Option<String>,
    pub notes: Option<String>,
}

words! {
    /// What an entry of somebody's timeline is about.
    pub enum EventKind { Post, Meeting, Points, Note, Change, Doubt }
}

request! {
    /// An existing person, or nobody for a new one.
    pub struct EditMember { pub id: Option<RecordId> }

    /// Fields of a person to be written; those left out stay as they are, `null` empties a field.
    pub struct SaveMember {
        pub id: Option<RecordId>,
        /// Some of MemberFields
        #[schemars(with = "MemberFields")]
        #[ts(type = "Partial<MemberFields>")]
        pub fields: serde_json::Map<String, serde_json::Value>,
        /// As `member.edit` gave them: what the person at the screen had seen
        pub heads: Option<String>,
    }

    /// 作废: the record stays, and can be taken back.
    pub struct VoidMember { pub id: RecordId, pub reason: String }

    /// A look at whole numbers. It leaves a record.
    pub struct Unmask { pub id: RecordId, pub purpose: String }

    /// The people this store holds, for scripts.
    pub struct ListMembers {
        pub search: Option<String>,
        /// Id or unique name
        pub org: Option<String>,
        pub unmasked: Option<bool>,
        pub purpose: Option<String>,
    }
}

answer! {
    /// A form for one person.
    pub struct MemberForm {
        pub fields: MemberFields,
        /// To be given back with `member.save`
        pub heads: String,
    }

    /// A person was written. What is doubtful about it is listed; it is saved all the same.
    pub struct MemberSaved { pub id: RecordId, pub done: Done, pub problems: Vec<Problem> }

    /// Whole numbers.
    pub struct Unmasked { pub id_number: Option<String>, pub phones: Vec<String>, pub address: Option<String> }

    /// One value that somebody may take.
    pub struct DoubtChoice { pub side: String, pub value: String, pub who: String }

    /// Something about a person that somebody has to settle.
    pub struct Doubt {
        pub field: String,
        pub label: String,
        pub text: String,
        pub choices: Vec<DoubtChoice>,
        /// For `conflict.resolve`
        pub conflict: Option<String>,
    }

    /// One fact.
    pub struct Fact { pub label: String, pub value: String, pub field: String }

    /// Facts that belong together.
    pub struct FactGroup { pub title: String, pub facts: Vec<Fact> }

    /// One entry of the timeline.
    pub struct TimelineEntry { pub date: String, pub kind: EventKind, pub text: String, pub detail: Option<String> }

    /// Where a person stands in the year's points.
    pub struct Standing { pub year: i32, pub points: i64, pub pending: i64, pub rank: Option<u32>, pub of: u32 }

    /// A person's page.
    pub struct MemberCard {
        pub member: MemberFields,
        pub row: MemberRow,
        /// Three tags under the name
        pub tags: Vec<String>,
        pub sentence: String,
        pub doubts: Vec<Doubt>,
        pub groups: Vec<FactGroup>,
        pub timeline: Vec<TimelineEntry>,
        pub standing: Option<Standing>,
    }

    /// One person for scripts.
    pub struct ListedMember {
        pub id: RecordId,
        pub org: RecordId,
        pub org_name: String,
        pub name: String,
        pub id_number: Option<String>,
        pub phones: Vec<String>,
        /// 正常 and the other states of RULES §6
        pub status: String,
    }

    /// Everybody that was asked for, never paged.
    pub struct MemberList { pub count: u32, pub members: Vec<ListedMember> }
}

commands! {
    /// A person's page
    "member.card" (OneRecord) -> MemberCard, Read;
    /// A form for a person
    "member.edit" (EditMember) -> MemberForm, Write;
    /// Writes a person
    "member.save" (SaveMember) -> MemberSaved, Write;
    /// Declares a person's record void
    "member.void" (VoidMember) -> JustDone, Write;
    /// Shows whole numbers, for a purpose
    "member.unmask" (Unmask) -> Unmasked, Reveal;
    /// Everybody that this store holds
    "member.list" (ListMembers) -> MemberList, Read;
}
