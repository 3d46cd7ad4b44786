//! `member.check`: what a form would find, before anything is written.

use serde_json::Value as Json;
use yuanba_core::Field;
use yuanba_core::tables::member;
use yuanba_store::Record;

use crate::Api;
use crate::dto::Problem;
use crate::error::ApiError;
use crate::member::SaveMember;
use crate::member_fields::{self, FIELDS, Typed};
use crate::registry::commands;
use crate::sentences::Trouble;

commands! {
    /// What would be doubtful about a person if this were written; nothing is
    "member.check" (SaveMember) -> Vec<Problem>, check;
}

fn check(api: &Api, request: SaveMember) -> Result<Vec<Problem>, ApiError> {
    let session = api.session()?;
    let held: Option<Record> = request.id.map(|id| session.member(id)).transpose()?;
    let today = session.store.today();
    let mut found = Vec::new();
    let mut read: Vec<(Field, Typed)> = Vec::new();
    for (key, typed) in &request.fields {
        let value = one(key, typed, held.as_ref(), today)?;
        if let (field, Typed::Wrong { code, text, .. }) = &value {
            let field = field.name.to_owned();
            found.push(Problem { field, code: (*code).to_owned(), text: text.clone() });
        }
        read.push(value);
    }
    let written = |field: Field| read.iter().find(|(other, _)| *other == field).map(|(_, typed)| typed);
    let after = |field: Field| match written(field) {
        Some(Typed::Value(value)) => value.as_text().map(str::to_owned),
        Some(Typed::Wrong { .. }) => None,
        _ => held.as_ref().and_then(|record| record.text(field).map(str::to_owned)),
    };
    if after(member::NAME).is_none() {
        return Err(Trouble::Empty { field: "name", label: "姓名" }.into());
    }
    for (field, code, text) in member_fields::contradictions(after, session.joining_age_years()) {
        // What was doubtful before and is not touched is not news to the person at the form.
        if held.is_none() || written(field).is_some_and(|typed| !matches!(typed, Typed::Same)) {
            found.push(Problem { field: field.name.to_owned(), code: code.to_owned(), text });
        }
    }
    Ok(found)
}

fn one(
    key: &str,
    typed: &Json,
    held: Option<&Record>,
    today: chrono::NaiveDate,
) -> Result<(Field, Typed), ApiError> {
    let field = FIELDS.iter().copied().find(|field| field.name == key);
    let field = field.ok_or_else(|| Trouble::UnknownKey { field: key.to_owned() })?;
    Ok((field, member_fields::read(field, typed, held, today)?))
}
