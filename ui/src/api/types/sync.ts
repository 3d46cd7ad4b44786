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
 * Something that waits for what comes before it.
 */
export type SyncParked = { org_name: string, 
/**
 * The letter of the laptop that wrote it
 */
laptop: string, 
/**
 * The first and the last change that are missing
 */
missing_from: number, missing_to: number, since: string, };

/**
 * Whoever exchanges with this laptop.
 */
export type SyncPeer = { org: RecordId, name: string, 
/**
 * When it was last heard, by stick or otherwise
 */
heard: string | null, 
/**
 * Changes that it is not known to hold
 */
lacks: number, };

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
 * What came of it, in a sentence
 */
text: string, };

/**
 * A server that a person has compared the fingerprint of.
 */
export type UseHub = { url: string, fingerprint: string, };
