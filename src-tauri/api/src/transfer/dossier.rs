//! The dossier that goes with a member: the fields, what has happened, and the points.

use std::collections::BTreeSet;

use yuanba_core::tables::{courtyard, field_note, member, transfer};
use yuanba_core::{Field, FieldKind, Id, Value};
use yuanba_store::Record;

use super::CARRIED_FIELDS;
use crate::error::ApiError;
use crate::member::{EventKind, TimelineEntry};
use crate::session::Session;
use crate::{member_card, note, points};

/// What an organisation holds of a member at one moment.
pub(super) struct Dossier {
    /// Fields and their values; a set is a list
    pub(super) fields: Vec<(Field, Value)>,
    /// What has happened, the newest first
    pub(super) history: Vec<Line>,
    /// Points that go with the member
    pub(super) balance: i64,
    /// All points of all years, by which later entries are told
    pub(super) earned: i64,
}

/// One line of a history, with the organisation where it happened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    pub(super) date: String,
    pub(super) kind: String,
    pub(super) text: String,
    pub(super) detail: Option<String>,
    pub(super) org: String,
}

/// The longest history that goes along; of a longer one the newest lines.
const LINES_MAX: usize = 2_000;

impl Line {
    fn value(&self) -> Value {
        let detail = self.detail.as_deref().map_or(Value::Null, Value::from);
        Value::List(vec![
            self.date.as_str().into(),
            self.kind.as_str().into(),
            self.text.as_str().into(),
            detail,
            self.org.as_str().into(),
        ])
    }

    fn read(value: &Value) -> Option<Line> {
        let [date, kind, text, detail, org, ..] = value.as_list() else { return None };
        let text_of = |value: &Value| value.as_text().map(str::to_owned);
        Some(Line {
            date: text_of(date)?,
            kind: text_of(kind)?,
            text: text_of(text)?,
            detail: text_of(detail),
            org: text_of(org)?,
        })
    }

    /// As the timeline of a card tells it.
    pub(super) fn told(&self) -> TimelineEntry {
        let kind = match self.kind.as_str() {
            "post" => EventKind::Post,
            "meeting" => EventKind::Meeting,
            "points" => EventKind::Points,
            "note" => EventKind::Note,
            _ => EventKind::Change,
        };
        let detail = match &self.detail {
            Some(detail) => format!("{detail}，在{}", self.org),
            None => format!("在{}", self.org),
        };
        TimelineEntry { date: self.date.clone(), kind, text: self.text.clone(), detail: Some(detail) }
    }
}

fn word(kind: EventKind) -> Option<&'static str> {
    match kind {
        EventKind::Post => Some("post"),
        EventKind::Points => Some("points"),
        EventKind::Note => Some("note"),
        // Joining and the like stand in the fields, which go along by themselves.
        EventKind::Meeting | EventKind::Change | EventKind::Doubt => None,
    }
}

/// The value of a field as a dossier has it.
pub(super) fn value_of(record: &Record, field: Field) -> Value {
    match field.kind {
        FieldKind::Register => record.get(field).clone(),
        FieldKind::Set => {
            let mut elements: Vec<Value> = record.set(field).into_iter().cloned().collect();
            elements.sort();
            Value::List(elements)
        }
    }
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || matches!(value, Value::List(list) if list.is_empty())
}

/// The dossier of a member as it is now.
pub(super) fn of(session: &mut Session, record: &Record) -> Result<Dossier, ApiError> {
    let fields = CARRIED_FIELDS
        .iter()
        .map(|field| (*field, value_of(record, *field)))
        .filter(|(_, value)| !is_empty(value))
        .collect();
    Ok(Dossier {
        fields,
        history: history(session, record)?,
        balance: points::balance(session, record)?,
        earned: points::earned(session, record)?,
    })
}

/// What has happened to a member, the newest first: here, and before in other organisations.
pub(super) fn history(session: &mut Session, record: &Record) -> Result<Vec<Line>, ApiError> {
    let here = session.store.organisation_name(record.org)?;
    let mut entries = member_card::happened(session, record)?;
    entries.extend(points::told(session, record.id)?);
    entries.extend(noted(session, record)?);
    let mut lines: BTreeSet<Line> = entries
        .into_iter()
        .filter_map(|entry| {
            Some(Line {
                kind: word(entry.kind)?.to_owned(),
                date: entry.date,
                text: entry.text,
                detail: entry.detail,
                org: here.clone(),
            })
        })
        .collect();
    for before in session.store.children(&transfer::TABLE, record.id)? {
        if !before.voided() && before.text(transfer::ACCEPTED_ON).is_some() {
            lines.extend(read_history(before.get(transfer::HISTORY)));
        }
    }
    Ok(lines.into_iter().rev().take(LINES_MAX).collect())
}

