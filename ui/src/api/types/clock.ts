// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api


/**
 * The day that counts as today from now on.
 */
export type Confirmed = { today: string, };
