// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { RecordId } from "./dto";

/**
 * Which part of the trail; every key may be left out.
 */
export type AskTrail = { 
/**
 * A person of the roster
 */
person?: RecordId | null, 
/**
 * A user, as `audit.users` gave it
 */
user?: RecordId | null, kind?: TrailKind | null, 
/**
 * The first day
 */
from?: string | null, 
/**
 * The last day
 */
until?: string | null, 
/**
 * Where to go on, as the page before gave it
 */
after?: string | null, 
/**
 * So many at most
 */
limit?: number | null, };

/**
 * A part of the trail to be written as a workbook. It leaves a record.
 */
export type ExportTrail = { out: string, purpose: string, person?: RecordId | null, user?: RecordId | null, kind?: TrailKind | null, from?: string | null, until?: string | null, };

/**
 * One look.
 */
export type Look = { at: string, user: string, what: string, purpose: string, 
/**
 * How many people
 */
count: number, org_name: string, };

/**
 * A page of the trail, what came last first.
 */
export type Trail = { lines: Array<TrailLine>, 
/**
 * For `after`; null at the end. A page may be empty and still have more behind it.
 */
next: string | null, };

/**
 * What somebody did.
 */
export type TrailKind = "saw" | "exported" | "changed" | "took_back" | "erased" | "governed";

/**
 * Something that was done.
 */
export type TrailLine = { id: string, 
/**
 * As the clock of that computer said
 */
at: string, user: string, 
/**
 * Whose record it is
 */
org_name: string, 
/**
 * A, B …, of the computer that wrote it, with whose it is when it is another's
 */
laptop: string, kind: TrailKind, what: string, purpose: string | null, 
/**
 * How many people or records
 */
count: number, 
/**
 * A person of the roster whom it is about
 */
person: RecordId | null, person_name: string | null, };

/**
 * Somebody who has signed in somewhere that this store holds.
 */
export type TrailUser = { id: RecordId, name: string, org_name: string, };
