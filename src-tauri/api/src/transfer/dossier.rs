//! The dossier that goes with a member: the fields, what has happened, and the points.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};

use yuanba_core::tables::{courtyard, field_note, member, transfer};
use yuanba_core::{Field, FieldKind, Id, Value};
use yuanba_store::Record;

use super::{CARRIED_FIELDS, IN};
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
        history: history(session, record, &mut Notes::default(), true)?,
        balance: points::balance(session, record)?,
        earned: points::earned(session, record)?,
    })
}

/// A note: who was there, the day, and the courtyard.
struct Noted {
    present: Vec<Id>,
    date: String,
    yard: String,
}

/// The notes of each organisation that was asked for.
#[derive(Default)]
pub(super) struct Notes(HashMap<Id, Vec<Noted>>);

impl Notes {
    fn of(&mut self, session: &Session, org: Id) -> Result<&[Noted], ApiError> {
        Ok(match self.0.entry(org) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(noted(session, org)?),
        })
    }
}

/// The notes of an organisation in which members of the roster were there.
fn noted(session: &Session, org: Id) -> Result<Vec<Noted>, ApiError> {
    let mut yards: HashMap<Id, String> = HashMap::new();
    session.store.glances(&courtyard::TABLE, Some(org), &[courtyard::NAME], |yard| {
        yards.extend(yard.text(courtyard::NAME).map(|name| (yard.id, name.to_owned())));
    })?;
    let mut notes = Vec::new();
    let fields = &[field_note::PRESENT, field_note::DATE, field_note::COURTYARD];
    session.store.glances(&field_note::TABLE, Some(org), fields, |note| {
        let present = note.get(field_note::PRESENT).as_list().iter().filter_map(note::read_present);
        let present: Vec<Id> = present.filter_map(|one| Some(one.member?.0)).collect();
        let yard = note.id(field_note::COURTYARD).and_then(|id| yards.get(&id)).cloned();
        if let Some(date) = note.text(field_note::DATE).filter(|_| !present.is_empty()) {
            let yard = yard.unwrap_or_else(|| "院坝".to_owned());
            notes.push(Noted { present, date: date.to_owned(), yard });
        }
    })?;
    Ok(notes)
}

/// What has happened to a member, the newest first: here, and before in other organisations. Points may be left out.
pub(super) fn history(
    session: &mut Session,
    record: &Record,
    notes: &mut Notes,
    also_points: bool,
) -> Result<Vec<Line>, ApiError> {
    let here = session.store.organisation_name(record.org)?;
    let mut entries = member_card::happened(session, record)?;
    if also_points {
        entries.extend(points::told(session, record.id)?);
    }
    let line = |kind: &str, date: String, text: String, detail: Option<String>| Line {
        date,
        kind: kind.to_owned(),
        text,
        detail,
        org: here.clone(),
    };
    let mut lines: BTreeSet<Line> = entries
        .into_iter()
        .filter_map(|entry| Some(line(word(entry.kind)?, entry.date, entry.text, entry.detail)))
        .collect();
    // What a note says stays with the courtyard that it is about.
    let mut ids = session.store.aliases(record.id)?;
    ids.push(record.id);
    let there = |noted: &&Noted| noted.present.iter().any(|id| ids.contains(id));
    let told =
        |noted: &Noted| line("note", noted.date.clone(), format!("在{}坐过，有手记", noted.yard), None);
    lines.extend(notes.of(session, record.org)?.iter().filter(there).map(told));
    for before in session.store.children(&transfer::TABLE, record.id)? {
        let came = before.text(transfer::DIRECTION) == Some(IN) && !before.voided();
        let Some(on) = before.text(transfer::ACCEPTED_ON).filter(|_| came) else { continue };
        let from = before.text(transfer::OTHER_NAME).unwrap_or("别的支部");
        lines.insert(line("move", on.to_owned(), format!("从{from}转来"), None));
        lines.extend(read_history(before.get(transfer::HISTORY)));
    }
    Ok(lines.into_iter().rev().take(LINES_MAX).collect())
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
