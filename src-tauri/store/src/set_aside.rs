//! What is kept and does not count, with the reason (JOURNAL §6).

use rusqlite::params;
use yuanba_core::Id;
use yuanba_journal::authority::Standing;
use yuanba_journal::payload::{RecordWrite, Redaction};
use yuanba_journal::{Change, ChangeRef, Kind};

use crate::streams::{self, GroupPlace};
use crate::{Result, Store};

/// Why a change does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Its laptop has no certificate for the organisation or one above it, yet
    NoCertificate,
    /// Its laptop was stopped before it
    Stopped,
    /// A part of its group is missing, and nobody has said that it was erased
    PartMissing,
    /// It erases what its laptop may not erase
    NotAbove,
}

/// A change that is kept and does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// The change
    pub change: ChangeRef,
    /// What it is
    pub kind: Kind,
    /// The record it is about
    pub entity: Option<Id>,
    /// The number of that record's table
    pub table: Option<u16>,
    /// Who, as the laptop claims
    pub user: Id,
    /// When, as the laptop claims, ms since 1970
    pub at_ms: i64,
    /// Why it does not count
    pub why: Why,
}

impl SetAside {
    fn new(change: &Change, why: Why) -> SetAside {
        let write = (change.header.kind == Kind::Record)
            .then(|| RecordWrite::from_cbor(&change.header.kept, &change.header.stream).ok());
        SetAside {
            change: change.reference(),
            kind: change.header.kind,
            entity: change.header.entity,
            table: write.flatten().map(|write| write.table),
            user: change.header.user,
            at_ms: change.header.wall_ms,
            why,
        }
    }
}

impl Store {
    /// Everything that is kept and does not count, stream by stream.
    pub fn set_aside(&self) -> Result<Vec<SetAside>> {
        let mut list = Vec::new();
        let mut statement = self.db.prepare_cached(
            // Only streams that do not count whole are looked through.
            "SELECT stream, header, salt, body FROM change
             WHERE stream IN (SELECT id FROM stream WHERE counts_to <> -1) AND counts = 0 ORDER BY stream, seq, hash",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let Some(stream) = self.context.streams.get(&row.get(0)?) else { continue };
            let why = match self.authority().standing(stream) {
                Standing::Waits => Why::NoCertificate,
                _ => Why::Stopped,
            };
            list.push(SetAside::new(&streams::stored(row.get(1)?, row.get(2)?, row.get(3)?)?, why));
        }
        for group in self.context.parked_groups() {
            let waiting = self.of_group(&group)?;
            list.extend(waiting.iter().map(|change| SetAside::new(change, Why::PartMissing)));
        }
        for held in streams::special(&self.db, Kind::Redaction.number())? {
            let home = held.change.header.stream;
            let Ok(redaction) = Redaction::from_cbor(&held.change.header.kept, &home) else { continue };
            if redaction.changes.iter().any(|c| !self.context.redacted(&c.stream, c.seq, c.prefix)) {
                list.push(SetAside::new(&held.change, Why::NotAbove));
            }
        }
        Ok(list)
    }

    /// The counting changes of a group.
    fn of_group(&self, group: &GroupPlace) -> Result<Vec<Change>> {
        let mut statement = self.db.prepare_cached(
            "SELECT header, salt, body FROM change
             WHERE stream = ?1 AND seq >= ?2 AND first_seq = ?2 AND first_prefix = ?3 AND counts = 1 ORDER BY seq, hash",
        )?;
        let mut rows = statement.query(params![group.stream, group.first_seq as i64, group.first_prefix])?;
        let mut changes = Vec::new();
        while let Some(row) = rows.next()? {
            changes.push(streams::stored(row.get(0)?, row.get(1)?, row.get(2)?)?);
        }
        Ok(changes)
    }
}
