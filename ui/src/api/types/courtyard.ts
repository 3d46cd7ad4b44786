// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { Named, RecordId } from "./dto";
import type { Errand } from "./errand";
import type { Note } from "./note";

/**
 * One courtyard of the list.
 */
export type Courtyard = { id: RecordId, name: string, party_group: string | null, households: number | null, people: number | null, x: number | null, y: number | null, liaison: Named | null, last_note: string | null, days_quiet: number | null, overdue: boolean, open_errands: number, };

/**
 * A courtyard's page.
 */
export type CourtyardCard = { courtyard: Courtyard, liaison: Liaison | null, notes: Array<Note>, errands: Array<Errand>, };

/**
 * All courtyards.
 */
export type Courtyards = { sentence: string, courtyards: Array<Courtyard>, };

/**
 * A courtyard's liaison with the numbers of the notice board.
 */
export type Liaison = { member: RecordId, name: string, phone: string | null, supervision_phone: string | null, from: string, };

/**
 * A courtyard to be written.
 */
export type SaveCourtyard = { id?: RecordId | null, name: string, party_group?: string | null, households?: number | null, people?: number | null, 
/**
 * Place on the map, 0 to 1000 from the left
 */
x?: number | null, 
/**
 * 0 to 1000 from the top
 */
y?: number | null, };

/**
 * Who looks after a courtyard from a day on.
 */
export type SetLiaison = { courtyard: RecordId, member: RecordId, phone?: string | null, supervision_phone?: string | null, from: string, };
