//! What waits for a person: fields with two values, ledger keys with two amounts.

use yuanba_core::{Id, Value, tables};
use yuanba_journal::fold::Origin;
use yuanba_journal::payload::{Choice, Entry};
use yuanba_journal::{ChangeRef, GroupId};

use crate::folding::FLAG_CONFLICT;
use crate::intent::Intent;
use crate::record::Record;
use crate::streams::read_id;
use crate::{Result, Store, StoreError};

/// What kind of doubt it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConflictKind {
    /// A field of a record
    Field,
    /// A ledger key
    Ledger,
}

/// One of the values that stand against each other.
#[derive(Debug, Clone)]
pub struct Side {
    /// A, B, …, the one that shows first
    pub letter: char,
    /// The value
    pub value: Value,
    /// Who wrote it
    pub user: Id,
    /// The laptop
    pub replica: Id,
    /// When, as the laptop claims, ms since 1970
    pub at_ms: i64,
    origin: Origin,
    entry: Option<Entry>,
}

/// Values that did not see each other.
#[derive(Debug, Clone)]
pub struct Conflict {
    /// `<entity>.<field>` or `<key>`
    pub id: String,
    /// What kind
    pub kind: ConflictKind,
    /// Whose record
    pub org: Id,
    /// The record, or the ledger key
    pub entity: Id,
    /// Table number, for fields
    pub table: u16,
    /// Field number, for fields
    pub field: u16,
    /// At least two
    pub sides: Vec<Side>,
}

impl Store {
    /// Everything that waits for a person to say which stands.
    pub fn conflicts(&self) -> Result<Vec<Conflict>> {
        let mut list = Vec::new();
        // The flag stands as a number in the text, or the partial index would not be used.
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT tbl, entity FROM record WHERE flags & {FLAG_CONFLICT} <> 0 AND alias IS NULL ORDER BY entity"
        ))?;
        let rows = statement.query_map([], |row| Ok((row.get::<_, u16>(0)?, read_id(row, 1)?)))?;
        for row in rows {
            let (table, entity) = row?;
            let Some(table) = tables::by_number(table) else { continue };
            if let Some(record) = self.record(table, entity)? {
                list.extend(record.state().conflicts().into_iter().map(|field| of_field(&record, field)));
            }
        }
        let mut statement =
            self.db.prepare_cached("SELECT org, key FROM entry WHERE rivals > 0 ORDER BY key")?;
        let keys = statement.query_map([], |row| Ok((read_id(row, 0)?, read_id(row, 1)?)))?;
        for key in keys {
            let (org, key) = key?;
            list.extend(self.of_key(org, key)?);
        }
        Ok(list)
    }

    fn of_key(&self, org: Id, key: Id) -> Result<Option<Conflict>> {
        let Some(state) = self.entry_state(org, key)? else { return Ok(None) };
        let all = std::iter::once((state.origin.clone(), state.standing.clone())).chain(state.rivals.clone());
        let sides: Vec<Side> = all
            .zip('A'..='Z')
            .map(|((origin, entry), letter)| Side {
                letter,
                value: Value::Int(entry.amount),
                user: origin.user,
                replica: origin.stream.replica,
                at_ms: origin.wall_ms,
                origin,
                entry: Some(entry),
            })
            .collect();
        Ok((sides.len() > 1).then(|| Conflict {
            id: key.to_string(),
            kind: ConflictKind::Ledger,
            org,
            entity: key,
            table: 0,
            field: 0,
            sides,
        }))
    }

    /// Settles a doubt: the value of one side is written by somebody who has seen all of them.
    pub fn settle(&mut self, id: &str, side: char, said: &str) -> Result<GroupId> {
        let conflict =
            self.conflicts()?.into_iter().find(|c| c.id == id).ok_or(StoreError::NotFound("conflict"))?;
        let taken = conflict
            .sides
            .iter()
            .find(|s| s.letter.eq_ignore_ascii_case(&side))
            .ok_or(StoreError::NotFound("side"))?;
        let mut intent = Intent::new(said).of(conflict.org);
        match conflict.kind {
            ConflictKind::Field => {
                let table = tables::by_number(conflict.table).ok_or(StoreError::NotFound("table"))?;
                let field = table.field(conflict.field).ok_or(StoreError::NotFound("field"))?;
                let record = self.record(table, conflict.entity)?.ok_or(StoreError::NotFound("record"))?;
                intent.edit(&record).put(field, taken.value.clone());
            }
            ConflictKind::Ledger => {
                let state = self.entry_state(conflict.org, conflict.entity)?;
                let stands = taken.origin.reference();
                // The person has seen every side, and whatever was chosen before.
                let mut replaces: Vec<ChangeRef> = state.map(|s| s.choices).unwrap_or_default();
                replaces.extend(conflict.sides.iter().map(|s| s.origin.reference()).filter(|r| *r != stands));
                intent.choose(Choice { key: conflict.entity, stands, replaces }, said);
            }
        }
        self.commit(intent)
    }

    /// How many records and keys wait for a person.
    pub fn conflict_count(&self) -> Result<u64> {
        let count: i64 = self.db.query_row(
            &format!(
                "SELECT (SELECT count(*) FROM record WHERE flags & {FLAG_CONFLICT} <> 0)
                      + (SELECT count(*) FROM entry WHERE rivals > 0)"
            ),
            [],
            |row| row.get(0),
        )?;
        Ok(count as u64)
    }
}

fn of_field(record: &Record, field: u16) -> Conflict {
    let state = record.state();
    let mut sides: Vec<Side> = Vec::new();
    let mut letters = 'A'..='Z';
    for head in state.heads(field) {
        let Some(value) = &head.value else { continue };
        if sides.iter().any(|s| &s.value == value) {
            continue;
        }
        let origin = state.origins[head.origin].clone();
        sides.push(Side {
            letter: letters.next().unwrap_or('Z'),
            value: value.clone(),
            user: origin.user,
            replica: origin.stream.replica,
            at_ms: origin.wall_ms,
            origin,
            entry: None,
        });
    }
    Conflict {
        id: format!("{}.{field}", record.id),
        kind: ConflictKind::Field,
        org: record.org,
        entity: record.id,
        table: record.table,
        field,
        sides,
    }
}

impl Side {
    /// The entry of this side, for ledger keys.
    pub fn entry(&self) -> Option<&Entry> {
        self.entry.as_ref()
    }
}
