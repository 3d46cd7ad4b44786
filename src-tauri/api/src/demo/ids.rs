//! Ids and keys of made-up records and organisations: the same for the same seed.

use chrono::NaiveDate;
use yuanba_core::Id;
use yuanba_journal::ReplicaKey;

/// Hands out the ids of one organisation's made-up records.
pub(super) struct Ids {
    base: blake3::Hasher,
    ms: u64,
    given: u64,
}

fn base(seed: u64, again: u64) -> blake3::Hasher {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"yuanba demo").update(&seed.to_be_bytes()).update(&again.to_be_bytes());
    hasher
}

impl Ids {
    /// For an organisation, `again` telling one filling from the next.
    pub(super) fn new(seed: u64, again: u64, org: &[u8], until: NaiveDate) -> Ids {
        let mut base = base(seed, again);
        base.update(org);
        let noon = until.and_hms_opt(4, 0, 0).map_or(0, |time| time.and_utc().timestamp_millis());
        Ids { base, ms: u64::try_from(noon).unwrap_or(0), given: 0 }
    }

    /// The next id; later ones sort after earlier ones.
    pub(super) fn next(&mut self) -> Id {
        let mut hasher = self.base.clone();
        hasher.update(&self.given.to_be_bytes());
        let mut random = [0; 10];
        hasher.finalize_xof().fill(&mut random);
        self.given += 1;
        Id::v7(self.ms + self.given, random)
    }
}

/// The key of a made-up organisation.
pub(super) fn key(seed: u64, again: u64, kind: &str, number: u32) -> ReplicaKey {
    let mut hasher = base(seed, again);
    hasher.update(kind.as_bytes()).update(&number.to_be_bytes());
    ReplicaKey::from_seed(*hasher.finalize().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_the_same_for_the_same_seed_and_never_twice() {
        let day = NaiveDate::from_ymd_opt(2026, 6, 12).unwrap();
        let draw = |seed, again| {
            let mut ids = Ids::new(seed, again, b"village", day);
            (0..100).map(|_| ids.next()).collect::<Vec<_>>()
        };
        assert_eq!(draw(1, 0), draw(1, 0));
        assert!(draw(1, 0).iter().all(|id| !draw(2, 0).contains(id) && !draw(1, 9).contains(id)));
        assert!(draw(1, 0).is_sorted());
    }
}
