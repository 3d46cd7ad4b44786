// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { Done } from "./dto";

/**
 * Which group of changes.
 */
export type Group = { group: string, };

/**
 * How many of the last acts.
 */
export type Limit = { limit: number, };

/**
 * Something that was done.
 */
export type Recent = { group: string, text: string, at: string, user: string, undone: boolean, 
/**
 * The act that this one took back
 */
undoes: string | null, };

/**
 * What was taken back.
 */
export type Undone = { done: Done, 
/**
 * Fields written since, which stay as they are, by name
 */
left: Array<string>, };
