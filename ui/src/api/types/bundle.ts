// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { RecordId } from "./dto";
import type { FileStatus } from "./stick";
import type { Level } from "./store";

/**
 * What came of one file.
 */
export type BundleFile = { file: string, status: FileStatus, 
/**
 * New changes, those that had waited for it included
 */
new: number, 
/**
 * Why it was refused or waits
 */
code: string | null, text: string, from: RecordId | null, from_name: string | null, 
/**
 * Both sides hold the same now
 */
even: boolean, 
/**
 * When it was written, as the writer's clock said
 */
written_at: string | null, 
/**
 * That clock could not be right
 */
clock_odd: boolean, 
/**
 * 手记 3 篇，代办 2 件
 */
what: string, };

/**
 * A bundle that stands in the folder.
 */
export type BundleSealed = { file: string, to: RecordId, to_name: string, changes: number, bytes: number, 
/**
 * Organisations whose changes are in it
 */
organisations: Array<string>, };

/**
 * What came of all files.
 */
export type BundlesRead = { files: Array<BundleFile>, };

/**
 * What the clear part of a file says of itself; nothing of it is proved.
 */
export type ClearPart = { kind: FileKind, from: RecordId, 
/**
 * Of a request
 */
name: string | null, level: Level | null, to: RecordId | null, written_at: string, };

/**
 * What a file is.
 */
export type FileKind = "bundle" | "request";

/**
 * A file whose clear part is to be seen.
 */
export type InspectBundle = { file: string, };

/**
 * Files and folders; each file stands alone.
 */
export type ReadBundles = { paths: Array<string>, };

/**
 * A bundle for an organisation.
 */
export type WriteBundle = { 
/**
 * `parent`, or an id, or a unique name
 */
to: string, 
/**
 * A folder
 */
out: string, };
