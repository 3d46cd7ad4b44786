//! What every fold needs to know of the whole journal: the tree, and what was taken back, erased or has not come.

use std::collections::{BTreeSet, HashMap, HashSet};

use rusqlite::{Connection, params};
use yuanba_core::Id;
use yuanba_journal::author::Tip;
use yuanba_journal::authority::{Authority, Ever, HeldRevocation, Standing};
use yuanba_journal::payload::{Certificate, Redaction, Retract, Revocation};
use yuanba_journal::{Hash, Kind, StreamId};

use crate::Result;
use crate::streams::{self, GroupPlace};

/// The tree, the streams, and the groups and changes that fold otherwise than they were written.
#[derive(Default)]
pub struct Context {
    /// The tree
    pub authority: Authority,
    /// Streams by row
    pub streams: HashMap<i64, StreamId>,
    retracted: HashSet<GroupPlace>,
    parked: HashSet<GroupPlace>,
    redacted: HashSet<(StreamId, u64, [u8; 8])>,
}

impl Context {
    /// Reads it from the journal.
    pub fn load(db: &Connection) -> Result<Context> {
        let mut context = Context { authority: authority(db)?, ..Context::default() };
        context.refresh(db)?;
        Ok(context)
    }

    /// Reads again what a batch may have changed, the tree excepted.
    pub fn refresh(&mut self, db: &Connection) -> Result<()> {
        self.streams = streams::all(db)?.into_iter().collect();
        self.redacted = redactions(db, &self.authority)?;
        self.find_parked(db)?;
        self.retracted = retractions(db, &self.parked)?;
        Ok(())
    }

    /// A part that is missing without a known redaction parks its whole group.
    fn find_parked(&mut self, db: &Connection) -> Result<()> {
        let mut statement = db.prepare_cached(
            "SELECT stream, first_seq, first_prefix, seq, hash FROM change WHERE missing = 1",
        )?;
        let rows = statement.query_map([], |row| {
            Ok((
                GroupPlace {
                    stream: row.get(0)?,
                    first_seq: row.get::<_, i64>(1)? as u64,
                    first_prefix: row.get(2)?,
                },
                row.get::<_, i64>(3)? as u64,
                streams::read_hash(row, 4)?,
            ))
        })?;
        self.parked.clear();
        for row in rows {
            let (group, seq, hash) = row?;
            let erased = self
                .streams
                .get(&group.stream)
                .is_some_and(|s| self.redacted.contains(&(*s, seq, hash.prefix())));
            if !erased {
                self.parked.insert(group);
            }
        }
        Ok(())
    }

    /// Reads the tree again.
    pub fn reload_authority(&mut self, db: &Connection) -> Result<()> {
        self.authority = authority(db)?;
        Ok(())
    }

    /// Whether a group was taken back.
    pub fn retracted(&self, group: &GroupPlace) -> bool {
        self.retracted.contains(group)
    }

    /// Whether a group waits for a part that has not come.
    pub fn parked(&self, group: &GroupPlace) -> bool {
        self.parked.contains(group)
    }

    /// The groups that wait for a part that has not come, in the order of their streams.
    pub fn parked_groups(&self) -> BTreeSet<GroupPlace> {
        self.parked.iter().copied().collect()
    }

    /// Whether a change's body was erased for good.
    pub fn redacted(&self, stream: &StreamId, seq: u64, prefix: [u8; 8]) -> bool {
        self.redacted.contains(&(*stream, seq, prefix))
    }

    /// The organisation whose record a stream's changes are, absorption followed.
    pub fn org_of(&self, stream: &StreamId) -> Id {
        self.authority.canonical(stream.org)
    }
}

fn authority(db: &Connection) -> Result<Authority> {
    let (certificates, revocations) = tree_parts(db)?;
    Ok(Authority::new(&certificates, revocations))
}

/// The certificates and revocations that are held.
pub fn tree_parts(db: &Connection) -> Result<(Vec<Certificate>, Vec<HeldRevocation>)> {
    let mut certificates = Vec::new();
    for held in streams::special(db, Kind::Certificate.number())? {
        if let Ok(certificate) = Certificate::from_cbor(&held.change.header.kept) {
            certificates.push(certificate);
        }
    }
    let mut revocations = Vec::new();
    for held in streams::special(db, Kind::Revocation.number())? {
        if let Ok(revocation) = Revocation::from_cbor(&held.change.header.kept, &held.change.header.stream) {
            revocations.push(HeldRevocation { reference: held.change.reference(), revocation });
        }
    }
    Ok((certificates, revocations))
}

