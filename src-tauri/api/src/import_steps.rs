//! The steps of an import: reading a file, holding it against the roster, writing what was decided.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use yuanba_core::Id;
use yuanba_core::tables::member;
use yuanba_paper::Watch;
use yuanba_paper::roster::{
    Field, Held, ImportReading, Mapping, ReadOptions, ReadRow, Roster, RosterError, Status, Values, compare,
    read,
};
use yuanba_paper::sheet::{SheetError, limits::FILE_BYTES_MAX};
use yuanba_store::intent::RecordDraft;
use yuanba_store::{Intent, Record};

use crate::dto::{Done, Problem};
use crate::error::{ApiError, Code};
use crate::import::Keep;
use crate::import_values::{create, held, put};
use crate::job::Progress;
use crate::sentences::Trouble;
use crate::session::Session;
use crate::{Api, problems};

/// Where corrected mappings are remembered, by the shape of the header.
const MAPPINGS: &str = "import.mapping/";

/// A file that was read and waits for decisions.
pub(crate) struct Opened {
    pub(crate) file: String,
    bytes: Arc<[u8]>,
    pub(crate) mapping: Option<Mapping>,
    pub(crate) reading: ImportReading,
}

/// What a person has decided; what is not decided takes its preset.
#[derive(Default)]
pub(crate) struct Decisions {
    pub(crate) choices: BTreeMap<u32, BTreeMap<String, Keep>>,
    pub(crate) candidates: BTreeMap<u32, String>,
}

/// What an import wrote.
pub(crate) struct Imported {
    pub(crate) done: Option<Done>,
    pub(crate) new: u32,
    pub(crate) changed: u32,
}

/// The bytes of a file, within the reader's limit.
pub(crate) fn load(path: &Path) -> Result<Arc<[u8]>, ApiError> {
    let file = File::open(path).map_err(|error| Trouble::reading(path, &error))?;
    if !file.metadata().map_err(|error| Trouble::reading(path, &error))?.is_file() {
        return Err(Trouble::UnreadableFile { path: path.display().to_string() }.into());
    }
    let mut bytes = Vec::new();
    // One byte more than allowed, so that the reader refuses what is too large.
    let read = file.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| Trouble::reading(path, &error))?;
    Ok(bytes.into())
}

/// Reads a file and holds it against the roster. A corrected mapping of a file of the same shape is used again.
pub(crate) fn open(
    api: &Api,
    file: String,
    bytes: Arc<[u8]>,
    mapping: Option<Mapping>,
    progress: Option<&Progress>,
) -> Result<Opened, ApiError> {
    let today = api.session()?.store.today();
    let read_with = |mapping: Option<Mapping>| {
        let mut tell = |rows: u64| {
            if let Some(progress) = progress {
                progress.say(rows, None, format!("正在读「{file}」，读了 {rows} 行"));
            }
        };
        let mut watch = Watch::new(progress.map(Progress::stop), Some(&mut tell));
        read(&bytes, &ReadOptions { today, mapping }, &mut watch)
    };
    let (roster, used) = match mapping {
        Some(mapping) => {
            let roster = read_with(Some(mapping.clone())).map_err(refused)?;
            let remembered = format!("{MAPPINGS}{}", roster.header.shape());
            let kept = serde_json::to_value(&mapping).map_err(|_| Trouble::Internal)?;
            api.session()?.store.local_put(&remembered, &kept)?;
            (roster, Some(mapping))
        }
        None => {
            let found = read_with(None);
            let shape = match &found {
                Ok(roster) => Some(roster.header.shape()),
                Err(RosterError::NoHeader) => None,
                Err(_) => return Err(found.err().map_or_else(|| Trouble::Internal.into(), refused)),
            };
            match again(api, shape.as_deref(), &read_with)? {
                Some((roster, mapping)) => (roster, Some(mapping)),
                // A remembered correction that no longer fits must not keep the file out.
                None => (found.map_err(refused)?, None),
            }
        }
    };
    let held = held_here(&*api.session()?)?;
    if let Some(progress) = progress {
        progress.say(roster.rows.len() as u64, Some(roster.rows.len() as u64), "正在和花名册比对");
    }
    let reading = compare(&file, roster, &held);
    Ok(Opened { file, bytes, mapping: used, reading })
}

/// Reads a file by a correction that is remembered for the shape of its header. Of a file in which no header was found
/// the shape is not known: there it is the correction under which it has that shape.
fn again(
    api: &Api,
    shape: Option<&str>,
    read_with: &dyn Fn(Option<Mapping>) -> Result<Roster, RosterError>,
) -> Result<Option<(Roster, Mapping)>, ApiError> {
    let remembered = api.session()?.store.local_list(MAPPINGS)?;
    for (key, mapping, _) in remembered {
        let Some(kept) = key.strip_prefix(MAPPINGS).filter(|kept| !kept.is_empty()) else { continue };
        let Ok(mapping) = serde_json::from_value::<Mapping>(mapping) else { continue };
        let wanted = match shape {
            Some(shape) => shape == kept,
            None => mapping.names_people(),
        };
        if !wanted {
            continue;
        }
        // The same table may stand on a sheet of another name, or a row lower.
        let moved = Mapping { sheet: None, header_rows: None, ..mapping.clone() };
        for mapping in [mapping, moved] {
            match read_with(Some(mapping.clone())) {
                Ok(roster) if roster.header.shape() == kept => return Ok(Some((roster, mapping))),
                _ => {}
            }
        }
    }
    Ok(None)
}

impl Opened {
    /// The same file with other meanings of its columns.
    pub(crate) fn again(&self, api: &Api, mapping: Mapping) -> Result<Opened, ApiError> {
        open(api, self.file.clone(), self.bytes.clone(), Some(mapping), None)
    }
}

