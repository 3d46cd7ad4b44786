// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { RecordId } from "./dto";

/**
 * A computer that was certified for an organisation.
 */
export type Laptop = { id: RecordId, org: RecordId, org_name: string, 
/**
 * A, B …: stands in every number made on it
 */
letter: string, 
/**
 * It is this one
 */
mine: boolean, };

/**
 * A computer that was lost or sold.
 */
export type RevokeLaptop = { laptop: RecordId, reason: string, };
