// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { RecordId } from "./dto";

/**
 * A record whose words are to be erased for good.
 */
export type Redact = { id: RecordId, reason: string, };
