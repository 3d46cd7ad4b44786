//! Folding the whole journal into empty tables: one pass over the changes, by what they are about.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;
use yuanba_core::Id;
use yuanba_core::tables::{member, person_edge};
use yuanba_journal::Kind;
use yuanba_journal::fold::{RecordState, fold_entries};

use crate::Result;
use crate::context::Context;
use crate::folding::{self, Written};
use crate::persons;

/// Folds every change into tables that hold nothing. Writes what [`folding::fold`] would write if everything were touched,
/// without asking at each record what the tables hold already.
pub fn fold_everything(db: &Connection, context: &Context) -> Result<()> {
    let mut members: BTreeMap<(Id, Id), Option<RecordState>> = BTreeMap::new();
    let mut statement = db.prepare(&format!(
        "SELECT {}, entity FROM change WHERE entity IS NOT NULL ORDER BY entity",
        folding::WRITTEN
    ))?;
    let mut rows = statement.query([])?;
    let mut about: Option<Id> = None;
    // Nearly always of one organisation.
    let mut written: BTreeMap<Id, Vec<Written>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let entity = Id(row.get(7)?);
        if let Some(before) = about.filter(|before| *before != entity) {
            fold_entity(db, context, before, std::mem::take(&mut written), &mut members)?;
        }
        about = Some(entity);
        if let Some((org, change)) = folding::written(context, row)? {
            written.entry(org).or_default().push(change);
        }
    }
    if let Some(last) = about {
        fold_entity(db, context, last, written, &mut members)?;
    }
    persons::fold_everybody(db, context, members)
}

fn fold_entity(
    db: &Connection,
    context: &Context,
    entity: Id,
    written: BTreeMap<Id, Vec<Written>>,
    members: &mut BTreeMap<(Id, Id), Option<RecordState>>,
) -> Result<()> {
    let of_ledger =
        |one: &Written| matches!(one.change.header.kind, Kind::Entry | Kind::Reversal | Kind::Choice);
    for (org, written) in written {
        let (entries, records): (Vec<_>, Vec<_>) = written.into_iter().partition(of_ledger);
        if !entries.is_empty() {
            folding::write_entry(db, org, entity, fold_entries(&folding::entry_inputs(context, entries)))?;
        }
        if records.is_empty() {
            continue;
        }
        let state = folding::record_state(context, records);
        if state.table == member::TABLE.number {
            members.insert((org, entity), Some(state));
            continue;
        }
        if state.table == person_edge::TABLE.number {
            for person in persons::write_link(db, org, entity, &state)? {
                members.entry(person).or_default();
            }
        }
        folding::write_record(db, org, entity, &state, &state)?;
    }
    Ok(())
}

/// The records that may be one person with another: all others are alone without being asked.
pub fn in_company(db: &Connection) -> Result<BTreeSet<Id>> {
    let mut statement = db.prepare(
        "SELECT entity FROM person
           WHERE (org, same_as) IN (SELECT org, same_as FROM person GROUP BY org, same_as HAVING count(*) > 1)
         UNION SELECT first FROM person_link UNION SELECT second FROM person_link",
    )?;
    let rows = statement.query_map([], |row| Ok(Id(row.get(0)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
