// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { Done, Problem } from "./dto";

/**
 * Somebody whom a doubtful row might be.
 */
export type Candidate = { id: string, title: string, detail: string, };

/**
 * What a person says a column means.
 */
export type ColumnChoice = { column: string, field?: string | null, };

/**
 * What a person has decided; what is not named takes its preset.
 */
export type CommitImport = { session: string, 
/**
 * Row → field → which value stays
 */
choices: { [key in number]: { [key in string]: Keep } }, 
/**
 * Row → id of the person it is, or `new`, or `skip`
 */
candidates: { [key in number]: string }, };

/**
 * One field that would change.
 */
export type ImportChange = { field: string, label: string, old: string, new: string, 
/**
 * The preset
 */
choice: Keep, note: string | null, };

/**
 * A column and what it was taken for.
 */
export type ImportColumn = { 
/**
 * B
 */
column: string, header: string, field: string | null, field_name: string | null, 
/**
 * 0 to 1
 */
certainty: number, 
/**
 * The first values, masked where they are numbers of people
 */
samples: Array<string>, };

/**
 * How many rows of each kind.
 */
export type ImportCounts = { new: number, changed: number, unchanged: number, doubtful: number, refused: number, skipped: number, };

/**
 * What an import did.
 */
export type ImportDone = { done: Done | null, new: number, changed: number, };

/**
 * A field that a column may be taken for.
 */
export type ImportField = { field: string, label: string, };

/**
 * What an import would do. Nothing is written yet.
 */
export type ImportPreview = { session: string, file: string, sheet: string | null, header_rows: Array<number>, columns: Array<ImportColumn>, fields: Array<ImportField>, counts: ImportCounts, rows: Array<ImportRow>, };

/**
 * A roster to be taken in without questions: what waits for a person stays out.
 */
export type ImportRoster = { file: string, dry_run?: boolean | null, 
/**
 * A file with what the columns mean
 */
map?: string | null, 
/**
 * Where the rows that wait are written, as a workbook
 */
rejects?: string | null, };

/**
 * One row of the file.
 */
export type ImportRow = { 
/**
 * Row number in the sheet, from 1
 */
row: number, status: RowStatus, name: string, summary: string, problems: Array<Problem>, changes: Array<ImportChange>, candidates: Array<Candidate>, 
/**
 * The cells as they stand in the file
 */
raw: Array<string>, };

/**
 * Which of two values stays.
 */
export type Keep = "old" | "new";

/**
 * A corrected mapping; it is remembered for files of this shape.
 */
export type MapImport = { session: string, columns: Array<ColumnChoice>, header_rows?: Array<number> | null, };

/**
 * A file to be read.
 */
export type OpenImport = { path: string, };

/**
 * Where the rows that wait are to be written.
 */
export type RejectsOut = { session: string, out: string, };

/**
 * A workbook of the rows that wait.
 */
export type RejectsWritten = { path: string, rows: number, };

/**
 * The document of CLI `roster import --json`, with `done`, `written` and, where asked for, `rejects`.
 */
export type RosterImported = unknown;

/**
 * What would become of a row.
 */
export type RowStatus = "new" | "changed" | "unchanged" | "doubtful" | "refused";
