//! Transfers as each seat sees them.

use yuanba_core::Id;
use yuanba_core::tables::{member, transfer};
use yuanba_store::Record;

use super::dossier::{Notes, carried, read_fields, read_history};
use super::hand_over::addressee;
use super::pairs::Pair;
use super::{
    CARRIED_FIELDS, ListTransfers, OneTransfer, Transfer, TransferDossier, TransferState, TransferStep,
    Transfers, late,
};
use crate::Api;
use crate::error::ApiError;
use crate::mask;
use crate::member::MemberFields;
use crate::session::Session;

/// So many that are done are listed beside those that wait.
const DONE_MAX: usize = 50;

/// One transfer.
fn shown(session: &mut Session, pair: &Pair, notes: &mut Notes) -> Result<Transfer, ApiError> {
    let state = pair.state(session);
    let late = late::count(session, pair, notes)?;
    let either = |field| {
        let of = |record: &Option<Record>| record.as_ref().and_then(|r| r.text(field)).map(str::to_owned);
        of(&pair.released).or_else(|| of(&pair.handed))
    };
    let named = |record: &Option<Record>| -> Result<Option<String>, ApiError> {
        Ok(match record {
            Some(record) => Some(session.store.organisation_name(record.org)?),
            None => None,
        })
    };
    let other = |record: &Option<Record>| record.as_ref()?.text(transfer::OTHER_NAME).map(str::to_owned);
    let from_name = named(&pair.released)?.or_else(|| other(&pair.handed)).unwrap_or_default();
    let to_name = named(&pair.handed)?.or_else(|| other(&pair.released)).unwrap_or_default();
    let held = |id: Option<Id>| -> Result<Option<Record>, ApiError> {
        Ok(id.map(|id| session.store.record(&member::TABLE, id)).transpose()?.flatten())
    };
    let old_id = match &pair.released {
        Some(record) => record.id(transfer::MEMBER),
        None => pair.handed.as_ref().and_then(|record| record.id(transfer::OTHER_MEMBER)),
    };
    let old = held(old_id)?;
    let new = held(pair.handed.as_ref().and_then(|record| record.id(transfer::MEMBER)))?
        .filter(|_| pair.accepted());
    let handed_number = || {
        let fields = read_fields(pair.handed.as_ref()?.get(transfer::FIELDS));
        carried(&fields, member::ID_NUMBER).as_text().map(str::to_owned)
    };
    let number = [&new, &old]
        .into_iter()
        .flatten()
        .find_map(|record| record.text(member::ID_NUMBER))
        .map(str::to_owned);
    let suggested = match (&pair.released, state) {
        (Some(released), TransferState::Released) => addressee(session, released)?,
        _ => None,
    };
    let name = either(transfer::NAME).unwrap_or_default();
    let accepted_on =
        pair.handed.as_ref().and_then(|record| record.text(transfer::ACCEPTED_ON)).map(str::to_owned);
    let accepted_on = accepted_on.or_else(|| either(transfer::ACCEPTED_ON));
    let text = text(session, pair, state, (&from_name, &to_name), accepted_on.as_deref());
    Ok(Transfer {
        id: pair.id().into(),
        state,
        text,
        id_number: number.or_else(handed_number).map(|number| mask::id_number(&number)),
        from: pair.from().map(Into::into),
        from_name,
        to: pair.to().map(Into::into),
        to_name,
        reason: either(transfer::REASON),
        letter: either(transfer::LETTER),
        released_on: either(transfer::RELEASED_ON),
        handed_on: pair
            .handed
            .as_ref()
            .and_then(|record| record.text(transfer::HANDED_ON))
            .map(str::to_owned),
        accepted_on,
        old_member: old.map(|record| record.id.into()),
        new_member: new.map(|record| record.id.into()),
        points: pair.handed.as_ref().and_then(|record| record.int(transfer::POINTS)),
        late,
        steps: pair.steps(session, late),
        suggested: suggested.map(Into::into),
        name,
    })
}

/// Where a transfer stands, in a sentence for this seat.
fn text(
    session: &Session,
    pair: &Pair,
    state: TransferState,
    (from, to): (&str, &str),
    accepted_on: Option<&str>,
) -> String {
    let own = Some(session.store.org());
    let on = accepted_on.unwrap_or_default();
    match state {
        TransferState::Released if pair.from() == own => format!("已转出，去{to}，等上级转交"),
        TransferState::Released => format!("从{from}转出，去{to}，还没有转交"),
        TransferState::HandedOver if pair.to() == own => format!("从{from}转来，等您接收"),
        TransferState::HandedOver => format!("从{from}转出，档案已经交给{to}，等{to}接收"),
        TransferState::Accepted => format!("{to} {on} 接收了，还没有告诉{from}"),
        TransferState::Done if pair.to() == own => format!("{on} 从{from}转来"),
        TransferState::Done => format!("已转出，{to} {on} 接收了"),
        TransferState::Outside => format!("已转出，去了{to}"),
        TransferState::Arrived => format!("{on} 从{from}转来"),
        TransferState::Recalled => format!("{from}撤回了转出，{to}还没有接收，把档案收回来"),
        TransferState::Crossed => format!("{from}撤回得晚了，{to} {on} 已经接收，告诉{from}照转出办"),
    }
}

