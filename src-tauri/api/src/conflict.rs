//! `conflict.*`: 不一致, what two people wrote without having seen each other.

use std::collections::HashMap;

use yuanba_core::tables::{self, member};
use yuanba_core::{MemberKind, Value};
use yuanba_store::Store;

use crate::dto::{Done, JustDone, Nothing, RecordId, answer, request, words};
use crate::error::ApiError;
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::session::Session;
use crate::{Api, mask, roster_rows, time};

words! {
    /// What does not agree.
    pub enum ConflictKind { Field, Ledger, Person }
}

request! {
    /// Which side stands.
    pub struct Resolve {
        pub id: String,
        /// A, B …
        pub take: String,
    }
}

answer! {
    /// One of the values.
    pub struct ConflictSide {
        pub side: String,
        /// As people read it, numbers masked
        pub value: String,
        pub who: String,
        pub org_name: String,
        pub at: String,
    }

    /// Something that a person has to settle.
    pub struct Conflict {
        pub id: String,
        pub kind: ConflictKind,
        pub record: Option<RecordId>,
        pub record_title: String,
        pub field: String,
        pub label: String,
        pub sides: Vec<ConflictSide>,
    }
}

commands! {
    /// Everything that does not agree
    "conflict.list" (Nothing) -> Vec<Conflict>, Read => list;
    /// Says which side stands
    "conflict.resolve" (Resolve) -> JustDone, Write => resolve;
}

/// What people know a record by.
fn title(store: &Store, conflict: &yuanba_store::Conflict) -> Result<String, ApiError> {
    let Some(table) = tables::by_number(conflict.table) else { return Ok(String::new()) };
    let record = store.record(table, conflict.entity)?;
    let name = table.field_named("name").and_then(|field| record.as_ref()?.text(field).map(str::to_owned));
    Ok(name.unwrap_or_else(|| table.label.to_owned()))
}

/// A value as people read it, numbers masked.
pub(crate) fn shown(table: u16, field: u16, value: &Value) -> String {
    let is = |other: yuanba_core::Field| table == member::TABLE.number && field == other.number;
    match value {
        Value::Null => "空着".to_owned(),
        Value::Bool(true) => "是".to_owned(),
        Value::Bool(false) => "否".to_owned(),
        Value::Int(number) => number.to_string(),
        Value::Id(id) => id.to_string(),
        Value::List(list) => {
            list.iter().map(|value| shown(table, field, value)).collect::<Vec<_>>().join("、")
        }
        Value::Text(text) if is(member::ID_NUMBER) => mask::id_number(text),
        Value::Text(text) if is(member::PHONES) => mask::phone(text),
        Value::Text(text) if is(member::SEX) => {
            yuanba_core::sex::Sex::read(text).map_or_else(|| text.clone(), |sex| sex.label().to_owned())
        }
        Value::Text(text) if is(member::KIND) => {
            MemberKind::read(text).map_or_else(|| text.clone(), |kind| kind.label().to_owned())
        }
        Value::Text(text) if is(member::EDUCATION) => {
            roster_rows::education_name(Some(text)).unwrap_or_else(|| text.clone())
        }
        Value::Text(text) if is(member::NATION) => {
            roster_rows::nation_name(Some(text)).unwrap_or_else(|| text.clone())
        }
        Value::Text(text) => mask::text(text),
    }
}

/// Everything that does not agree.
pub(crate) fn all(session: &Session) -> Result<Vec<Conflict>, ApiError> {
    let store = &session.store;
    let names = session.user_names()?;
    let mut listed = Vec::new();
    // Whose computer wrote a side: the record may be of another organisation.
    let mut writers = HashMap::new();
    for org in store.organisations()? {
        let name = store.organisation_name(org.id)?;
        writers.extend(org.replicas.into_iter().map(|replica| (replica, name.clone())));
    }
    for conflict in store.conflicts()? {
        let field = tables::by_number(conflict.table).and_then(|table| table.field(conflict.field));
        let org_name = store.organisation_name(conflict.org)?;
        let ledger = conflict.kind == yuanba_store::ConflictKind::Ledger;
        let side = |side: &yuanba_store::Side| ConflictSide {
            side: side.letter.to_string(),
            value: match side.entry().filter(|_| ledger) {
                Some(entry) => format!("{} 分，{}", entry.amount, entry.on),
                None => shown(conflict.table, conflict.field, &side.value),
            },
            who: names.get(&side.user).cloned().unwrap_or_else(|| "别的电脑上的人".to_owned()),
            org_name: writers.get(&side.replica).unwrap_or(&org_name).clone(),
            at: time::stamp(side.at_ms),
        };
        listed.push(Conflict {
            id: conflict.id.clone(),
            kind: if ledger { ConflictKind::Ledger } else { ConflictKind::Field },
            record: (!ledger).then(|| conflict.entity.into()),
            record_title: if ledger { "积分".to_owned() } else { title(store, &conflict)? },
            field: field.map_or_else(String::new, |field| field.name.to_owned()),
            label: field.map_or("这一笔", |field| field.label).to_owned(),
            sides: conflict.sides.iter().map(side).collect(),
        });
    }
    Ok(listed)
}

fn list(api: &Api, _: Nothing) -> Result<Vec<Conflict>, ApiError> {
    all(&*api.session()?)
}

fn resolve(api: &Api, request: Resolve) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let listed = all(&session)?;
    let conflict = listed
        .iter()
        .find(|conflict| conflict.id == request.id)
        .ok_or(Trouble::NotFound { what: "处不一致，也许已经定过了" })?;
    let take = request.take.trim().to_uppercase();
    let side = conflict.sides.iter().find(|side| side.side == take).ok_or_else(|| {
        let offered: Vec<&str> = conflict.sides.iter().map(|side| side.side.as_str()).collect();
        Trouble::BadValue {
            field: "take",
            text: format!("没有「{take}」这一边，有的是 {}。", offered.join("、")),
        }
    })?;
    let text = format!("定了{}的{}：{}", conflict.record_title, conflict.label, side.value);
    let letter = take.chars().next().ok_or(Trouble::BadRequest)?;
    let at = time::stamp(session.store.now_ms());
    let group = session.store.settle(&request.id, letter, &text)?;
    session.catch_up()?;
    Ok(JustDone { done: Done { group: group.to_string(), text, at } })
}
