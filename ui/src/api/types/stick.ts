// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { Named, RecordId } from "./dto";

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
 * Which lines of the log: the newest so many, or of one organisation alone.
 */
export type ReadLog = { org?: RecordId | null, limit?: number | null, };

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
export type StickFile = { file: string, status: FileStatus, new: number, from: string | null, 
/**
 * Its id, for the way back
 */
from_org: RecordId | null, text: string, code: string | null, written_at: string | null, clock_odd: boolean, 
/**
 * 手记 3 篇，代办 2 件
 */
what: string, };

/**
 * One line of this machine's log of sticks.
 */
export type StickLog = { at: string, direction: Direction, file: string, new: number, status: string, 
/**
 * What became of a file that was read
 */
outcome: FileStatus | null, code: string | null, 
/**
 * Who wrote it, as far as it says so, or for whom it was written
 */
org: RecordId | null, org_name: string | null, 
/**
 * When it was written, as the writer's clock said
 */
written_at: string | null, clock_odd: boolean, 
/**
 * 手记 3 篇，代办 2 件
 */
what: string, };

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
