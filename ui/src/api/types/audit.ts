// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api


/**
 * One look.
 */
export type Look = { at: string, user: string, what: string, purpose: string, 
/**
 * How many people
 */
count: number, org_name: string, };
