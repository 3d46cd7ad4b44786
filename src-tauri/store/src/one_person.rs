//! The same person in several organisations (JOURNAL §4). Each organisation's dossier stays its own, so that every store that
//! holds the organisation shows the same of it; whoever holds several of them is told that they are about one person.

use std::collections::BTreeSet;

use rusqlite::params;
use yuanba_core::Id;
use yuanba_core::tables::{member, person_edge};

use yuanba_journal::fold::RecordState;

use crate::folding::fold_one;
use crate::streams::read_id;
use crate::{Result, Store};

/// What somebody has said of two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said {
    /// The record that says it
    pub edge: Id,
    /// Whose record that is
    pub org: Id,
    /// One of the two
    pub first: Id,
    /// The other
    pub second: Id,
    /// One person, or two
    pub same: bool,
}

impl Store {
    /// What has been said of two persons, by any of the ids that they show under.
    pub fn said_of(&self, one: Id, other: Id) -> Result<Vec<Said>> {
        let ids = |id: Id| -> Result<BTreeSet<Id>> {
            let shown = self.representative(id)?;
            Ok(self.aliases(shown)?.into_iter().chain([shown, id]).collect())
        };
        let (near, far) = (ids(one)?, ids(other)?);
        let mut statement = self.db.prepare_cached(
            "SELECT org, edge, first, second, same FROM person_link WHERE first = ?1
             UNION SELECT org, edge, first, second, same FROM person_link WHERE second = ?1",
        )?;
        let mut said = Vec::new();
        for id in near {
            let rows = statement.query_map([id.0], |row| {
                Ok(Said {
                    org: read_id(row, 0)?,
                    edge: read_id(row, 1)?,
                    first: read_id(row, 2)?,
                    second: read_id(row, 3)?,
                    same: row.get(4)?,
                })
            })?;
            for row in rows {
                let link = row?;
                let end = if link.first == id { link.second } else { link.first };
                if far.contains(&end) {
                    said.push(link);
                }
            }
        }
        Ok(said)
    }

    /// The records that are shown as this person, each as it is alone, by id.
    pub fn apart(&self, id: Id) -> Result<Vec<(Id, RecordState)>> {
        let shown = self.representative(id)?;
        let Some(record) = self.record(&member::TABLE, shown)? else { return Ok(Vec::new()) };
        let mut ids = self.aliases(shown)?;
        ids.push(shown);
        ids.sort_unstable();
        ids.into_iter().map(|id| Ok((id, fold_one(&self.db, &self.context, record.org, &[id])?))).collect()
    }

    /// The dossiers of one person, each as organisation and id: the one that an id shows as, and those of other
    /// organisations that somebody who stands above both has joined with it.
    pub fn dossiers(&self, id: Id) -> Result<BTreeSet<(Id, Id)>> {
        let mut found = BTreeSet::new();
        let mut open = vec![id];
        while let Some(next) = open.pop() {
            let Some(record) = self.record(&member::TABLE, next)? else { continue };
            if found.insert((record.org, record.id)) {
                open.extend(self.joined_elsewhere(record.org, record.id)?);
            }
        }
        Ok(found)
    }

    /// The far ends of the joins that lead from a dossier out of its organisation, by its own edges and by those of the
    /// organisations at the other end: a join across is one change in each.
    fn joined_elsewhere(&self, org: Id, id: Id) -> Result<BTreeSet<Id>> {
        let mut own = self.aliases(id)?;
        own.push(id);
        let (mut joined, mut parted) = (BTreeSet::new(), BTreeSet::new());
        let mut statement = self.db.prepare_cached(
            "SELECT org, edge, same, second FROM person_link WHERE first = ?1
             UNION ALL SELECT org, edge, same, first FROM person_link WHERE second = ?1",
        )?;
        for near in own {
            let rows = statement.query_map(params![near.0], |row| {
                Ok((read_id(row, 0)?, read_id(row, 1)?, row.get::<_, bool>(2)?, read_id(row, 3)?))
            })?;
            for row in rows {
                let (written_for, edge, same, far) = row?;
                let far_org = self.record(&member::TABLE, far)?.map(|record| record.org);
                let across = far_org
                    .is_some_and(|far_org| far_org != org && (written_for == org || written_for == far_org));
                if across && self.written_from_above(org, far_org.unwrap_or(org), edge)? {
                    let far = self.representative(far)?;
                    if same {
                        joined.insert(far)
                    } else {
                        parted.insert(far)
                    };
                }
            }
        }
        Ok(joined.difference(&parted).copied().collect())
    }

    /// Whether everything that an edge says was written by laptops that stand above both organisations.
    fn written_from_above(&self, one: Id, other: Id, edge: Id) -> Result<bool> {
        let Some(record) = self.record(&person_edge::TABLE, edge)? else { return Ok(false) };
        let state = record.state();
        let tree = self.authority();
        Ok([person_edge::FIRST, person_edge::SECOND, person_edge::SAME]
            .iter()
            .flat_map(|field| state.heads(field.number))
            .map(|head| state.origins[head.origin].stream.replica)
            .all(|replica| tree.certified_above(replica, one) && tree.certified_above(replica, other)))
    }
}
