//! What would be lost if a copy took the place of the present store.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use yuanba_core::Id;
use yuanba_journal::author::Tip;

use super::cover::Places;
use crate::peers::Vector;
use crate::{Result, Store, StoreError, database, streams};

/// What somebody did here that would be lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhoseLost {
    /// The user
    pub user: Id,
    /// Acts, as one takes them back
    pub acts: u64,
    /// The first and the last of them, ms since 1970 by the laptop's clock
    pub first_ms: i64,
    /// See above
    pub last_ms: i64,
}

/// A copy beside the present store.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lost {
    /// Changes here that are not in the copy
    pub newer: u64,
    /// Of these: what others are known to hold and give back
    pub comes_back: u64,
    /// Of these: what nobody else is known to hold
    pub lost: u64,
    /// Changes in the copy that are not here
    pub only_there: u64,
    /// Changes whose words were erased here and can still be read in the copy
    pub erased_here: u64,
    /// Who would lose what, the last one first
    pub whose: Vec<WhoseLost>,
}

impl Store {
    /// What is here and not in a copy of this store.
    ///
    /// # Errors
    /// `Refused` for a copy of another store, or one that the present key does not open; `Damaged`; those of the disk.
    pub fn compare_copy(&self, file: &Path) -> Result<Lost> {
        let places = Places::of(file)?;
        if places.cover.store != self.vault.store() {
            return Err(StoreError::Refused("a copy of another store"));
        }
        if places.database.0 == 0 {
            let copy = database::connect_to_read(file, &self.database_key.literal())?;
            return self.beside(&copy);
        }
        // Format 1 has the database in the middle.
        let out = self.dir.join("backup-look.db");
        let taken = take_database(places, &out)
            .and_then(|()| database::connect_to_read(&out, &self.database_key.literal()))
            .and_then(|copy| self.beside(&copy));
        let _ = std::fs::remove_file(out);
        taken
    }

    fn beside(&self, copy: &rusqlite::Connection) -> Result<Lost> {
        let mut theirs = Vector::new();
        for (row, stream) in streams::all(copy)? {
            theirs.insert(stream, streams::heads(copy, row)?.into_iter().map(|head| head.tip).collect());
        }
        let others = self.everybody()?;
        let mut lost = Lost::default();
        let mut whose: BTreeMap<Id, WhoseLost> = BTreeMap::new();
        for (row, stream) in &self.context.streams {
            let there = theirs.remove(stream).unwrap_or_default();
            lost.only_there += self.unknown(*row, &there)?;
            for head in streams::heads(&self.db, *row)? {
                let reach = |tips: &[Tip]| self.common(*row, head.tip, tips);
                let after = reach(&there)?.min(head.tip.seq);
                let mut known = after;
                for other in &others {
                    known = known.max(reach(other.get(stream).map_or(&[][..], Vec::as_slice))?);
                }
                let known = known.min(head.tip.seq);
                lost.newer += head.tip.seq - after;
                lost.comes_back += known - after;
                lost.lost += head.tip.seq - known;
                for change in streams::branch(&self.db, *row, head.tip, known)? {
                    let (user, wall) = (change.header.user, change.header.wall_ms);
                    let one = whose.entry(user).or_insert(WhoseLost {
                        user,
                        acts: 0,
                        first_ms: wall,
                        last_ms: wall,
                    });
                    one.acts += u64::from(change.header.group_index == 0);
                    one.first_ms = one.first_ms.min(wall);
                    one.last_ms = one.last_ms.max(wall);
                }
            }
        }
        let mut readable = BTreeSet::new();
        for change in self.redactions()?.iter().flat_map(|(_, changes)| changes) {
            if let Some((id, _)) = streams::resolve(copy, change)?
                && copy
                    .query_row("SELECT body IS NOT NULL FROM change WHERE id = ?1", [id], |row| row.get(0))?
            {
                readable.insert(id);
            }
        }
        lost.erased_here = readable.len() as u64;
        // Streams of which nothing is here.
        lost.only_there += theirs.values().flatten().map(|tip| tip.seq).sum::<u64>();
        lost.whose = whose.into_values().collect();
        lost.whose.sort_by_key(|one| std::cmp::Reverse(one.last_ms));
        Ok(lost)
    }

    /// How many changes lead to these ends that are not held here.
    fn unknown(&self, row: i64, tips: &[Tip]) -> Result<u64> {
        let mut more = 0;
        let reach = streams::reach(&self.db, row)?;
        for tip in tips {
            if !streams::held(&self.db, row, tip.seq, &tip.hash)? {
                more += tip.seq.saturating_sub(reach).max(1);
            }
        }
        Ok(more)
    }

    /// What everybody else said last that they hold: laptops and servers.
    fn everybody(&self) -> Result<Vec<Vector>> {
        let own = self.replica.id();
        let mut statement = self.db.prepare_cached("SELECT id FROM peer")?;
        let peers: Vec<Id> =
            statement.query_map([], |row| streams::read_id(row, 0))?.collect::<Result<_, _>>()?;
        peers.into_iter().filter(|peer| *peer != own).map(|peer| self.heard(peer)).collect()
    }
}

fn take_database(places: Places, out: &Path) -> Result<()> {
    use std::io::{Read as _, Seek as _, SeekFrom};
    let (begins, length) = places.database;
    let mut file = places.file;
    file.seek(SeekFrom::Start(begins))?;
    let mut database = std::fs::File::create(out)?;
    std::io::copy(&mut file.take(length), &mut database)?;
    Ok(())
}
