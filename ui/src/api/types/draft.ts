// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api


/**
 * One draft of the list.
 */
export type Draft = { key: string, body: unknown, at: string, };

/**
 * When a draft was kept.
 */
export type DraftKept = { at: string, };

/**
 * Which draft.
 */
export type DraftKey = { key: string, };

/**
 * A draft, or nothing.
 */
export type FoundDraft = { body: unknown, at: string | null, };

/**
 * A draft to keep; an older one of the same key is replaced.
 */
export type PutDraft = { 
/**
 * `note:new`, `member:<id>` …
 */
key: string, body: unknown, };
