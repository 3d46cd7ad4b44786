//! `import.*`: an old spreadsheet becomes a roster, in steps that a person sees before anything is written.

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::Arc;

use serde_json::json;
use yuanba_core::tables::member;
use yuanba_paper::roster::{Field, ImportReading, Mapping, ReadRow, Status, Value, rejects};

use crate::dto::{Done, JobStarted, Problem, answer, request, words};
use crate::error::ApiError;
use crate::import_steps::{Decisions, Imported, Opened, commit as write, load, open as read, problem};
use crate::import_values::{shown, values};
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::session::Session;
use crate::{Api, mask, out_file};

/// The document of CLI `roster import --json`, with `done`, `written` and, where asked for, `rejects`.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema, ts_rs::TS)]
#[serde(transparent)]
pub struct RosterImported(#[ts(type = "unknown")] pub serde_json::Value);

words! {
    /// What would become of a row.
    pub enum RowStatus { New, Changed, Unchanged, Doubtful, Refused }

    /// Which of two values stays.
    pub enum Keep { Old, New }
}

request! {
    /// A file to be read.
    pub struct OpenImport { pub path: String }

    /// What a person says a column means.
    pub struct ColumnChoice { pub column: String, pub field: Option<String> }

    /// A corrected mapping; it is remembered for files of this shape.
    pub struct MapImport {
        pub session: String,
        pub columns: Vec<ColumnChoice>,
        pub header_rows: Option<Vec<u32>>,
    }

    /// What a person has decided; what is not named takes its preset.
    pub struct CommitImport {
        pub session: String,
        /// Row → field → which value stays
        #[serde(default)]
        pub choices: BTreeMap<u32, BTreeMap<String, Keep>>,
        /// Row → id of the person it is, or `new`, or `skip`
        #[serde(default)]
        pub candidates: BTreeMap<u32, String>,
    }

    /// Where the rows that wait are to be written.
    pub struct RejectsOut { pub session: String, pub out: String }
}

answer! {
    /// A column and what it was taken for.
    pub struct ImportColumn {
        /// B
        pub column: String,
        pub header: String,
        pub field: Option<String>,
        pub field_name: Option<String>,
        /// 0 to 1
        pub certainty: f64,
        /// The first values, masked where they are numbers of people
        pub samples: Vec<String>,
    }

    /// A field that a column may be taken for.
    pub struct ImportField { pub field: String, pub label: String }

    /// How many rows of each kind.
    pub struct ImportCounts {
        pub new: u32,
        pub changed: u32,
        pub unchanged: u32,
        pub doubtful: u32,
        pub refused: u32,
        pub skipped: u32,
    }

    /// One field that would change.
    pub struct ImportChange {
        pub field: String,
        pub label: String,
        pub old: String,
        pub new: String,
        /// The preset
        pub choice: Keep,
        pub note: Option<String>,
    }

    /// Somebody whom a doubtful row might be.
    pub struct Candidate { pub id: String, pub title: String, pub detail: String }

    /// One row of the file.
    pub struct ImportRow {
        /// Row number in the sheet, from 1
        pub row: u32,
        pub status: RowStatus,
        pub name: String,
        pub summary: String,
        pub problems: Vec<Problem>,
        pub changes: Vec<ImportChange>,
        pub candidates: Vec<Candidate>,
        /// The cells as they stand in the file
        pub raw: Vec<String>,
    }

    /// What an import would do. Nothing is written yet.
    pub struct ImportPreview {
        pub session: String,
        pub file: String,
        pub sheet: Option<String>,
        pub header_rows: Vec<u32>,
        pub columns: Vec<ImportColumn>,
        pub fields: Vec<ImportField>,
        pub counts: ImportCounts,
        pub rows: Vec<ImportRow>,
    }

    /// What an import did.
    pub struct ImportDone { pub done: Option<Done>, pub new: u32, pub changed: u32 }

    /// A workbook of the rows that wait.
    pub struct RejectsWritten { pub path: String, pub rows: u32 }
}

request! {
    /// A roster to be taken in without questions: what waits for a person stays out.
    pub struct ImportRoster {
        pub file: String,
        pub dry_run: Option<bool>,
        /// A file with what the columns mean
        pub map: Option<String>,
        /// Where the rows that wait are written, as a workbook
        pub rejects: Option<String>,
    }
}

commands! {
    /// Reads a file; the job's result is an ImportPreview
    "import.open" (OpenImport) -> JobStarted => ImportPreview, open;
    /// Corrects what the columns mean
    "import.map" (MapImport) -> ImportPreview, map;
    /// Writes the people; the job's result is an ImportDone
    "import.commit" (CommitImport) -> JobStarted => ImportDone, commit;
    /// Writes the rows that wait as a workbook, each with its reason
    "import.rejects" (RejectsOut) -> RejectsWritten, reject;
    /// Reads a roster and, unless it is a dry run, writes what is new and what has changed, as CLI `roster import`
    "roster.import" (ImportRoster) -> RosterImported, import_roster;
}

/// Files that wait for decisions; the oldest is forgotten first.
const WAITING_MAX: usize = 4;
/// Rows that a preview carries; those that need a look come first.
const ROWS_MAX: usize = 3000;
/// Samples of a column.
const SAMPLES: usize = 3;

/// The files that wait for decisions.
#[derive(Default)]
pub(crate) struct Imports(VecDeque<(String, Arc<Opened>)>);

impl Imports {
    fn keep(&mut self, session: String, opened: Arc<Opened>) {
        self.0.retain(|(known, _)| *known != session);
        if self.0.len() >= WAITING_MAX {
            self.0.pop_front();
        }
        self.0.push_back((session, opened));
    }

    fn get(&self, session: &str) -> Result<Arc<Opened>, ApiError> {
        let found = self.0.iter().find(|(known, _)| known == session).map(|(_, opened)| opened.clone());
        found.ok_or_else(|| Trouble::NotFound { what: "个文件，也许已经写过了，重新选一次" }.into())
    }
}

/// The name of a file without its folders.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

fn open(api: &Api, request: OpenImport) -> Result<JobStarted, ApiError> {
    // What is no file is told at once and not by a job.
    let path = std::path::PathBuf::from(&request.path);
    let bytes = load(&path)?;
    Ok(api.begin(move |api, progress| {
        let opened = Arc::new(read(api, file_name(&path), bytes, None, Some(progress))?);
        progress.go_on()?;
        keep_and_show(&mut *api.session()?, None, opened)
    }))
}

fn map(api: &Api, request: MapImport) -> Result<ImportPreview, ApiError> {
    let before = api.session()?.imports.get(&request.session)?;
    let mut mapping = before.mapping.clone().unwrap_or_default();
    mapping.sheet = mapping.sheet.or_else(|| before.reading.sheet.clone());
    if let Some(rows) = request.header_rows {
        mapping.header_rows = Some(rows);
    }
    for column in request.columns {
        let field = match column.field.as_deref() {
            None => None,
            Some(name) => {
                let text = || format!("花名册里没有「{name}」这一项。");
                Some(
                    Field::from_name(name)
                        .ok_or_else(|| Trouble::BadValue { field: "columns", text: text() })?,
                )
            }
        };
        mapping.columns.insert(column.column, field);
    }
    let opened = Arc::new(before.again(api, mapping)?);
    keep_and_show(&mut *api.session()?, Some(request.session), opened)
}

fn commit(api: &Api, request: CommitImport) -> Result<JobStarted, ApiError> {
    let opened = api.session()?.imports.get(&request.session)?;
    let decisions = Decisions { choices: request.choices, candidates: request.candidates };
    Ok(api.begin(move |api, progress| {
        let total = opened.reading.rows.len() as u64;
        progress.say(0, Some(total), "正在写进花名册");
        progress.go_on()?;
        let mut session = api.session()?;
        let Imported { done, new, changed } = write(&mut session, &opened, &decisions)?;
        session.imports.0.retain(|(known, _)| *known != request.session);
        progress.say(total, Some(total), "写好了");
        Ok(ImportDone { done, new, changed })
    }))
}

fn reject(api: &Api, request: RejectsOut) -> Result<RejectsWritten, ApiError> {
    let mut session = api.session()?;
    let opened = session.imports.get(&request.session)?;
    goes_back_whole(&mut session, &opened.reading)?;
    drop(session);
    let rows = out_file::workbook(Path::new(&request.out), |file| rejects::write(&opened.reading, file))?;
    Ok(RejectsWritten { path: request.out, rows })
}

/// Rows go back as they stood in the table that was read, numbers and all: whoever filled it in must see what to correct. So
/// it stays in the trail that they went out, and the trace comes first: whole numbers never leave without one.
fn goes_back_whole(session: &mut Session, reading: &ImportReading) -> Result<(), ApiError> {
    match rejects::count(reading) {
        0 => Ok(()),
        rows => session.leave_trace("导出没读进去的行", "退给填表的人改", rows, None),
    }
}

fn keep_and_show(
    session: &mut Session,
    known: Option<String>,
    opened: Arc<Opened>,
) -> Result<ImportPreview, ApiError> {
    let name = known.unwrap_or_else(|| session.store.new_id().to_string());
    let preview = preview(session, &name, &opened)?;
    session.imports.keep(name, opened);
    Ok(preview)
}

/// What a preview shows first: what needs a decision, then what is written, then the rest.
fn urgency(row: &ReadRow) -> u8 {
    match row.status {
        Status::Doubtful => 0,
        Status::Changed => 1,
        Status::Refused => 2,
        Status::New if !row.problems.is_empty() => 3,
        Status::New => 4,
        Status::Unchanged => 5,
    }
}

fn preview(session: &Session, name: &str, opened: &Opened) -> Result<ImportPreview, ApiError> {
    let reading = &opened.reading;
    let mut order: Vec<&ReadRow> = reading.rows.iter().collect();
    order.sort_by_key(|row| (urgency(row), row.row));
    let rows = order.into_iter().take(ROWS_MAX).map(|row| preview_row(session, opened, row));
    let counts = reading.counts;
    Ok(ImportPreview {
        session: name.to_owned(),
        file: reading.file.clone(),
        sheet: reading.sheet.clone(),
        header_rows: reading.header_rows.clone(),
        columns: reading.columns.iter().map(|column| preview_column(opened, column)).collect(),
        fields: Field::ALL
            .iter()
            .map(|field| ImportField { field: field.name().to_owned(), label: field.label().to_owned() })
            .collect(),
        counts: ImportCounts {
            new: counts.new,
            changed: counts.changed,
            unchanged: counts.unchanged,
            doubtful: counts.doubtful,
            refused: counts.refused,
            skipped: counts.skipped,
        },
        rows: rows.collect::<Result<_, _>>()?,
    })
}

fn preview_column(opened: &Opened, column: &yuanba_paper::roster::Column) -> ImportColumn {
    let grid = &opened.reading.grid;
    let cells = opened.reading.rows.iter().take(50).filter_map(|row| grid.row(grid.place_of(row.row - 1)?));
    let text = cells.map(|row| row.get(column.index).text(grid.epoch()).trim().to_owned());
    let hide = |text: String| match column.field {
        Some(Field::IdNumber) => mask::id_number(&text),
        Some(field) if says_where(field) => mask::address(&text),
        _ => mask::text(&text),
    };
    ImportColumn {
        column: column.column.clone(),
        header: column.header.clone(),
        field: column.field.map(|field| field.name().to_owned()),
        field_name: column.field.map(|field| field.label().to_owned()),
        certainty: (f64::from(column.certainty) * 100.0).round() / 100.0,
        samples: text.filter(|text| !text.is_empty()).take(SAMPLES).map(hide).collect(),
    }
}

/// Where somebody lives: numbers of houses are masked too.
fn says_where(field: Field) -> bool {
    matches!(field, Field::Address | Field::HouseholdPlace | Field::FloatingPlace)
}

fn preview_row(session: &Session, opened: &Opened, row: &ReadRow) -> Result<ImportRow, ApiError> {
    let grid = &opened.reading.grid;
    let cells = grid.place_of(row.row - 1).and_then(|at| grid.row(at));
    let is_place = |column: u32| {
        opened.reading.columns.iter().any(|of| of.index == column && of.field.is_some_and(says_where))
    };
    let raw = cells.map(|cells| {
        let text = |column| {
            let text = mask::text(&cells.get(column).text(grid.epoch()));
            if is_place(column) { mask::address(&text) } else { text }
        };
        (0..grid.columns()).map(text).collect()
    });
    let change = |choice: Keep, note: Option<&str>, (field, (old, new)): &(Field, _)| {
        let mut sides = [shown(*field, Option::as_ref(old)), shown(*field, Option::as_ref(new))];
        if let [Some(Value::Text(old)), Some(Value::Text(new))] = [old, new]
            && says_where(*field)
        {
            // So that whoever chooses can tell them apart.
            let apart = mask::apart(&[old, new], mask::address);
            sides = apart.try_into().unwrap_or(sides);
        }
        let [old, new] = sides;
        ImportChange {
            field: field.name().to_owned(),
            label: field.label().to_owned(),
            old,
            new,
            choice,
            note: note.map(str::to_owned),
        }
    };
    let mut changes: Vec<ImportChange> = row.changes.iter().map(|c| change(Keep::New, None, c)).collect();
    changes.extend(row.kept.iter().map(|c| change(Keep::Old, Some("新的没有旧的细"), c)));
    let mut candidates = Vec::new();
    for id in row.candidates.iter().filter_map(|id| id.parse::<yuanba_core::Id>().ok()) {
        if let Some(record) = session.store.record(&member::TABLE, id)? {
            let held = values(&record);
            let known = [Field::BirthDate, Field::IdNumber, Field::PartyGroup].into_iter();
            let detail = known.filter_map(|field| Some(shown(field, Some(held.get(field)?))));
            candidates.push(Candidate {
                id: id.to_string(),
                title: held.name().unwrap_or_default().to_owned(),
                detail: detail.collect::<Vec<_>>().join("，"),
            });
        }
    }
    let status = match row.status {
        Status::New => RowStatus::New,
        Status::Changed => RowStatus::Changed,
        Status::Unchanged => RowStatus::Unchanged,
        Status::Doubtful => RowStatus::Doubtful,
        Status::Refused => RowStatus::Refused,
    };
    Ok(ImportRow {
        row: row.row,
        status,
        name: row.values.name().unwrap_or_default().to_owned(),
        summary: summary(row),
        problems: row.problems.iter().map(problem).map(masked).collect(),
        changes,
        candidates,
        raw: raw.unwrap_or_default(),
    })
}

/// A finding without the numbers of people that it may quote.
fn masked(mut problem: Problem) -> Problem {
    problem.text = mask::text(&problem.text);
    problem
}

/// What the row is about, in a line.
fn summary(row: &ReadRow) -> String {
    if let Some(doubt) = row.doubt {
        return doubt.to_string();
    }
    let told = [Field::Sex, Field::BirthDate, Field::Kind, Field::JoinedOn, Field::Branch].into_iter();
    let told = told.filter_map(|field| Some(shown(field, Some(row.values.get(field)?))));
    told.collect::<Vec<_>>().join("，")
}

/// A mapping file is never larger than this.
const MAPPING_BYTES_MAX: usize = 1 << 20;

fn import_roster(api: &Api, request: ImportRoster) -> Result<RosterImported, ApiError> {
    let path = Path::new(&request.file);
    let mapping = match request.map.as_deref().map(Path::new) {
        None => None,
        Some(map) => {
            let bytes = load(map)?;
            let small = bytes.len() <= MAPPING_BYTES_MAX;
            let mapping = small.then(|| Mapping::from_json(&bytes)).flatten();
            Some(mapping.ok_or_else(|| Trouble::DamagedFile { path: map.display().to_string() })?)
        }
    };
    let opened = read(api, file_name(path), load(path)?, mapping, None)?;
    let mut document = serde_json::to_value(&opened.reading).map_err(|_| Trouble::Internal)?;
    if let Some(out) = request.rejects.as_deref() {
        // A dry run writes nothing into the store, this neither.
        if request.dry_run != Some(true) {
            goes_back_whole(&mut *api.session()?, &opened.reading)?;
        }
        let rows = out_file::workbook(Path::new(out), |file| rejects::write(&opened.reading, file))?;
        document["rejects"] = json!({ "path": out, "rows": rows });
    }
    let written = match request.dry_run {
        Some(true) => Imported { done: None, new: 0, changed: 0 },
        _ => write(&mut *api.session()?, &opened, &Decisions::default())?,
    };
    document["done"] = serde_json::to_value(&written.done).map_err(|_| Trouble::Internal)?;
    document["written"] = json!({ "new": written.new, "changed": written.changed });
    Ok(RosterImported(document))
}
