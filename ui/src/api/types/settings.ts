// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { Letters } from "./store";

/**
 * What changes; a list that is not named keeps its columns.
 */
export type SetSettings = { letters?: Letters | null, columns?: { [key in string]: Array<string> } | null, 
/**
 * 1 to 60
 */
lock_minutes?: number | null, };

/**
 * The settings of this machine.
 */
export type Settings = { letters: Letters, 
/**
 * List → the columns shown in it, in order
 */
columns: { [key in string]: Array<string> }, 
/**
 * Where copies go; nothing while nobody chose
 */
backup_folder: string | null, 
/**
 * No copies are made by themselves
 */
backup_paused: boolean, 
/**
 * After so many minutes without a sign of anybody it locks
 */
lock_minutes: number, };
