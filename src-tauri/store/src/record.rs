//! Reading records.

use rusqlite::{OptionalExtension, Row, params};
use yuanba_core::{Field, Id, Table, Value};
use yuanba_journal::fold::RecordState;

use crate::folding::{FLAG_CONFLICT, FLAG_DOUBT, FLAG_FROZEN, FLAG_VOID};
use crate::streams::read_id;
use crate::{Result, Store};

/// A record as it shows, with the heads that a write has to have seen.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its id
    pub id: Id,
    /// Whose record it is
    pub org: Id,
    /// Table number
    pub table: u16,
    flags: i64,
    state: RecordState,
}

impl Record {
    /// The folded state.
    pub fn state(&self) -> &RecordState {
        &self.state
    }

    /// The value of a register.
    pub fn get(&self, field: Field) -> &Value {
        self.state.shown(field.number)
    }

    /// The elements of a set.
    pub fn set(&self, field: Field) -> Vec<&Value> {
        self.state.elements(field.number)
    }

    /// The texts of a set.
    pub fn texts(&self, field: Field) -> Vec<&str> {
        self.set(field).into_iter().filter_map(Value::as_text).collect()
    }

    /// It was written to at the same time as it was declared void.
    pub fn written_while_voided(&self) -> bool {
        self.flags & FLAG_DOUBT != 0
    }

    /// A newer version wrote what this one must not touch.
    pub fn frozen(&self) -> bool {
        self.flags & FLAG_FROZEN != 0
    }

    /// Whether this field has two values that did not see each other.
    pub fn conflicted(&self, field: Field) -> bool {
        self.state.conflicted(field.number)
    }

    /// When it was last written, as the laptop claimed, ms since 1970.
    pub fn changed_at_ms(&self) -> i64 {
        self.state.newest().map_or(0, |o| o.wall_ms)
    }

    /// Who wrote it last.
    pub fn changed_by(&self) -> Option<Id> {
        self.state.newest().map(|o| o.user)
    }
}

/// A record as a list needs it: the values that show in the fields that were asked for, without the history that a write
/// has to have seen.
#[derive(Debug, Clone)]
pub struct Glance {
    /// Its id
    pub id: Id,
    /// Whose record it is
    pub org: Id,
    flags: i64,
    fields: &'static [Field],
    values: Vec<Value>,
}

impl Glance {
    /// The value that shows; a set is a list. Only fields that were asked for have one.
    pub fn get(&self, field: Field) -> &Value {
        let place = self.fields.iter().position(|f| f.number == field.number);
        debug_assert!(place.is_some(), "a field that was not asked for: {}", field.name);
        place.map_or(&Value::Null, |place| &self.values[place])
    }

    /// The texts of a set.
    pub fn texts(&self, field: Field) -> impl Iterator<Item = &str> {
        self.get(field).as_list().iter().filter_map(Value::as_text)
    }
}

/// What can be asked of anything that shows a record's values: it has `get` and `flags`.
macro_rules! looks {
    ($of:ty) => {
        impl $of {
            /// A text or date.
            pub fn text(&self, field: Field) -> Option<&str> {
                self.get(field).as_text()
            }

            /// A whole number.
            pub fn int(&self, field: Field) -> Option<i64> {
                self.get(field).as_int()
            }

            /// 是 or 否.
            pub fn bool(&self, field: Field) -> Option<bool> {
                self.get(field).as_bool()
            }

            /// A reference.
            pub fn id(&self, field: Field) -> Option<Id> {
                self.get(field).as_id()
            }

            /// 作废
            pub fn voided(&self) -> bool {
                self.flags & FLAG_VOID != 0
            }

            /// A field of it has two values that did not see each other.
            pub fn has_conflict(&self) -> bool {
                self.flags & FLAG_CONFLICT != 0
            }
        }
    };
}

looks!(Record);
looks!(Glance);

const COLUMNS: &str = "org, entity, tbl, flags, state";

fn unreadable(error: yuanba_journal::JournalError) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(4, rusqlite::types::Type::Blob, Box::new(error))
}

fn read(row: &Row<'_>) -> rusqlite::Result<Record> {
    let state = RecordState::from_cbor(row.get_ref(4)?.as_blob()?).map_err(unreadable)?;
    Ok(Record { org: read_id(row, 0)?, id: read_id(row, 1)?, table: row.get(2)?, flags: row.get(3)?, state })
}

fn glance(row: &Row<'_>, fields: &'static [Field], numbers: &[u16]) -> rusqlite::Result<Glance> {
    let values = RecordState::glance(row.get_ref(4)?.as_blob()?, numbers).map_err(unreadable)?;
    Ok(Glance { org: read_id(row, 0)?, id: read_id(row, 1)?, flags: row.get(3)?, fields, values })
}