/// Redactions hold for good once their writer stood above the record, whatever is revoked, retracted or moved later: what
/// was erased on one laptop can never come back on another. Neither do they wait for the words of their reason.
fn redactions(db: &Connection, authority: &Authority) -> Result<HashSet<(StreamId, u64, [u8; 8])>> {
    let mut erased = HashSet::new();
    let held = streams::special(db, Kind::Redaction.number())?;
    if held.is_empty() {
        return Ok(erased);
    }
    let ever = Ever::of(authority);
    let mut allowed: HashMap<(StreamId, Id), bool> = HashMap::new();
    for held in held {
        let home = held.change.header.stream;
        let Ok(redaction) = Redaction::from_cbor(&held.change.header.kept, &home) else { continue };
        for target in redaction.changes {
            let org = target.stream.org;
            if *allowed.entry((home, org)).or_insert_with(|| ever.may_erase(authority, &home, org)) {
                erased.insert((target.stream, target.seq, target.prefix));
            }
        }
    }
    Ok(erased)
}

/// The groups that are taken back: by a counting retraction that is not taken back itself and whose group is whole.
fn retractions(db: &Connection, parked: &HashSet<GroupPlace>) -> Result<HashSet<GroupPlace>> {
    let mut by_target: HashMap<GroupPlace, Vec<GroupPlace>> = HashMap::new();
    for held in streams::special(db, Kind::Retract.number())? {
        if !held.counts || parked.contains(&held.group) {
            continue;
        }
        if let Some(target) = retract_target(db, &held.change)? {
            by_target.entry(target).or_default().push(held.group);
        }
    }
    let mut known: HashMap<GroupPlace, bool> = HashMap::new();
    let targets: Vec<GroupPlace> = by_target.keys().copied().collect();
    for target in &targets {
        settle(*target, &by_target, &mut known);
    }
    Ok(targets.into_iter().filter(|t| known[t]).collect())
}

/// Whether a group is taken back, without recursion: a chain of undo and redo may be long.
fn settle(
    target: GroupPlace,
    by_target: &HashMap<GroupPlace, Vec<GroupPlace>>,
    known: &mut HashMap<GroupPlace, bool>,
) {
    let mut open = vec![target];
    while let Some(group) = open.last().copied() {
        if known.contains_key(&group) {
            open.pop();
            continue;
        }
        let retractors = by_target.get(&group).map_or(&[][..], Vec::as_slice);
        match retractors.iter().find(|r| !known.contains_key(r) && !open.contains(r)) {
            Some(unsettled) => open.push(*unsettled),
            None => {
                let taken_back = retractors.iter().any(|r| known.get(r) == Some(&false));
                known.insert(group, taken_back);
                open.pop();
            }
        }
    }
}

/// The group that a retraction takes back, if its first change is held and belongs to the same organisation.
pub fn retract_target(db: &Connection, change: &yuanba_journal::Change) -> Result<Option<GroupPlace>> {
    let home = change.header.stream;
    let Ok(retract) = Retract::from_cbor(&change.header.kept, &home) else { return Ok(None) };
    if retract.first.stream.org != home.org {
        return Ok(None);
    }
    let stream = streams::row_of(db, &retract.first.stream)?;
    Ok(Some(GroupPlace { stream, first_seq: retract.first.seq, first_prefix: retract.first.prefix }))
}

/// Holds every stream's standing against the tree and writes what has changed into `stream` and `change.counts`.
/// Answers with the rows of the streams whose changes count otherwise than before.
pub fn recount(db: &Connection, authority: &Authority) -> Result<Vec<i64>> {
    let mut changed = Vec::new();
    for (row, stream) in streams::all(db)? {
        let (to, hash) = columns(authority.standing(&stream));
        let before: (i64, Option<[u8; 32]>) =
            db.query_row("SELECT counts_to, counts_hash FROM stream WHERE id = ?1", [row], |r| {
                Ok((r.get(0)?, r.get(1)?))
            })?;
        if before != (to, hash) {
            db.prepare_cached("UPDATE stream SET counts_to = ?2, counts_hash = ?3 WHERE id = ?1")?
                .execute(params![row, to, hash])?;
            mark(db, row, to, hash)?;
            changed.push(row);
        }
    }
    Ok(changed)
}

fn columns(standing: Standing) -> (i64, Option<[u8; 32]>) {
    match standing {
        Standing::Counts => (-1, None),
        Standing::UpTo(seq, hash) => (seq as i64, hash.map(|h| h.0)),
        Standing::Waits => (0, None),
    }
}

