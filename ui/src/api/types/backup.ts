// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api


/**
 * A backup that was written and read back.
 */
export type BackupWritten = { path: string, bytes: number, };

/**
 * A backup to be put in place of nothing: the data folder must hold no store.
 */
export type Restore = { file: string, };
