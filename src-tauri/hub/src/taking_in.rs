//! Weaving what came into the runs that are kept: what is new of it, on which branch, and without what was erased.

use std::collections::{BTreeMap, HashSet};

use yuanba_journal::author::Tip;
use yuanba_journal::{ChangeRef, Hash, Segment, StreamId};

use crate::archive::{Archive, ArchiveError, Batch, HeldStream, Run, Special, StreamWrite};
use crate::key::RestKey;
use crate::shelf::Ground;

/// Runs shorter than this, in bytes as they are kept, are joined with what comes after them, so that a village that syncs
/// every few minutes does not leave a thousand crumbs.
const RUN_BYTES: u64 = 64 * 1024;
/// How hard runs are packed before they are sealed.
const ZSTD_LEVEL: i32 = 3;

/// What taking in would do.
#[derive(Debug, Default)]
pub struct Plan {
    /// What is kept
    pub batch: Batch,
    /// Streams of which something waits for what comes before it; nothing of that is kept
    pub gaps: Vec<StreamId>,
    /// Changes that are new
    pub new: u64,
}

/// A run's bytes are sealed for their place, so that rows cannot change places.
fn place(stream: &StreamId, first_seq: u64, last: &Hash) -> Vec<u8> {
    let mut place = Vec::with_capacity(16 + 16 + 1 + 8 + 32);
    place.extend_from_slice(&stream.replica.0);
    place.extend_from_slice(&stream.org.0);
    place.push(stream.lane.number());
    place.extend_from_slice(&first_seq.to_be_bytes());
    place.extend_from_slice(&last.0);
    place
}

/// A run as it is kept.
///
/// # Errors
/// Those of packing and sealing.
pub fn to_run(key: &RestKey, segment: &Segment) -> Result<Run, ArchiveError> {
    let fault = || ArchiveError::Damaged("a run without changes".into());
    let (last_seq, last) = segment.head().ok_or_else(fault)?;
    let first_seq = segment.first_seq();
    let packed = zstd::bulk::compress(&segment.to_cbor(), ZSTD_LEVEL)
        .map_err(|error| ArchiveError::Damaged(error.to_string()))?;
    let bytes = key.seal(&place(&segment.stream, first_seq, &last), &packed)?;
    Ok(Run { id: 0, first_seq, last_seq, last, bytes })
}

/// The bytes of a kept run's segment.
///
/// # Errors
/// `Damaged` for what was not kept so, or under another key.
pub fn segment_bytes(key: &RestKey, stream: &StreamId, run: &Run) -> Result<Vec<u8>, ArchiveError> {
    let packed = key.open(&place(stream, run.first_seq, &run.last), &run.bytes)?;
    // What was sealed here is no bomb; the frame says how long it is.
    zstd::stream::decode_all(&packed[..]).map_err(|error| ArchiveError::Damaged(error.to_string()))
}

/// A kept run's segment.
///
/// # Errors
/// As [`segment_bytes`].
pub fn to_segment(key: &RestKey, stream: &StreamId, run: &Run) -> Result<Segment, ArchiveError> {
    Segment::from_cbor(&segment_bytes(key, stream, run)?)
        .map_err(|error| ArchiveError::Damaged(error.to_string()))
}

/// Works out what segments change, which were verified and are in scope.
///
/// # Errors
/// Those of the archive.
pub async fn plan<A: Archive>(
    archive: &A,
    key: &RestKey,
    ground: &Ground,
    segments: &[Segment],
) -> Result<Plan, ArchiveError> {
    let erased = &*ground.erased;
    let mut by_stream: BTreeMap<StreamId, Vec<&Segment>> = BTreeMap::new();
    for segment in segments {
        by_stream.entry(segment.stream).or_default().push(segment);
    }
    // Parts of changes that are held have been erased by what came just now: their runs are written anew.
    for stream in &ground.to_erase {
        by_stream.entry(*stream).or_default();
    }
    let mut plan =
        Plan { batch: Batch { specials_seen: ground.specials_seen, ..Batch::default() }, ..Plan::default() };
    for (stream, came) in by_stream {
        let held = ground.held.get(&stream);
        let woven = match (&came[..], ground.to_erase.contains(&stream)) {
            ([segment], false) => match append(archive, key, held, segment, erased).await? {
                Some(woven) => woven,
                None => weave(archive, key, held, stream, &came, erased).await?,
            },
            _ => weave(archive, key, held, stream, &came, erased).await?,
        };
        if woven.gap {
            plan.gaps.push(stream);
        }
        plan.new += woven.new;
        for segment in &woven.fresh {
            let specials = segment.changes.iter().filter(|change| ground.specials.contains(&change.hash));
            plan.batch.specials.extend(
                specials.map(|change| Special { hash: change.hash, header: change.header_bytes.clone() }),
            );
        }
        if !woven.add.is_empty() || !woven.drop.is_empty() {
            plan.batch.writes.push(StreamWrite {
                stream,
                township: ground.township(stream.org),
                seen: held.map_or(0, |held| held.arrival),
                tips: woven.tips,
                drop: woven.drop,
                add: woven.add,
            });
        }
    }
    Ok(plan)
}

/// What becomes of one stream.
#[derive(Default)]
struct Woven {
    tips: Vec<Tip>,
    drop: Vec<i64>,
    add: Vec<Run>,
    fresh: Vec<Segment>,
    gap: bool,
    new: u64,
}