/// How far a stream's changes count, as its row says; the row of a stream that is new is written first.
pub fn standing_of(
    db: &Connection,
    authority: &Authority,
    row: i64,
    stream: Option<&StreamId>,
) -> Result<i64> {
    let kept: i64 =
        db.prepare_cached("SELECT counts_to FROM stream WHERE id = ?1")?.query_row([row], |r| r.get(0))?;
    let Some(stream) = stream.filter(|_| kept == 0) else { return Ok(kept) };
    let (to, hash) = columns(authority.standing(stream));
    if to != 0 {
        db.prepare_cached("UPDATE stream SET counts_to = ?2, counts_hash = ?3 WHERE id = ?1")?
            .execute(params![row, to, hash])?;
    }
    Ok(to)
}

/// Marks which changes of a stream count. A group counts whole or not at all.
fn mark(db: &Connection, stream: i64, to: i64, hash: Option<[u8; 32]>) -> Result<()> {
    if to <= 0 {
        db.execute("UPDATE change SET counts = ?2 WHERE stream = ?1", params![stream, to == -1])?;
        return Ok(());
    }
    db.execute("UPDATE change SET counts = 0 WHERE stream = ?1", [stream])?;
    let mut statement = db.prepare_cached("UPDATE change SET counts = 1 WHERE id = ?1")?;
    for id in counting(db, stream, to, hash)? {
        statement.execute([id])?;
    }
    Ok(())
}

/// The rows of the changes that count in a stream that has a cut.
fn counting(db: &Connection, stream: i64, to: i64, hash: Option<[u8; 32]>) -> Result<HashSet<i64>> {
    let Some(hash) = hash else { return Ok(HashSet::new()) };
    let tip = Tip { seq: to as u64, hash: Hash(hash) };
    if !streams::held(db, stream, tip.seq, &tip.hash)? {
        // The last change that counts has not come: what is here stands before it or on another branch. It is
        // marked when the change comes, because the stream's standing is looked at again then.
        let mut statement = db.prepare_cached(
            "SELECT id FROM change WHERE stream = ?1 AND (first_seq, first_prefix) IN
               (SELECT first_seq, first_prefix FROM change WHERE stream = ?1
                GROUP BY first_seq, first_prefix HAVING max(seq) <= ?2)",
        )?;
        let rows = statement.query_map(params![stream, to], |row| row.get(0))?;
        return Ok(rows.collect::<Result<_, _>>()?);
    }
    let kept = streams::branch(db, stream, tip, 0)?;
    // The last group may go on behind the cut.
    let last = kept.iter().rev().map(|change| &change.header).find(|header| header.group_index == 0);
    let whole = match last {
        Some(first) if first.seq + first.group_count - 1 > tip.seq => first.seq - 1,
        _ => tip.seq,
    };
    let mut statement =
        db.prepare_cached("SELECT id FROM change WHERE stream = ?1 AND seq = ?2 AND hash = ?3")?;
    kept.iter()
        .filter(|change| change.header.seq <= whole)
        .map(|change| {
            let place = params![stream, change.header.seq as i64, change.hash.0];
            Ok(statement.query_row(place, |row| row.get(0))?)
        })
        .collect()
}

/// The streams whose changes are marked otherwise than the tree says.
pub fn miscounted(db: &Connection, authority: &Authority) -> Result<Vec<StreamId>> {
    let mut wrong = Vec::new();
    for (row, stream) in streams::all(db)? {
        let (to, hash) = columns(authority.standing(&stream));
        let cut = if to > 0 { counting(db, row, to, hash)? } else { HashSet::new() };
        let mut statement = db.prepare_cached("SELECT id, counts FROM change WHERE stream = ?1")?;
        let marks = statement.query_map([row], |r| Ok((r.get::<_, i64>(0)?, r.get::<_, bool>(1)?)))?;
        for mark in marks {
            let (id, counts) = mark?;
            if counts != (to == -1 || cut.contains(&id)) {
                wrong.push(stream);
                break;
            }
        }
    }
    Ok(wrong)
}

/// Marks newly received changes of a stream that has a cut.
pub fn mark_new(db: &Connection, stream: i64) -> Result<()> {
    let (to, hash): (i64, Option<[u8; 32]>) =
        db.query_row("SELECT counts_to, counts_hash FROM stream WHERE id = ?1", [stream], |r| {
            Ok((r.get(0)?, r.get(1)?))
        })?;
    if to > 0 { mark(db, stream, to, hash) } else { Ok(()) }
}
