// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { Named, RecordId } from "./dto";
import type { Recent } from "./undo";

/**
 * Something that was begun.
 */
export type DraftExcerpt = { key: string, title: string, excerpt: string, at: string, };

/**
 * A courtyard nobody has been to for long.
 */
export type QuietCourtyard = { id: RecordId, name: string, households: number, liaison: Named | null, 
/**
 * Days since the last note, or nothing when there is none
 */
days: number | null, };

/**
 * One thing to do.
 */
export type Task = { id: string, state: TaskState, 
/**
 * 还没找冯小燕谈话
 */
title: string, detail: string, 
/**
 * 过了 2 天
 */
lateness: string | null, 
/**
 * What the button says
 */
verb: string, 
/**
 * Page to open
 */
route: string, };

/**
 * The shape before a task (UI.md §2).
 */
export type TaskState = "late" | "half" | "open" | "clock" | "doubt";

/**
 * The first page.
 */
export type Today = { date: string, weekday: string, lunar: string | null, sentence: string, late: Array<Task>, today: Array<Task>, soon: Array<Task>, quiet_courtyards: Array<QuietCourtyard>, drafts: Array<DraftExcerpt>, recent: Array<Recent>, };
