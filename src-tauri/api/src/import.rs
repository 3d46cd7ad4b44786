//! `import.*`: an old spreadsheet becomes a roster, in steps that a person sees before anything is written.

use std::collections::BTreeMap;

use crate::dto::{Done, JobStarted, Problem, answer, request, words};
use crate::registry::commands;

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

commands! {
    /// Reads a file; the job's result is an ImportPreview
    "import.open" (OpenImport) -> JobStarted => ImportPreview, Write;
    /// Corrects what the columns mean
    "import.map" (MapImport) -> ImportPreview, Write;
    /// Writes the people; the job's result is an ImportDone
    "import.commit" (CommitImport) -> JobStarted => ImportDone, Write;
    /// Writes the rows that wait as a workbook, each with its reason
    "import.rejects" (RejectsOut) -> RejectsWritten, Write;
}
