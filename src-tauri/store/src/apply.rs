//! The one door: what people do here, and what comes from elsewhere.

use rusqlite::{Connection, params};
use yuanba_core::Id;
use yuanba_journal::author::{Circumstances, Tip, append_group};
use yuanba_journal::payload::{Choice, EntryView, Redaction, Reversal};
use yuanba_journal::{Change, GroupId, HeadSignature, Kind, Lane, Segment};

use crate::changed::Changed;
use crate::context::{self, Context};
use crate::folding::{self, Touched};
use crate::intent::Intent;
use crate::leftovers;
use crate::store::put_secret;
use crate::streams::{self, GroupPlace, Head};
use crate::{Result, Store, StoreError};

/// What came of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// So many of its changes were new
    New(u64),
    /// Its predecessor is not here: it waits
    Parked,
}

/// What came of a batch of segments.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// New changes, those included that had been waiting
    pub new: u64,
    /// Segments that wait for a gap to be filled, of this batch and of earlier ones
    pub parked: u64,
    /// Segments of this batch that wait
    pub waiting: u64,
    /// Our own streams have grown elsewhere: this store is a copy, or was restored
    pub forked: bool,
}

impl Store {
    /// From now on what comes is only put into the journal, until [`Store::fold_deferred`]: for a store that takes in many times
    /// what it holds, which is folded faster at once than piece by piece. The tables show what they showed; a store that is
    /// closed in the middle folds when it is opened.
    pub fn defer_folding(&mut self) {
        self.deferred = true;
    }

    /// Folds what was only put into the journal.
    ///
    /// # Errors
    /// Those of the database; the tables show what they showed then.
    pub fn fold_deferred(&mut self) -> Result<()> {
        if std::mem::take(&mut self.deferred) {
            self.refold()?;
        }
        Ok(())
    }

    /// Writes one intent: one group, one transaction, folded before it is acknowledged.
    ///
    /// # Errors
    /// [`StoreError::Refused`] for an intent without changes, or about records of several organisations, which no stream can
    /// hold, or with more in it than anybody reads; [`StoreError::Newer`] for a record that a newer version's change has frozen;
    /// [`StoreError::Elsewhere`] for an organisation that is neither ours nor below us, or no longer: it would never count.
    /// Nothing was written on any error.
    pub fn commit(&mut self, intent: Intent) -> Result<GroupId> {
        if self.moved {
            self.begin_new_replica()?;
        }
        self.write(intent, Some(None))
    }

    /// As [`Store::commit`], for what nobody undoes.
    pub fn commit_quietly(&mut self, intent: Intent) -> Result<()> {
        self.write(intent, None).map(|_| ())
    }

    /// Writes several intents in one transaction, each as a group of its own: what one act of a person says of several
    /// organisations. Taking one of the groups back takes back all of them.
    ///
    /// # Errors
    /// As [`Store::commit`]. Nothing was written on any error.
    pub fn commit_together(&mut self, intents: Vec<Intent>) -> Result<Vec<GroupId>> {
        if self.moved {
            self.begin_new_replica()?;
        }
        self.write_together(intents.into_iter().map(|intent| (intent, None)).collect())
    }

    /// Writes several intents as deeds, each with the group that it takes back.
    pub(crate) fn write_together(&mut self, deeds: Vec<(Intent, Option<GroupId>)>) -> Result<Vec<GroupId>> {
        self.in_transaction(|store| {
            let groups = deeds
                .into_iter()
                .map(|(intent, undoes)| store.write_group(intent, Some(undoes)))
                .collect::<Result<Vec<_>>>()?;
            store.remember_together(&groups)?;
            Ok(groups)
        })
    }

    /// Writes one intent. `deed` says whether people can take it back by name, and which group it takes back itself.
    pub(crate) fn write(&mut self, intent: Intent, deed: Option<Option<GroupId>>) -> Result<GroupId> {
        self.write_with(intent, deed, &[])
    }

