//! What the journal says of the organisation tree: certificates, and the age keys of organisations and laptops.

use yuanba_core::Id;
use yuanba_journal::authority::{Authority, HeldRevocation};
use yuanba_journal::payload::{Certificate, Claim, OrgKey};
use yuanba_journal::{Kind, Lane, Segment, StreamId};

use crate::{Intent, Result, Store, context, streams};

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

    /// Every revocation that is held, whether it counts or not.
    ///
    /// # Errors
    /// Those of the database.
    pub fn revocations(&self) -> Result<Vec<HeldRevocation>> {
        Ok(context::tree_parts(&self.db)?.1)
    }

    /// Publishes with an organisation's record the certificate of this laptop, unless it stands there: an erasure counts by
    /// where its writer ever stood, and must count at whoever gets the record later and knows nothing of the organisation
    /// that the writer belongs to. Within the transaction of the erasure.
    pub(crate) fn prove_standing(&mut self, org: Id) -> Result<()> {
        if self.authority().canonical(org) == self.org() {
            return Ok(());
        }
        let own = self.replica.public();
        let mine = self.stream(org, Lane::Down);
        let (mut missing, mut stands): (Vec<Certificate>, Vec<Certificate>) = Default::default();
        for held in streams::special(&self.db, Kind::Certificate.number())? {
            let Ok(certificate) = Certificate::from_cbor(&held.change.header.kept) else { continue };
            if matches!(certificate.claim, Claim::Laptop { key, .. } if key == own) {
                let list = if held.change.header.stream == mine { &mut stands } else { &mut missing };
                if !list.contains(&certificate) {
                    list.push(certificate);
                }
            }
        }
        let mut intent = Intent::new("证明").of(org).down();
        missing.retain(|certificate| !stands.contains(certificate));
        missing.into_iter().for_each(|certificate| intent.certify(certificate));
        if !intent.is_empty() {
            self.write_group(intent, None)?;
        }
        Ok(())
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