/// What this seat has to do.
fn waits(transfer: &Transfer) -> bool {
    let step = |step| transfer.steps.contains(&step);
    step(TransferStep::HandOver)
        || step(TransferStep::Accept)
        || step(TransferStep::Confirm)
        || step(TransferStep::Look)
        || transfer.state == TransferState::Recalled
}

fn is_over(transfer: &Transfer) -> bool {
    matches!(transfer.state, TransferState::Done | TransferState::Outside | TransferState::Arrived)
}

pub(super) fn list(api: &Api, request: ListTransfers) -> Result<Transfers, ApiError> {
    all(&mut *api.session()?, request.all == Some(true))
}

/// How many transfers this seat has something to do with now, and what.
pub(crate) fn waiting_here(session: &mut Session) -> Result<(usize, String), ApiError> {
    if session.store.count(&transfer::TABLE)? == 0 {
        return Ok((0, String::new()));
    }
    let transfers = all(session, false)?;
    Ok((transfers.waiting as usize, transfers.sentence))
}

/// Transfers, those that wait first; all that are done, or the last of them.
fn all(session: &mut Session, also_old: bool) -> Result<Transfers, ApiError> {
    let (mut transfers, mut notes) = (Vec::new(), Notes::default());
    for pair in session.transfers()? {
        transfers.push(shown(session, &pair, &mut notes)?);
    }
    let day = |t: &Transfer| {
        t.accepted_on.clone().or_else(|| t.handed_on.clone()).or_else(|| t.released_on.clone())
    };
    transfers.sort_by_key(|t| std::cmp::Reverse((waits(t), !is_over(t), day(t), t.id)));
    if !also_old {
        let mut over = 0;
        transfers.retain(|transfer| {
            over += usize::from(is_over(transfer) && !waits(transfer));
            over <= DONE_MAX || waits(transfer) || !is_over(transfer)
        });
    }
    let count = |step| transfers.iter().filter(|transfer| transfer.steps.contains(&step)).count();
    let told = [
        ("等您接收", count(TransferStep::Accept)),
        ("等您转交", count(TransferStep::HandOver)),
        ("接收了还没告诉老支部", count(TransferStep::Confirm)),
        ("撤回了要收回档案", transfers.iter().filter(|t| t.state == TransferState::Recalled).count()),
        ("有晚到的改动", count(TransferStep::Look)),
    ];
    let told: Vec<String> = told
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(what, count)| format!("{what}的 {count}\u{a0}人"))
        .collect();
    let sentence = match (told.is_empty(), transfers.is_empty()) {
        (false, _) => format!("{}。", told.join("，")),
        (true, false) => "现在没有要办的。".to_owned(),
        (true, true) => "还没有人转进转出。".to_owned(),
    };
    Ok(Transfers {
        count: u32::try_from(transfers.len()).unwrap_or(u32::MAX),
        waiting: u32::try_from(transfers.iter().filter(|t| waits(t)).count()).unwrap_or(u32::MAX),
        sentence,
        transfers,
    })
}

pub(super) fn show(api: &Api, request: OneTransfer) -> Result<TransferDossier, ApiError> {
    let mut session = api.session()?;
    let pair = session.transfer(request.id.0)?;
    let record = pair.handed.as_ref();
    let fields = record.map(|record| read_fields(record.get(transfer::FIELDS))).unwrap_or_default();
    let history = record.map(|record| read_history(record.get(transfer::HISTORY))).unwrap_or_default();
    let text = |field| carried(&fields, field).as_text().map(str::to_owned);
    debug_assert!(fields.iter().all(|(field, _)| CARRIED_FIELDS.contains(field)));
    let shown_fields = MemberFields {
        name: text(member::NAME),
        sex: text(member::SEX),
        id_number: text(member::ID_NUMBER).map(|number| mask::id_number(&number)),
        nation: text(member::NATION),
        birth_date: text(member::BIRTH_DATE),
        education: text(member::EDUCATION),
        kind: text(member::KIND),
        phones: carried(&fields, member::PHONES)
            .as_list()
            .iter()
            .filter_map(|phone| phone.as_text().map(mask::phone))
            .collect(),
        address: text(member::ADDRESS).map(|address| mask::address(&address)),
        household_place: text(member::HOUSEHOLD_PLACE).map(|address| mask::address(&address)),
        joined_on: text(member::JOINED_ON),
        confirmed_on: text(member::CONFIRMED_ON),
        job: text(member::JOB),
        notes: text(member::NOTES).map(|notes| mask::text(&notes)),
        ..MemberFields::default()
    };
    let transfer = shown(&mut session, &pair, &mut Notes::default())?;
    Ok(TransferDossier {
        transfer,
        fields: shown_fields,
        history: history.iter().map(|line| line.told()).collect(),
    })
}

/// The transfer under which a member is gone from here, or else has come.
pub(crate) fn of_member(session: &mut Session, id: Id) -> Result<Option<Transfer>, ApiError> {
    let Some(last) = session.store.children(&transfer::TABLE, id)?.into_iter().next_back() else {
        return Ok(None);
    };
    let wanted = session.release_of(id)?.map_or(last.id, |release| release.id);
    let pair = session.transfers()?.into_iter().find(|pair| {
        let is = |record: &Option<Record>| record.as_ref().is_some_and(|record| record.id == wanted);
        is(&pair.released) || is(&pair.handed)
    });
    pair.map(|pair| shown(session, &pair, &mut Notes::default())).transpose()
}
