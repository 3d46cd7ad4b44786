//! Writing: the changes of one intent, appended to one stream.

use yuanba_core::Id;

use crate::format::SUITE;
use crate::{Body, Change, Clock, Hash, Header, JournalError, Kind, StreamId};

/// One change before it has its place in a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// What it is
    pub kind: Kind,
    /// The record it writes, where it has one
    pub entity: Option<Id>,
    /// The kept part
    pub kept: Vec<u8>,
    /// The erasable part
    pub body: Option<Vec<u8>>,
    /// The body names people, so it gets a salt
    pub personal: bool,
}

/// The last change of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tip {
    /// Its place
    pub seq: u64,
    /// Its header hash
    pub hash: Hash,
}

/// What a group needs beside its drafts.
pub struct Circumstances<'a> {
    /// The replica's clock, which moves on
    pub clock: &'a mut Clock,
    /// The wall clock as the laptop claims it, ms since 1970
    pub wall_ms: i64,
    /// Who acts
    pub user: Id,
    /// Fresh random salts
    pub salt: &'a mut dyn FnMut() -> [u8; 16],
}

/// Appends one group to a stream. The changes are contiguous and the first of them carries their count.
///
/// # Errors
/// An empty group, more changes than a group may have, or a change that nobody could read again.
pub fn append_group(
    stream: StreamId,
    tip: Option<Tip>,
    drafts: Vec<Draft>,
    now: Circumstances<'_>,
) -> Result<Vec<Change>, JournalError> {
    let count = drafts.len() as u64;
    if count == 0 {
        return Err(JournalError::Malformed("an empty group"));
    }
    let mut changes = Vec::with_capacity(drafts.len());
    let mut tip = tip;
    for (index, draft) in drafts.into_iter().enumerate() {
        let body = draft.body.map(|bytes| Body { salt: draft.personal.then(|| (now.salt)()), bytes });
        let header = Header {
            suite: SUITE,
            kind: draft.kind,
            critical: false,
            stream,
            seq: tip.map_or(1, |t| t.seq + 1),
            prev: tip.map(|t| t.hash),
            stamp: now.clock.tick(now.wall_ms),
            wall_ms: now.wall_ms,
            user: now.user,
            entity: draft.entity,
            group_index: index as u64,
            group_count: if index == 0 { count } else { 1 },
            kept: draft.kept,
            body_hash: body.as_ref().map(Body::hash),
            salted: body.as_ref().is_some_and(|b| b.salt.is_some()),
            unknown: Vec::new(),
        };
        let change = Change::new(header, body)?;
        crate::payload::check(&change)?;
        tip = Some(Tip { seq: change.header.seq, hash: change.hash });
        changes.push(change);
    }
    Ok(changes)
}
