// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api


/**
 * A file that was written.
 */
export type SavedTo = { path: string, };