/// The notes in which a member was there. What they say stays with the courtyard that they are about.
fn noted(session: &Session, record: &Record) -> Result<Vec<TimelineEntry>, ApiError> {
    let mut ids = session.store.aliases(record.id)?;
    ids.push(record.id);
    let mut entries = Vec::new();
    for field_note in session.store.records_of(&field_note::TABLE, record.org)? {
        let mut present = field_note.set(field_note::PRESENT).into_iter().filter_map(note::read_present);
        if field_note.voided() || !present.any(|one| one.member.is_some_and(|id| ids.contains(&id.0))) {
            continue;
        }
        let yard = field_note.id(field_note::COURTYARD);
        let yard = yard.map(|id| session.store.record(&courtyard::TABLE, id)).transpose()?.flatten();
        let yard = yard.as_ref().and_then(|yard| yard.text(courtyard::NAME)).unwrap_or("院坝").to_owned();
        if let Some(date) = field_note.text(field_note::DATE) {
            entries.push(TimelineEntry {
                date: date.to_owned(),
                kind: EventKind::Note,
                text: format!("在{yard}坐过，有手记"),
                detail: None,
            });
        }
    }
    Ok(entries)
}

/// Fields as a record keeps them: pairs of number and value.
pub(super) fn fields_value(fields: &[(Field, Value)]) -> Value {
    let pair =
        |(field, value): &(Field, Value)| Value::List(vec![i64::from(field.number).into(), value.clone()]);
    Value::List(fields.iter().map(pair).collect())
}

/// The same read back; fields that this version does not carry are left out.
pub(super) fn read_fields(value: &Value) -> Vec<(Field, Value)> {
    let pairs = value.as_list().iter().filter_map(|pair| match pair.as_list() {
        [number, value] => Some((u16::try_from(number.as_int()?).ok()?, value.clone())),
        _ => None,
    });
    pairs
        .filter_map(|(number, value)| {
            let field = member::TABLE.field(number).filter(|field| CARRIED_FIELDS.contains(field))?;
            let fits =
                matches!((field.kind, &value), (FieldKind::Register, _) | (FieldKind::Set, Value::List(_)));
            fits.then_some((field, value))
        })
        .collect()
}

/// The value that a dossier has for a field.
pub(super) fn carried(fields: &[(Field, Value)], field: Field) -> Value {
    let known = fields.iter().find(|(other, _)| *other == field).map(|(_, value)| value.clone());
    known.unwrap_or(match field.kind {
        FieldKind::Register => Value::Null,
        FieldKind::Set => Value::List(Vec::new()),
    })
}

/// A history as a record keeps it.
pub(super) fn history_value(lines: &[Line]) -> Value {
    Value::List(lines.iter().map(Line::value).collect())
}

/// The same read back.
pub(super) fn read_history(value: &Value) -> Vec<Line> {
    value.as_list().iter().filter_map(Line::read).collect()
}

/// Everybody of an organisation who has this number and name, or nobody.
pub(super) fn same_person(
    session: &mut Session,
    org: Id,
    fields: &[(Field, Value)],
) -> Result<Option<Record>, ApiError> {
    let number: Option<yuanba_core::IdNumber> = carried(fields, member::ID_NUMBER)
        .as_text()
        .and_then(|text| yuanba_core::IdNumber::read(text).ok().flatten());
    let (Some(number), name) = (number, carried(fields, member::NAME)) else { return Ok(None) };
    let people = session.people()?;
    let found = people.find(number.as_str());
    let ids: Vec<Id> =
        found.into_iter().map(|at| people.get(at)).filter(|one| one.org == org).map(|one| one.id).collect();
    for id in ids {
        let record = session.store.record(&member::TABLE, id)?;
        let same = |record: &Record| {
            *record.get(member::NAME) == name && record.text(member::ID_NUMBER) == Some(number.as_str())
        };
        if let Some(record) = record.filter(|record| !record.voided() && same(record)) {
            return Ok(Some(record));
        }
    }
    Ok(None)
}
