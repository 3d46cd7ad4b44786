//! Where organisations stand or ever stood. What was erased on one laptop must not come back on another that learns of a
//! move or a merger earlier, so redactions are held against every place that an organisation ever had: more certificates
//! only ever add to it.

use std::collections::{BTreeMap, BTreeSet};

use yuanba_core::Id;

use super::Authority;
use crate::{Kind, StreamId};

/// Every parent that an organisation ever had, and everything that it ever became part of.
#[derive(Debug, Default)]
pub struct Ever {
    parents: BTreeMap<Id, BTreeSet<Id>>,
    wholes: BTreeMap<Id, BTreeSet<Id>>,
}

impl Ever {
    /// What the certificates of a tree say.
    pub fn of(tree: &Authority) -> Ever {
        let mut ever = Ever::default();
        for (child, parent) in &tree.accepted {
            if tree.taken_in.get(child).is_some_and(|parents| parents.contains_key(parent)) {
                ever.parents.entry(*child).or_default().insert(*parent);
            }
        }
        while ever.grow(tree) {}
        ever
    }

    /// Adds the mergers and moves whose issuers stand high enough by what is known so far.
    fn grow(&mut self, tree: &Authority) -> bool {
        let mut grown = false;
        for (absorbed, claims) in &tree.absorbed {
            for (into, issuer) in claims {
                if tree.joined.contains(&(*absorbed, *into))
                    && (issuer == into || self.above(*into).contains(issuer))
                {
                    grown |= self.wholes.entry(*absorbed).or_default().insert(*into);
                }
            }
        }
        for (child, moves) in &tree.moves {
            for ((from, to), issuers) in moves {
                let (mut over_from, mut over_to) = (self.above(*from), self.above(*to));
                over_from.insert(*from);
                over_to.insert(*to);
                if issuers.contains(from) && issuers.contains(to)
                    || over_from.intersection(&over_to).any(|common| issuers.contains(common))
                {
                    grown |= self.parents.entry(*child).or_default().insert(*to);
                }
            }
        }
        grown
    }

    /// An organisation and everything that it ever became part of.
    fn wholes_of(&self, org: Id) -> BTreeSet<Id> {
        let mut found = BTreeSet::from([org]);
        let mut open = vec![org];
        while let Some(next) = open.pop() {
            for whole in self.wholes.get(&next).into_iter().flatten() {
                if found.insert(*whole) {
                    open.push(*whole);
                }
            }
        }
        found
    }

    /// Everything that ever stood above an organisation.
    fn above(&self, org: Id) -> BTreeSet<Id> {
        let mut found = BTreeSet::new();
        let mut open: Vec<Id> = self.wholes_of(org).into_iter().collect();
        while let Some(next) = open.pop() {
            for parent in self.parents.get(&next).into_iter().flatten() {
                for at in self.wholes_of(*parent) {
                    if found.insert(at) {
                        open.push(at);
                    }
                }
            }
        }
        found
    }

    /// Whether a redaction in a stream erases what an organisation has: its writer belongs to a township or higher, that
    /// ever stood above the organisation, and the stream is about the same organisation.
    pub fn may_erase(&self, tree: &Authority, stream: &StreamId, org: Id) -> bool {
        if self.wholes_of(stream.org).is_disjoint(&self.wholes_of(org)) {
            return false;
        }
        let above = self.above(org);
        let lowest = Kind::Redaction.rule().0.number();
        tree.laptops.get(&stream.replica).into_iter().flatten().any(|(home, _, issuer)| {
            let certified = issuer == home
                || self.above(*home).contains(issuer)
                || self.wholes_of(*home).contains(issuer);
            let mut homes = self.wholes_of(*home).into_iter();
            certified && homes.any(|home| above.contains(&home) && level(tree, home) >= lowest)
        })
    }
}

/// The highest level that anybody gave an organisation.
fn level(tree: &Authority, org: Id) -> u8 {
    let given = tree.taken_in.get(&org).into_iter().flat_map(BTreeMap::values);
    given.chain(tree.founded.get(&org)).copied().max().unwrap_or_default()
}
