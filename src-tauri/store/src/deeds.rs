//! What was done at this laptop, to be taken back by name.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension, params};
use yuanba_core::{Field, Id, tables};
use yuanba_journal::fold::FieldState;
use yuanba_journal::payload::{Choice, Entry, ItemOp, RecordWrite, Retract, Reversal};
use yuanba_journal::{Change, ChangeRef, GroupId, Header, Kind};

use crate::intent::Intent;
use crate::record::Record;
use crate::streams::{self, GroupPlace, read_id};
use crate::{Result, Store, StoreError};

/// Where a group's companions stand among the local values.
const TOGETHER: &str = "deed.together/";

/// A group that was written here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupSummary {
    /// Its id
    pub group: GroupId,
    /// What was done, in a sentence
    pub text: String,
    /// When, ms since 1970
    pub at_ms: i64,
    /// Who
    pub user: Id,
    /// Whether it is taken back now
    pub undone: bool,
    /// The group that this one took back
    pub undoes: Option<GroupId>,
}

/// What came of an undo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    /// The group that took it back; taking that back is redo
    pub group: GroupId,
    /// What was taken back
    pub text: String,
    /// Fields that somebody has written since, and which stay as they are
    pub left: Vec<String>,
}

/// What a group is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Touched {
    /// The records: table, id and the numbers of the fields
    pub records: Vec<(u16, Id, Vec<u16>)>,
    /// The ledger accounts
    pub accounts: BTreeSet<Id>,
    /// It takes back another group, so that taking it back is doing that again
    pub takes_back: bool,
}

/// The record that a change wrote: table, id and the numbers of the fields.
fn record_written(header: &Header) -> Option<(u16, Id, Vec<u16>)> {
    let write = (header.kind == Kind::Record)
        .then(|| RecordWrite::from_cbor(&header.kept, &header.stream).ok())
        .flatten()?;
    Some((write.table, header.entity?, write.items.iter().map(|item| item.field).collect()))
}

