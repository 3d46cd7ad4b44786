// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { RecordId } from "./dto";

/**
 * A household.
 */
export type Household = { id: RecordId, name: string, courtyard: RecordId | null, courtyard_name: string | null, people: number | null, hardship: boolean, phone_masked: string | null, };

/**
 * A household to be written.
 */
export type SaveHousehold = { id?: RecordId | null, 
/**
 * The head's name
 */
name: string, courtyard?: RecordId | null, people?: number | null, 
/**
 * 特困
 */
hardship?: boolean | null, 
/**
 * Left out: stays as it is
 */
phone?: string | null, };
