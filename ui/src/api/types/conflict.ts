// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { RecordId } from "./dto";

/**
 * Something that a person has to settle.
 */
export type Conflict = { id: string, kind: ConflictKind, record: RecordId | null, record_title: string, 
/**
 * 党员, 代办 …
 */
noun: string, 
/**
 * Whose record it is
 */
org: RecordId, org_name: string, field: string, label: string, 
/**
 * Of a ledger: the rule and the day
 */
about: string | null, 
/**
 * Something is masked, and `conflict.unmask` shows it
 */
covered: boolean, 
/**
 * An ID number: only one at a time, by a person
 */
by_hand: boolean, 
/**
 * Fields of the record that agree
 */
agree: number, sides: Array<ConflictSide>, };

/**
 * What does not agree.
 */
export type ConflictKind = "field" | "ledger" | "person";

/**
 * One of the values.
 */
export type ConflictSide = { side: string, 
/**
 * Names the side for good: letters move when more comes in
 */
key: string, 
/**
 * The same for everything that one act wrote, an import for example
 */
act: string, 
/**
 * As people read it, numbers masked but for the digits that tell the sides apart
 */
value: string, 
/**
 * 校验码对
 */
note: string | null, who: string, org_name: string, 
/**
 * A, B …, of the computer
 */
laptop: string | null, 
/**
 * It was written on this computer
 */
mine: boolean, 
/**
 * As that computer's clock said
 */
at: string, 
/**
 * That clock could not be right
 */
clock_odd: boolean, 
/**
 * It is the one that shows now
 */
shows: boolean, };

/**
 * What a person should look at although nothing stands against anything.
 */
export type DoubtKind = "written_while_void" | "over_cap" | "frozen" | "set_aside";

/**
 * Something to look at.
 */
export type OpenDoubt = { id: string, kind: DoubtKind, record: RecordId | null, org: RecordId, org_name: string, title: string, 
/**
 * What happened, and that nothing was lost
 */
text: string, next_step: string, 
/**
 * Page where it is done
 */
route: string | null, };

/**
 * Which side stands.
 */
export type Resolve = { id: string, 
/**
 * A, B …, or the side's key, which stays the same while more comes in
 */
take: string, };

/**
 * Which sides stand, settled as one act.
 */
export type ResolveMany = { choices: Array<Resolve>, };

/**
 * What becomes of a record that was written to while it was declared void.
 */
export type SettleVoid = { record: RecordId, 
/**
 * It stays void; else it is taken back
 */
void: boolean, };

/**
 * Whole numbers of a conflict, for a purpose.
 */
export type UnmaskConflict = { id: string, purpose: string, };

/**
 * A whole value.
 */
export type WholeSide = { key: string, value: string, };
