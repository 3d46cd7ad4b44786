// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { Named } from "./dto";

/**
 * A grant to be taken in.
 */
export type Accept = { file: string, };

/**
 * A grant was taken in.
 */
export type Accepted = { org: Named, parent: Named | null, 
/**
 * Changes that came along
 */
new: number, 
/**
 * The place was taken before
 */
repeated: boolean, };

/**
 * A request to be granted.
 */
export type Grant = { 
/**
 * File of the request
 */
request: string, out: string, 
/**
 * One more laptop of an organisation that is there already: its id or name
 */
org?: string | null, };

/**
 * A request was granted.
 */
export type Granted = { path: string, child: Named, parent: Named, 
/**
 * The organisation that the request was absorbed into
 */
absorbed_into: Named | null, 
/**
 * It had its place already; the file is only written again
 */
repeated: boolean, };

/**
 * A request was written.
 */
export type Requested = { path: string, org: Named, };
