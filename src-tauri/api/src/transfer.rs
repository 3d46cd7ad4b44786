//! `transfer.*`: 组织关系转接, a member moves to another organisation.
//!
//! The old organisation *releases*: its record says to whom, and the member is only read there from then on. Whoever stands
//! above both *hands over*: a record of the new organisation with the dossier, for neither of the two holds the other's
//! records. The new one *accepts*: the dossier becomes its own, as new changes. Whoever stands above both then *tells* the
//! old organisation. Each step is somebody's deed; where a transfer stands is read from what they wrote. What the old
//! organisation still wrote of the member, before it knew, stays with the old record and is listed to whoever handed
//! over, who takes each thing over or leaves it.

mod accept;
mod dossier;
mod hand_over;
mod late;
mod list;
mod pairs;
mod release;

use yuanba_core::tables::{member, post_assignment, post_excuse, transfer};
use yuanba_core::{Field, Id};
use yuanba_journal::GroupId;
use yuanba_store::{Intent, Record};

use crate::dto::{Done, JustDone, RecordId, answer, request, words};
use crate::error::ApiError;
use crate::member::{MemberFields, TimelineEntry};
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::session::Session;

pub(crate) use list::{of_member, waiting_here};
pub(crate) use pairs::history_of;

/// The words of a record's direction.
pub(crate) const OUT: &str = "out";
pub(crate) const IN: &str = "in";
/// The state of a member's relation at the organisation that let the member go (RULES §6).
pub(crate) const MOVED_AWAY: &str = "转出";
/// The state of everybody else.
const HERE: &str = "正常";

words! {
    /// Where a transfer stands.
    pub enum TransferState {
        /// Released; nobody above has handed it over yet
        Released,
        /// Handed over; the new organisation has not accepted yet
        HandedOver,
        /// Accepted; the old organisation has not been told yet
        Accepted,
        /// Both know
        Done,
        /// Gone to an organisation outside of what we hold
        Outside,
        /// Come from an organisation outside of what we hold
        Arrived,
        /// Handed over, and the old organisation has taken its release back
        Recalled,
        /// Accepted, although the old organisation had taken its release back
        Crossed,
    }

    /// What can be done with a transfer at this seat.
    pub enum TransferStep { HandOver, Accept, Confirm, Cancel, Withdraw, Look }

    /// What a late change is about.
    pub enum LateKind { Field, History, Points }
}

request! {
    /// Whom an organisation lets go, and to whom.
    pub struct Release {
        pub member: RecordId,
        /// An organisation: its id, or its name as one knows it
        pub to: String,
        /// It is outside of the county: nobody here will accept
        pub outside: Option<bool>,
        /// Left out: today
        pub on: Option<String>,
        pub reason: Option<String>,
        /// 介绍信编号
        pub letter: Option<String>,
    }

    /// Which transfer: the id that the list gave.
    pub struct OneTransfer { pub id: RecordId }

    /// Which transfer, and to whom where the release does not say it so that it is known.
    pub struct HandOver {
        pub id: RecordId,
        /// Id or unique name
        pub to: Option<String>,
    }

    /// Somebody who comes from an organisation outside of what we hold.
    pub struct ReceiveMember {
        /// Some of MemberFields
        #[schemars(with = "MemberFields")]
        #[ts(type = "Partial<MemberFields>")]
        pub fields: serde_json::Map<String, serde_json::Value>,
        /// The name of the organisation
        pub from: String,
        /// Left out: today
        pub on: Option<String>,
        /// 介绍信编号
        pub letter: Option<String>,
    }

    /// Which transfers. Left out: those of which something is still to be done, and the last that are done.
    pub struct ListTransfers { pub all: Option<bool> }

    /// A late change, taken over into the new dossier or left.
    pub struct SettleLate {
        pub id: RecordId,
        /// As `transfer.late` gave it
        pub change: String,
        pub take: bool,
    }
}

answer! {
    /// One transfer as this seat knows it.
    pub struct Transfer {
        pub id: RecordId,
        pub state: TransferState,
        /// Where it stands, in a sentence
        pub text: String,
        pub name: String,
        /// Masked
        pub id_number: Option<String>,
        pub from: Option<RecordId>,
        pub from_name: String,
        pub to: Option<RecordId>,
        pub to_name: String,
        pub reason: Option<String>,
        pub letter: Option<String>,
        pub released_on: Option<String>,
        pub handed_on: Option<String>,
        pub accepted_on: Option<String>,
        /// The old record, where it is held here
        pub old_member: Option<RecordId>,
        /// The new record, once it is there
        pub new_member: Option<RecordId>,
        /// What goes with the member
        pub points: Option<i64>,
        /// How many late changes wait for a word
        pub late: u32,
        pub steps: Vec<TransferStep>,
        /// An organisation below this seat whose name is the one that the release says
        pub suggested: Option<RecordId>,
    }

    /// Transfers, those that wait first.
    pub struct Transfers {
        pub count: u32,
        /// How many this seat has something to do with now
        pub waiting: u32,
        pub sentence: String,
        pub transfers: Vec<Transfer>,
    }

    /// What was written about the old record and is not in the new dossier.
    pub struct LateChange {
        /// For `transfer.settle`
        pub id: String,
        pub kind: LateKind,
        pub label: String,
        /// What the dossier says, numbers masked
        pub before: String,
        /// What was written late
        pub after: String,
        pub who: String,
        pub at: String,
    }

    /// What can be seen of a dossier before it is accepted.
    pub struct TransferDossier {
        pub transfer: Transfer,
        pub fields: MemberFields,
        pub history: Vec<TimelineEntry>,
    }

    /// The member is here.
    pub struct TransferAccepted { pub member: RecordId, pub done: Done }

    /// A transfer was begun.
    pub struct TransferMade { pub id: RecordId, pub member: RecordId, pub done: Done }
}

