//! What the journal keeps of who did what and when, one group after the other, the last that came first. Only headers are
//! read: what was erased is still there as something that was done.

use rusqlite::{OptionalExtension, params};
use yuanba_core::Id;
use yuanba_journal::payload::{RecordWrite, Redaction};
use yuanba_journal::{ChangeRef, GroupId, Kind, StreamId};

use crate::streams::{self, GroupPlace, read_hash};
use crate::{Result, Store};

/// The most changes of a group of which the records are named.
const NAMED_MAX: usize = 500;

/// Something that was done: a group of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// Its place in the order in which things came to this machine
    pub place: i64,
    /// The group
    pub group: GroupId,
    /// Which laptop wrote it, of whom
    pub stream: StreamId,
    /// What that laptop's clock said, ms since 1970
    pub at_ms: i64,
    /// Who, as the laptop claims
    pub user: Id,
    /// What its first change is
    pub kind: Kind,
    /// How many changes
    pub changes: u64,
    /// The records that it wrote: table, id and the numbers of the fields; of a large group the first
    pub records: Vec<(u16, Id, Vec<u16>)>,
    /// What it said when it was written here
    pub said: Option<String>,
}

/// What of the trail is asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Only what came before this place
    pub before: Option<i64>,
    /// Only what is about these records
    pub entities: Option<Vec<Id>>,
    /// Only what this user did
    pub user: Option<Id>,
    /// Not earlier than this, ms since 1970
    pub from_ms: Option<i64>,
    /// Earlier than this, ms since 1970
    pub until_ms: Option<i64>,
    /// So many at most
    pub wanted: usize,
    /// Stop after so many changes that were looked at
    pub looked_at_max: usize,
}

/// A lawful erasure that counts here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Its group
    pub group: GroupId,
    /// Who carried it out, as the laptop claims
    pub user: Id,
    /// Whose words were erased
    pub org: Id,
    /// What the writing laptop's clock said, ms since 1970
    pub at_ms: i64,
    /// How many changes lost their words
    pub changes: u64,
    /// Why, in the words of whoever carried it out
    pub reason: Option<String>,
    /// The records whose words were erased
    pub records: Vec<Id>,
}

