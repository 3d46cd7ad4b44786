//! What an import found: the document of `CLI.md`, "roster import --json".

use std::fmt;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use super::{Column, Field, Problem, Value, Values};
use crate::sheet::Grid;

/// A file read and compared with those held. Serialises to exactly the document of `CLI.md`, with further keys.
#[derive(Debug, Serialize)]
pub struct ImportReading {
    /// The file's name.
    pub file: String,
    /// The sheet that was taken; `None` for text and HTML.
    pub sheet: Option<String>,
    /// The header's rows, from 1.
    pub header_rows: Vec<u32>,
    /// The columns.
    pub columns: Vec<Column>,
    /// How many rows of each kind.
    pub counts: Counts,
    /// The persons of the file, in its order.
    pub rows: Vec<ReadRow>,
    /// The shape of the header, by which a corrected mapping is remembered.
    pub shape: String,
    /// Other sheets that have persons too.
    pub other_sheets: Vec<String>,
    /// Those held whom the file does not name, by id.
    pub not_in_file: Vec<String>,
    /// The sheet as it stands in the file.
    #[serde(skip)]
    pub grid: Grid,
}

/// How many rows of each kind; together they are all rows of the sheet but the header's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// Not held yet.
    pub new: u32,
    /// Held, with other values.
    pub changed: u32,
    /// Held, with nothing new.
    pub unchanged: u32,
    /// A person has to decide.
    pub doubtful: u32,
    /// Cannot be a person.
    pub refused: u32,
    /// No persons: titles, sums, blank rows.
    pub skipped: u32,
}

/// How a row stands to those held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not held yet.
    New,
    /// Held, with other values.
    Changed,
    /// Held, with nothing new.
    Unchanged,
    /// A person has to decide.
    Doubtful,
    /// Cannot be a person.
    Refused,
}

/// Why a person has to decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// The file has this person on more than one row.
    TwiceInFile,
    /// Somebody held has the name, and the row has no identity number to tell.
    SameName,
    /// Somebody held has the name and the birth date, and another identity number.
    SameNameOtherNumber,
    /// Somebody held has the identity number and another name.
    SameNumberOtherName,
    /// More than one person held has the identity number.
    NumberHeldTwice,
    /// The person is held as one who has left (转出, 去世 and the like).
    HasLeft,
    /// An earlier row of the file is the same person held.
    HeldTakenByOtherRow,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TwiceInFile => "这个人在表里不止一行，请您定留哪一行。",
            Self::SameName => "名册里有同名的人，表里没有证件号码，定不了是不是同一个人。",
            Self::SameNameOtherNumber => "名册里有同名同生日的人，证件号码不同，定不了是不是同一个人。",
            Self::SameNumberOtherName => "名册里有这个证件号码，姓名不同，请核对是改了名还是抄错了号码。",
            Self::NumberHeldTwice => "名册里不止一个人用这个证件号码，请先把名册里的理清。",
            Self::HasLeft => "名册里这个人已经不在本支部（转出、去世等），请您定要不要收回来。",
            Self::HeldTakenByOtherRow => "表里另有一行也是名册里的这个人，请您定用哪一行。",
        })
    }
}

/// One row, read and compared.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadRow {
    /// The row's number as a spreadsheet shows it, from 1.
    pub row: u32,
    /// How it stands to those held.
    pub status: Status,
    /// The person held whom the row is about, by id (`changed`, `unchanged`).
    pub held: Option<String>,
    /// What was read.
    pub values: Values,
    /// What stood in the file, where the value does not say it all.
    pub raw: Vec<(Field, Box<str>)>,
    /// What is wrong.
    pub problems: Vec<Problem>,
    /// Values that the file does not have but the identity number says.
    pub derived: Vec<Field>,
    /// What changes, old and new (`changed`).
    pub changes: Vec<(Field, Change)>,
    /// What the file has less precisely than what is held: it changes nothing unless a person says so.
    pub kept: Vec<(Field, Change)>,
    /// Why a person has to decide (`doubtful`).
    pub doubt: Option<Doubt>,
    /// Those held whom the row may be about, by id (`doubtful`).
    pub candidates: Vec<String>,
}

/// The old value and the new one.
pub type Change = (Option<Value>, Option<Value>);

impl Serialize for ReadRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("row", &self.row)?;
        map.serialize_entry("status", &self.status)?;
        map.serialize_entry("values", &self.values)?;
        map.serialize_entry("problems", &self.problems)?;
        if self.status == Status::Changed {
            map.serialize_entry("changes", &Changes(&self.changes))?;
        }
        if !self.kept.is_empty() {
            map.serialize_entry("kept", &Changes(&self.kept))?;
        }
        if !self.raw.is_empty() {
            map.serialize_entry("raw", &Raw(&self.raw))?;
        }
        if let Some(held) = &self.held {
            map.serialize_entry("held", held)?;
        }
        if let Some(doubt) = &self.doubt {
            map.serialize_entry("doubt", &doubt)?;
            map.serialize_entry("reason", &doubt.to_string())?;
            map.serialize_entry("candidates", &self.candidates)?;
        }
        map.end()
    }
}

struct Changes<'a>(&'a [(Field, Change)]);

impl Serialize for Changes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (field, (old, new)) in self.0 {
            if *field == Field::Phones {
                map.serialize_entry(field.name(), &(List(old), List(new)))?;
            } else {
                map.serialize_entry(field.name(), &(old, new))?;
            }
        }
        map.end()
    }
}

/// Telephones are a list, an empty one for none.
struct List<'a>(&'a Option<Value>);

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(value) => value.serialize(serializer),
            None => [(); 0].serialize(serializer),
        }
    }
}

struct Raw<'a>(&'a [(Field, Box<str>)]);

impl Serialize for Raw<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(field, text)| (field.name(), text)))
    }
}

impl Counts {
    pub(super) fn add(&mut self, status: Status) {
        match status {
            Status::New => self.new += 1,
            Status::Changed => self.changed += 1,
            Status::Unchanged => self.unchanged += 1,
            Status::Doubtful => self.doubtful += 1,
            Status::Refused => self.refused += 1,
        }
    }
}
