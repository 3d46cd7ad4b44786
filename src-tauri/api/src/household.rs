//! `household.*`: 户, which hold the points accounts of ordinary villagers.

use std::collections::HashMap;

use yuanba_core::tables::{courtyard, household};
use yuanba_core::{Id, Value};
use yuanba_store::Intent;

use crate::Api;
use crate::dto::{Made, Nothing, RecordId, answer, request};
use crate::entered::{self, SHORT_MAX};
use crate::error::ApiError;
use crate::mask;
use crate::registry::commands;
use crate::sentences::Trouble;

request! {
    /// A household to be written.
    pub struct SaveHousehold {
        pub id: Option<RecordId>,
        /// The head's name
        pub name: String,
        pub courtyard: Option<RecordId>,
        pub people: Option<u32>,
        /// 特困
        pub hardship: Option<bool>,
        /// Left out: stays as it is
        pub phone: Option<String>,
    }
}

answer! {
    /// A household.
    pub struct Household {
        pub id: RecordId,
        pub name: String,
        pub courtyard: Option<RecordId>,
        pub courtyard_name: Option<String>,
        pub people: Option<u32>,
        pub hardship: bool,
        pub phone_masked: Option<String>,
    }
}

commands! {
    /// All households
    "household.list" (Nothing) -> Vec<Household>, list;
    /// Writes a household
    "household.save" (SaveHousehold) -> Made, save;
}

/// The most people of one household: more is a mistyped number.
const PEOPLE_MAX: u32 = 200;

fn list(api: &Api, _: Nothing) -> Result<Vec<Household>, ApiError> {
    let session = api.session()?;
    let yards: HashMap<Id, String> = session
        .live(&courtyard::TABLE)?
        .into_iter()
        .map(|yard| (yard.id, yard.text(courtyard::NAME).unwrap_or_default().to_owned()))
        .collect();
    let records = session.live(&household::TABLE)?.into_iter();
    Ok(records
        .map(|record| {
            let yard = record.id(household::COURTYARD);
            Household {
                id: record.id.into(),
                name: record.text(household::NAME).unwrap_or_default().to_owned(),
                courtyard: yard.map(Into::into),
                courtyard_name: yard.and_then(|yard| yards.get(&yard).cloned()),
                people: record.int(household::PEOPLE).and_then(|people| u32::try_from(people).ok()),
                hardship: record.bool(household::HARDSHIP) == Some(true),
                phone_masked: record.text(household::PHONE).map(mask::phone),
            }
        })
        .collect())
}

fn save(api: &Api, request: SaveHousehold) -> Result<Made, ApiError> {
    let mut session = api.session()?;
    let name = entered::required("name", "户主", &request.name, SHORT_MAX)?;
    let phone = entered::optional("phone", "电话", request.phone.as_deref(), 30)?;
    let yard = request.courtyard.map(|id| crate::courtyard::find(&session, id)).transpose()?;
    if let Some(people) = request.people.filter(|people| *people > PEOPLE_MAX) {
        let text = format!("一户 {people} 人太多了，怕是多打了几位。");
        return Err(Trouble::BadValue { field: "people", text }.into());
    }
    let held = request.id.map(|id| session.one(&household::TABLE, id.0, "户")).transpose()?;
    let called = if name.ends_with('家') { name.clone() } else { format!("{name}家") };
    let mut intent = match held {
        Some(_) => Intent::new(format!("改了{called}的资料")),
        None => Intent::new(format!("添了一户：{called}")),
    };
    let id = held.as_ref().map_or_else(|| session.store.new_id(), |record| record.id);
    // The list showed it masked: what comes back as it was shown changes nothing.
    let known = held.as_ref().and_then(|record| record.text(household::PHONE));
    let phone = phone.filter(|phone| known.is_none_or(|known| mask::phone(known) != *phone));
    if phone.as_deref().is_some_and(|phone| phone.contains('*')) {
        let text = "这个电话遮住了一部分。".to_owned();
        return Err(Trouble::BadValue { field: "phone", text }.into());
    }
    let draft = match &held {
        Some(record) => intent.edit(record),
        None => intent.create(&household::TABLE, id),
    };
    draft
        .put(household::NAME, name)
        .put(household::COURTYARD, yard.map_or(Value::Null, |(yard, _)| Value::Id(yard.id)))
        .put(household::PEOPLE, request.people.map_or(Value::Null, |people| Value::Int(people.into())))
        .put_some(household::HARDSHIP, request.hardship)
        .put_some(household::PHONE, phone);
    Ok(Made { id: id.into(), done: session.commit(intent)? })
}
