// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { Done, RecordId } from "./dto";

/**
 * Somebody hands over to somebody else.
 */
export type HandOverTo = { 
/**
 * Left out: oneself
 */
from?: string | null, to: string, 
/**
 * Who watched it (监交人)
 */
witness?: string | null, 
/**
 * Left out: today
 */
on?: string | null, 
/**
 * Where the list is written, `.xlsx`
 */
out: string, };

/**
 * It was handed over.
 */
export type HandedOver = { path: string, 
/**
 * Errands that changed hands
 */
errands: number, 
/**
 * The role of whoever took over, when it changed
 */
role_name: string | null, 
/**
 * Whoever handed over was signed in: it is locked now
 */
locked: boolean, done: Done, };

/**
 * An open matter that changes hands.
 */
export type HandoverErrand = { id: RecordId, number: string, person: string, matter_name: string, promised_on: string | null, agent_name: string | null, 
/**
 * It is in the hands of whoever leaves
 */
theirs: boolean, };

/**
 * One line of the list.
 */
export type HandoverItem = { 
/**
 * 党员
 */
label: string, count: number, 
/**
 * 人
 */
unit: string, 
/**
 * What more there is to say
 */
note: string, };

/**
 * What is handed over.
 */
export type HandoverList = { from: string, from_role_name: string, 
/**
 * Who could take over
 */
candidates: Array<string>, items: Array<HandoverItem>, errands: Array<HandoverErrand>, 
/**
 * How many of the errands are theirs
 */
theirs: number, 
/**
 * How many changes the journal holds, and the beginning of their digest
 */
changes: number, digest: string, };

/**
 * Who would hand over.
 */
export type HandoverOf = { 
/**
 * Left out: oneself
 */
from?: string | null, };

/**
 * A handing over that was.
 */
export type PastHandover = { on: string, from: string, to: string, witness: string | null, 
/**
 * What was listed
 */
listed: Array<string>, digest: string, };
