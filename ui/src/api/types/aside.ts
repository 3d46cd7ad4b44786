// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api


/**
 * A change that is kept and does not count.
 */
export type AsideChange = { 
/**
 * Whose records it is about
 */
org_name: string, 
/**
 * The letter of the computer that wrote it; nothing while nobody here knows that computer
 */
laptop: string | null, 
/**
 * Who, as that computer says
 */
user: string | null, 
/**
 * When, as that computer says
 */
at: string, 
/**
 * 党员王秀英
 */
what: string, why: AsideWhy, };

/**
 * Some of what is kept and does not count.
 */
export type AsideFound = { total: number, changes: Array<AsideChange>, };

/**
 * Why a change does not count.
 */
export type AsideWhy = "no_certificate" | "stopped" | "part_missing" | "not_above";

/**
 * Which lines, the newest first.
 */
export type ListAside = { 
/**
 * How many are left out at the beginning
 */
skip?: number | null, 
/**
 * Left out: 50; 500 at most
 */
limit?: number | null, };