impl Store {
    pub(crate) fn remember_deed(
        &self,
        group: GroupId,
        place: GroupPlace,
        said: &str,
        undoes: Option<GroupId>,
    ) -> Result<()> {
        self.db
            .prepare_cached(
                "INSERT INTO deed(grp, stream, seq, prefix, said, user, at_ms, undoes)
                 VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                group.0.0,
                place.stream,
                place.first_seq as i64,
                place.first_prefix,
                said,
                self.me.id.0,
                self.now_ms(),
                undoes.map(|g| g.0.0)
            ])?;
        Ok(())
    }

    /// Remembers that some groups were one act.
    pub(crate) fn remember_together(&mut self, groups: &[GroupId]) -> Result<()> {
        if groups.len() < 2 {
            return Ok(());
        }
        let all: Vec<String> = groups.iter().map(GroupId::to_string).collect();
        for group in &all {
            self.local_put(&format!("{TOGETHER}{group}"), &all.clone().into())?;
        }
        Ok(())
    }

    /// The groups that were one act with this one, itself included, in the order in which they were written.
    fn together(&self, group: GroupId) -> Result<Vec<GroupId>> {
        let known = self.local_get(&format!("{TOGETHER}{group}"))?;
        let listed = known.as_ref().and_then(|(list, _)| list.as_array()).into_iter().flatten();
        let groups: Vec<GroupId> = listed.filter_map(|id| id.as_str()?.parse().ok()).map(GroupId).collect();
        Ok(if groups.contains(&group) { groups } else { vec![group] })
    }

    /// The records that a group wrote: table, id and the numbers of the fields.
    pub fn written_by(&self, group: GroupId) -> Result<Vec<(u16, Id, Vec<u16>)>> {
        let mut written = Vec::new();
        for change in self.changes_in(group)? {
            written.extend(record_written(&change.header));
        }
        Ok(written)
    }

    /// The changes of a group and of those that were one act with it.
    fn changes_in(&self, group: GroupId) -> Result<Vec<Change>> {
        let mut changes = Vec::new();
        for group in self.together(group)? {
            let Some((first, _, _)) = self.group_first(group)? else { continue };
            let row = streams::row_of(&self.db, &first.stream)?;
            let mut statement = self.db.prepare_cached(
                "SELECT header, salt, body FROM change
                 WHERE stream = ?1 AND seq >= ?2 AND first_seq = ?2 AND first_prefix = ?3 ORDER BY seq, hash",
            )?;
            let mut rows = statement.query(params![row, first.seq as i64, first.prefix])?;
            while let Some(row) = rows.next()? {
                changes.push(streams::stored(row.get(0)?, row.get(1)?, row.get(2)?)?);
            }
        }
        Ok(changes)
    }

    /// What a group is about, what it takes back included: to take it back is to decide on all of that again.
    pub fn touched_by(&self, group: GroupId) -> Result<Touched> {
        let mut touched = Touched::default();
        let mut seen = BTreeSet::new();
        let mut open = vec![group];
        while let Some(group) = open.pop() {
            if !seen.insert(group.0) {
                continue;
            }
            for change in self.changes_in(group)? {
                let header = &change.header;
                match header.kind {
                    Kind::Record => touched.records.extend(record_written(header)),
                    Kind::Entry => {
                        touched.accounts.extend(Entry::from_cbor(&header.kept).ok().map(|entry| entry.to));
                    }
                    Kind::Reversal => {
                        let key = Reversal::from_cbor(&header.kept).map(|reversal| reversal.key);
                        touched.accounts.extend(self.account_under(key.ok(), header.stream.org)?);
                    }
                    Kind::Choice => {
                        let key = Choice::from_cbor(&header.kept, &header.stream).map(|choice| choice.key);
                        touched.accounts.extend(self.account_under(key.ok(), header.stream.org)?);
                    }
                    Kind::Retract => {
                        touched.takes_back = true;
                        if let Ok(retract) = Retract::from_cbor(&header.kept, &header.stream)
                            && let Some((_, hash)) = streams::resolve(&self.db, &retract.first)?
                        {
                            open.push(GroupId(hash.id()));
                        }
                    }
                    _ => {}
                }
            }
        }
        Ok(touched)
    }

    /// The account that the entry under a key moves something on.
    fn account_under(&self, key: Option<Id>, org: Id) -> Result<Option<Id>> {
        let Some(key) = key else { return Ok(None) };
        let mut statement =
            self.db.prepare_cached("SELECT to_account FROM entry WHERE key = ?1 AND org = ?2")?;
        Ok(statement.query_row(params![key.0, org.0], |row| read_id(row, 0)).optional()?)
    }

    /// The group that wrote what a field of a record shows.
    pub fn group_behind(&self, record: &Record, field: Field) -> Result<Option<GroupId>> {
        let state = record.state();
        let Some(head) = state.heads(field.number).first() else { return Ok(None) };
        let Some((id, _)) = streams::resolve(&self.db, &state.origins[head.origin].reference())? else {
            return Ok(None);
        };
        let first = self
            .db
            .prepare_cached(
                "SELECT f.hash FROM change c JOIN change f
                   ON f.stream = c.stream AND f.seq = c.first_seq AND substr(f.hash, 1, 8) = c.first_prefix
                 WHERE c.id = ?1",
            )?
            .query_row([id], |row| streams::read_hash(row, 0))
            .optional()?;
        Ok(first.map(|hash| GroupId(hash.id())))
    }

    /// The last groups written here, newest first; of those that were one act, the first stands for all.
    pub fn groups(&self, limit: usize) -> Result<Vec<GroupSummary>> {
        let mut statement = self.db.prepare_cached(
            "SELECT grp, stream, seq, prefix, said, user, at_ms, undoes FROM deed
             WHERE NOT EXISTS (SELECT 1 FROM local
               WHERE key = ?2 || lower(hex(deed.grp)) AND json_extract(value, '$[0]') <> lower(hex(deed.grp)))
             ORDER BY id DESC LIMIT ?1",
        )?;
        let rows = statement.query_map(params![limit as i64, TOGETHER], |row| {
            let place = GroupPlace {
                stream: row.get(1)?,
                first_seq: row.get::<_, i64>(2)? as u64,
                first_prefix: row.get(3)?,
            };
            Ok(GroupSummary {
                group: GroupId(read_id(row, 0)?),
                text: row.get(4)?,
                user: read_id(row, 5)?,
                at_ms: row.get(6)?,
                undone: self.context.retracted(&place),
                undoes: row.get::<_, Option<[u8; 16]>>(7)?.map(|g| GroupId(Id(g))),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Takes back a group, or the last one that is not taken back yet. One change retracts it; ledger entries of the
    /// group no longer move anything.
    ///
    /// # Errors
    /// `Elsewhere` for a group about an organisation that has gone to somebody else; `NotFound`; `Refused` for one that is taken
    /// back. Nothing was written then.
    pub fn undo(&mut self, group: Option<GroupId>) -> Result<Undone> {
        let group = match group {
            Some(group) => self.together(group)?.first().copied(),
            None => None,
        };
        let deeds = self.groups(if group.is_some() { 10_000 } else { 200 })?;
        let deed = match group {
            Some(wanted) => deeds.into_iter().find(|d| d.group == wanted),
            None => deeds.into_iter().find(|d| !d.undone && d.undoes.is_none()),
        };
        let (group, text, already) = match (deed, group) {
            (Some(deed), _) => (deed.group, deed.text, deed.undone),
            (None, Some(wanted)) => (wanted, "这一次操作".to_owned(), false),
            (None, None) => return Err(StoreError::NotFound("group")),
        };
        if already {
            return Err(StoreError::Refused("the group was taken back before"));
        }
        let mut left = Vec::new();
        let mut deeds = Vec::new();
        for one in self.together(group)? {
            let (first, org, down) = self.group_first(one)?.ok_or(StoreError::NotFound("group"))?;
            left.extend(self.written_since(&first)?);
            let mut intent = Intent::new(format!("撤销：{text}")).of(org);
            intent.down = down;
            intent.retract(first);
            deeds.push((one, intent));
        }
        if self.moved {
            self.begin_new_replica()?;
        }
        let own = deeds.iter().position(|(one, _)| *one == group).unwrap_or_default();
        let undone =
            self.write_together(deeds.into_iter().map(|(one, intent)| (intent, Some(one))).collect())?;
        Ok(Undone { group: undone[own], text, left })
    }

    fn group_first(&self, group: GroupId) -> Result<Option<(ChangeRef, Id, bool)>> {
        let known: Option<(i64, i64, [u8; 8])> = self
            .db
            .prepare_cached("SELECT stream, seq, prefix FROM deed WHERE grp = ?1")?
            .query_row([group.0.0], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
            .optional()?;
        let found = match known {
            Some(found) => Some(found),
            None => self
                .db
                .prepare_cached(
                    "SELECT stream, seq, first_prefix FROM change WHERE seq = first_seq AND substr(hash, 1, 16) = ?1",
                )?
                .query_row([group.0.0], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))
                .optional()?,
        };
        let Some((row, seq, prefix)) = found else { return Ok(None) };
        let stream = *self.context.streams.get(&row).ok_or_else(|| streams::damaged("a stream"))?;
        let reference = ChangeRef { stream, seq: seq as u64, prefix };
        Ok(Some((reference, stream.org, stream.lane == yuanba_journal::Lane::Down)))
    }

    /// The fields of a group's records that a later write shows in.
    fn written_since(&self, first: &ChangeRef) -> Result<Vec<String>> {
        let row = streams::row_of(&self.db, &first.stream)?;
        let mut statement = self.db.prepare_cached(
            "SELECT header, salt, body, hash FROM change
             WHERE stream = ?1 AND seq >= ?2 AND first_seq = ?2 AND first_prefix = ?3",
        )?;
        let mut rows = statement.query(params![row, first.seq as i64, first.prefix])?;
        let mut left = Vec::new();
        while let Some(row) = rows.next()? {
            let change = streams::stored(row.get(0)?, row.get(1)?, row.get(2)?)?;
            if change.header.kind != Kind::Record {
                continue;
            }
            let Ok(write) = RecordWrite::from_cbor(&change.header.kept, &change.header.stream) else {
                continue;
            };
            let Some(table) = tables::by_number(write.table) else { continue };
            let Some(record) = change.header.entity.and_then(|e| self.record(table, e).transpose()) else {
                continue;
            };
            let record = record?;
            for item in &write.items {
                // Declaring a record void names what was seen without writing it.
                if matches!(item.op, ItemOp::Saw(_)) {
                    continue;
                }
                let still_ours = match record.state().fields.get(&item.field) {
                    Some(FieldState::Register(heads)) => {
                        heads.iter().any(|h| record.state().origins[h.origin].hash == change.hash)
                    }
                    _ => true,
                };
                if let (false, Some(field)) = (still_ours, table.field(item.field))
                    && !left.contains(&field.label.to_owned())
                {
                    left.push(field.label.to_owned());
                }
            }
        }
        Ok(left)
    }
}
