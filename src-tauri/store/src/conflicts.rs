//! What waits for a person: fields with two values, ledger keys with two amounts.

use std::collections::BTreeSet;

use rusqlite::params;
use yuanba_core::{Field, Id, Value, tables};
use yuanba_journal::fold::Origin;
use yuanba_journal::payload::{Choice, Entry};
use yuanba_journal::{ChangeRef, GroupId};

use crate::folding::{FLAG_CONFLICT, FLAG_DOUBT, FLAG_FROZEN};
use crate::intent::Intent;
use crate::record::Record;
use crate::streams::{self, read_id};
use crate::{Result, Store, StoreError};

/// What kind of doubt it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConflictKind {
    /// A field of a record
    Field,
    /// A ledger key
    Ledger,
}

/// A laptop's clock that is further than this from the stamp of what it wrote was odd, ms: the stamp follows a clock that
/// can be right and passes over one that cannot (JOURNAL §3).
const ODD_CLOCK_MS: u64 = 24 * 3_600_000;

/// One of the values that stand against each other.
#[derive(Debug, Clone)]
pub struct Side {
    /// A, B, …, the one that shows first
    pub letter: char,
    /// The change that wrote it: stays the same while letters move because more has come
    pub key: String,
    /// The act that wrote it, the same for everything that one act wrote (an import)
    pub act: String,
    /// The value
    pub value: Value,
    /// Who wrote it
    pub user: Id,
    /// The laptop
    pub replica: Id,
    /// When, as the laptop claims, ms since 1970
    pub at_ms: i64,
    /// The laptop's clock could not be right then
    pub odd_clock: bool,
    origin: Origin,
    entry: Option<Entry>,
}

/// Records that a person should look at although nothing stands against anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubted {
    /// Table number
    pub table: u16,
    /// Whose
    pub org: Id,
    /// The record
    pub entity: Id,
    /// Written to at the same time as it was declared void
    pub written_while_voided: bool,
    /// A newer version wrote what this one must not touch
    pub frozen: bool,
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
    /// Every value of a register that no other write has replaced, with its side; one alone when nothing stands against it.
    pub fn written_in(&self, record: &Record, field: Field) -> Result<Vec<Side>> {
        Ok(self.of_field(record, field.number)?.sides)
    }

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
                for field in record.state().conflicts() {
                    list.push(self.of_field(&record, field)?);
                }
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
        let mut all = vec![(state.origin.clone(), state.standing.clone())];
        for (origin, entry) in &state.rivals {
            // Two laptops that wrote the same against a third are one side.
            if !all.iter().any(|(_, other)| same_facts(other, entry)) {
                all.push((origin.clone(), entry.clone()));
            }
        }
        let mut sides = Vec::with_capacity(all.len());
        for (origin, entry) in all {
            sides.push(self.side(sides.len(), Value::Int(entry.amount), origin, Some(entry))?);
        }
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

    fn of_field(&self, record: &Record, field: u16) -> Result<Conflict> {
        let state = record.state();
        let mut sides: Vec<Side> = Vec::new();
        for head in state.heads(field) {
            let Some(value) = &head.value else { continue };
            if sides.iter().any(|s| &s.value == value) {
                continue;
            }
            sides.push(self.side(sides.len(), value.clone(), state.origins[head.origin].clone(), None)?);
        }
        Ok(Conflict {
            id: format!("{}.{field}", record.id),
            kind: ConflictKind::Field,
            org: record.org,
            entity: record.id,
            table: record.table,
            field,
            sides,
        })
    }

    fn side(&self, at: usize, value: Value, origin: Origin, entry: Option<Entry>) -> Result<Side> {
        Ok(Side {
            letter: ('A'..='Z').nth(at).unwrap_or('Z'),
            key: origin.hash.id().to_string(),
            act: self.act_of(&origin)?,
            value,
            user: origin.user,
            replica: origin.stream.replica,
            at_ms: origin.wall_ms,
            odd_clock: origin.wall_ms.abs_diff(origin.stamp.ms()) > ODD_CLOCK_MS,
            origin,
            entry,
        })
    }

    /// The group of a change, as a word that is the same for every change of it.
    fn act_of(&self, origin: &Origin) -> Result<String> {
        let Some(stream) = streams::find(&self.db, &origin.stream)? else { return Ok(String::new()) };
        let mut statement = self.db.prepare_cached(
            "SELECT first_seq, hex(first_prefix) FROM change WHERE stream = ?1 AND seq = ?2 AND hash = ?3",
        )?;
        let found = statement.query_row(params![stream, origin.seq as i64, origin.hash.0], |row| {
            Ok(format!("{stream}-{}-{}", row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        });
        Ok(rusqlite::OptionalExtension::optional(found)?.unwrap_or_default())
    }

    /// Records that a newer version froze, and those that were written to while they were declared void.
    pub fn doubted(&self) -> Result<Vec<Doubted>> {
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT tbl, org, entity, flags FROM record
             WHERE flags & {} <> 0 AND alias IS NULL ORDER BY org, rowid",
            FLAG_DOUBT | FLAG_FROZEN
        ))?;
        let rows = statement.query_map([], |row| {
            let flags: i64 = row.get(3)?;
            Ok(Doubted {
                table: row.get(0)?,
                org: read_id(row, 1)?,
                entity: read_id(row, 2)?,
                written_while_voided: flags & FLAG_DOUBT != 0,
                frozen: flags & FLAG_FROZEN != 0,
            })
        })?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
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
        self.take_side(&mut intent, &conflict, taken)?;
        self.commit(intent)
    }

    /// Puts into an intent what says that one side of a doubt stands, written by somebody who has seen all of them.
    pub fn take_side(&self, intent: &mut Intent, conflict: &Conflict, taken: &Side) -> Result<()> {
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
                // The person has seen every entry, those of the same amount and those before included.
                let mut replaces: BTreeSet<ChangeRef> = BTreeSet::new();
                if let Some(state) = state {
                    replaces.extend(state.choices);
                    replaces.insert(state.origin.reference());
                    replaces.extend(state.rivals.iter().map(|(origin, _)| origin.reference()));
                }
                replaces.remove(&stands);
                let said = intent.said().to_owned();
                intent.choose(
                    Choice { key: conflict.entity, stands, replaces: replaces.into_iter().collect() },
                    said,
                );
            }
        }
        Ok(())
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

fn same_facts(one: &Entry, other: &Entry) -> bool {
    (one.from, one.to, one.amount) == (other.from, other.to, other.amount)
}

impl Side {
    /// Whether the same change wrote this side and another.
    pub fn beside(&self, other: &Side) -> bool {
        self.origin.hash == other.origin.hash
    }

    /// The entry of this side, for ledger keys.
    pub fn entry(&self) -> Option<&Entry> {
        self.entry.as_ref()
    }
}
