//! Asking for a place.

use std::path::{Path, PathBuf};

use yuanba_journal::Lane;
use yuanba_store::Store;

use super::request_file::{RequestHeader, to_bytes};
use super::whole_file::write_whole;
use crate::{Refusal, Result, keys};

/// A request that stands on the stick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requested {
    /// The file
    pub file: PathBuf,
    /// What it says
    pub header: RequestHeader,
}

/// Writes a request for a place in the tree. It can be written again at any time.
///
/// # Errors
/// `Refused` on a laptop that does not have its organisation's own key: then the first laptop must ask.
pub fn request(store: &mut Store, out: &Path) -> Result<Requested> {
    let org = store.org();
    if store.issuer().map(|issuer| issuer.id()) != Some(org) {
        let name = store.organisation_name(org)?;
        return Err(Refusal::new(
            "no_issuer",
            format!("这台电脑是后来加进{name}的，不能替{name}申请。数据没有动。"),
            format!("请在{name}最早的那台电脑上办。"),
        )
        .into());
    }
    keys::ensure_org_key(store)?;
    let tree = store.authority();
    let segments = store.whole_streams(|s| s.lane == Lane::Down && tree.canonical(s.org) == org)?;
    let header = RequestHeader {
        org,
        level: store.level(),
        name: store.organisation_name(org)?,
        time_ms: store.surroundings().clock.now_ms(),
    };
    let level = store.authority().level(org).unwrap_or_default();
    write_whole(out, &to_bytes(&header, level, store.replica(), &segments))?;
    Ok(Requested { file: out.to_owned(), header })
}