commands! {
    /// Transfers and what is to be done with them
    "transfer.list" (ListTransfers) -> Transfers, list::list;
    /// A transfer with the dossier that was handed over, numbers masked
    "transfer.show" (OneTransfer) -> TransferDossier, list::show;
    /// Lets a member go to another organisation
    "transfer.release" (Release) -> TransferMade, release::release;
    /// Takes a release back before it was accepted, or a hand-over
    "transfer.cancel" (OneTransfer) -> JustDone, release::cancel;
    /// Hands the dossier to the new organisation; done by whoever stands above both
    "transfer.hand_over" (HandOver) -> TransferMade, hand_over::hand_over;
    /// Takes the member in with the dossier that was handed over
    "transfer.accept" (OneTransfer) -> TransferAccepted, accept::accept;
    /// Tells the old organisation that the new one has accepted
    "transfer.confirm" (OneTransfer) -> JustDone, hand_over::confirm;
    /// Takes in somebody from an organisation outside of what we hold
    "transfer.receive" (ReceiveMember) -> TransferMade, accept::receive;
    /// What the old organisation wrote too late for the dossier
    "transfer.late" (OneTransfer) -> Vec<LateChange>, late::list;
    /// Takes a late change over into the new dossier, or leaves it
    "transfer.settle" (SettleLate) -> JustDone, late::settle;
}

/// What goes from dossier to dossier. Where somebody lives in the old village, its groups and branches and offices stay
/// there.
const CARRIED_FIELDS: &[Field] = &[
    member::NAME,
    member::SEX,
    member::ID_NUMBER,
    member::NATION,
    member::BIRTH_DATE,
    member::EDUCATION,
    member::KIND,
    member::PHONES,
    member::ADDRESS,
    member::HOUSEHOLD_PLACE,
    member::JOINED_ON,
    member::CONFIRMED_ON,
    member::PARTY_AGE_CORRECTION,
    member::JOB,
    member::FLOATING,
    member::FLOATING_PLACE,
    member::OUT_OF_CONTACT,
    member::DEGREE,
    member::TITLE,
    member::STRATUM,
    member::MIGRANT_WORKER,
    member::APPLIED_ON,
    member::JOINED_BRANCH,
    member::NOTES,
    member::RAW,
    member::PROBLEMS,
    member::SKILLS,
    member::HEALTH,
];

/// Whether a release record still holds: it says that its member has gone, and nobody has said otherwise.
fn is_open(record: &Record) -> bool {
    record.text(transfer::DIRECTION) == Some(OUT)
        && !record.voided()
        && record.text(transfer::RELEASED_ON).is_some()
        && record.text(transfer::RETURNED_ON).is_none()
}

impl Session {
    /// The release under which somebody has gone, if any: the last one.
    pub(crate) fn release_of(&self, member: Id) -> Result<Option<Record>, ApiError> {
        let releases = self.store.children(&transfer::TABLE, member)?;
        Ok(releases.into_iter().rev().find(is_open))
    }
}

/// Refuses what would write to the dossier of somebody who has moved to another organisation.
pub(crate) fn not_of_somebody_gone(session: &Session, intent: &Intent) -> Result<(), ApiError> {
    let of_a_dossier = [member::TABLE.number, post_assignment::TABLE.number, post_excuse::TABLE.number];
    let about = intent.about();
    let ids = about.iter().filter(|(table, _)| of_a_dossier.contains(table)).map(|(_, id)| *id);
    if session.store.count(&transfer::TABLE)? == 0 {
        return Ok(());
    }
    for id in ids.collect::<std::collections::BTreeSet<_>>() {
        if let Some(release) = session.release_of(id)? {
            let text = |field| release.text(field).unwrap_or_default().to_owned();
            return Err(
                Trouble::MovedAway { name: text(transfer::NAME), to: text(transfer::OTHER_NAME) }.into()
            );
        }
    }
    Ok(())
}

/// Refuses to take back a step that the other side has answered: a release that was accepted, a hand-over likewise.
pub(crate) fn may_be_undone(session: &Session, group: GroupId) -> Result<(), ApiError> {
    let answered = |text: String| Err(Trouble::TransferAnswered { text }.into());
    for (table, id, fields) in session.store.written_by(group)? {
        if table != transfer::TABLE.number {
            continue;
        }
        let Some(record) = session.store.record(&transfer::TABLE, id)? else { continue };
        let wrote = |field: Field| fields.contains(&field.number);
        let accepted = match record.text(transfer::DIRECTION) {
            Some(OUT) => pairs::told(session, &record),
            _ => record.text(transfer::ACCEPTED_ON).is_some(),
        };
        let accepted = accepted && !wrote(transfer::ACCEPTED_ON);
        let name = record.text(transfer::NAME).unwrap_or("这个人");
        match record.text(transfer::DIRECTION) {
            Some(OUT) if accepted && wrote(transfer::RELEASED_ON) => {
                let to = record.text(transfer::OTHER_NAME).unwrap_or("新支部");
                return answered(format!("{name}的关系{to}已经接收了，"));
            }
            Some(IN) if accepted && wrote(transfer::HANDED_ON) => {
                let to = session.store.organisation_name(record.org)?;
                return answered(format!("{name}的关系{to}已经接收了，"));
            }
            _ => {}
        }
    }
    Ok(())
}
