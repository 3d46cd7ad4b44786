//! `conflict.*`: 不一致, what two people wrote without having seen each other, and the doubts that wait beside them.

mod check;
mod doubts;
mod listing;
mod settle;
mod values;

use crate::Api;
use crate::dto::{JustDone, Nothing, RecordId, answer, request, words};
use crate::error::ApiError;
use crate::registry::commands;

pub(crate) use doubts::{doubts, over_cap};
pub(crate) use listing::all;
pub(crate) use values::shown;

words! {
    /// What does not agree.
    pub enum ConflictKind { Field, Ledger, Person }

    /// What a person should look at although nothing stands against anything.
    pub enum DoubtKind { WrittenWhileVoid, OverCap, Frozen, SetAside }
}

request! {
    /// Which side stands.
    pub struct Resolve {
        pub id: String,
        /// A, B …, or the side's key, which stays the same while more comes in
        pub take: String,
    }

    /// Which sides stand, settled as one act.
    pub struct ResolveMany { pub choices: Vec<Resolve> }

    /// Whole numbers of a conflict, for a purpose.
    pub struct UnmaskConflict { pub id: String, pub purpose: String }

    /// What becomes of a record that was written to while it was declared void.
    pub struct SettleVoid {
        pub record: RecordId,
        /// It stays void; else it is taken back
        pub void: bool,
    }
}

answer! {
    /// One of the values.
    pub struct ConflictSide {
        pub side: String,
        /// Names the side for good: letters move when more comes in
        pub key: String,
        /// The same for everything that one act wrote, an import for example
        pub act: String,
        /// As people read it, numbers masked but for the digits that tell the sides apart
        pub value: String,
        /// 校验码对
        pub note: Option<String>,
        pub who: String,
        pub org_name: String,
        /// A, B …, of the computer
        pub laptop: Option<String>,
        /// It was written on this computer
        pub mine: bool,
        /// As that computer's clock said
        pub at: String,
        /// That clock could not be right
        pub clock_odd: bool,
        /// It is the one that shows now
        pub shows: bool,
    }

    /// Something that a person has to settle.
    pub struct Conflict {
        pub id: String,
        pub kind: ConflictKind,
        pub record: Option<RecordId>,
        pub record_title: String,
        /// 党员, 代办 …
        pub noun: String,
        /// Whose record it is
        pub org: RecordId,
        pub org_name: String,
        pub field: String,
        pub label: String,
        /// Of a ledger: the rule and the day
        pub about: Option<String>,
        /// Something is masked, and `conflict.unmask` shows it
        pub covered: bool,
        /// An ID number: only one at a time, by a person
        pub by_hand: bool,
        /// Fields of the record that agree
        pub agree: u32,
        pub sides: Vec<ConflictSide>,
    }

    /// A whole value.
    pub struct WholeSide { pub key: String, pub value: String }

    /// Something to look at.
    pub struct OpenDoubt {
        pub id: String,
        pub kind: DoubtKind,
        pub record: Option<RecordId>,
        pub org: RecordId,
        pub org_name: String,
        pub title: String,
        /// What happened, and that nothing was lost
        pub text: String,
        pub next_step: String,
        /// Page where it is done
        pub route: Option<String>,
    }
}

commands! {
    /// Everything that does not agree
    "conflict.list" (Nothing) -> Vec<Conflict>, listing::list;
    /// Says which side stands
    "conflict.resolve" (Resolve) -> JustDone, settle::one;
    /// Says which sides stand, as one act; never for ID numbers
    "conflict.resolve_many" (ResolveMany) -> JustDone, settle::many;
    /// Shows the whole numbers of a conflict, for a purpose
    "conflict.unmask" (UnmaskConflict) -> Vec<WholeSide>, unmask;
    /// What a person should look at: void records that were written to, caps that two computers exceeded together, what a newer version froze, what waits
    "conflict.doubts" (Nothing) -> Vec<OpenDoubt>, list_doubts;
    /// Says whether a void record that was written to stays void
    "conflict.settle_void" (SettleVoid) -> JustDone, settle::void;
}

fn list_doubts(api: &Api, _: Nothing) -> Result<Vec<OpenDoubt>, ApiError> {
    doubts(&mut *api.session()?)
}

fn unmask(api: &Api, request: UnmaskConflict) -> Result<Vec<WholeSide>, ApiError> {
    let mut session = api.session()?;
    let purpose = crate::member::purpose(Some(&request.purpose))?;
    let found = listing::find(&session, &request.id)?;
    session.leave_trace("看全号", &purpose, 1, Some(found.entity))?;
    values::whole(&session, &found)
}
