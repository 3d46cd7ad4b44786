//! The same person: records of one organisation with the same valid ID number and the same name fold to one, and so do
//! records that a person has joined; what a person has parted stays two (JOURNAL §4).

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, params};
use yuanba_core::id_number::IdNumber;
use yuanba_core::tables::{member, person_edge};
use yuanba_core::{Id, Value};
use yuanba_journal::fold::RecordState;

use crate::Result;
use crate::context::Context;
use crate::folding::{fold_one, remove_record, write_record};
use crate::from_nothing::in_company;

/// What makes two records of an organisation one person without anybody's word.
fn sameness(state: &RecordState) -> Option<String> {
    if state.table != member::TABLE.number {
        return None;
    }
    let number = state.shown(member::ID_NUMBER.number).as_text()?;
    let name = state.shown(member::NAME.number).as_text()?;
    let number: IdNumber = number.parse().ok()?;
    (!name.is_empty() && !state.voided()).then(|| format!("{number} {name}"))
}

/// Writes what a join or parting says, and answers with the records it is about, before and now.
pub fn write_link(db: &Connection, org: Id, edge: Id, state: &RecordState) -> Result<Vec<(Id, Id)>> {
    let mut about: Vec<(Id, Id)> = Vec::new();
    let before: Option<([u8; 16], [u8; 16])> = db
        .prepare_cached("SELECT first, second FROM person_link WHERE org = ?1 AND edge = ?2")?
        .query_row(params![org.0, edge.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if let Some((first, second)) = before {
        about.extend([(org, Id(first)), (org, Id(second))]);
    }
    let end = |field: yuanba_core::Field| state.shown(field.number).as_id();
    match (end(person_edge::FIRST), end(person_edge::SECOND)) {
        (Some(first), Some(second)) if !state.voided() => {
            let same = state.shown(person_edge::SAME.number) != &Value::Bool(false);
            db.prepare_cached(
                "INSERT OR REPLACE INTO person_link(org, edge, first, second, same) VALUES(?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![org.0, edge.0, first.0, second.0, same])?;
            about.extend([(org, first), (org, second)]);
        }
        _ => {
            db.prepare_cached("DELETE FROM person_link WHERE org = ?1 AND edge = ?2")?
                .execute(params![org.0, edge.0])?;
        }
    }
    Ok(about)
}

/// Folds members: each alone first, to know who is the same as whom, then each person whole. Answers with those who are
/// folded as one with others, or were. `joined` says that a join or parting is among what was touched.
pub fn fold(
    db: &Connection,
    context: &Context,
    touched: BTreeMap<(Id, Id), Option<RecordState>>,
    joined: bool,
) -> Result<BTreeSet<Id>> {
    let mut together = BTreeSet::new();
    let mut open: BTreeSet<(Id, Id)> = BTreeSet::new();
    let mut alone: BTreeMap<(Id, Id), RecordState> = BTreeMap::new();
    for ((org, entity), folded) in touched {
        let before = shown_as_one(db, org, entity)?;
        // Most writes to a member leave the name and the number as they were: whoever was alone with them still is.
        if let (Some(state), [_], false) = (&folded, &before[..], joined)
            && state.table == member::TABLE.number
            && sameness_shown(db, org, entity)? == Some(sameness(state))
        {
            write_record(db, org, entity, state, state)?;
            continue;
        }
        open.insert((org, entity));
        if before.len() > 1 {
            together.extend(before.iter().copied());
        }
        open.extend(before.into_iter().map(|e| (org, e)));
        let state = match folded {
            Some(state) => state,
            None => fold_one(db, context, org, &[entity])?,
        };
        write_sameness(db, org, entity, sameness(&state))?;
        alone.insert((org, entity), state);
    }
    together.extend(fold_clusters(db, context, open, alone)?);
    Ok(together)
}

/// As [`fold`], when the tables hold nothing: nobody was shown as one with anybody, and only those who share a number or
/// are named by a join or parting are asked for company.
pub fn fold_everybody(
    db: &Connection,
    context: &Context,
    members: BTreeMap<(Id, Id), Option<RecordState>>,
) -> Result<()> {
    for ((org, entity), state) in &members {
        if let Some(same_as) = state.as_ref().and_then(sameness) {
            write_sameness(db, *org, *entity, Some(same_as))?;
        }
    }
    let company = in_company(db)?;
    let mut open = BTreeSet::new();
    let mut alone = BTreeMap::new();
    for ((org, entity), state) in members {
        match state {
            Some(state) if !company.contains(&entity) => write_record(db, org, entity, &state, &state)?,
            state => {
                open.insert((org, entity));
                alone.extend(state.map(|state| ((org, entity), state)));
            }
        }
    }
    fold_clusters(db, context, open, alone).map(|_| ())
}

/// Folds each person whole. Answers with those who are folded as one with others.
fn fold_clusters(
    db: &Connection,
    context: &Context,
    mut open: BTreeSet<(Id, Id)>,
    mut alone: BTreeMap<(Id, Id), RecordState>,
) -> Result<BTreeSet<Id>> {
    let mut together = BTreeSet::new();
    while let Some((org, entity)) = open.pop_first() {
        let cluster = cluster(db, context, org, entity, &mut alone)?;
        for other in &cluster {
            open.remove(&(org, *other));
        }
        let representative = *cluster.first().unwrap_or(&entity);
        if cluster.len() == 1 {
            let state = match alone.remove(&(org, entity)) {
                Some(state) => state,
                None => fold_one(db, context, org, &[entity])?,
            };
            write_record(db, org, entity, &state, &state)?;
            continue;
        }
        together.extend(cluster.iter().copied());
        let members: Vec<Id> = cluster.iter().copied().collect();
        let whole = fold_one(db, context, org, &members)?;
        write_record(db, org, representative, &whole, &whole)?;
        for other in cluster.iter().filter(|e| **e != representative) {
            write_alias(db, org, *other, representative, whole.table)?;
        }
    }
    Ok(together)
}

fn write_sameness(db: &Connection, org: Id, entity: Id, same_as: Option<String>) -> Result<()> {
    match same_as {
        Some(text) => db
            // Most writes to a member change nothing of this, and then no page is written.
            .prepare_cached(
                "INSERT INTO person(org, entity, same_as) VALUES(?1, ?2, ?3)
                 ON CONFLICT(org, entity) DO UPDATE SET same_as = ?3 WHERE same_as <> ?3",
            )?
            .execute(params![org.0, entity.0, text])?,
        None => db
            .prepare_cached("DELETE FROM person WHERE org = ?1 AND entity = ?2")?
            .execute(params![org.0, entity.0])?,
    };
    Ok(())
}

fn write_alias(db: &Connection, org: Id, entity: Id, of: Id, table: u16) -> Result<()> {
    remove_record(db, org, entity)?;
    db.prepare_cached(
        "INSERT INTO record(org, entity, tbl, alias, flags, digest, state) VALUES(?1, ?2, ?3, ?4, 0, ?4, x'')",
    )?
    .execute(params![org.0, entity.0, table, of.0])?;
    Ok(())
}

/// What the tables show a record to be the same by; nothing when they do not show it as a member of its own.
fn sameness_shown(db: &Connection, org: Id, entity: Id) -> Result<Option<Option<String>>> {
    let mut statement = db.prepare_cached(
        "SELECT state FROM record WHERE entity = ?2 AND org = ?1 AND alias IS NULL AND +tbl = ?3",
    )?;
    let mut rows = statement.query(params![org.0, entity.0, member::TABLE.number])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(sameness(&RecordState::from_cbor(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?)?)))
}

/// The records that the tables show as one person with this one now.
fn shown_as_one(db: &Connection, org: Id, entity: Id) -> Result<Vec<Id>> {
    let alias: Option<Option<[u8; 16]>> = db
        .prepare_cached("SELECT alias FROM record WHERE entity = ?2 AND org = ?1")?
        .query_row(params![org.0, entity.0], |row| row.get(0))
        .optional()?;
    let representative = alias.flatten().map_or(entity, Id);
    let mut statement =
        db.prepare_cached("SELECT entity FROM record WHERE tbl = ?3 AND org = ?1 AND alias = ?2")?;
    let rows = statement
        .query_map(params![org.0, representative.0, member::TABLE.number], |row| Ok(Id(row.get(0)?)))?;
    let mut list = vec![representative];
    for row in rows {
        list.push(row?);
    }
    Ok(list)
}

/// Everybody of the organisation who is the same person as this record, the smallest id first. What is no member here
/// joins nobody: the far end of a join across organisations, or a mistaken id.
fn cluster(
    db: &Connection,
    context: &Context,
    org: Id,
    entity: Id,
    alone: &mut BTreeMap<(Id, Id), RecordState>,
) -> Result<BTreeSet<Id>> {
    let mut found = BTreeSet::from([entity]);
    let mut open = vec![entity];
    while let Some(next) = open.pop() {
        let neighbours = neighbours(db, org, next)?;
        if neighbours.is_empty() || !is_member(db, context, org, next, alone)? {
            continue;
        }
        for other in neighbours {
            if is_member(db, context, org, other, alone)? && found.insert(other) {
                open.push(other);
            }
        }
    }
    Ok(found)
}

fn is_member(
    db: &Connection,
    context: &Context,
    org: Id,
    entity: Id,
    alone: &mut BTreeMap<(Id, Id), RecordState>,
) -> Result<bool> {
    let state = match alone.entry((org, entity)) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(unknown) => unknown.insert(fold_one(db, context, org, &[entity])?),
    };
    Ok(state.table == member::TABLE.number && !state.fields.is_empty())
}

fn neighbours(db: &Connection, org: Id, entity: Id) -> Result<BTreeSet<Id>> {
    let mut links = db.prepare_cached(
        "SELECT second, same FROM person_link WHERE first = ?2 AND org = ?1
         UNION ALL SELECT first, same FROM person_link WHERE second = ?2 AND org = ?1",
    )?;
    let mut joined = BTreeSet::new();
    let mut parted = BTreeSet::new();
    for row in
        links.query_map(params![org.0, entity.0], |row| Ok((Id(row.get(0)?), row.get::<_, bool>(1)?)))?
    {
        let (other, same) = row?;
        if same {
            joined.insert(other)
        } else {
            parted.insert(other)
        };
    }
    let mut twins = db.prepare_cached(
        "SELECT b.entity FROM person a JOIN person b ON b.org = a.org AND b.same_as = a.same_as
         WHERE a.org = ?1 AND a.entity = ?2 AND b.entity <> ?2",
    )?;
    for row in twins.query_map(params![org.0, entity.0], |row| Ok(Id(row.get(0)?)))? {
        joined.insert(row?);
    }
    joined.retain(|other| !parted.contains(other));
    Ok(joined)
}
