// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api


/**
 * A failure in plain Chinese: what happened, whether the data is safe, what to do next.
 */
export type ApiError = { code: Code, 
/**
 * What happened, and whether the data is safe
 */
message: string, 
/**
 * What to do next
 */
next_step: string, 
/**
 * The field of the request it is about
 */
field: string | null, };

/**
 * What a caller can act on.
 */
export type Code = "wrong_usage" | "refused" | "not_allowed" | "not_found" | "locked" | "wrong_passphrase" | "damaged" | "open_elsewhere" | "disk_full" | "read_only" | "no_connection" | "cancelled" | "internal";
