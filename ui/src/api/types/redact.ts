// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { RecordId } from "./dto";

/**
 * A record that names the person and is about something else.
 */
export type EraseMention = { id: RecordId, 
/**
 * 手记, 代办 …
 */
label: string, date: string | null, 
/**
 * The beginning of it, numbers masked
 */
text: string, };

/**
 * Records of one kind that are erased.
 */
export type ErasePart = { 
/**
 * 党员, 岗位 …
 */
label: string, org_name: string, count: number, };

/**
 * A person whose lawful request is carried out.
 */
export type ErasePerson = { id: RecordId, 
/**
 * Why, without the person's name: this stays
 */
reason: string, 
/**
 * Records that name the person, as the preview listed them, whose words go too
 */
mentions: Array<RecordId>, };

/**
 * What a lawful erasure would take away, and what it cannot.
 */
export type ErasePreview = { name: string, org_name: string, 
/**
 * Why it cannot be done from here
 */
refused: string | null, parts: Array<ErasePart>, 
/**
 * Erased only where somebody says so
 */
mentions: Array<EraseMention>, 
/**
 * People in whose notes the name stands: those are changed by hand
 */
noted_with: Array<string>, 
/**
 * How many ledger entries stay, with a number in place of the name
 */
entries: number, };

/**
 * An erasure that was carried out.
 */
export type ErasureLine = { id: string, at: string, user: string, org_name: string, reason: string | null, 
/**
 * How many records lost their words
 */
records: number, 
/**
 * So many of them have new words since, written by somebody who did not know of it
 */
written_since: number, };

/**
 * A record whose words are to be erased for good.
 */
export type Redact = { id: RecordId, reason: string, };
