//! What whoever stands above both does: hands the dossier to the new organisation, and tells the old one that it was
//! accepted.

use yuanba_core::record::VOIDED;
use yuanba_core::tables::{member, organisation, transfer};
use yuanba_core::{Id, Value};
use yuanba_journal::Hash;
use yuanba_journal::payload::{Ledger, entry_key};
use yuanba_store::{Intent, NewEntry, Record};

use super::dossier::{self, fields_value, history_value};
use super::pairs::told;
use super::release::leave_posts;
use super::{HandOver, IN, MOVED_AWAY, OUT, OneTransfer, TransferMade};
use crate::Api;
use crate::dto::JustDone;
use crate::error::ApiError;
use crate::person;
use crate::points::CARRIED;
use crate::sentences::Trouble;
use crate::session::Session;

/// The ids that come of a release and the organisation that it goes to: whoever hands over, and how often, means the
/// same records.
fn made_of(what: &str, release: Id, to: Id) -> Id {
    Hash::of(&[what.as_bytes(), &release.0, &to.0]).id()
}

fn refuse(field: &'static str, text: String) -> ApiError {
    Trouble::BadValue { field, text }.into()
}

/// The key of what goes with a member in the ledger of one organisation; `late` tells later shares from the first.
pub(super) fn carried_key(transfer: Id, late: Option<Id>) -> Vec<Value> {
    let mut key = vec![Value::from(CARRIED), Value::Id(transfer)];
    key.extend(late.map(Value::Id));
    key
}

/// Points that go with a member, as an entry of one of the two ledgers.
pub(super) fn carried(from: Id, to: Id, points: i64, on: &str, key: Vec<Value>) -> NewEntry {
    NewEntry {
        ledger: Ledger::Points,
        from,
        to,
        amount: points,
        key,
        on: on.to_owned(),
        rule: CARRIED.to_owned(),
        terms: vec![Value::Null, Value::Null, points.into(), points.into(), 1.into()],
    }
}

/// The organisation below this seat to which a release goes: the one that somebody chose, or that it names.
pub(super) fn addressee(session: &Session, released: &Record) -> Result<Option<Id>, ApiError> {
    if let Some(org) = released.id(transfer::OTHER_ORG) {
        return Ok(Some(session.store.authority().canonical(org)));
    }
    let Some(name) = released.text(transfer::OTHER_NAME) else { return Ok(None) };
    let own = session.store.org();
    let below = session.store.scope(own);
    let plain = |text: &str| text.trim_end_matches("党支部").trim_end_matches("支部").to_owned();
    let mut named = Vec::new();
    for org in below.into_iter().filter(|org| *org != released.org) {
        let facts = session.store.record(&organisation::TABLE, org)?;
        let held =
            facts.as_ref().and_then(|facts| facts.text(organisation::NAME)).unwrap_or_default().to_owned();
        if held == name {
            return Ok(Some(org));
        }
        // 石河村 for 石河村党支部, as one says it.
        if !held.is_empty() && plain(&held) == plain(name) {
            named.push(org);
        }
    }
    Ok(if named.len() == 1 { named.pop() } else { None })
}

pub(super) fn hand_over(api: &Api, request: HandOver) -> Result<TransferMade, ApiError> {
    let mut session = api.session()?;
    let pair = session.transfer(request.id.0)?;
    let Some(released) = &pair.released else {
        return Err(refuse("id", "老支部已经撤回了转出，没有转交。".to_owned()));
    };
    let to = match request.to.as_deref() {
        Some(to) => Some(session.organisation(to)?),
        None => addressee(&session, released)?,
    };
    let name = released.text(transfer::NAME).unwrap_or("这个人").to_owned();
    let said = released.text(transfer::OTHER_NAME).unwrap_or("新支部").to_owned();
    let Some(to) = to else {
        return Err(refuse("to", format!("{name}要去的「{said}」，这里对不上是哪个支部。选一个再转交。")));
    };
    let (own, tree) = (session.store.org(), session.store.authority());
    if to == released.org {
        return Err(refuse("to", format!("{name}本来就是这个支部转出来的。")));
    }
    if released.org == own && !tree.covers(own, to)
        || !tree.covers(own, released.org)
        || !tree.covers(own, to)
    {
        return Err(Trouble::NotBelow.into());
    }
    if session.level == yuanba_core::Level::Village {
        return Err(Trouble::NotBelow.into());
    }
    if let Some(handed) = &pair.handed {
        let to = session.store.organisation_name(handed.org)?;
        let text = match pair.accepted() {
            true => format!("{name}的关系{to}已经接收了，没有再转交。"),
            false => format!("{name}的档案已经交给{to}了，要改就先收回。"),
        };
        return Err(refuse("id", text));
    }
    let old = released.id(transfer::MEMBER).ok_or(Trouble::NotFound { what: "个人" })?;
    let old = session.member(old.into())?;
    session.not_ones_own_transfer(&[Some(old.id)], &name)?;
    for other in session.transfers()? {
        // Two laptops of the village let the same member go, and did not know of each other.
        let same =
            other.keeps_a_stub() && other.released.as_ref().is_some_and(|record| record.id != released.id);
        let member = other.released.as_ref().and_then(|record| record.id(transfer::MEMBER));
        if let (true, Some(handed)) = (same && member == Some(old.id), &other.handed) {
            let to = session.store.organisation_name(handed.org)?;
            return Err(refuse("id", format!("{name}转出写了两次，另一次已经交给{to}了。这一次撤回就行。")));
        }
    }
    let dossier = dossier::of(&mut session, &old)?;
    // Whoever comes back is the one who left.
    let before = session.store.dossiers(old.id)?.into_iter().find(|(org, _)| *org == to).map(|(_, id)| id);
    let new = before.unwrap_or_else(|| made_of("member", released.id, to));
    let id = made_of("transfer", released.id, to);
    let to_name = session.store.organisation_name(to)?;
    let known = session.store.record(&transfer::TABLE, id)?;
    let mut intent = Intent::new(format!("把{name}的组织关系转交给{to_name}")).of(to);
    let draft = match &known {
        Some(record) => intent.edit(record),
        None => intent.create(&transfer::TABLE, id),
    };
    draft
        .put(transfer::DIRECTION, IN)
        .put(transfer::COUNTERPART, released.id)
        .put(transfer::MEMBER, new)
        .put(transfer::OTHER_MEMBER, old.id)
        .put(transfer::OTHER_ORG, released.org)
        .put(transfer::OTHER_NAME, session.store.organisation_name(released.org)?)
        .put(transfer::NAME, name)
        .put_some(transfer::RELEASED_ON, released.text(transfer::RELEASED_ON))
        .put_some(transfer::REASON, released.text(transfer::REASON))
        .put_some(transfer::LETTER, released.text(transfer::LETTER))
        .put(transfer::HANDED_ON, session.store.today().to_string())
        .put(transfer::WITHDRAWN_ON, Value::Null)
        .put(transfer::FIELDS, fields_value(&dossier.fields))
        .put(transfer::HISTORY, history_value(&dossier.history))
        .put(transfer::POINTS, dossier.balance)
        .put(transfer::EARNED, dossier.earned);
    if known.is_some_and(|record| record.voided()) {
        draft.put(VOIDED, Value::Null);
    }
    let done = session.commit_deed(intent)?;
    Ok(TransferMade { id: id.into(), member: old.id.into(), done })
}

