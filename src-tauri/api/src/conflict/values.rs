//! Values as people read them: words for codes, names for references, numbers masked but told apart.

use yuanba_core::tables::{self, errand, member, points_claim, post_assignment, user};
use yuanba_core::{Field, MemberKind, Table, Value};
use yuanba_store::{Conflict, ConflictKind, Side};

use super::WholeSide;
use super::check::id_words;
use crate::error::ApiError;
use crate::session::Session;
use crate::{mask, roster_rows};

/// A value as people read it, numbers masked.
pub(crate) fn shown(table: u16, field: u16, value: &Value) -> String {
    let is = |other: Field| table == member::TABLE.number && field == other.number;
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
        Value::Text(text)
            if table == member::TABLE.number && PLACES.iter().any(|place| place.number == field) =>
        {
            mask::address(text)
        }
        Value::Text(text) => mask::text(text),
    }
}

/// Where somebody lives: numbers of houses are masked too.
pub(crate) const PLACES: &[Field] = &[member::ADDRESS, member::HOUSEHOLD_PLACE, member::FLOATING_PLACE];

/// The sides of a field as people read them, each with what can be said of it, and whether anything of it is masked.
pub(super) fn of_sides(
    session: &Session,
    conflict: &Conflict,
) -> Result<Vec<(String, Option<String>, bool)>, ApiError> {
    if conflict.kind == ConflictKind::Ledger {
        return conflict.sides.iter().map(|side| Ok((crate::points::amount(side), None, false))).collect();
    }
    let is_id = is_id_number(conflict);
    let mut texts = Vec::with_capacity(conflict.sides.len());
    for side in &conflict.sides {
        texts.push(match (&side.value, is_id) {
            (Value::Text(text), true) => Some(text.clone()),
            // What could not be read as a number is kept beside the record, as it was typed.
            (Value::Null, true) => typed(session, conflict, side)?,
            (Value::Text(text), false) if is_plain(conflict) => Some(text.clone()),
            _ => None,
        });
    }
    let known: Vec<&str> = texts.iter().flatten().map(String::as_str).collect();
    let place =
        conflict.table == member::TABLE.number && PLACES.iter().any(|place| place.number == conflict.field);
    let mut masked = match (is_id, place) {
        (true, _) => mask::apart(&known, mask::id_shape),
        (false, true) => mask::apart(&known, mask::address),
        (false, false) => mask::apart(&known, mask::text),
    }
    .into_iter();
    conflict
        .sides
        .iter()
        .zip(&texts)
        .map(|(side, text)| match text {
            Some(text) => {
                let value = masked.next().unwrap_or_default();
                let covered = value != *text;
                Ok((value, is_id.then(|| id_words(text)), covered))
            }
            None => Ok((worded(session, conflict, &side.value)?, None, false)),
        })
        .collect()
}

/// The whole values of the sides.
pub(super) fn whole(session: &Session, conflict: &Conflict) -> Result<Vec<WholeSide>, ApiError> {
    let mut sides = Vec::with_capacity(conflict.sides.len());
    for side in &conflict.sides {
        let value = match &side.value {
            Value::Text(text) if is_id_number(conflict) || is_plain(conflict) => text.clone(),
            Value::Null if is_id_number(conflict) => match typed(session, conflict, side)? {
                Some(text) => text,
                None => worded(session, conflict, &side.value)?,
            },
            value => worded(session, conflict, value)?,
        };
        sides.push(WholeSide { key: side.key.clone(), value });
    }
    Ok(sides)
}

/// Whether it is about an ID number, which nothing but a person settles.
pub(super) fn is_id_number(conflict: &Conflict) -> bool {
    conflict.table == member::TABLE.number && conflict.field == member::ID_NUMBER.number
}

/// The fields of a person whose texts are words for codes, and those that this program keeps for itself.
const CODED: &[Field] = &[member::SEX, member::KIND, member::EDUCATION, member::NATION];

