// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { RecordId } from "./dto";

/**
 * Something that a person has to settle.
 */
export type Conflict = { id: string, kind: ConflictKind, record: RecordId | null, record_title: string, field: string, label: string, sides: Array<ConflictSide>, };

/**
 * What does not agree.
 */
export type ConflictKind = "field" | "ledger" | "person";

/**
 * One of the values.
 */
export type ConflictSide = { side: string, 
/**
 * As people read it, numbers masked
 */
value: string, who: string, org_name: string, at: string, };

/**
 * Which side stands.
 */
export type Resolve = { id: string, 
/**
 * A, B …
 */
take: string, };