impl Store {
    /// A record by its id, or by the id of one that is the same person; `None` when there is none in this table.
    pub fn record(&self, table: &Table, id: Id) -> Result<Option<Record>> {
        let id = self.representative(id)?;
        // The plus keeps SQLite from looking through the whole table by its number instead of going to the entity.
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM record WHERE entity = ?1 AND +tbl = ?2 AND alias IS NULL"
        ))?;
        Ok(statement.query_row(params![id.0, table.number], read).optional()?)
    }

    /// The id under which a record shows: its own, or that of the person it is the same as.
    pub fn representative(&self, id: Id) -> Result<Id> {
        let mut statement =
            self.db.prepare_cached("SELECT alias FROM record WHERE entity = ?1 AND alias IS NOT NULL")?;
        let alias = statement.query_row([id.0], |row| read_id(row, 0)).optional()?;
        Ok(alias.unwrap_or(id))
    }

    /// The ids that show under this one.
    pub fn aliases(&self, id: Id) -> Result<Vec<Id>> {
        let mut statement = self.db.prepare_cached("SELECT entity FROM record WHERE alias = ?1")?;
        let rows = statement.query_map([id.0], |row| read_id(row, 0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Every record of a table, of all organisations held, one organisation after the other; void ones included.
    pub fn records(&self, table: &Table) -> Result<Vec<Record>> {
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM record WHERE tbl = ?1 AND alias IS NULL ORDER BY org, rowid"
        ))?;
        let rows = statement.query_map([table.number], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The records of a table that belong to one organisation.
    pub fn records_of(&self, table: &Table, org: Id) -> Result<Vec<Record>> {
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM record WHERE tbl = ?1 AND org = ?2 AND alias IS NULL ORDER BY rowid"
        ))?;
        let rows = statement.query_map(params![table.number, org.0], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The records of a table that stand at a stage and are not void, of one organisation or of all that are held.
    pub fn records_at(&self, table: &Table, stage: &str, org: Option<Id>) -> Result<Vec<Record>> {
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM record WHERE tbl = ?1 AND stage = ?2 AND (?3 IS NULL OR org = ?3) AND alias IS NULL
               AND flags & 1 = 0 ORDER BY rowid"
        ))?;
        let rows = statement.query_map(params![table.number, stage, org.map(|org| org.0)], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Some fields of one record, whatever its table, with the table's number; `None` when nothing shows under that id.
    pub fn glance(&self, id: Id, fields: &'static [Field]) -> Result<Option<(u16, Glance)>> {
        let numbers: Vec<u16> = fields.iter().map(|field| field.number).collect();
        let mut statement = self
            .db
            .prepare_cached(&format!("SELECT {COLUMNS} FROM record WHERE entity = ?1 AND alias IS NULL"))?;
        let found = statement.query_row([id.0], |row| Ok((row.get(2)?, glance(row, fields, &numbers)?)));
        Ok(found.optional()?)
    }

    /// Some fields of the records of a table that are not void, of one organisation or of all that are held.
    pub fn glances(
        &self,
        table: &Table,
        org: Option<Id>,
        fields: &'static [Field],
        mut take: impl FnMut(Glance),
    ) -> Result<()> {
        let numbers: Vec<u16> = fields.iter().map(|field| field.number).collect();
        let of_one = if org.is_some() { "AND org = ?2" } else { "" };
        let mut statement = self.db.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM record WHERE tbl = ?1 {of_one} AND alias IS NULL AND flags & 1 = 0
             ORDER BY org, rowid"
        ))?;
        let mut rows = match org {
            Some(org) => statement.query(params![table.number, org.0])?,
            None => statement.query([table.number])?,
        };
        while let Some(row) = rows.next()? {
            take(glance(row, fields, &numbers)?);
        }
        Ok(())
    }

    /// The records that hang on another (the notes of a courtyard), by their date; those that hang on the same person
    /// under another id included.
    pub fn children(&self, table: &Table, parent: Id) -> Result<Vec<Record>> {
        let mut list = Vec::new();
        let mut parents = vec![self.representative(parent)?];
        parents.extend(self.aliases(parents[0])?);
        for parent in parents {
            let mut statement = self.db.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM record WHERE parent = ?1 AND tbl = ?2 AND alias IS NULL ORDER BY on_date, rowid"
            ))?;
            for record in statement.query_map(params![parent.0, table.number], read)? {
                list.push(record?);
            }
        }
        Ok(list)
    }

    /// How many records of a table there are, void ones left out.
    pub fn count(&self, table: &Table) -> Result<u64> {
        let mut statement = self.db.prepare_cached(
            "SELECT count(*) FROM record WHERE tbl = ?1 AND alias IS NULL AND flags & 1 = 0",
        )?;
        Ok(statement.query_row([table.number], |row| row.get::<_, i64>(0))? as u64)
    }
}
