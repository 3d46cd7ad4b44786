// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api


/**
 * Something that does not agree.
 */
export type Difference = { 
/**
 * Where: a table, a stream, the file
 */
place: string, text: string, };

/**
 * What was found.
 */
export type Verified = { agrees: boolean, changes: number, differences: Array<Difference>, };
