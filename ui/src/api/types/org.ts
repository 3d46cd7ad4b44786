// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { RecordId } from "./dto";
import type { Level } from "./store";

/**
 * An organisation.
 */
export type Organisation = { id: RecordId, name: string, 
/**
 * Nothing for a level that only a newer version knows
 */
level: Level | null, parent: RecordId | null, 
/**
 * Laptops that were certified for it
 */
replicas: number, absorbed_into: RecordId | null, 
/**
 * Date of the newest change held of it
 */
last_heard: string | null, };
