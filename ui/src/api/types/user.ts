// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api


/**
 * Somebody new.
 */
export type AddUser = { name: string, 
/**
 * Word of the role table
 */
role: string, passphrase: string, };

/**
 * Somebody who signs in here.
 */
export type ListedUser = { name: string, role: string, role_name: string, me: boolean, 
/**
 * May add and close people
 */
governs: boolean, };

/**
 * A new passphrase, for oneself or, by whoever governs, for somebody else.
 */
export type NewPassphrase = { 
/**
 * Left out: one's own
 */
name?: string | null, 
/**
 * The one until now, when it is one's own
 */
old?: string | null, passphrase: string, };

/**
 * Another role for somebody.
 */
export type NewRole = { name: string, 
/**
 * Word of the role table
 */
role: string, };

/**
 * A role that somebody can have here.
 */
export type RoleChoice = { role: string, name: string, rights: Array<string>, };

/**
 * Whom.
 */
export type UserName = { name: string, };
