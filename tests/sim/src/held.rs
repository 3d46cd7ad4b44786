//! What a store holds, change by change.

use std::collections::{BTreeMap, BTreeSet};

use yuanba_journal::{Change, Hash, Segment, StreamId};
use yuanba_store::Store;

use crate::broken::{Held, must};

/// Where a change stands: its stream, its place in it, its header hash.
pub type Place = (StreamId, u64, Hash);

/// The place of a change.
pub fn place(change: &Change) -> Place {
    (change.header.stream, change.header.seq, change.hash)
}

/// The places of what segments carry.
pub fn places(segments: &[Segment]) -> BTreeSet<Place> {
    segments.iter().flat_map(|segment| &segment.changes).map(place).collect()
}

/// All that a store holds.
pub struct Journal {
    /// As it would travel
    pub segments: Vec<Segment>,
    /// The changes by their place
    pub changes: BTreeMap<Place, Change>,
    /// What waits for a gap to be filled
    pub parked: Vec<Segment>,
}

impl Journal {
    /// Reads it.
    pub fn of(store: &Store) -> Held<Journal> {
        let segments = must(store.whole_streams(|_| true), "reading all streams")?;
        let mut changes = BTreeMap::new();
        for change in segments.iter().flat_map(|segment| &segment.changes) {
            changes.insert(place(change), change.clone());
        }
        Ok(Journal { segments, changes, parked: must(store.parked(), "reading what waits")? })
    }

    /// Whether a change is held.
    pub fn holds(&self, place: &Place) -> bool {
        self.changes.contains_key(place)
    }
}
