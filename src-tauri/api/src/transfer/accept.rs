//! Taking a member in: the dossier becomes this organisation's own, as new changes.

use yuanba_core::record::VOIDED;
use yuanba_core::tables::{member, transfer};
use yuanba_core::{Field, FieldKind, Value};
use yuanba_journal::payload::{Ledger, entry_key};
use yuanba_store::{Intent, Record};

use super::dossier::{fields_value, read_fields, same_person};
use super::hand_over::{carried, carried_key};
use super::{HERE, IN, OneTransfer, ReceiveMember, TransferAccepted, TransferMade, is_open};
use crate::Api;
use crate::entered::{self, SHORT_MAX};
use crate::error::ApiError;
use crate::member::{self as people, SaveMember};
use crate::people::is_here;
use crate::sentences::Trouble;

fn refuse(field: &'static str, text: String) -> ApiError {
    Trouble::BadValue { field, text }.into()
}

pub(super) fn accept(api: &Api, request: OneTransfer) -> Result<TransferAccepted, ApiError> {
    let mut session = api.session()?;
    let pair = session.transfer(request.id.0)?;
    let Some(handed) = pair.handed.as_ref() else {
        return Err(refuse("id", "上级还没有把档案转交过来，没有接收。".to_owned()));
    };
    let own = session.store.org();
    if handed.org != own {
        return Err(refuse("id", "要由新支部自己来接收，这里没有替它收。".to_owned()));
    }
    let name = handed.text(transfer::NAME).unwrap_or("这位党员").to_owned();
    if pair.accepted() {
        return Err(refuse("id", format!("{name}已经接收过了，没有再收一次。")));
    }
    let from_name = handed.text(transfer::OTHER_NAME).unwrap_or("老支部").to_owned();
    let fields = read_fields(handed.get(transfer::FIELDS));
    let today = session.store.today().to_string();
    // Whoever was here before, or was entered by hand in the meantime, is not entered twice.
    let target = handed.id(transfer::MEMBER).ok_or(Trouble::NotFound { what: "个人" })?;
    let before = match same_person(&mut session, own, &fields)? {
        Some(record) => Some(record),
        None => session.store.record(&member::TABLE, target)?.filter(|record| record.org == own),
    };
    let id = before.as_ref().map_or(target, |record| record.id);
    session.not_ones_own_transfer(&[Some(id), Some(target), handed.id(transfer::OTHER_MEMBER)], &name)?;
    let mut intent = Intent::new(format!("接收了{name}，从{from_name}转来")).of(own);
    let here = before.as_ref().is_some_and(|record| !record.voided() && is_here(record.text(member::STATUS)));
    let branch = session.store.organisation_name(own)?;
    let draft = match &before {
        Some(record) => intent.edit(record),
        None => intent.create(&member::TABLE, id),
    };
    for (field, value) in &fields {
        let kept = |record: &Record| here && !record.get(*field).is_null();
        match field.kind {
            // What this organisation has written of somebody who is here already stays.
            FieldKind::Register if before.as_ref().is_some_and(kept) => {}
            FieldKind::Register => {
                draft.put(*field, value.clone());
            }
            FieldKind::Set if here => {
                for element in value.as_list() {
                    draft.add(*field, element.clone());
                }
            }
            FieldKind::Set => {
                draft.put_all(*field, value.as_list());
            }
        }
    }
    if !here {
        draft.put(member::BRANCH, branch).put(member::STATUS, HERE).put(member::STATUS_ON, today.as_str());
        draft.put(VOIDED, Value::Null);
    }
    if before.is_some() {
        for release in session.store.children(&transfer::TABLE, id)? {
            if is_open(&release) {
                intent.edit(&release).put(transfer::RETURNED_ON, today.as_str());
            }
        }
    }
    // Written again, so that all of it stays here even if the hand-over is taken back at the same time.
    let draft = intent.edit(handed);
    for field in [
        transfer::DIRECTION,
        transfer::COUNTERPART,
        transfer::OTHER_MEMBER,
        transfer::OTHER_ORG,
        transfer::OTHER_NAME,
        transfer::NAME,
        transfer::RELEASED_ON,
        transfer::HANDED_ON,
        transfer::HISTORY,
        transfer::POINTS,
    ] {
        let value = handed.get(field);
        if !value.is_null() {
            draft.put_again(field, value.clone());
        }
    }
    draft
        .put_again(transfer::MEMBER, id)
        .put(transfer::ACCEPTED_ON, today.as_str())
        .put(transfer::TAKEN, fields_value(&fields))
        .put(transfer::TAKEN_EARNED, handed.int(transfer::EARNED).unwrap_or(0));
    let points = handed.int(transfer::POINTS).unwrap_or(0);
    if let (Some(from), Some(on)) =
        (handed.id(transfer::OTHER_ORG), handed.text(transfer::HANDED_ON).filter(|_| points != 0))
    {
        let key = carried_key(handed.id, None);
        let known = session.store.entry_state(own, entry_key(Ledger::Points, on, &key))?;
        if known.is_none_or(|state| state.moves() == 0) {
            intent.entry(carried(from, id, points, on, key));
        }
    }
    let done = session.commit_deed(intent)?;
    Ok(TransferAccepted { member: id.into(), done })
}

