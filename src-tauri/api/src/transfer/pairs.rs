//! The two records of a transfer brought together, and where it stands.

use std::collections::HashMap;

use yuanba_core::Id;
use yuanba_core::tables::transfer;
use yuanba_store::Record;

use super::dossier::read_history;
use super::{IN, OUT, TransferState, TransferStep, is_open};
use crate::error::ApiError;
use crate::member::{EventKind, TimelineEntry};
use crate::sentences::Trouble;
use crate::session::Session;

/// A transfer: the old organisation's record, the new one's, or both, as far as they are held and hold.
pub(super) struct Pair {
    pub(super) released: Option<Record>,
    pub(super) handed: Option<Record>,
}

/// Whether a hand-over holds: accepted, or not taken back.
fn holds(record: &Record) -> bool {
    let said = |field| record.text(field).is_some();
    !record.voided()
        && record.text(transfer::DIRECTION) == Some(IN)
        && (said(transfer::ACCEPTED_ON) || said(transfer::HANDED_ON) && !said(transfer::WITHDRAWN_ON))
}

/// Whether a release record says, by somebody who may know, that the new organisation has accepted: a village does not
/// tell itself that its member has arrived somewhere.
pub(super) fn told(session: &Session, released: &Record) -> bool {
    let state = released.state();
    let tree = session.store.authority();
    let own_word = tree.level(released.org) == Some(yuanba_core::Level::Village.number());
    released.text(transfer::ACCEPTED_ON).is_some()
        && state.heads(transfer::ACCEPTED_ON.number).iter().any(|head| {
            let writer = state.origins[head.origin].stream.replica;
            !own_word || tree.certified_above(writer, released.org)
        })
}

/// Of two hand-overs of one release the accepted one counts.
fn rank(record: &Record) -> (bool, Option<&str>, Id) {
    (record.text(transfer::ACCEPTED_ON).is_some(), record.text(transfer::HANDED_ON), record.id)
}

impl Session {
    /// Every transfer of which this store holds something.
    pub(super) fn transfers(&self) -> Result<Vec<Pair>, ApiError> {
        let (mut released, mut handed): (Vec<Record>, Vec<Record>) = self
            .store
            .records(&transfer::TABLE)?
            .into_iter()
            .partition(|record| record.text(transfer::DIRECTION) == Some(OUT));
        released.retain(|record| !record.voided() && record.text(transfer::RELEASED_ON).is_some());
        handed.retain(holds);
        handed.sort_by(|a, b| rank(b).cmp(&rank(a)));
        let mut of_release: HashMap<Id, Vec<Record>> = HashMap::new();
        let mut alone = Vec::new();
        for record in handed {
            match record.id(transfer::COUNTERPART) {
                Some(release) => of_release.entry(release).or_default().push(record),
                None => alone.push(Pair { released: None, handed: Some(record) }),
            }
        }
        let mut pairs = Vec::new();
        for record in released {
            let mut handed = of_release.remove(&record.id).unwrap_or_default().into_iter();
            pairs.push(Pair { released: Some(record), handed: handed.next() });
            // Handed to two, by two who did not know of each other.
            pairs.extend(handed.map(|record| Pair { released: None, handed: Some(record) }));
        }
        let rest = of_release.into_values().flatten();
        pairs.extend(rest.map(|record| Pair { released: None, handed: Some(record) }));
        pairs.extend(alone);
        Ok(pairs)
    }

    /// The transfer that an id means: that of either record.
    pub(super) fn transfer(&self, id: Id) -> Result<Pair, ApiError> {
        let found = self.transfers()?.into_iter().find(|pair| {
            let is = |record: &Option<Record>| record.as_ref().is_some_and(|record| record.id == id);
            is(&pair.released) || is(&pair.handed)
        });
        found.ok_or_else(|| Trouble::NotFound { what: "次转接" }.into())
    }

    /// Whether this seat stands above an organisation or is it.
    fn covers(&self, org: Id) -> bool {
        self.store.authority().covers(self.store.org(), org)
    }
}

impl Pair {
    /// The id under which it is listed.
    pub(super) fn id(&self) -> Id {
        let record = self.released.as_ref().or(self.handed.as_ref());
        record.map_or(Id::default(), |record| record.id)
    }

    /// The organisation that lets the member go, where it is one of ours.
    pub(super) fn from(&self) -> Option<Id> {
        self.released
            .as_ref()
            .map(|record| record.org)
            .or_else(|| self.handed.as_ref()?.id(transfer::OTHER_ORG))
    }