impl Store {
    /// Walks the trail from the last that came; a group for which `wants` says no is passed over. Answers what was found
    /// and where to go on, `None` at the end.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn trail(
        &self,
        asked: &Asked,
        mut wants: impl FnMut(&Done) -> Result<bool>,
    ) -> Result<(Vec<Done>, Option<i64>)> {
        let mut found = Vec::new();
        let before = asked.before.unwrap_or(i64::MAX);
        if let Some(entities) = &asked.entities {
            for place in self.places_about(entities, before)? {
                if let Some(done) = self.done_at(place)?.filter(|done| asked.fits(done))
                    && wants(&done)?
                {
                    if found.len() == asked.wanted {
                        return Ok((found, Some(place + 1)));
                    }
                    found.push(done);
                }
            }
            return Ok((found, None));
        }
        let mut statement = self.db.prepare_cached(
            "SELECT id, seq = first_seq, header FROM change WHERE id < ?1 ORDER BY id DESC",
        )?;
        let mut rows = statement.query([before])?;
        let mut looked_at = 0;
        while let Some(row) = rows.next()? {
            let place: i64 = row.get(0)?;
            if looked_at == asked.looked_at_max || found.len() == asked.wanted {
                return Ok((found, Some(place + 1)));
            }
            looked_at += 1;
            // A branch that left its stream within a group has no first change of its own: that of the other stands for it.
            if !row.get::<_, bool>(1)? {
                continue;
            }
            let header = streams::stored(row.get(2)?, None, None)?.header;
            let at = header.wall_ms;
            if asked.user.is_some_and(|user| user != header.user)
                || asked.from_ms.is_some_and(|from| at < from)
                || asked.until_ms.is_some_and(|until| at >= until)
            {
                continue;
            }
            if let Some(done) = self.done_at(place)?
                && wants(&done)?
            {
                found.push(done);
            }
        }
        Ok((found, None))
    }

    /// The first changes of the groups that are about some records, the last that came first.
    fn places_about(&self, entities: &[Id], before: i64) -> Result<Vec<i64>> {
        let mut places = Vec::new();
        let mut statement = self.db.prepare_cached(
            "SELECT f.id FROM change c JOIN change f
               ON f.stream = c.stream AND f.seq = c.first_seq AND substr(f.hash, 1, 8) = c.first_prefix
             WHERE c.entity = ?1 AND f.id < ?2",
        )?;
        for entity in entities {
            let rows = statement.query_map(params![entity.0, before], |row| row.get::<_, i64>(0))?;
            for row in rows {
                places.push(row?);
            }
        }
        places.sort_unstable_by(|a, b| b.cmp(a));
        places.dedup();
        Ok(places)
    }

    /// The group that begins with a change.
    fn done_at(&self, place: i64) -> Result<Option<Done>> {
        let first = self
            .db
            .prepare_cached("SELECT stream, first_seq, first_prefix, hash, header FROM change WHERE id = ?1")?
            .query_row([place], |row| {
                let group = GroupPlace {
                    stream: row.get(0)?,
                    first_seq: row.get::<_, i64>(1)? as u64,
                    first_prefix: row.get(2)?,
                };
                Ok((group, read_hash(row, 3)?, row.get::<_, Vec<u8>>(4)?))
            })
            .optional()?;
        let Some((group, hash, header)) = first else { return Ok(None) };
        let first = streams::stored(header, None, None)?.header;
        let id = GroupId(hash.id());
        let mut records = Vec::new();
        let mut statement = self.db.prepare_cached(
            "SELECT header FROM change
             WHERE stream = ?1 AND seq >= ?2 AND first_seq = ?2 AND first_prefix = ?3 ORDER BY seq LIMIT ?4",
        )?;
        let rows = statement.query_map(
            params![group.stream, group.first_seq as i64, group.first_prefix, NAMED_MAX as i64],
            |row| row.get::<_, Vec<u8>>(0),
        )?;
        for header in rows {
            let header = streams::stored(header?, None, None)?.header;
            if header.kind == Kind::Record
                && let (Some(entity), Ok(write)) =
                    (header.entity, RecordWrite::from_cbor(&header.kept, &header.stream))
            {
                records.push((write.table, entity, write.items.iter().map(|item| item.field).collect()));
            }
        }
        let said = self
            .db
            .prepare_cached("SELECT said FROM deed WHERE grp = ?1")?
            .query_row([id.0.0], |row| row.get(0))
            .optional()?;
        Ok(Some(Done {
            place,
            group: id,
            stream: first.stream,
            at_ms: first.wall_ms,
            user: first.user,
            kind: first.kind,
            changes: first.group_count.max(1),
            records,
            said,
        }))
    }

    /// The redactions that take words away here, each with the changes whose words it takes.
    pub(crate) fn redactions(&self) -> Result<Vec<(streams::SpecialChange, Vec<ChangeRef>)>> {
        let mut redactions = Vec::new();
        for held in streams::special(&self.db, Kind::Redaction.number())? {
            let header = &held.change.header;
            let Ok(redaction) = Redaction::from_cbor(&header.kept, &header.stream) else { continue };
            let counts =
                |change: &ChangeRef| self.context.redacted(&change.stream, change.seq, change.prefix);
            let named: Vec<_> = redaction.changes.into_iter().filter(counts).collect();
            if !named.is_empty() {
                redactions.push((held, named));
            }
        }
        Ok(redactions)
    }

    /// Every erasure that counts here, the last that came first: backups that are older still hold what it erased.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn erasures(&self) -> Result<Vec<Erasure>> {
        let mut erasures = Vec::new();
        for (held, named) in self.redactions()? {
            let header = &held.change.header;
            let mut records = Vec::new();
            for change in &named {
                let Some((id, _)) = streams::resolve(&self.db, change)? else { continue };
                let entity: Option<[u8; 16]> = self
                    .db
                    .prepare_cached("SELECT entity FROM change WHERE id = ?1")?
                    .query_row([id], |row| row.get(0))?;
                records.extend(entity.map(Id));
            }
            records.sort_unstable();
            records.dedup();
            let reason = held.change.body.as_ref().and_then(|body| {
                let mut values = yuanba_journal::payload::decode_values(&body.bytes, 1).ok()?;
                values.pop()?.as_text().map(str::to_owned)
            });
            erasures.push((
                header.stamp,
                Erasure {
                    group: self.group_at(&held.group)?,
                    user: header.user,
                    org: header.stream.org,
                    at_ms: header.wall_ms,
                    changes: named.len() as u64,
                    reason,
                    records,
                },
            ));
        }
        erasures.sort_by_key(|(stamp, _)| std::cmp::Reverse(*stamp));
        Ok(erasures.into_iter().map(|(_, erasure)| erasure).collect())
    }

    /// The group that begins at a place of a stream.
    fn group_at(&self, place: &GroupPlace) -> Result<GroupId> {
        let hash = self
            .db
            .prepare_cached(
                "SELECT hash FROM change WHERE stream = ?1 AND seq = ?2 AND substr(hash, 1, 8) = ?3",
            )?
            .query_row(params![place.stream, place.first_seq as i64, place.first_prefix], |row| {
                read_hash(row, 0)
            })?;
        Ok(GroupId(hash.id()))
    }
}

impl Asked {
    fn fits(&self, done: &Done) -> bool {
        self.user.is_none_or(|user| user == done.user)
            && self.from_ms.is_none_or(|from| done.at_ms >= from)
            && self.until_ms.is_none_or(|until| done.at_ms < until)
    }
}
