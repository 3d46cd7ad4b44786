//! Folding touched records and ledger keys, and writing their rows.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, Row, params};
use yuanba_core::Id;
use yuanba_core::tables::{self, member, person_edge};
use yuanba_journal::fold::{
    EntryInput, EntryState, Origin, RecordInput, RecordState, fold_entries, fold_record,
};
use yuanba_journal::payload::{Choice, Entry, RecordWrite, decode_values};
use yuanba_journal::{Change, Kind};

use crate::Result;
use crate::context::Context;
use crate::entry_rows::EntryRows;
use crate::persons;
use crate::streams::{self, GroupPlace};

/// What a batch of changes touches.
#[derive(Default)]
pub struct Touched {
    /// Records by organisation and id
    pub records: BTreeSet<(Id, Id)>,
    /// Ledger keys by organisation
    pub keys: BTreeSet<(Id, Id)>,
}

/// 作废
pub const FLAG_VOID: i64 = 1;
/// A field is in conflict
pub const FLAG_CONFLICT: i64 = 2;
/// Written to at the same time as it was declared void
pub const FLAG_DOUBT: i64 = 4;
/// A newer version's critical change is among its changes
pub const FLAG_FROZEN: i64 = 8;

/// Folds everything that was touched and writes the rows. Answers with the members that show otherwise now although
/// nothing was written to them: those who became, or no longer are, one person with somebody who was touched.
pub fn fold(db: &Connection, context: &Context, touched: &Touched) -> Result<BTreeSet<Id>> {
    let mut members: BTreeMap<(Id, Id), Option<RecordState>> = BTreeMap::new();
    let mut joined = false;
    for (org, entity) in &touched.records {
        let state = fold_one(db, context, *org, &[*entity])?;
        let before = table_of(db, *org, *entity)?;
        if state.table == person_edge::TABLE.number || before == Some(person_edge::TABLE.number) {
            joined = true;
            for person in persons::write_link(db, *org, *entity, &state)? {
                members.entry(person).or_default();
            }
        }
        if state.table == member::TABLE.number || before == Some(member::TABLE.number) {
            members.insert((*org, *entity), Some(state));
        } else {
            write_record(db, *org, *entity, &state, &state)?;
        }
    }
    let also = persons::fold(db, context, members, joined)?;
    let mut rows = EntryRows::of(db)?;
    for (org, key) in &touched.keys {
        if !rows.fold_alone(context, *org, *key)? {
            rows.write(*org, *key, entry_state(db, context, *org, *key)?)?;
        }
    }
    Ok(also)
}

/// Whose a change is and the group that it is part of, when it shows as it was written: it counts, its group is whole and was
/// not taken back. Of a row that begins with the columns of [`WRITTEN`].
pub fn shows(context: &Context, row: &Row<'_>) -> Result<Option<(Id, GroupPlace)>> {
    let group = group_in(row)?;
    let shows = row.get::<_, bool>(3)? && !context.parked(&group) && !context.retracted(&group);
    let stream = context.streams.get(&group.stream).filter(|_| shows);
    Ok(stream.map(|stream| (context.org_of(stream), group)))
}

/// The columns of [`WRITTEN`] that say which group a change is part of.
fn group_in(row: &Row<'_>) -> Result<GroupPlace> {
    Ok(GroupPlace { stream: row.get(0)?, first_seq: row.get::<_, i64>(1)? as u64, first_prefix: row.get(2)? })
}

fn table_of(db: &Connection, org: Id, entity: Id) -> Result<Option<u16>> {
    let mut statement = db.prepare_cached("SELECT tbl FROM record WHERE entity = ?2 AND org = ?1")?;
    Ok(statement.query_row(params![org.0, entity.0], |row| row.get(0)).optional()?)
}

/// A change as it is folded.
pub struct Written {
    /// The change
    pub change: Change,
    /// The group that it is part of
    pub group: GroupPlace,
    /// Whether its stream counts up to it
    pub counts: bool,
}

/// The columns of `change` that [`written`] reads.
pub const WRITTEN: &str = "stream, first_seq, first_prefix, counts, header, salt, body";

/// A row of [`WRITTEN`] columns, and whose it is; nothing for a stream that is not known.
pub fn written(context: &Context, row: &Row<'_>) -> Result<Option<(Id, Written)>> {
    let group = group_in(row)?;
    let Some(stream) = context.streams.get(&group.stream) else { return Ok(None) };
    let change = streams::stored(row.get(4)?, row.get(5)?, row.get(6)?)?;
    Ok(Some((context.org_of(stream), Written { change, group, counts: row.get(3)? })))
}

/// Everything that was written to one record or ledger key of an organisation.
fn written_to(db: &Connection, context: &Context, org: Id, entity: Id) -> Result<Vec<Written>> {
    let mut statement = db.prepare_cached(&format!("SELECT {WRITTEN} FROM change WHERE entity = ?1"))?;
    let mut rows = statement.query([entity.0])?;
    let mut list = Vec::new();
    while let Some(row) = rows.next()? {
        list.extend(written(context, row)?.filter(|(whose, _)| *whose == org).map(|(_, written)| written));
    }
    Ok(list)
}