    /// The organisation that takes the member in, where it is one of ours and known.
    pub(super) fn to(&self) -> Option<Id> {
        self.handed
            .as_ref()
            .map(|record| record.org)
            .or_else(|| self.released.as_ref()?.id(transfer::OTHER_ORG))
    }

    /// Whether the new organisation has accepted.
    pub(super) fn accepted(&self) -> bool {
        self.handed.as_ref().is_some_and(|record| record.text(transfer::ACCEPTED_ON).is_some())
    }

    /// Where it stands, as this seat sees it.
    pub(super) fn state(&self, session: &Session) -> TransferState {
        let told = |record: &Record| told(session, record);
        match (&self.released, &self.handed) {
            (Some(out), None) if told(out) => TransferState::Done,
            (Some(out), None) if out.bool(transfer::OUTSIDE) == Some(true) => TransferState::Outside,
            (Some(_), None) => TransferState::Released,
            (Some(_), Some(_)) if !self.accepted() => TransferState::HandedOver,
            (Some(out), Some(_)) if told(out) => TransferState::Done,
            (Some(_), Some(_)) => TransferState::Accepted,
            (None, Some(handed)) => {
                let outside = handed.id(transfer::OTHER_ORG).is_none();
                let seen = handed.id(transfer::OTHER_ORG).is_some_and(|from| session.covers(from));
                match (self.accepted(), seen) {
                    (true, _) if outside => TransferState::Arrived,
                    (true, true) => TransferState::Crossed,
                    (true, false) => TransferState::Done,
                    (false, true) => TransferState::Recalled,
                    (false, false) => TransferState::HandedOver,
                }
            }
            (None, None) => TransferState::Done,
        }
    }

    /// What can be done with it at this seat.
    pub(super) fn steps(&self, session: &Session, late: u32) -> Vec<TransferStep> {
        let own = session.store.org();
        let above = |org: Option<Id>| org.is_some_and(|org| session.covers(org));
        let of_both = above(self.from()) && above(self.to()) && self.from() != self.to();
        let mut steps = Vec::new();
        match self.state(session) {
            TransferState::Released => {
                // To whom it goes may be a name that only those above can tell.
                let below = session.store.scope(own).len() > 1;
                if above(self.from()) && below && (self.to().is_none() || of_both) {
                    steps.push(TransferStep::HandOver);
                }
                steps.push(TransferStep::Cancel);
            }
            TransferState::Outside => steps.push(TransferStep::Cancel),
            TransferState::HandedOver => {
                if self.to() == Some(own) {
                    steps.push(TransferStep::Accept);
                }
                if of_both {
                    steps.push(TransferStep::Withdraw);
                }
            }
            TransferState::Recalled => steps.push(TransferStep::Withdraw),
            TransferState::Accepted | TransferState::Crossed if of_both => steps.push(TransferStep::Confirm),
            _ => {}
        }
        if late > 0 {
            steps.push(TransferStep::Look);
        }
        steps
    }

    /// Whether the old record is only read now, and by this transfer.
    pub(super) fn keeps_a_stub(&self) -> bool {
        self.released.as_ref().is_some_and(is_open)
    }
}

/// What happened to a member in other organisations before, and that they came and went, as the card tells it.
pub(crate) fn history_of(session: &Session, member: Id) -> Result<Vec<TimelineEntry>, ApiError> {
    let mut entries = Vec::new();
    let mut moved = |date: Option<&str>, text: String, detail: Option<&str>| {
        entries.extend(date.map(|date| TimelineEntry {
            date: date.to_owned(),
            kind: EventKind::Change,
            text,
            detail: detail.map(str::to_owned),
        }));
    };
    let records = session.store.children(&transfer::TABLE, member)?;
    let records: Vec<&Record> = records.iter().filter(|record| !record.voided()).collect();
    for record in &records {
        let other = record.text(transfer::OTHER_NAME).unwrap_or("别的支部");
        match record.text(transfer::DIRECTION) {
            Some(OUT) => {
                let text = format!("组织关系转出，去{other}");
                moved(record.text(transfer::RELEASED_ON), text, record.text(transfer::REASON));
            }
            _ => {
                let text = format!("组织关系从{other}转来");
                moved(record.text(transfer::ACCEPTED_ON), text, record.text(transfer::REASON));
            }
        }
    }
    for record in records {
        if record.text(transfer::ACCEPTED_ON).is_some() {
            entries.extend(read_history(record.get(transfer::HISTORY)).iter().map(|line| line.told()));
        }
    }
    Ok(entries)
}