    /// As [`Store::write`], with secrets of this installation that are kept in the same transaction.
    pub(crate) fn write_with(
        &mut self,
        intent: Intent,
        deed: Option<Option<GroupId>>,
        kept: &[(&str, Vec<u8>)],
    ) -> Result<GroupId> {
        self.in_transaction(|store| {
            for (name, value) in kept {
                put_secret(&store.db, name, value)?;
            }
            store.write_group(intent, deed)
        })
    }

    /// The transaction is the acknowledgement; when it fails, everything is as it was.
    fn in_transaction<T>(&mut self, write: impl FnOnce(&mut Store) -> Result<T>) -> Result<T> {
        let clock_before = self.clock;
        let begun = self.db.execute_batch("BEGIN IMMEDIATE").map_err(StoreError::from);
        let result = begun.and_then(|()| write(self)).and_then(|written| {
            self.db.execute_batch("COMMIT")?;
            Ok(written)
        });
        match &result {
            // What was written stands, whether the files can be cleared now or only when the store is opened next.
            Ok(_) => self.sweep(),
            Err(_) => {
                self.clock = clock_before;
                let _ = self.db.execute_batch("ROLLBACK");
                self.context = Context::load(&self.db).unwrap_or_default();
            }
        }
        result
    }

    pub(crate) fn write_group(&mut self, intent: Intent, deed: Option<Option<GroupId>>) -> Result<GroupId> {
        let org = intent.org.unwrap_or_else(|| self.org());
        let tree = self.authority();
        if intent.organisations().any(|other| tree.canonical(other) != tree.canonical(org)) {
            return Err(StoreError::Refused("a group is about records of one organisation"));
        }
        if !tree.covers(self.org(), org) {
            return Err(StoreError::Elsewhere);
        }
        if intent.is_about_frozen() {
            return Err(StoreError::Newer);
        }
        if intent.erases() {
            self.prove_standing(org)?;
        }
        let said = intent.said;
        let lane = if intent.down { Lane::Down } else { Lane::Up };
        let stream = self.stream(org, lane);
        let drafts: Vec<_> = intent.acts.into_iter().filter_map(|act| act.into_draft(&stream)).collect();
        if drafts.is_empty() {
            return Err(StoreError::Refused("nothing has changed"));
        }
        let row = streams::row_of(&self.db, &stream)?;
        let tip = streams::heads(&self.db, row)?.first().map(|h| h.tip);
        let random = self.surroundings.random.clone();
        let mut salt = || {
            let mut bytes = [0; 16];
            random.fill(&mut bytes);
            bytes
        };
        let changes = append_group(
            stream,
            tip,
            drafts,
            Circumstances {
                clock: &mut self.clock,
                wall_ms: self.surroundings.clock.now_ms(),
                user: self.me.id,
                salt: &mut salt,
            },
        )
        .map_err(|_| StoreError::Refused("longer or deeper than anybody reads"))?;
        let (Some(first), Some(last)) = (changes.first(), changes.last()) else {
            return Err(StoreError::Refused("nothing has changed"));
        };
        let end = Tip { seq: last.header.seq, hash: last.hash };
        let signature = HeadSignature::sign(&self.replica, &stream, end.seq, &end.hash);
        streams::move_head(&self.db, row, tip.map(|t| t.hash), &Head { tip: end, signature })?;
        let group = GroupId(first.hash.id());
        let place =
            GroupPlace { stream: row, first_seq: first.header.seq, first_prefix: first.hash.prefix() };
        let mut batch = Batch::default();
        self.context.streams.insert(row, stream);
        batch.insert(&self.db, &self.context, row, changes.iter())?;
        batch.settle(&self.db, &mut self.context, &mut self.changed)?;
        if let Some(undoes) = deed {
            self.remember_deed(group, place, &said, undoes)?;
        }
        Ok(group)
    }

    /// Takes in segments from elsewhere, all in one transaction. Segments whose predecessors are missing are parked and
    /// tried again whenever anything new has come.
    pub fn apply(&mut self, segments: Vec<Segment>) -> Result<Applied> {
        let clock_before = self.clock;
        let result = self.apply_in_transaction(segments);
        match &result {
            // What was written stands, whether the files can be cleared now or only when the store is opened next.
            Ok(_) => self.sweep(),
            Err(_) => {
                self.clock = clock_before;
                let _ = self.db.execute_batch("ROLLBACK");
                self.context = Context::load(&self.db).unwrap_or_default();
            }
        }
        result
    }

