// Written from src-tauri/api; a test compares. Update with: YUANBA_UPDATE=1 cargo test -p yuanba-api


/**
 * What derives from the set of changes, and nothing local.
 */
export type Digest = { 
/**
 * How many changes
 */
ops: number, 
/**
 * BLAKE3 over the sorted header hashes, hexadecimal
 */
ops_digest: string, 
/**
 * Over everything that is folded from them
 */
state_digest: string, 
/**
 * State digests compare within one version
 */
fold_version: number, };

/**
 * Everything, or what is held of one organisation's subtree.
 */
export type DigestOf = { 
/**
 * Id or unique name
 */
org?: string | null, };
