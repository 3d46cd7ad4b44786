//! What other laptops were last known to hold, and what they may hold. Local only.

use std::collections::{BTreeMap, HashSet};

use rusqlite::{OptionalExtension, params};
use yuanba_core::Id;
use yuanba_journal::author::Tip;
use yuanba_journal::authority::Standing;
use yuanba_journal::{Change, Hash, Lane, Segment, StreamId};

use crate::streams::{self, read_hash, read_id, read_stream};
use crate::{Result, Store};

/// The ends of a stream's branches.
pub type Vector = BTreeMap<StreamId, Vec<Tip>>;

impl Store {
    /// The streams that an organisation may hold: all of its subtree, and the `down` streams of its ancestors.
    pub fn may_hold(&self, org: Id, stream: &StreamId) -> bool {
        self.authority().may_hold(org, stream)
    }

    /// What this store holds of the streams that an organisation may hold.
    pub fn vector_for(&self, org: Id) -> Result<Vector> {
        let mut ends = self.tips()?;
        let held = self.context.streams.iter().filter(|(_, stream)| self.may_hold(org, stream));
        Ok(held.filter_map(|(row, stream)| Some((*stream, ends.remove(row)?))).collect())
    }

    /// Remembers what a laptop said that it holds, in place of what it said before.
    pub fn hear(&mut self, peer: Id, org: Id, vector: &Vector) -> Result<()> {
        let transaction = self.db.unchecked_transaction()?;
        transaction.execute("DELETE FROM peer_tip WHERE peer = ?1", [peer.0])?;
        transaction.execute(
            "INSERT OR REPLACE INTO peer(id, org, heard_ms) VALUES(?1, ?2, ?3)",
            params![peer.0, org.0, self.now_ms()],
        )?;
        for (stream, tips) in vector {
            for tip in tips {
                transaction
                    .prepare_cached(
                        "INSERT OR REPLACE INTO peer_tip(peer, replica, org, lane, seq, hash) VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                    )?
                    .execute(params![
                        peer.0,
                        stream.replica.0,
                        stream.org.0,
                        stream.lane.number(),
                        tip.seq as i64,
                        tip.hash.0
                    ])?;
            }
        }
        transaction.commit()?;
        Ok(())
    }

    /// A peer said once more what it had said before.
    pub fn hear_again(&mut self, peer: Id) -> Result<()> {
        self.db.execute("UPDATE peer SET heard_ms = ?2 WHERE id = ?1", params![peer.0, self.now_ms()])?;
        Ok(())
    }

    /// When an organisation's laptops were last heard of, ms since 1970.
    pub fn last_heard(&self, org: Id) -> Result<Option<i64>> {
        let mut statement = self.db.prepare_cached("SELECT org, heard_ms FROM peer")?;
        let rows = statement.query_map([], |row| Ok((read_id(row, 0)?, row.get::<_, i64>(1)?)))?;
        let mut last = None;
        for row in rows {
            let (other, at) = row?;
            if self.authority().canonical(other) == org {
                last = last.max(Some(at));
            }
        }
        Ok(last)
    }

    /// What a peer said last that it holds; nothing when it was never heard.
    pub fn heard(&self, peer: Id) -> Result<Vector> {
        let mut statement =
            self.db.prepare_cached("SELECT replica, org, lane, seq, hash FROM peer_tip WHERE peer = ?1")?;
        let rows = statement.query_map([peer.0], |row| {
            Ok((read_stream(row, 0)?, Tip { seq: row.get::<_, i64>(3)? as u64, hash: read_hash(row, 4)? }))
        })?;
        let mut vector = Vector::new();
        for row in rows {
            let (stream, tip) = row?;
            vector.entry(stream).or_default().push(tip);
        }
        Ok(vector)
    }

    /// What every laptop of an organisation is known to hold: each one's last word, ours and the revoked ones' left out.
    /// A laptop that was never heard of holds nothing.
    fn known_of(&self, org: Id) -> Result<Vec<Vector>> {
        let own = self.replica().id();
        let mut laptops: Vec<Id> = self.current_laptops(org);
        laptops.retain(|replica| *replica != own);
        if laptops.is_empty() {
            return Ok(vec![Vector::new()]);
        }
        laptops.into_iter().map(|laptop| self.heard(laptop)).collect()
    }

    /// The laptops of an organisation that nobody has revoked, each once.
    pub fn current_laptops(&self, org: Id) -> Vec<Id> {
        let tree = self.authority();
        let mut laptops: Vec<Id> = tree.laptops(org).into_iter().map(|(replica, _)| replica).collect();
        laptops.sort_unstable();
        laptops.dedup();
        laptops.retain(|replica| {
            let stream = StreamId { replica: *replica, org: tree.canonical(org), lane: Lane::Up };
            !matches!(tree.standing(&stream), Standing::UpTo(..))
        });
        laptops
    }

    /// Every stream that is wanted, whole.
    pub fn whole_streams(&self, wanted: impl Fn(&StreamId) -> bool) -> Result<Vec<Segment>> {
        let nothing = [Vector::new()];
        self.segments(wanted, &nothing)
    }

    /// BLAKE3 over the sorted header hashes of the streams that both organisations may hold: they agree when both hold the
    /// same of them.
    pub fn scope_digest(&self, one: Id, other: Id) -> Result<Hash> {
        let both = |stream: &StreamId| self.may_hold(one, stream) && self.may_hold(other, stream);
        let mut hashes: Vec<Hash> = Vec::new();
        for (row, _) in self.context.streams.iter().filter(|(_, s)| both(s)) {
            let mut statement = self.db.prepare_cached("SELECT hash FROM change WHERE stream = ?1")?;
            for hash in statement.query_map([row], |r| read_hash(r, 0))? {
                hashes.push(hash?);
            }
        }
        Ok(Hash::of_set(hashes))
    }

    /// The segments that an organisation lacks, as far as is known: everything after what all of its laptops hold.
    pub fn wanted_by(&self, org: Id) -> Result<Vec<Segment>> {
        self.segments(|stream| self.may_hold(org, stream), &self.known_of(org)?)
    }

    /// The segments of the wanted streams after what all of the vectors reach.
    fn segments(&self, wanted: impl Fn(&StreamId) -> bool, known: &[Vector]) -> Result<Vec<Segment>> {
        let mut segments = Vec::new();
        for (row, stream) in self.streams_for_travel(wanted) {
            segments.extend(self.segments_of(row, stream, known)?);
        }
        Ok(segments)
    }

    /// The wanted streams in the order in which they travel: what says who counts goes first.
    pub(crate) fn streams_for_travel(&self, wanted: impl Fn(&StreamId) -> bool) -> Vec<(i64, StreamId)> {
        let mut rows: Vec<(i64, StreamId)> =
            self.context.streams.iter().filter(|(_, s)| wanted(s)).map(|(row, s)| (*row, *s)).collect();
        rows.sort_by_key(|(_, s)| (std::cmp::Reverse(s.lane), s.org, s.replica));
        rows
    }

    /// The segments of one stream after what all of the vectors reach, one a branch.
    pub(crate) fn segments_of(&self, row: i64, stream: StreamId, known: &[Vector]) -> Result<Vec<Segment>> {
        let mut segments = Vec::new();
        let mut sent: HashSet<Hash> = HashSet::new();
        for head in streams::heads(&self.db, row)? {
            let mut after = None;
            for vector in known {
                let tips = vector.get(&stream).map_or(&[][..], Vec::as_slice);
                let has = self.common(row, head.tip, tips)?;
                after = Some(after.map_or(has, |least: u64| least.min(has)));
            }
            let after = after.unwrap_or(0);
            let mut changes = streams::branch(&self.db, row, head.tip, after)?;
            // A segment holds whole groups, also where a branch has left its stream within one.
            let inside = changes.first().map_or(0, |first| first.header.group_index);
            if inside > 0 {
                changes = streams::branch(&self.db, row, head.tip, after.saturating_sub(inside))?;
            }
            let fresh = changes.iter().position(|c| !sent.contains(&c.hash)).unwrap_or(changes.len());
            let begun = changes.get(fresh).map_or(0, |c| c.header.group_index as usize);
            changes.drain(..fresh.saturating_sub(begun));
            sent.extend(changes.iter().map(|c| c.hash));
            if let Some(first) = changes.first() {
                segments.push(Segment { stream, prev: first.header.prev, head: head.signature, changes });
            }
        }
        Ok(segments)
    }

    /// How far along our branch another's tips reach. A tip that is unknown here and further on is taken to have all.
    pub(crate) fn common(&self, row: i64, ours: Tip, theirs: &[Tip]) -> Result<u64> {
        let mut reach = 0;
        for tip in theirs {
            if tip.hash == ours.hash {
                return Ok(ours.seq);
            }
            if streams::held(&self.db, row, tip.seq, &tip.hash)? {
                reach = reach.max(self.shared(row, ours, *tip)?);
            } else if tip.seq > ours.seq && theirs.len() == 1 {
                reach = ours.seq;
            }
        }
        Ok(reach)
    }

    /// Where two branches of a stream part.
    fn shared(&self, row: i64, ours: Tip, other: Tip) -> Result<u64> {
        if streams::heads(&self.db, row)?.len() < 2 {
            return Ok(other.seq.min(ours.seq));
        }
        let hashes =
            |changes: Vec<Change>| changes.into_iter().map(|c| (c.header.seq, c.hash)).collect::<Vec<_>>();
        let ours = hashes(streams::branch(&self.db, row, ours, 0)?);
        let other = hashes(streams::branch(&self.db, row, other, 0)?);
        Ok(ours.iter().zip(&other).take_while(|(a, b)| a == b).count() as u64)
    }

    /// Changes of our own subtree that neither all of the parent's laptops nor a server are known to hold.
    pub fn waiting(&self) -> Result<u64> {
        let Some(parent) = self.authority().granted_parent(self.org()) else { return Ok(0) };
        let servers = self.servers()?;
        let ours = |stream: &StreamId| self.authority().covers(self.org(), stream.org);
        self.beyond(ours, &self.known_of(parent)?, &servers)
    }

    /// Changes of our own subtree that one at least of the parent's laptops is not known to hold, whatever a server holds.
    pub fn undelivered(&self) -> Result<u64> {
        let Some(parent) = self.authority().granted_parent(self.org()) else { return Ok(0) };
        let ours = |stream: &StreamId| self.authority().covers(self.org(), stream.org);
        self.beyond(ours, &self.known_of(parent)?, &[])
    }

    /// Changes that an organisation may hold and is not known to hold on each of its laptops: what a stick for it would carry.
    pub fn waiting_for(&self, org: Id) -> Result<u64> {
        self.beyond(|stream| self.may_hold(org, stream), &self.known_of(org)?, &[])
    }

    /// Changes of some streams beyond what all of the one vectors reach, and beyond what any of the others does.
    fn beyond(&self, of: impl Fn(&StreamId) -> bool, all: &[Vector], any: &[Vector]) -> Result<u64> {
        let mut beyond = 0;
        for (row, stream) in self.context.streams.iter().filter(|(_, stream)| of(stream)) {
            let reach = |vector: &Vector, tip| {
                self.common(*row, tip, vector.get(stream).map_or(&[][..], Vec::as_slice))
            };
            for head in streams::heads(&self.db, *row)? {
                let mut least = head.tip.seq;
                for vector in all {
                    least = least.min(reach(vector, head.tip)?);
                }
                for vector in any {
                    least = least.max(reach(vector, head.tip)?);
                }
                beyond += head.tip.seq - least;
            }
        }
        Ok(beyond)
    }

    /// What servers said last: peers that are no laptop of any organisation.
    fn servers(&self) -> Result<Vec<Vector>> {
        let mut statement = self.db.prepare_cached("SELECT id FROM peer WHERE id = org")?;
        let ids: Vec<Id> = statement.query_map([], |row| read_id(row, 0))?.collect::<Result<_, _>>()?;
        ids.into_iter().map(|id| self.heard(id)).collect()
    }

    /// When a peer said last what it holds, ms since 1970.
    pub fn peer_heard(&self, peer: Id) -> Result<Option<i64>> {
        let mut statement = self.db.prepare_cached("SELECT heard_ms FROM peer WHERE id = ?1")?;
        Ok(statement.query_row([peer.0], |row| row.get(0)).optional()?)
    }
}