    fn apply_in_transaction(&mut self, segments: Vec<Segment>) -> Result<Applied> {
        let own = self.replica.id();
        let mut applied = Applied::default();
        let mut batch = Batch { fold_later: self.deferred, ..Batch::default() };
        self.db.execute_batch("BEGIN IMMEDIATE")?;
        let wall_ms = self.surroundings.clock.now_ms();
        let mut newest = self.clock.last;
        let mut waiting = Vec::new();
        for segment in &segments {
            let before = batch.new;
            let received = batch.receive(&self.db, &mut self.context, segment)?;
            if received == Received::Parked {
                waiting.push(park(&self.db, &self.context, segment, wall_ms)?);
            }
            if segment.stream.replica == own && batch.new > before {
                applied.forked = true;
            }
            newest = segment.changes.iter().map(|c| c.header.stamp).fold(newest, |newest, stamp| {
                let mut follow = self.clock;
                follow.follow(stamp, wall_ms);
                newest.max(follow.last)
            });
        }
        batch.unpark(&self.db, &mut self.context)?;
        applied.new = batch.new;
        for digest in waiting {
            let mut statement = self.db.prepare_cached("SELECT 1 FROM parked WHERE digest = ?1")?;
            applied.waiting += u64::from(statement.exists([digest.0])?);
        }
        if self.deferred {
            self.forget_folded()?;
        }
        batch.settle(&self.db, &mut self.context, &mut self.changed)?;
        applied.parked = self.db.query_row("SELECT count(*) FROM parked", [], |r| r.get::<_, i64>(0))? as u64;
        if newest > self.clock.last {
            self.clock.last = newest;
            self.keep_followed()?;
        }
        self.db.execute_batch("COMMIT")?;
        Ok(applied)
    }
}

fn park(db: &Connection, context: &Context, segment: &Segment, now_ms: i64) -> Result<yuanba_journal::Hash> {
    let bytes = without_erased(context, segment).as_ref().unwrap_or(segment).to_cbor();
    let digest = yuanba_journal::Hash::of(&[&bytes]);
    db.prepare_cached(
        "INSERT OR IGNORE INTO parked(replica, org, lane, first_seq, prev, digest, at_ms, bytes)
         VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        segment.stream.replica.0,
        segment.stream.org.0,
        segment.stream.lane.number(),
        segment.first_seq() as i64,
        segment.prev.map(|p| p.0),
        digest.0,
        now_ms,
        bytes
    ])?;
    Ok(digest)
}

/// A segment without the bodies that a redaction names, if it has any of them.
fn without_erased(context: &Context, segment: &Segment) -> Option<Segment> {
    let erased = |c: &Change| context.redacted(&c.header.stream, c.header.seq, c.hash.prefix());
    if !segment.changes.iter().any(|c| c.body.is_some() && erased(c)) {
        return None;
    }
    let mut rest = segment.clone();
    for change in rest.changes.iter_mut().filter(|c| erased(c)) {
        change.body = None;
    }
    Some(rest)
}

/// What a batch has brought, before it is folded.
#[derive(Default)]
struct Batch {
    new: u64,
    /// What is folded at the end; nothing is noted of it when everything is folded later
    touched: Touched,
    fold_later: bool,
    tree: bool,
    special: bool,
    redactions: bool,
    groups: Vec<GroupPlace>,
}

