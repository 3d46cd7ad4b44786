// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { Level } from "./store";

/**
 * Who may do what at a level.
 */
export type RightsTable = { level: Level, applies_from: string, roles: Array<RoleColumn>, areas: Array<TaskArea>, };

/**
 * A column of the table.
 */
export type RoleColumn = { 
/**
 * Word of the role table
 */
role: string, name: string, 
/**
 * Whoever asks has this role here
 */
mine: boolean, };

/**
 * Whose table: of the own level when it is left out.
 */
export type TableOf = { level?: Level | null, };

/**
 * Lines that belong together.
 */
export type TaskArea = { name: string, tasks: Array<TaskLine>, };

/**
 * A line of the table.
 */
export type TaskLine = { 
/**
 * 申报积分
 */
does: string, 
/**
 * Nobody needs to be signed in for it
 */
anyone: boolean, 
/**
 * For each role in the order of the columns
 */
may: Array<boolean>, };
