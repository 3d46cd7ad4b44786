//! The tree as it really is: who stands under whom, now and ever. Kept beside the stores, which learn of it by and by.

use std::collections::BTreeSet;

use yuanba_core::{Id, Level};
use yuanba_journal::{Lane, StreamId};

/// An organisation.
#[derive(Debug, Clone)]
pub struct Office {
    /// Its id
    pub id: Id,
    /// What it is called in the trace
    pub name: String,
    /// Its level
    pub level: Level,
    /// The one above it
    pub parent: Option<usize>,
    /// Every one that ever stood above it
    pub parents_ever: BTreeSet<usize>,
    /// Every one that has read its request for a place
    pub asked: BTreeSet<usize>,
    /// Every one whose laptops it was given a grant by, to become part of it
    pub given: BTreeSet<usize>,
    /// The one that it became part of
    pub into: Option<usize>,
}

/// All organisations.
#[derive(Debug, Clone, Default)]
pub struct Offices(pub Vec<Office>);

impl Offices {
    /// The office itself, or the one that it became part of.
    pub fn canonical(&self, office: usize) -> usize {
        self.0[office].into.unwrap_or(office)
    }

    /// The office of an organisation.
    pub fn of(&self, id: Id) -> Option<usize> {
        self.0.iter().position(|office| office.id == id)
    }

    /// It has a new parent.
    pub fn put_under(&mut self, child: usize, parent: usize) {
        self.0[child].parent = Some(parent);
        self.0[child].parents_ever.insert(parent);
    }

    /// Whether one is the other or stands above it now.
    pub fn covers(&self, above: usize, below: usize) -> bool {
        let above = self.canonical(above);
        let mut at = Some(self.canonical(below));
        while let Some(office) = at {
            if office == above {
                return true;
            }
            at = self.0[office].parent;
        }
        false
    }

    /// Whether one is the other, or ever stood above it.
    pub fn ever_covered(&self, above: usize, below: usize) -> bool {
        let (above, below) = (self.canonical(above), self.canonical(below));
        let office = &self.0[below];
        above == below
            || office.parents_ever.union(&office.asked).any(|parent| self.ever_covered(above, *parent))
    }

    /// Whether an office holds a stream when everybody has exchanged.
    pub fn may_hold(&self, office: usize, stream: &StreamId) -> bool {
        self.of(stream.org).is_some_and(|org| {
            self.covers(office, org) || (stream.lane == Lane::Down && self.covers(org, office))
        })
    }

    /// Whether an office may have come to hold a stream at any time.
    pub fn could_hold(&self, office: usize, stream: &StreamId) -> bool {
        let Some(org) = self.of(stream.org) else { return false };
        self.ever_covered(office, org)
            || (stream.lane == Lane::Down && self.ever_covered(org, office))
            || self.0[office].given.iter().any(|into| self.could_hold(*into, stream))
    }
}