pub(super) fn receive(api: &Api, request: ReceiveMember) -> Result<TransferMade, ApiError> {
    let from = entered::required("from", "从哪里来", &request.from, SHORT_MAX)?;
    let letter = entered::optional("letter", "介绍信编号", request.letter.as_deref(), SHORT_MAX)?;
    let mut session = api.session()?;
    let on = match request.on.as_deref() {
        Some(on) => entered::past_day("on", "转入日期", on, session.store.today())?,
        None => session.store.today(),
    };
    let own = session.store.org();
    let typed =
        |field: Field| request.fields.get(field.name).and_then(|value| value.as_str()).unwrap_or_default();
    let named = [member::NAME, member::ID_NUMBER].map(|field| (field, Value::from(typed(field).trim())));
    let before = same_person(&mut session, own, &named)?;
    if let Some(record) = before.as_ref().filter(|record| is_here(record.text(member::STATUS))) {
        let name = record.text(member::NAME).unwrap_or("这个人");
        return Err(refuse("id_number", format!("{name}已经在花名册上了，没有再收一次。")));
    }
    // Whoever was here before comes back to the same record.
    let form = SaveMember {
        id: before.as_ref().map(|record| record.id.into()),
        fields: request.fields,
        heads: None,
    };
    let people::Prepared { id, name, mut intent, .. } = people::prepare(&mut session, form)?;
    session.not_ones_own_transfer(&[Some(id)], &name)?;
    let branch = session.store.organisation_name(own)?;
    intent.say(format!("接收了{name}，从{from}转来"));
    let transfer = session.store.new_id();
    let draft = match &before {
        Some(record) => intent.edit(record),
        None => intent.create(&member::TABLE, id),
    };
    draft
        .put(member::BRANCH, branch)
        .put(member::STATUS, HERE)
        .put(member::STATUS_ON, on.to_string())
        .put(VOIDED, Value::Null);
    for release in session.store.children(&transfer::TABLE, id)? {
        if is_open(&release) {
            intent.edit(&release).put(transfer::RETURNED_ON, on.to_string());
        }
    }
    intent
        .create(&transfer::TABLE, transfer)
        .put(transfer::DIRECTION, IN)
        .put(transfer::MEMBER, id)
        .put(transfer::NAME, name)
        .put(transfer::OTHER_NAME, from)
        .put(transfer::OUTSIDE, true)
        .put_some(transfer::LETTER, letter)
        .put(transfer::ACCEPTED_ON, on.to_string());
    let done = session.commit_deed(intent)?;
    Ok(TransferMade { id: transfer.into(), member: id.into(), done })
}
