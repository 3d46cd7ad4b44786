//! Folding the whole journal into empty tables: one pass over the changes, by what they are about.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, Row};
use yuanba_core::Id;
use yuanba_core::tables::{member, person_edge};
use yuanba_journal::Kind;
use yuanba_journal::fold::{RecordState, fold_entries};

use crate::Result;
use crate::context::Context;
use crate::entry_rows::EntryRows;
use crate::folding::{self, Written};
use crate::persons;
use crate::streams::{self, GroupPlace};

/// Folds every change into tables that hold nothing. Writes what [`folding::fold`] would write if everything were touched,
/// without asking at each record what the tables hold already.
pub fn fold_everything(db: &Connection, context: &Context) -> Result<()> {
    let mut members: BTreeMap<(Id, Id), Option<RecordState>> = BTreeMap::new();
    let mut statement = db.prepare(&format!(
        "SELECT {}, kind, entity FROM change WHERE entity IS NOT NULL ORDER BY entity",
        folding::WRITTEN
    ))?;
    let mut rows = statement.query([])?;
    let mut entries = EntryRows::of(db)?;
    let mut about: Option<(Id, About)> = None;
    while let Some(row) = rows.next()? {
        let entity = Id(row.get(8)?);
        about = Some(match about {
            Some((before, of_it)) if before == entity => (entity, of_it.and(context, row)?),
            before => {
                if let Some((before, of_it)) = before {
                    of_it.fold(db, context, before, &mut entries, &mut members)?;
                }
                (entity, About::new(context, row)?)
            }
        });
    }
    if let Some((last, of_it)) = about {
        of_it.fold(db, context, last, &mut entries, &mut members)?;
    }
    persons::fold_everybody(db, context, members)
}

/// What was written to one record or ledger key.
enum About {
    /// An entry that shows, alone so far, in its header's bytes
    Alone { org: Id, group: GroupPlace, header: Vec<u8> },
    /// Everything, nearly always of one organisation
    Written(BTreeMap<Id, Vec<Written>>),
}

impl About {
    /// Begins with the first row.
    fn new(context: &Context, row: &Row<'_>) -> Result<About> {
        let kind = Kind::from_number(row.get::<_, i64>(7)? as u64);
        match folding::shows(context, row)? {
            Some((org, group)) if kind == Kind::Entry => Ok(About::Alone { org, group, header: row.get(4)? }),
            _ => About::Written(BTreeMap::new()).and(context, row),
        }
    }

    /// Goes on with one more row.
    fn and(self, context: &Context, row: &Row<'_>) -> Result<About> {
        let mut all = match self {
            About::Written(all) => all,
            About::Alone { org, group, header } => {
                // The fold of an entry does not ask for a body.
                let change = streams::stored(header, None, None)?;
                BTreeMap::from([(org, vec![Written { change, group, counts: true }])])
            }
        };
        if let Some((org, change)) = folding::written(context, row)? {
            all.entry(org).or_default().push(change);
        }
        Ok(About::Written(all))
    }

    fn fold(
        self,
        db: &Connection,
        context: &Context,
        entity: Id,
        rows: &mut EntryRows<'_>,
        members: &mut BTreeMap<(Id, Id), Option<RecordState>>,
    ) -> Result<()> {
        let all = match self {
            About::Alone { org, header, .. } => return rows.write_alone(org, entity, &header),
            About::Written(all) => all,
        };
        let of_ledger =
            |one: &Written| matches!(one.change.header.kind, Kind::Entry | Kind::Reversal | Kind::Choice);
        for (org, written) in all {
            let (entries, records): (Vec<_>, Vec<_>) = written.into_iter().partition(of_ledger);
            if !entries.is_empty() {
                let state = fold_entries(&folding::entry_inputs(context, entries));
                rows.write(org, entity, state)?;
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
