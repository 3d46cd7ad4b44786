// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { Done, Named } from "./dto";

/**
 * An answer that came back, and the new passphrase.
 */
export type AcceptHelp = { file: string, passphrase: string, };

/**
 * Somebody who has forgotten the passphrase asks.
 */
export type AskHelp = { 
/**
 * May be left out while the store has one user
 */
user?: string | null, out: string, };

/**
 * A question is answered.
 */
export type GiveHelp = { file: string, out: string, 
/**
 * How one knows who asks; it is journaled
 */
reason: string, };

/**
 * A question was written.
 */
export type HelpAsked = { path: string, user: string, superior: string, };

/**
 * A question was answered.
 */
export type HelpGiven = { path: string, org: Named, user: string, done: Done, };

/**
 * A question that came on a stick.
 */
export type HelpQuestion = { file: string, };

/**
 * Who can help at this laptop.
 */
export type HelpState = { 
/**
 * The organisation above that can set a forgotten passphrase anew
 */
superior: string | null, 
/**
 * For whom an answer is waited for
 */
waiting_for: string | null, 
/**
 * When it was asked
 */
asked_at: string | null, };

/**
 * Who asks for help.
 */
export type WhoAsks = { org: Named, user: string, role_name: string, 
/**
 * By the asker's clock
 */
asked_at: string, };
