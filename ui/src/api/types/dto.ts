// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api


/**
 * What was done, named so that it can be taken back: `undo.group` with `group`.
 */
export type Done = { 
/**
 * The group of changes
 */
group: string, 
/**
 * 给王秀英定了「政策宣传岗」
 */
text: string, 
/**
 * RFC 3339, +08:00
 */
at: string, };

/**
 * An answer that says no more than that it was done.
 */
export type Empty = Record<symbol, never>;

/**
 * Long work that was begun: ask `job.status`.
 */
export type JobStarted = { job: string, };

/**
 * An answer with nothing but what was done.
 */
export type JustDone = { done: Done, };

/**
 * A new record and what was done.
 */
export type Made = { id: RecordId, done: Done, };

/**
 * A record or an organisation with the name people know it by.
 */
export type Named = { id: RecordId, name: string, };

/**
 * A request that needs nothing.
 */
export type Nothing = Record<symbol, never>;

/**
 * One record.
 */
export type OneRecord = { id: RecordId, };

/**
 * A file to be written.
 */
export type OutFile = { 
/**
 * Full path of the file
 */
out: string, };

/**
 * A finding about one field of a form or an imported row; the codes are those of `roster import`.
 */
export type Problem = { field: string, code: string, 
/**
 * Plain Chinese
 */
text: string, };

/**
 * The id of a record, an organisation or a group of changes: 32 hexadecimal digits.
 */
export type RecordId = string;

/**
 * A workbook that was written.
 */
export type Written = { 
/**
 * Full path of the file
 */
path: string, 
/**
 * How many rows, without the header
 */
rows: number, };
