// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api


/**
 * Whose passphrase opens a store that nobody is signed in at; without one less can be told.
 */
export type Examine = { user?: string | null, passphrase?: string | null, };

/**
 * What was found: the result of `doctor.run`.
 */
export type Examined = { well: boolean, 
/**
 * The store is open; else it was looked at from outside
 */
open: boolean, findings: Array<Finding>, };

/**
 * One thing that was looked at.
 */
export type Finding = { 
/**
 * What: file, clock, backup …
 */
what: string, well: boolean, text: string, 
/**
 * What mends it here and now
 */
mend: Mend | null, 
/**
 * What its button says
 */
verb: string | null, 
/**
 * The page where a person sees to it
 */
route: string | null, };

/**
 * What mends a finding.
 */
export type Mend = "refold" | "restore_copy" | "take_back" | "write_keys" | "tidy" | "back_up" | "confirm_clock";

/**
 * What to mend.
 */
export type MendIt = { what: Mend, user?: string | null, 
/**
 * Asked for what needs the keys while nobody is signed in
 */
passphrase?: string | null, };

/**
 * What was mended: the result of `doctor.mend`.
 */
export type Mended = { text: string, examined: Examined, };
