//! Which records show otherwise than before, for whoever keeps some of them in memory.

use std::collections::BTreeSet;

use yuanba_core::Id;

use crate::Store;

/// More records than this are followed sooner by reading all of them again.
const MAX: usize = 2_000;

/// What has changed since somebody last asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Changed {
    /// These records
    Records(BTreeSet<Id>),
    /// So many that everything is to be read again
    Everything,
}

impl Default for Changed {
    fn default() -> Changed {
        Changed::Records(BTreeSet::new())
    }
}

impl Changed {
    /// Adds records.
    pub(crate) fn extend(&mut self, ids: impl ExactSizeIterator<Item = Id>) {
        match self {
            Changed::Records(known) if known.len() + ids.len() <= MAX => known.extend(ids),
            _ => *self = Changed::Everything,
        }
    }
}

impl Store {
    /// The records that show otherwise than when this was last asked: written here, come with a bundle, taken back.
    pub fn take_changed(&mut self) -> Changed {
        std::mem::take(&mut self.changed)
    }
}
