//! The organisations that this store knows.

use yuanba_core::tables::organisation;
use yuanba_core::{Id, Level};

use crate::{Result, Store};

/// An organisation of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its id
    pub id: Id,
    /// Its name, if it is known here
    pub name: Option<String>,
    /// Its level
    pub level: Option<Level>,
    /// The parent that took it in
    pub parent: Option<Id>,
    /// The organisation that it is part of now
    pub absorbed_into: Option<Id>,
    /// Its laptops
    pub replicas: Vec<Id>,
    /// Where it is
    pub place: Option<String>,
}

impl Store {
    /// Every organisation that a certificate names.
    pub fn organisations(&self) -> Result<Vec<Organisation>> {
        let tree = self.authority();
        tree.organisations()
            .into_iter()
            .map(|id| {
                let canonical = tree.canonical(id);
                let facts = self.record(&organisation::TABLE, id)?;
                let fact = |field| facts.as_ref().and_then(|f| f.text(field)).map(str::to_owned);
                Ok(Organisation {
                    id,
                    name: fact(organisation::NAME),
                    level: tree.level(id).and_then(Level::from_number),
                    parent: tree.granted_parent(id),
                    absorbed_into: (canonical != id).then_some(canonical),
                    replicas: self.laptops_of(id),
                    place: fact(organisation::PLACE),
                })
            })
            .collect()
    }

    /// The laptops of an organisation, each once: one that came with an organisation that was absorbed is certified for
    /// both.
    fn laptops_of(&self, org: Id) -> Vec<Id> {
        let mut laptops: Vec<Id> =
            self.authority().laptops(org).into_iter().map(|(replica, _)| replica).collect();
        laptops.sort_unstable();
        laptops.dedup();
        laptops
    }

    /// The name of an organisation, or the beginning of its id.
    pub fn organisation_name(&self, id: Id) -> Result<String> {
        let id = self.authority().canonical(id);
        let facts = self.record(&organisation::TABLE, id)?;
        Ok(facts
            .and_then(|f| f.text(organisation::NAME).map(str::to_owned))
            .unwrap_or_else(|| id.to_string()[..8].to_owned()))
    }

    /// An organisation and everything below it.
    pub fn scope(&self, org: Id) -> Vec<Id> {
        let tree = self.authority();
        tree.organisations()
            .into_iter()
            .filter(|id| tree.canonical(*id) == *id && tree.covers(org, *id))
            .collect()
    }

    /// The level of this store's organisation.
    pub fn level(&self) -> Option<Level> {
        self.authority().level(self.org()).and_then(Level::from_number)
    }
}