/// Everybody of this organisation's own roster, those who have left included.
fn held_here(session: &Session) -> Result<Vec<Held>, ApiError> {
    let records = session.store.records_of(&member::TABLE, session.store.org())?;
    Ok(records.iter().filter(|record| !record.voided()).map(held).collect())
}

fn refused(error: RosterError) -> ApiError {
    let code = match error {
        RosterError::Sheet(SheetError::Cancelled) => Code::Cancelled,
        _ => Code::Refused,
    };
    ApiError { code, message: error.message(), next_step: error.next_step().to_owned(), field: None }
}

/// Writes what was decided, all of it as one act that can be undone.
pub(crate) fn commit(
    session: &mut Session,
    opened: &Opened,
    decisions: &Decisions,
) -> Result<Imported, ApiError> {
    let mut intent = Intent::new("");
    let (mut new, mut changed) = (0, 0);
    for row in &opened.reading.rows {
        let taken = decisions.candidates.get(&row.row).map(String::as_str);
        match (row.status, taken) {
            (Status::New, _) | (Status::Doubtful, Some("new")) => {
                let draft = create(&mut intent, session.store.new_id(), &row.values);
                note_problems(draft, None, row);
                new += 1;
            }
            (Status::Changed, _) => {
                let record = row.held.as_deref().and_then(|id| id.parse::<Id>().ok());
                let record = record.map(|id| session.member(id.into())).transpose()?;
                let Some(record) = record else { continue };
                let choices = decisions.choices.get(&row.row);
                changed += u32::from(write_changes(&mut intent, &record, row, choices));
            }
            (Status::Doubtful, Some(id)) if id != "skip" => {
                let id: Id = id.parse().map_err(|_| Trouble::BadRequest)?;
                if !row.candidates.contains(&id.to_string()) {
                    return Err(Trouble::NotFound { what: "个人，表里这一行不能当成他" }.into());
                }
                let record = session.member(id.into())?;
                changed += u32::from(write_all(&mut intent, &record, row));
            }
            _ => {}
        }
    }
    if intent.is_empty() {
        return Ok(Imported { done: None, new: 0, changed: 0 });
    }
    let told = [("新增", new), ("改", changed)].into_iter().filter(|(_, count)| *count > 0);
    let told: Vec<String> = told.map(|(verb, count)| format!("{verb} {count}\u{a0}人")).collect();
    intent.say(format!("从「{}」写进花名册：{}", opened.file, told.join("，")));
    Ok(Imported { done: Some(session.commit(intent)?), new, changed })
}

/// Takes over what changes, unless somebody chose to keep the old; a value less precise than the one held is kept
/// unless somebody chose the new.
fn write_changes(
    intent: &mut Intent,
    record: &Record,
    row: &ReadRow,
    choices: Option<&BTreeMap<String, Keep>>,
) -> bool {
    let chosen = |field: Field, preset: Keep| {
        let choice = choices.and_then(|choices| choices.get(field.name())).copied();
        choice.unwrap_or(preset) == Keep::New
    };
    let new = row.changes.iter().filter(|(field, _)| chosen(*field, Keep::New));
    let kept = row.kept.iter().filter(|(field, _)| chosen(*field, Keep::Old));
    let mut written = new.chain(kept).peekable();
    if written.peek().is_none() {
        return false;
    }
    let draft = intent.edit(record);
    for (field, (_, value)) in written {
        put(draft, *field, value.as_ref());
    }
    note_problems(draft, Some(record), row);
    true
}

/// Takes over every value of a row for somebody whom a person has named; what the row does not have stays.
fn write_all(intent: &mut Intent, record: &Record, row: &ReadRow) -> bool {
    let draft = intent.edit(record);
    let values: &Values = &row.values;
    for (field, value) in values.iter() {
        put(draft, field, Some(value));
    }
    let any = !draft.is_empty();
    note_problems(draft, Some(record), row);
    any
}

/// Keeps with the record what is doubtful about it, and what the file said there.
fn note_problems(draft: &mut RecordDraft, record: Option<&Record>, row: &ReadRow) {
    let mut kept = record.map(problems::of).unwrap_or_default();
    let mut raw = record.map(problems::raw_of).unwrap_or_default();
    for (field, _) in row.values.iter().filter(|(field, _)| row.problems.iter().all(|p| p.field != *field)) {
        kept.retain(|problem| problem.field != field.name());
        raw.retain(|(name, _)| name != field.name());
    }
    for found in &row.problems {
        let problem = problem(found);
        // What was asked of the person at the import is settled by having answered.
        if matches!(problem.code.as_str(), "value_masked" | "duplicate_in_file") || kept.contains(&problem) {
            continue;
        }
        kept.retain(|other| (&other.field, &other.code) != (&problem.field, &problem.code));
        kept.push(problem);
    }
    for (field, text) in &row.raw {
        raw.retain(|(name, _)| name != field.name());
        raw.push((field.name().to_owned(), text.to_string()));
    }
    // A person without problems has no such field; one whose problems are settled has it emptied.
    draft.put(member::PROBLEMS, problems::value(&kept)).put(member::RAW, problems::raw_value(&raw));
}

/// A finding as answers carry it.
pub(crate) fn problem(found: &yuanba_paper::roster::Problem) -> Problem {
    let code = serde_json::to_value(found.code).ok();
    Problem {
        field: found.field.name().to_owned(),
        code: code.as_ref().and_then(|code| code.as_str()).unwrap_or_default().to_owned(),
        text: found.text.clone(),
    }
}