impl Batch {
    fn receive(&mut self, db: &Connection, context: &mut Context, segment: &Segment) -> Result<Received> {
        let row = streams::row_of(db, &segment.stream)?;
        context.streams.entry(row).or_insert(segment.stream);
        if let Some(prev) = segment.prev
            && !streams::held(db, row, segment.first_seq() - 1, &prev)?
        {
            // What is held already needs no predecessor.
            let all_here = segment
                .changes
                .iter()
                .map(|c| streams::held(db, row, c.header.seq, &c.hash))
                .collect::<Result<Vec<bool>>>()?;
            if !all_here.iter().all(|held| *held) {
                return Ok(Received::Parked);
            }
        }
        let reach = streams::reach(db, row)?;
        let mut fresh: Vec<&Change> = Vec::new();
        for change in &segment.changes {
            if change.header.seq <= reach && streams::held(db, row, change.header.seq, &change.hash)? {
                self.complete(db, context, row, change)?;
            } else {
                fresh.push(change);
            }
        }
        if let (Some(first), Some((seq, hash))) = (fresh.first(), segment.head()) {
            let grew_from = first.header.prev;
            let head = Head { tip: Tip { seq, hash }, signature: segment.head };
            streams::move_head(db, row, grew_from, &head)?;
            self.insert(db, context, row, fresh.iter().copied())?;
        }
        Ok(Received::New(fresh.len() as u64))
    }

    /// A body that was missing has come with another copy of its change.
    fn complete(&mut self, db: &Connection, context: &Context, row: i64, change: &Change) -> Result<()> {
        let Some(body) = &change.body else { return Ok(()) };
        if context.redacted(&change.header.stream, change.header.seq, change.hash.prefix()) {
            return Ok(());
        }
        let filled = db
            .prepare_cached(
                "UPDATE change SET salt = ?4, body = ?5, missing = 0
                 WHERE stream = ?1 AND seq = ?2 AND hash = ?3 AND missing = 1",
            )?
            .execute(params![row, change.header.seq as i64, change.hash.0, body.salt, body.bytes])?;
        if filled > 0 {
            self.special = true;
            let group = group_of(db, row, change)?;
            self.groups.push(group);
        }
        Ok(())
    }

    fn unpark(&mut self, db: &Connection, context: &mut Context) -> Result<()> {
        // What a segment waits for stands at an earlier place, so one pass in the order of places finds everything.
        let waiting: Vec<(i64, Vec<u8>)> = {
            let mut statement = db.prepare_cached("SELECT id, bytes FROM parked ORDER BY first_seq, id")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<Result<_, _>>()?
        };
        for (id, bytes) in waiting {
            let segment = Segment::from_cbor(&bytes)?;
            if self.receive(db, context, &segment)? != Received::Parked {
                db.prepare_cached("DELETE FROM parked WHERE id = ?1")?.execute([id])?;
            }
        }
        Ok(())
    }