/// A text as somebody typed it.
fn is_plain(conflict: &Conflict) -> bool {
    let field =
        |table: &Table, field: Field| conflict.table == table.number && conflict.field == field.number;
    !CODED.iter().any(|coded| field(&member::TABLE, *coded))
        && !field(&post_assignment::TABLE, post_assignment::POST)
        && !field(&errand::TABLE, errand::MATTER)
        && !field(&errand::TABLE, errand::STATE)
        && !field(&points_claim::TABLE, points_claim::STATE)
        && !field(&points_claim::TABLE, points_claim::RULE)
        && !field(&user::TABLE, user::ROLE)
}

/// What the hand that left a field empty had typed there.
fn typed(session: &Session, conflict: &Conflict, side: &Side) -> Result<Option<String>, ApiError> {
    let Some(record) = session.store.record(&member::TABLE, conflict.entity)? else { return Ok(None) };
    let name = member::TABLE.field(conflict.field).map_or("", |field| field.name);
    for kept in session.store.written_in(&record, member::RAW)? {
        if kept.beside(side) {
            let pairs = kept.value.as_list().iter().map(Value::as_list);
            let found = pairs.filter(|pair| pair.first().and_then(Value::as_text) == Some(name));
            return Ok(found.filter_map(|pair| pair.get(1)?.as_text().map(str::to_owned)).next());
        }
    }
    Ok(None)
}

/// A value with names in the place of references and words in the place of codes.
fn worded(session: &Session, conflict: &Conflict, value: &Value) -> Result<String, ApiError> {
    let is = |table: &Table, field: Field| conflict.table == table.number && conflict.field == field.number;
    if conflict.field == yuanba_core::record::VOIDED.number {
        return Ok(match value {
            Value::Null => "不作废".to_owned(),
            other => format!("作废：{}", shown(conflict.table, conflict.field, other)),
        });
    }
    Ok(match value {
        Value::Id(id) => {
            let number = session.store.glance(*id, &[])?.map(|(number, _)| number);
            match number.and_then(tables::by_number) {
                Some(table) => {
                    let record = session.store.record(table, *id)?;
                    let name = table.field_named("name").and_then(|name| {
                        record.as_ref().and_then(|record| record.text(name).map(str::to_owned))
                    });
                    name.unwrap_or_else(|| format!("一条{}", table.label))
                }
                None => "一条这里没有的记录".to_owned(),
            }
        }
        Value::List(_) if is(&member::TABLE, member::PROBLEMS) => listed(value, 2),
        Value::List(_) if is(&member::TABLE, member::RAW) => listed(value, 1),
        Value::Null if is(&member::TABLE, member::PROBLEMS) => "没有存疑的".to_owned(),
        Value::Text(post) if is(&post_assignment::TABLE, post_assignment::POST) => session.post_name(post),
        Value::Text(matter) if is(&errand::TABLE, errand::MATTER) => {
            crate::errand::matter_name(session.place()?.errands_on(session.store.today()), matter)
        }
        Value::Text(state) if is(&errand::TABLE, errand::STATE) => {
            if state == crate::errand::OPEN {
                "正在办".to_owned()
            } else {
                "办了".to_owned()
            }
        }
        Value::Text(state) if is(&points_claim::TABLE, points_claim::STATE) => {
            crate::points::state_word(state).to_owned()
        }
        Value::Text(role) if is(&user::TABLE, user::ROLE) => crate::rights::role_name(role).to_owned(),
        other => shown(conflict.table, conflict.field, other),
    })
}

/// One part of each item of a list that the program keeps about a person, numbers masked.
fn listed(value: &Value, part: usize) -> String {
    let items = value.as_list().iter().filter_map(|item| item.as_list().get(part)?.as_text());
    let texts: Vec<String> = items.map(|text| mask::text(text.trim_end_matches('。'))).collect();
    texts.join("；")
}
