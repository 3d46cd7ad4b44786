//! `digest.*`: equal sets of changes give equal digests on every machine.

use crate::dto::{answer, request};
use crate::registry::commands;

request! {
    /// Everything, or what is held of one organisation's subtree.
    pub struct DigestOf {
        /// Id or unique name
        pub org: Option<String>,
    }
}

answer! {
    /// What derives from the set of changes, and nothing local.
    pub struct Digest {
        /// How many changes
        pub ops: u64,
        /// BLAKE3 over the sorted header hashes, hexadecimal
        pub ops_digest: String,
        /// Over everything that is folded from them
        pub state_digest: String,
        /// State digests compare within one version
        pub fold_version: u32,
    }
}

commands! {
    /// The digests of this store
    "digest.get" (DigestOf) -> Digest, Read;
}
