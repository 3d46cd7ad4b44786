// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { Named } from "./dto";

/**
 * A line of what a stick carries.
 */
export type Carried = { text: string, detail: string | null, };

/**
 * Which way a stick went.
 */
export type Direction = "read" | "written";

/**
 * What became of a file on a stick.
 */
export type FileStatus = "read" | "already" | "parked" | "refused";

/**
 * A file or a folder.
 */
export type ReadStick = { path: string, };

/**
 * A stick that is plugged in.
 */
export type Stick = { path: string, name: string, free_bytes: number, bundles: number, };

/**
 * One file that was looked at.
 */
export type StickFile = { file: string, status: FileStatus, new: number, from: string | null, text: string, };

/**
 * One line of this machine's log of sticks.
 */
export type StickLog = { at: string, direction: Direction, file: string, new: number, status: string, };

/**
 * What a stick brought: the result of `stick.read`.
 */
export type StickRead = { files: Array<StickFile>, new: number, conflicts: number, };

/**
 * What waits and what was.
 */
export type StickState = { to: Named | null, waiting: number, streams: number, log: Array<StickLog>, };

/**
 * What was written: the result of `stick.write`.
 */
export type StickWritten = { file: string, changes: number, bytes: number, to_name: string, what: Array<Carried>, };

/**
 * A folder, and for whom.
 */
export type WriteStick = { dir: string, 
/**
 * Left out: the parent
 */
to?: string | null, };
