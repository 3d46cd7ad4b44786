// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { Done, RecordId } from "./dto";
import type { MemberFields, TimelineEntry } from "./member";

/**
 * Which transfer, and to whom where the release does not say it so that it is known.
 */
export type HandOver = { id: RecordId, 
/**
 * Id or unique name
 */
to?: string | null, };

/**
 * What was written about the old record and is not in the new dossier.
 */
export type LateChange = { 
/**
 * For `transfer.settle`
 */
id: string, kind: LateKind, label: string, 
/**
 * What the dossier says, numbers masked
 */
before: string, 
/**
 * What was written late
 */
after: string, who: string, at: string, };

/**
 * What a late change is about.
 */
export type LateKind = "field" | "history" | "points";

/**
 * Which transfers. Left out: those of which something is still to be done, and the last that are done.
 */
export type ListTransfers = { all?: boolean | null, };

/**
 * Which transfer: the id that the list gave.
 */
export type OneTransfer = { id: RecordId, };

/**
 * Somebody who comes from an organisation outside of what we hold.
 */
export type ReceiveMember = { 
/**
 * Some of MemberFields
 */
fields: Partial<MemberFields>, 
/**
 * The name of the organisation
 */
from: string, 
/**
 * Left out: today
 */
on?: string | null, 
/**
 * 介绍信编号
 */
letter?: string | null, };

/**
 * Whom an organisation lets go, and to whom.
 */
export type Release = { member: RecordId, 
/**
 * An organisation: its id, or its name as one knows it
 */
to: string, 
/**
 * It is outside of the county: nobody here will accept
 */
outside?: boolean | null, 
/**
 * Left out: today
 */
on?: string | null, reason?: string | null, 
/**
 * 介绍信编号
 */
letter?: string | null, };

/**
 * A late change, taken over into the new dossier or left.
 */
export type SettleLate = { id: RecordId, 
/**
 * As `transfer.late` gave it
 */
change: string, take: boolean, };

/**
 * One transfer as this seat knows it.
 */
export type Transfer = { id: RecordId, state: TransferState, 
/**
 * Where it stands, in a sentence
 */
text: string, name: string, 
/**
 * Masked
 */
id_number: string | null, from: RecordId | null, from_name: string, to: RecordId | null, to_name: string, reason: string | null, letter: string | null, released_on: string | null, handed_on: string | null, accepted_on: string | null, 
/**
 * The old record, where it is held here
 */
old_member: RecordId | null, 
/**
 * The new record, once it is there
 */
new_member: RecordId | null, 
/**
 * What goes with the member
 */
points: number | null, 
/**
 * How many late changes wait for a word
 */
late: number, steps: Array<TransferStep>, 
/**
 * An organisation below this seat whose name is the one that the release says
 */
suggested: RecordId | null, };

/**
 * The member is here.
 */
export type TransferAccepted = { member: RecordId, done: Done, };

/**
 * What can be seen of a dossier before it is accepted.
 */
export type TransferDossier = { transfer: Transfer, fields: MemberFields, history: Array<TimelineEntry>, };

/**
 * A transfer was begun.
 */
export type TransferMade = { id: RecordId, member: RecordId, done: Done, };

/**
 * Where a transfer stands.
 */
export type TransferState = "released" | "handed_over" | "accepted" | "done" | "outside" | "arrived" | "recalled" | "crossed";

/**
 * What can be done with a transfer at this seat.
 */
export type TransferStep = "hand_over" | "accept" | "confirm" | "cancel" | "withdraw" | "look";

/**
 * Transfers, those that wait first.
 */
export type Transfers = { count: number, 
/**
 * How many this seat has something to do with now
 */
waiting: number, sentence: string, transfers: Array<Transfer>, };
