//! `digest.*`: equal sets of changes give equal digests on every machine.

use crate::Api;
use crate::dto::{answer, request};
use crate::error::ApiError;
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
    "digest.get" (DigestOf) -> Digest, get;
}

fn get(api: &Api, request: DigestOf) -> Result<Digest, ApiError> {
    let session = api.session()?;
    let org = request.org.map(|org| session.organisation(&org)).transpose()?;
    let digest = session.store.digest(org)?;
    Ok(Digest {
        ops: digest.ops,
        ops_digest: digest.ops_digest.to_string(),
        state_digest: digest.state_digest.to_string(),
        fold_version: digest.fold_version,
    })
}
