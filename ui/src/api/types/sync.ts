// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api

import type { RecordId } from "./dto";

/**
 * An address that somebody was given.
 */
export type HubAddress = { url: string, };

/**
 * The server that this laptop exchanges with.
 */
export type HubKnown = { url: string, fingerprint: string, 
/**
 * The county told it to everybody; else somebody named it here
 */
published: boolean, };

/**
 * A server as it showed itself.
 */
export type HubShown = { url: string, 
/**
 * Eight groups of four, to be compared
 */
fingerprint: string, };

/**
 * Whether the laptop calls by itself.
 */
export type PauseSync = { paused: boolean, };

/**
 * An exchange with the county's server.
 */
export type RunSync = { 
/**
 * Its address; left out: the one that is known
 */
url?: string | null, };

/**
 * What came of an exchange: the result of `sync.run`.
 */
export type SyncDone = { sent: number, received: number, rounds: number, bytes_sent: number, bytes_received: number, 
/**
 * Both sides hold the same now
 */
even: boolean, 
/**
 * Segments that wait for what comes before them
 */
parked: number, began_anew: boolean, text: string, };

/**
 * Places in what a laptop wrote, both included, counted from 1.
 */
export type SyncGap = { from: number, to: number, };

/**
 * How things stand, in as few words as the foot of every page has room for. Cheap to ask for.
 */
export type SyncGlance = { 
/**
 * A server is known
 */
has_hub: boolean, paused: boolean, 
/**
 * An exchange is going on
 */
running: boolean, 
/**
 * Changes that wait to be handed up
 */
waiting: number, 
/**
 * The office above has said of each of its laptops that it holds everything; a server alone does not do
 */
delivered: boolean, 
/**
 * When the server answered last
 */
last_contact: string | null, 
/**
 * Nobody answered at the last try
 */
offline: boolean, };

/**
 * What one laptop wrote of one organisation and waits for what comes before it.
 */
export type SyncParked = { org_name: string, 
/**
 * The letter of the laptop that wrote it; nothing while nobody here knows that laptop
 */
laptop: string | null, 
/**
 * The first and the last change that are missing; nothing where the writer's records have branched
 */
missing: SyncGap | null, 
/**
 * How many pieces wait behind the gap
 */
pieces: number, since: string, };

/**
 * Whoever exchanges with this laptop.
 */
export type SyncPeer = { org: RecordId, name: string, relation: SyncRelation, 
/**
 * Laptops in use there, this one left out
 */
laptops: number, 
/**
 * When it was last heard, by stick or otherwise
 */
heard: string | null, 
/**
 * Changes that it is not known to hold
 */
lacks: number, };

/**
 * Where an organisation stands to this one.
 */
export type SyncRelation = "above" | "own" | "below";

/**
 * How things stand with everybody whom this laptop exchanges with.
 */
export type SyncState = { hub: HubKnown | null, paused: boolean, 
/**
 * An exchange is going on
 */
running: boolean, 
/**
 * Changes that wait to be handed up
 */
waiting: number, 
/**
 * When the server answered last
 */
last_contact: string | null, last_try: SyncTry | null, peers: Array<SyncPeer>, parked: Array<SyncParked>, };

/**
 * What came of the last try.
 */
export type SyncTry = { at: string, well: boolean, 
/**
 * Nobody answered
 */
offline: boolean, 
/**
 * What came of it, in a sentence
 */
text: string, };

/**
 * A server that a person has compared the fingerprint of.
 */
export type UseHub = { url: string, fingerprint: string, };