/// Folds a record, or the records of one person as one.
pub fn fold_one(db: &Connection, context: &Context, org: Id, entities: &[Id]) -> Result<RecordState> {
    let mut all = Vec::new();
    for entity in entities {
        all.extend(written_to(db, context, org, *entity)?);
    }
    Ok(record_state(context, all))
}

/// Folds what was written to a record.
pub fn record_state(context: &Context, written: Vec<Written>) -> RecordState {
    let frozen = written.iter().any(|one| {
        one.counts && one.change.header.critical && matches!(one.change.header.kind, Kind::Unknown(_))
    });
    let inputs: Vec<RecordInput> = written.into_iter().filter_map(|one| record_input(context, one)).collect();
    let mut state = fold_record(&inputs);
    state.frozen = frozen;
    state
}

/// A write to a record, in the form that the fold takes; nothing for what cannot be read. A write whose values are not
/// here, or are of a form that only a newer version reads, does not show, but what it replaced stays replaced through it.
fn record_input(context: &Context, written: Written) -> Option<RecordInput> {
    let Written { change, group, counts } = written;
    if change.header.kind != Kind::Record {
        return None;
    }
    let write = RecordWrite::from_cbor(&change.header.kept, &change.header.stream).ok()?;
    let values = change.body.as_ref().and_then(|body| decode_values(&body.bytes, write.items.len()).ok());
    let readable = values.is_some() || change.body_missing();
    let effective = counts && readable && !context.parked(&group) && !context.retracted(&group);
    Some(RecordInput { origin: Origin::of(&change), write, values, effective })
}

/// What was written to a ledger key, in the form that the fold takes.
pub fn entry_inputs(context: &Context, written: Vec<Written>) -> Vec<EntryInput> {
    let mut inputs = Vec::new();
    for Written { change, group, counts } in written {
        if !counts || context.parked(&group) {
            continue;
        }
        let taken_back = context.retracted(&group);
        let origin = Origin::of(&change);
        match change.header.kind {
            Kind::Entry => {
                if let Ok(entry) = Entry::from_cbor(&change.header.kept) {
                    inputs.push(EntryInput::Entry(origin, entry, taken_back));
                }
            }
            Kind::Reversal if !taken_back => inputs.push(EntryInput::Reversal(origin)),
            Kind::Choice => {
                if let Ok(choice) = Choice::from_cbor(&change.header.kept, &change.header.stream) {
                    inputs.push(EntryInput::Choice(origin, choice, taken_back));
                }
            }
            _ => {}
        }
    }
    inputs
}

/// Writes a record's row. `links` is the state whose references are indexed.
pub fn write_record(
    db: &Connection,
    org: Id,
    entity: Id,
    state: &RecordState,
    links: &RecordState,
) -> Result<()> {
    if state.fields.is_empty() && !state.frozen {
        return remove_record(db, org, entity);
    }
    let table = tables::by_number(state.table);
    let parent = table.and_then(|t| t.parent).and_then(|f| links.shown(f.number).as_id());
    let on = table.and_then(|t| t.on).and_then(|f| links.shown(f.number).as_text().map(str::to_owned));
    let stage = table.and_then(|t| t.stage).and_then(|f| state.shown(f.number).as_text().map(str::to_owned));
    let flags = i64::from(state.voided()) * FLAG_VOID
        + i64::from(!state.conflicts().is_empty()) * FLAG_CONFLICT
        + i64::from(state.written_while_voided) * FLAG_DOUBT
        + i64::from(state.frozen) * FLAG_FROZEN;
    let mut statement = db.prepare_cached(
        "INSERT INTO record(org, entity, tbl, alias, parent, on_date, flags, digest, state, stage)
         VALUES(?1, ?2, ?3, NULL, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT(entity, org) DO UPDATE SET tbl = ?3, alias = NULL, parent = ?4, on_date = ?5, flags = ?6, digest = ?7,
           state = ?8, stage = ?9",
    )?;
    statement.execute(params![
        org.0,
        entity.0,
        state.table,
        parent.map(|p| p.0),
        on,
        flags,
        state.digest().0,
        state.to_cbor(),
        stage
    ])?;
    Ok(())
}

/// Takes a record's row away: nothing of it counts any more.
pub fn remove_record(db: &Connection, org: Id, entity: Id) -> Result<()> {
    db.prepare_cached("DELETE FROM record WHERE entity = ?2 AND org = ?1")?
        .execute(params![org.0, entity.0])?;
    Ok(())
}

/// The fold of one ledger key with everything that led to it, for a page that explains a figure.
pub fn entry_state(db: &Connection, context: &Context, org: Id, key: Id) -> Result<Option<EntryState>> {
    Ok(fold_entries(&entry_inputs(context, written_to(db, context, org, key)?)))
}
