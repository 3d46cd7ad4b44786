//! What the journal says of the organisation tree: certificates, and the age keys of organisations and laptops.

use yuanba_journal::authority::Authority;
use yuanba_journal::payload::{Certificate, OrgKey};
use yuanba_journal::{Kind, Segment, StreamId};

use crate::{Result, Store, context, streams};

/// An age key as it was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldKey {
    /// Where it was published
    pub stream: StreamId,
    /// Whether that stream counts
    pub counts: bool,
    /// What was published
    pub key: OrgKey,
}

impl Store {
    /// Every certificate that is held, whoever brought it: certificates prove themselves.
    pub fn certificates(&self) -> Result<Vec<Certificate>> {
        Ok(context::tree_parts(&self.db)?.0)
    }

    /// Every age key that is held, in the order in which they came.
    pub fn age_keys(&self) -> Result<Vec<HeldKey>> {
        let mut keys = Vec::new();
        for held in streams::special(&self.db, Kind::OrgKey.number())? {
            let counts = held.counts && Kind::OrgKey.fits(held.change.header.stream.lane);
            if let Ok(key) = OrgKey::from_cbor(&held.change.header.kept) {
                keys.push(HeldKey { stream: held.change.header.stream, counts, key });
            }
        }
        Ok(keys)
    }

    /// The tree as it would be with the certificates of some segments and some more; nothing is taken in.
    pub fn authority_with(&self, segments: &[Segment], more: &[Certificate]) -> Authority {
        let carried: Vec<Certificate> = carried(segments).collect();
        self.authority().and(carried.iter().chain(more))
    }
}

/// The certificates that segments carry.
pub fn carried(segments: &[Segment]) -> impl Iterator<Item = Certificate> {
    segments
        .iter()
        .flat_map(|segment| &segment.changes)
        .filter(|change| change.header.kind == Kind::Certificate)
        .filter_map(|change| Certificate::from_cbor(&change.header.kept).ok())
}