    fn insert<'a>(
        &mut self,
        db: &Connection,
        context: &Context,
        row: i64,
        changes: impl Iterator<Item = &'a Change>,
    ) -> Result<()> {
        let counts_to = context::standing_of(db, &context.authority, row, context.streams.get(&row))?;
        let mut insert = db.prepare_cached(
            "INSERT INTO change(stream, seq, hash, first_seq, first_prefix, kind, entity, counts, missing, header, salt,
               body) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?;
        let mut group: Option<GroupPlace> = None;
        for change in changes {
            let h = &change.header;
            if h.group_index == 0 {
                group =
                    Some(GroupPlace { stream: row, first_seq: h.seq, first_prefix: change.hash.prefix() });
            }
            let place = match group {
                Some(place) => place,
                None => *group.insert(group_before(db, row, change)?),
            };
            let entity = entity_of(change);
            let redacted = context.redacted(&h.stream, h.seq, change.hash.prefix());
            let body = change.body.as_ref().filter(|_| !redacted);
            insert.execute(params![
                row,
                h.seq as i64,
                change.hash.0,
                place.first_seq as i64,
                place.first_prefix,
                h.kind.number() as i64,
                entity.map(|e| e.0),
                counts_to == -1,
                h.body_hash.is_some() && body.is_none(),
                change.header_bytes,
                body.and_then(|b| b.salt),
                body.map(|b| &b.bytes[..])
            ])?;
            self.new += 1;
            self.note(context, change, entity);
            if matches!(h.kind, Kind::Retract) || (h.body_hash.is_some() && body.is_none()) {
                self.groups.push(place);
            }
        }
        if counts_to > 0 {
            context::mark_new(db, row)?;
        }
        Ok(())
    }

    fn note(&mut self, context: &Context, change: &Change, entity: Option<Id>) {
        let org = context.org_of(&change.header.stream);
        match change.header.kind {
            Kind::Certificate | Kind::Revocation => self.tree = true,
            Kind::Redaction => self.redactions = true,
            _ if self.fold_later => {}
            Kind::Entry | Kind::Reversal | Kind::Choice => {
                self.touched.keys.extend(entity.map(|e| (org, e)));
            }
            _ => self.touched.records.extend(entity.map(|e| (org, e))),
        }
        self.special |= !matches!(change.header.kind, Kind::Record | Kind::Entry) || change.body_missing();
    }

    /// Brings the tree and what counts up to date, and the tables too unless they are folded later.
    fn settle(mut self, db: &Connection, context: &mut Context, changed: &mut Changed) -> Result<()> {
        if self.tree {
            let before: Vec<(i64, Id)> =
                context.streams.iter().map(|(r, s)| (*r, context.org_of(s))).collect();
            context.reload_authority(db)?;
            let mut again = context::recount(db, &context.authority)?;
            for (row, org) in before {
                if context.streams.get(&row).is_some_and(|s| context.org_of(s) != org) {
                    again.push(row);
                    self.touch_stream_as(db, row, org)?;
                }
            }
            for row in again {
                if let Some(stream) = context.streams.get(&row) {
                    let org = context.org_of(stream);
                    self.touch_stream_as(db, row, org)?;
                }
            }
            self.redactions = true;
        }
        if self.tree || self.special || self.redactions {
            context.refresh(db)?;
        }
        if self.redactions {
            self.erase(db, context)?;
            context.refresh(db)?;
        }
        let mut open = std::mem::take(&mut self.groups);
        let mut seen = std::collections::BTreeSet::new();
        while let Some(group) = open.pop() {
            if seen.insert(group) {
                open.extend(self.touch_group(db, context, group)?);
            }
        }
        if self.fold_later {
            *changed = Changed::Everything;
            return Ok(());
        }
        let also = folding::fold(db, context, &self.touched)?;
        changed.extend(self.touched.records.iter().map(|(_, entity)| *entity));
        changed.extend(also.into_iter());
        Ok(())
    }

    fn touch_stream_as(&mut self, db: &Connection, row: i64, org: Id) -> Result<()> {
        let mut statement = db.prepare_cached(
            "SELECT kind, entity, first_seq, first_prefix FROM change
             WHERE stream = ?1 AND (entity IS NOT NULL OR kind > 4)",
        )?;
        let mut rows = statement.query([row])?;
        while let Some(r) = rows.next()? {
            let kind = Kind::from_number(r.get::<_, i64>(0)? as u64);
            let entity: Option<[u8; 16]> = r.get(1)?;
            match (kind, entity) {
                (Kind::Retract, _) => self.groups.push(GroupPlace {
                    stream: row,
                    first_seq: r.get::<_, i64>(2)? as u64,
                    first_prefix: r.get(3)?,
                }),
                (Kind::Entry | Kind::Reversal | Kind::Choice, Some(e)) => {
                    self.touched.keys.insert((org, Id(e)));
                }
                (_, Some(e)) => {
                    self.touched.records.insert((org, Id(e)));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Touches what a group wrote; answers with the groups that it takes back, which fold otherwise now.
    fn touch_group(
        &mut self,
        db: &Connection,
        context: &Context,
        group: GroupPlace,
    ) -> Result<Vec<GroupPlace>> {
        let mut targets = Vec::new();
        let mut statement = db.prepare_cached(
            "SELECT header, salt, body, entity FROM change
             WHERE stream = ?1 AND seq >= ?2 AND first_seq = ?2 AND first_prefix = ?3",
        )?;
        let mut rows = statement.query(params![group.stream, group.first_seq as i64, group.first_prefix])?;
        while let Some(row) = rows.next()? {
            let change = streams::stored(row.get(0)?, row.get(1)?, row.get(2)?)?;
            let entity: Option<[u8; 16]> = row.get(3)?;
            self.note(context, &change, entity.map(Id));
            if change.header.kind == Kind::Retract {
                targets.extend(context::retract_target(db, &change)?);
            }
        }
        Ok(targets)
    }

    /// Erases the bodies that redactions name, wherever they are, and touches what they were part of.
    fn erase(&mut self, db: &Connection, context: &Context) -> Result<()> {
        for held in streams::special(db, Kind::Redaction.number())? {
            let home = held.change.header.stream;
            let Ok(redaction) = Redaction::from_cbor(&held.change.header.kept, &home) else { continue };
            for target in redaction.changes {
                if !context.redacted(&target.stream, target.seq, target.prefix) {
                    continue;
                }
                if let Some((id, _)) = streams::resolve(db, &target)? {
                    let erased = db
                        .prepare_cached(
                            "UPDATE change SET salt = NULL, body = NULL, missing = 1 WHERE id = ?1 AND body IS NOT NULL",
                        )?
                        .execute([id])?;
                    let place = db.query_row(
                        "SELECT stream, first_seq, first_prefix FROM change WHERE id = ?1",
                        [id],
                        |r| {
                            Ok(GroupPlace {
                                stream: r.get(0)?,
                                first_seq: r.get::<_, i64>(1)? as u64,
                                first_prefix: r.get(2)?,
                            })
                        },
                    )?;
                    if erased > 0 {
                        let entity: Option<[u8; 16]> = db
                            .prepare_cached("SELECT entity FROM change WHERE id = ?1")?
                            .query_row([id], |row| row.get(0))?;
                        leftovers::forget(db, &place, entity.map(Id))?;
                        leftovers::remember(db)?;
                    }
                    if erased > 0 || self.redactions {
                        self.groups.push(place);
                    }
                }
            }
        }
        erase_parked(db, context)
    }
}

/// Erases what redactions name in the segments that wait for a gap to be filled.
fn erase_parked(db: &Connection, context: &Context) -> Result<()> {
    let waiting: Vec<(i64, Vec<u8>)> = {
        let mut statement = db.prepare_cached("SELECT id, bytes FROM parked")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect::<Result<_, _>>()?
    };
    for (id, bytes) in waiting {
        let Some(rest) = without_erased(context, &Segment::from_cbor(&bytes)?) else { continue };
        let bytes = rest.to_cbor();
        let digest = yuanba_journal::Hash::of(&[&bytes]);
        // The same may wait already, brought by somebody who knew of the erasure.
        db.prepare_cached("DELETE FROM parked WHERE digest = ?1")?.execute([digest.0])?;
        db.prepare_cached("UPDATE parked SET bytes = ?2, digest = ?3 WHERE id = ?1")?
            .execute(params![id, bytes, digest.0])?;
    }
    Ok(())
}

/// The record or ledger key that a change is about.
fn entity_of(change: &Change) -> Option<Id> {
    let h = &change.header;
    match h.kind {
        Kind::Entry => EntryView::from_cbor(&h.kept).ok().map(|e| e.key()),
        Kind::Reversal => Reversal::from_cbor(&h.kept).ok().map(|r| r.key),
        Kind::Choice => Choice::from_cbor(&h.kept, &h.stream).ok().map(|c| c.key),
        _ => h.entity,
    }
}

fn group_of(db: &Connection, row: i64, change: &Change) -> Result<GroupPlace> {
    Ok(db.query_row(
        "SELECT first_seq, first_prefix FROM change WHERE stream = ?1 AND seq = ?2 AND hash = ?3",
        params![row, change.header.seq as i64, change.hash.0],
        |r| Ok(GroupPlace { stream: row, first_seq: r.get::<_, i64>(0)? as u64, first_prefix: r.get(1)? }),
    )?)
}

/// The group of a change whose first is held already: a branch that left its stream in the middle of a group.
fn group_before(db: &Connection, row: i64, change: &Change) -> Result<GroupPlace> {
    let prev = change.header.prev.ok_or(StoreError::Refused("a group without a first change"))?;
    Ok(db.query_row(
        "SELECT first_seq, first_prefix FROM change WHERE stream = ?1 AND seq = ?2 AND hash = ?3",
        params![row, change.header.seq as i64 - 1, prev.0],
        |r| Ok(GroupPlace { stream: row, first_seq: r.get::<_, i64>(0)? as u64, first_prefix: r.get(1)? }),
    )?)
}

#[cfg(test)]
mod tests;
