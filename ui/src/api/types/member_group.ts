// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { Done, RecordId } from "./dto";

/**
 * People and the party group they belong to from now on.
 */
export type Regroup = { ids: Array<RecordId>, 
/**
 * Left out or empty: to no group
 */
party_group?: string | null, };

/**
 * Who was moved. `done` is null when everybody was there already.
 */
export type Regrouped = { done: Done | null, changed: number, };