pub(super) fn confirm(api: &Api, request: OneTransfer) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let pair = session.transfer(request.id.0)?;
    let Some(handed) = pair.handed.as_ref().filter(|_| pair.accepted()) else {
        return Err(refuse("id", "新支部还没有接收，没有什么可以转告的。".to_owned()));
    };
    let missing = || Trouble::NotFound { what: "次转接" };
    let (from, to) = (handed.id(transfer::OTHER_ORG).ok_or_else(missing)?, handed.org);
    let (own, tree) = (session.store.org(), session.store.authority());
    let from = tree.canonical(from);
    if !tree.covers(own, from)
        || !tree.covers(own, to)
        || own == to && session.level == yuanba_core::Level::Village
    {
        return Err(Trouble::NotBelow.into());
    }
    let name = handed.text(transfer::NAME).unwrap_or("这个人").to_owned();
    let release = handed.id(transfer::COUNTERPART).ok_or_else(missing)?;
    let known = session.store.record(&transfer::TABLE, release)?;
    if pair.released.as_ref().is_some_and(|record| told(&session, record)) {
        return Err(refuse("id", format!("{name}的事老支部已经知道了，没有再写。")));
    }
    let (from_name, to_name) = (session.store.organisation_name(from)?, session.store.organisation_name(to)?);
    let said = format!("告诉{from_name}：{name}的关系{to_name}已经接收");
    let old = handed.id(transfer::OTHER_MEMBER).ok_or_else(missing)?;
    let new = handed.id(transfer::MEMBER).ok_or_else(missing)?;
    let text = |field| handed.text(field).map(str::to_owned);
    let released_on = text(transfer::RELEASED_ON).unwrap_or_else(|| session.store.today().to_string());

    let mut at_old = Intent::new(said.clone()).of(from);
    let draft = match &known {
        Some(record) => at_old.edit(record),
        None => at_old.create(&transfer::TABLE, release),
    };
    // Said again also where it stands: the release may be taken back at the same time, by somebody who does not know.
    draft
        .put_again(transfer::MEMBER, old)
        .put_again(transfer::DIRECTION, OUT)
        .put_again(transfer::NAME, name)
        .put_again(transfer::OTHER_ORG, to)
        .put_again(transfer::OTHER_NAME, to_name)
        .put_again(transfer::RELEASED_ON, released_on.as_str())
        .put_again(transfer::COUNTERPART, handed.id)
        .put_again(transfer::OTHER_MEMBER, new)
        .put_some(transfer::HANDED_ON, text(transfer::HANDED_ON));
    if let Some(on) = text(transfer::ACCEPTED_ON) {
        draft.put_again(transfer::ACCEPTED_ON, on);
    }
    if known.is_some_and(|record| record.voided()) {
        draft.put(VOIDED, Value::Null);
    }
    if let Some(record) = session.store.record(&member::TABLE, old)? {
        let draft = at_old.edit(&record);
        draft.put_again(member::STATUS, MOVED_AWAY).put_again(member::STATUS_ON, released_on.as_str());
        leave_posts(&session, &mut at_old, &record, &released_on)?;
    }
    let (points, on) = (handed.int(transfer::POINTS).unwrap_or(0), text(transfer::HANDED_ON));
    if let Some(on) = on.filter(|_| points != 0) {
        let key = carried_key(handed.id, None);
        let known = session.store.entry_state(from, entry_key(Ledger::Points, &on, &key))?;
        if known.is_none_or(|state| state.moves() == 0) {
            at_old.entry(carried(to, old, -points, &on, key));
        }
    }
    let mut at_new = Intent::new(said).of(to);
    if session.may_join(from, to)
        && !session.store.dossiers(old)?.contains(&(to, session.store.representative(new)?))
    {
        let both = (session.store.representative(old)?, session.store.representative(new)?);
        person::say(&session, &mut at_old, from, both, true, None)?;
        person::say(&session, &mut at_new, to, both, true, None)?;
    }
    Ok(JustDone { done: session.commit_together(vec![at_old, at_new])? })
}
