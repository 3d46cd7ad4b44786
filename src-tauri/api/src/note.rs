//! `note.*`: 手记, what was heard in a courtyard.

mod list;

use yuanba_core::Value;
use yuanba_core::tables::{field_note, member};
use yuanba_store::Intent;

use crate::Api;
use crate::courtyard;
use crate::dto::{Done, OutFile, RecordId, Written, answer, request};
use crate::entered::{self, LONG_MAX, SHORT_MAX};
use crate::errand::{self, NewErrand, OpenedErrand};
use crate::error::ApiError;
use crate::mask;
use crate::member::purpose;
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::session::Session;

pub(crate) use list::notes_of;

/// Somebody who was there: a member of the roster or a name.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema, ts_rs::TS)]
#[serde(deny_unknown_fields)]
pub struct Present {
    pub name: String,
    pub member: Option<RecordId>,
}

request! {
    /// An errand that comes out of a note.
    pub struct NoteErrand {
        /// Id of the catalogue
        pub matter: String,
        /// Who asked; left out: the first who was there
        pub person: Option<String>,
        pub agent: Option<RecordId>,
        #[serde(default)]
        pub papers: Vec<String>,
        /// Left out: computed from the catalogue
        pub promised_on: Option<String>,
    }

    /// A note to be written.
    pub struct SaveNote {
        pub id: Option<RecordId>,
        pub courtyard: RecordId,
        pub date: String,
        #[serde(default)]
        pub present: Vec<Present>,
        pub text: String,
        #[serde(default)]
        pub tags: Vec<String>,
        pub errand: Option<NoteErrand>,
    }

    /// A note with the numbers that it quotes. It leaves a record.
    pub struct UnmaskNote { pub id: RecordId, pub purpose: String }

    /// Notes of one courtyard, or all.
    pub struct ListNotes { pub courtyard: Option<RecordId> }
}

answer! {
    /// A note.
    pub struct Note {
        pub id: RecordId,
        pub courtyard: RecordId,
        pub courtyard_name: String,
        pub date: String,
        pub author: String,
        pub present: Vec<Present>,
        pub text: String,
        pub tags: Vec<String>,
        /// The errand that came out of it
        pub errand: Option<RecordId>,
    }

    /// The whole text of a note.
    pub struct WholeNote { pub text: String }

    /// A note was written.
    pub struct NoteSaved { pub note: RecordId, pub errand: Option<OpenedErrand>, pub done: Done }
}

commands! {
    /// Writes a note, and the errand that comes out of it
    "note.save" (SaveNote) -> NoteSaved, save;
    /// Notes, the newest first
    "note.list" (ListNotes) -> Vec<Note>, list::list;
    /// Shows a note with the numbers that it quotes, for a purpose
    "note.unmask" (UnmaskNote) -> WholeNote, unmask;
    /// Writes the notes to a workbook
    "note.export" (OutFile) -> Written, list::export;
}

/// The most people, or tags, of one note.
const LIST_MAX: usize = 500;

/// Somebody who was there as a record holds it: `[name]` or `[name, member]`.
fn present(session: &Session, person: &Present) -> Result<Value, ApiError> {
    let mut list = Vec::new();
    match person.member {
        Some(id) => {
            let record = session.one(&member::TABLE, id.0, "个人")?;
            list.push(record.text(member::NAME).unwrap_or_default().into());
            list.push(record.id.into());
        }
        None => list.push(entered::required("present", "在场的人", &person.name, SHORT_MAX)?.into()),
    }
    Ok(Value::List(list))
}

/// Reads back what [`present`] wrote.
pub(crate) fn read_present(value: &Value) -> Option<Present> {
    let list = value.as_list();
    let name = list.first()?.as_text()?.to_owned();
    Some(Present { name, member: list.get(1).and_then(Value::as_id).map(RecordId) })
}

fn unmask(api: &Api, request: UnmaskNote) -> Result<WholeNote, ApiError> {
    let mut session = api.session()?;
    let record = session.one(&field_note::TABLE, request.id.0, "篇手记")?;
    let purpose = purpose(Some(&request.purpose))?;
    session.leave_trace("看手记里的全号", &purpose, 1, Some(record.id))?;
    Ok(WholeNote { text: record.text(field_note::TEXT).unwrap_or_default().to_owned() })
}

fn save(api: &Api, request: SaveNote) -> Result<NoteSaved, ApiError> {
    let mut session = api.session()?;
    let (yard, yard_name) = courtyard::find(&session, request.courtyard)?;
    let date = entered::past_day("date", "日期", &request.date, session.store.today())?;
    let text = entered::required("text", "内容", &request.text, LONG_MAX)?;
    if request.present.len().max(request.tags.len()) > LIST_MAX {
        let text = format!("在场的人和事项各最多 {LIST_MAX} 个。");
        return Err(Trouble::BadValue { field: "present", text }.into());
    }
    let there =
        request.present.iter().map(|person| present(&session, person)).collect::<Result<Vec<_>, _>>()?;
    let tags = request
        .tags
        .iter()
        .filter_map(|tag| entered::optional("tags", "事项", Some(tag), SHORT_MAX).transpose())
        .map(|tag| tag.map(Value::Text))
        .collect::<Result<Vec<_>, _>>()?;
    let held = request.id.map(|id| session.one(&field_note::TABLE, id.0, "篇手记")).transpose()?;
    // The list showed the numbers in it masked.
    let known = held.as_ref().and_then(|record| record.text(field_note::TEXT)).unwrap_or_default();
    let text = mask::filled_in(&text, known)
        .ok_or_else(|| Trouble::BadValue {
            field: "text", text: "内容里有号码遮住了一部分。".to_owned()
        })?;
    let id = held.as_ref().map_or_else(|| session.store.new_id(), |record| record.id);
    let mut said = match held {
        Some(_) => format!("改了{yard_name} {date} 的手记"),
        None => format!("写了{yard_name}的手记"),
    };
    let mut intent = Intent::new("").of(yard.org);
    let draft = match &held {
        Some(record) => intent.edit(record),
        None => intent.create(&field_note::TABLE, id).put(field_note::AUTHOR, session.store.me().id),
    };
    draft
        .put(field_note::COURTYARD, yard.id)
        .put(field_note::DATE, date.to_string())
        .put(field_note::TEXT, text)
        .put_all(field_note::PRESENT, &there)
        .put_all(field_note::TAGS, &tags);
    let mut opened = None;
    if let Some(asked) = &request.errand {
        let first = there.first().and_then(read_present).map(|person| person.name);
        let person = match asked.person.as_deref().filter(|person| !person.trim().is_empty()) {
            Some(person) => person.to_owned(),
            None => first.ok_or(Trouble::Empty { field: "person", label: "替谁办" })?,
        };
        let new = NewErrand {
            courtyard: Some(yard.id),
            person: &person,
            matter: &asked.matter,
            agent: asked.agent,
            papers: &asked.papers,
            promised_on: asked.promised_on.as_deref(),
            note: Some(id),
            on: date,
        };
        let errand = errand::write(&mut session, &mut intent, new)?;
        said = format!("{said}，{}", errand.said);
        opened = Some(errand.opened);
    }
    intent.say(said);
    Ok(NoteSaved { note: id.into(), errand: opened, done: session.commit(intent)? })
}
