// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { RecordId } from "./dto";

/**
 * Two persons who are near relatives.
 */
export type DeclareKin = { member: RecordId, other: RecordId, 
/**
 * 夫妻, 父母子女 …
 */
kind: string, };

/**
 * What a person's page says of relatives and of signing in.
 */
export type KinCard = { relatives: Array<KinLine>, 
/**
 * Who this person is at the laptops of the organisation
 */
user: string | null, 
/**
 * Who could be said to be this person
 */
users: Array<string>, 
/**
 * The words for a relation
 */
kinds: Array<string>, };

/**
 * A near relative.
 */
export type KinLine = { 
/**
 * The declaration; null for somebody of the same household, which needs none
 */
id: RecordId | null, member: RecordId, name: string, 
/**
 * 夫妻, 父母子女 …
 */
kind: string, };

/**
 * Who of those who sign in a person of the roster is; nobody when it is left out.
 */
export type SayUser = { member: RecordId, user?: string | null, };

/**
 * A declaration that was wrong.
 */
export type WithdrawKin = { id: RecordId, reason: string, };
