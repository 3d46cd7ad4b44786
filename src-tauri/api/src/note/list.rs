//! Notes as lists and as a workbook.

use std::collections::HashMap;

use yuanba_core::Id;
use yuanba_core::tables::{courtyard, errand, field_note};
use yuanba_store::Record;

use super::{ListNotes, Note};
use crate::Api;
use crate::dto::{OutFile, Written};
use crate::error::ApiError;
use crate::mask;
use crate::session::Session;
use crate::workbook::{self, text};

/// Notes as they are listed, the newest first.
pub(crate) fn notes_of(
    session: &Session,
    records: Vec<Record>,
    errands: &[Record],
) -> Result<Vec<Note>, ApiError> {
    let users = session.user_names()?;
    let came: HashMap<Id, Id> =
        errands.iter().filter_map(|record| Some((record.id(errand::NOTE)?, record.id))).collect();
    let yards: HashMap<Id, String> = session
        .live(&courtyard::TABLE)?
        .into_iter()
        .map(|yard| (yard.id, yard.text(courtyard::NAME).unwrap_or_default().to_owned()))
        .collect();
    let mut notes: Vec<(String, Id, Note)> = Vec::new();
    for record in records.iter().filter(|record| !record.voided()) {
        let Some(yard) = record.id(field_note::COURTYARD) else { continue };
        let said = |field| record.text(field).unwrap_or_default().to_owned();
        let author = record.id(field_note::AUTHOR).and_then(|id| users.get(&id).cloned());
        let note = Note {
            id: record.id.into(),
            courtyard: yard.into(),
            courtyard_name: yards.get(&yard).cloned().unwrap_or_default(),
            date: said(field_note::DATE),
            author: author.unwrap_or_default(),
            present: record.set(field_note::PRESENT).into_iter().filter_map(super::read_present).collect(),
            text: said(field_note::TEXT),
            tags: record.texts(field_note::TAGS).into_iter().map(str::to_owned).collect(),
            errand: came.get(&record.id).map(|id| (*id).into()),
        };
        notes.push((note.date.clone(), record.id, note));
    }
    notes.sort_by(|a, b| (&b.0, b.1).cmp(&(&a.0, a.1)));
    Ok(notes.into_iter().map(|(_, _, note)| note).collect())
}

fn rows(session: &Session, request: &ListNotes) -> Result<Vec<Note>, ApiError> {
    let (notes, errands) = match request.courtyard {
        Some(yard) => (
            session.store.children(&field_note::TABLE, yard.0)?,
            session.store.children(&errand::TABLE, yard.0)?,
        ),
        None => (session.live(&field_note::TABLE)?, session.live(&errand::TABLE)?),
    };
    let errands: Vec<Record> = errands.into_iter().filter(|record| !record.voided()).collect();
    notes_of(session, notes, &errands)
}

pub(super) fn list(api: &Api, request: ListNotes) -> Result<Vec<Note>, ApiError> {
    rows(&*api.session()?, &request)
}

pub(super) fn export(api: &Api, request: OutFile) -> Result<Written, ApiError> {
    let session = api.session()?;
    let rows = rows(&session, &ListNotes { courtyard: None })?;
    let columns = [
        ("日期", 12.0),
        ("院坝", 14.0),
        ("记录人", 10.0),
        ("在场的人", 24.0),
        ("内容", 70.0),
        ("事项", 16.0),
    ];
    let cells = rows
        .into_iter()
        .map(|row| {
            let there: Vec<String> = row.present.into_iter().map(|person| person.name).collect();
            vec![
                text(row.date),
                text(row.courtyard_name),
                text(row.author),
                text(there.join("、")),
                // A note may quote a telephone or an ID number; a list that leaves the house shows neither.
                text(mask::text(&row.text)),
                text(row.tags.join("、")),
            ]
        })
        .collect();
    workbook::write(&session, &request.out, "院坝手记", &columns, cells)
}
