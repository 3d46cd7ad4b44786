// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { Named, RecordId } from "./dto";

/**
 * What a new store needs to know.
 */
export type Create = { level: Level, name: string, place?: string | null, 
/**
 * GB/T 2260
 */
code?: string | null, user: string, 
/**
 * Word of the role table; by default the first of the level
 */
role?: string | null, passphrase: string, letters?: Letters | null, };

/**
 * A store was made.
 */
export type Created = { 
/**
 * To be kept on paper: opens the store when the passphrase is forgotten
 */
recovery_code: string, status: StoreStatus, };

/**
 * How large the letters are: 普通版 or 大字版, two layouts.
 */
export type Letters = "normal" | "big";

/**
 * The label of an organisation in the tree.
 */
export type Level = "village" | "township" | "county";

/**
 * Who signs in.
 */
export type Open = { 
/**
 * May be left out while the store has one user
 */
user?: string | null, passphrase: string, };

/**
 * The organisation this store belongs to.
 */
export type OwnOrg = { id: RecordId, name: string, place: string | null, };

/**
 * Somebody who signs in here.
 */
export type Person = { name: string, 
/**
 * Word of the role table
 */
role: string, 
/**
 * 书记
 */
role_name: string, };

/**
 * A forgotten passphrase, and the code on paper.
 */
export type Recover = { 
/**
 * May be left out while the store has one user
 */
user?: string | null, recovery_code: string, 
/**
 * The new one
 */
passphrase: string, };

/**
 * Where this store stands; the answer to almost everything that opens or locks.
 */
export type StoreStatus = { 
/**
 * There is a store in the data folder
 */
exists: boolean, 
/**
 * Somebody is signed in
 */
open: boolean, 
/**
 * It is 演示村, with made-up people
 */
demo: boolean, level: Level | null, org: OwnOrg | null, parent: Named | null, user: Person | null, users: Array<Person>, letters: Letters, 
/**
 * After so many minutes without a sign of anybody it locks
 */
lock_minutes: number, 
/**
 * Changes that the parent is not yet known to hold
 */
waiting: number, 
/**
 * Date of the last stick that was read or written
 */
last_exchange: string | null, 
/**
 * A sentence about a clock that cannot be right
 */
clock_warning: string | null, 
/**
 * Somebody has said that the recovery code is kept
 */
recovery_saved: boolean, 
/**
 * A backup copy was offered after the first import
 */
backup_offered: boolean, 
/**
 * Version of the program
 */
version: string, };

/**
 * A status inside an answer.
 */
export type WithStatus = { status: StoreStatus, };
