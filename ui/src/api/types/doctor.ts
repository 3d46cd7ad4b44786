// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api


/**
 * What was found.
 */
export type Examined = { well: boolean, findings: Array<Finding>, };

/**
 * One thing that was looked at.
 */
export type Finding = { 
/**
 * What: file, clock, backup …
 */
what: string, well: boolean, text: string, };