/// The everyday case: a segment that goes on where the stream's only branch ends, or that is held already. None for
/// everything else.
async fn append<A: Archive>(
    archive: &A,
    key: &RestKey,
    held: Option<&HeldStream>,
    segment: &Segment,
    erased: &HashSet<ChangeRef>,
) -> Result<Option<Woven>, ArchiveError> {
    let Some((seq, hash)) = segment.head() else { return Ok(Some(Woven::default())) };
    let tips = held.map_or(&[][..], |held| &held.tips);
    if tips.contains(&Tip { seq, hash }) {
        return Ok(Some(Woven::default()));
    }
    let goes_on = match (tips, segment.prev) {
        ([], None) => segment.first_seq() == 1,
        ([tip], Some(prev)) => prev == tip.hash && segment.first_seq() == tip.seq + 1,
        _ => false,
    };
    if !goes_on {
        return Ok(None);
    }
    let new = segment.changes.len() as u64;
    let mut whole = without_erased(segment.clone(), erased);
    let fresh = vec![whole.clone()];
    let mut drop = Vec::new();
    if let Some(held) = held.filter(|held| held.last.id != 0 && held.last.bytes < RUN_BYTES) {
        let reach = held.tips[0].seq;
        let last =
            archive.runs(held.row, reach - 1, u64::MAX).await?.into_iter().find(|r| r.id == held.last.id);
        if let Some(last) = last {
            let mut before = to_segment(key, &segment.stream, &last)?;
            before.changes.append(&mut whole.changes);
            before.head = whole.head;
            whole = before;
            drop.push(last.id);
        }
    }
    let add = vec![to_run(key, &whole)?];
    Ok(Some(Woven { tips: vec![Tip { seq, hash }], drop, add, fresh, gap: false, new }))
}

/// Every other case: the stream's runs are all looked at.
async fn weave<A: Archive>(
    archive: &A,
    key: &RestKey,
    held: Option<&HeldStream>,
    stream: StreamId,
    came: &[&Segment],
    erased: &HashSet<ChangeRef>,
) -> Result<Woven, ArchiveError> {
    let mut woven = Woven { tips: held.map_or_else(Vec::new, |held| held.tips.clone()), ..Woven::default() };
    let mut here: HashSet<(u64, Hash)> = HashSet::new();
    if let Some(held) = held {
        for run in archive.runs(held.row, 0, u64::MAX).await? {
            let mut segment = to_segment(key, &stream, &run)?;
            here.extend(segment.changes.iter().map(|change| (change.header.seq, change.hash)));
            let filled = fill(&mut segment, came, erased);
            let bodies = |segment: &Segment| segment.changes.iter().filter(|c| c.body.is_some()).count();
            let before = bodies(&segment);
            let segment = without_erased(segment, erased);
            if filled || bodies(&segment) != before {
                woven.drop.push(run.id);
                woven.add.push(to_run(key, &segment)?);
            }
        }
    }
    let mut came: Vec<&Segment> = came.to_vec();
    came.sort_by_key(|segment| segment.first_seq());
    for segment in came {
        let place = |at: &yuanba_journal::Change| (at.header.seq, at.hash);
        let Some(first) = segment.changes.iter().position(|change| !here.contains(&place(change))) else {
            continue;
        };
        let first = first - segment.changes[first].header.group_index as usize;
        let fresh = &segment.changes[first..];
        let Some(begin) = fresh.first() else { continue };
        let goes_on = match begin.header.prev {
            None => begin.header.seq == 1,
            Some(prev) => here.contains(&(begin.header.seq - 1, prev)),
        };
        if !goes_on {
            woven.gap = true;
            continue;
        }
        woven.new += fresh.iter().filter(|change| !here.contains(&place(change))).count() as u64;
        here.extend(fresh.iter().map(place));
        let (Some((seq, hash)), prev) = (segment.head(), begin.header.prev) else { continue };
        woven.tips.retain(|tip| Some(tip.hash) != prev);
        woven.tips.push(Tip { seq, hash });
        let run = Segment { stream, prev, changes: fresh.to_vec(), head: segment.head };
        let run = without_erased(run, erased);
        woven.add.push(to_run(key, &run)?);
        woven.fresh.push(run);
    }
    woven.tips.sort_by(|a, b| b.seq.cmp(&a.seq).then(a.hash.cmp(&b.hash)));
    Ok(woven)
}

/// Puts erasable parts that were missing in their places, if they have come with another copy of their changes.
fn fill(held: &mut Segment, came: &[&Segment], erased: &HashSet<ChangeRef>) -> bool {
    let mut filled = false;
    for change in held.changes.iter_mut().filter(|c| c.body.is_none() && c.header.body_hash.is_some()) {
        if erased.contains(&change.reference()) {
            continue;
        }
        let copies = came.iter().flat_map(|segment| &segment.changes);
        if let Some(copy) = copies.filter(|copy| copy.hash == change.hash).find(|copy| copy.body.is_some()) {
            change.body = copy.body.clone();
            filled = true;
        }
    }
    filled
}

fn without_erased(mut segment: Segment, erased: &HashSet<ChangeRef>) -> Segment {
    if !erased.is_empty() {
        for change in &mut segment.changes {
            if change.body.is_some() && erased.contains(&change.reference()) {
                change.body = None;
            }
        }
    }
    segment
}
