//! Picking what was wanted out of the runs.

use yuanba_journal::author::Tip;
use yuanba_journal::{Segment, StreamId};
use yuanba_store::peers::Vector;

use crate::archive::{Archive, ArchiveError, HeldStream, Run};
use crate::key::RestKey;
use crate::shelf::Shelf;
use crate::taking_in::{segment_bytes, to_segment};

/// The most bytes of segments in one answer, whatever was asked for.
pub const MOST: u64 = 8 << 20;

/// What goes out.
#[derive(Debug, Default)]
pub struct Handed {
    /// Segments' bytes
    pub segments: Vec<Vec<u8>>,
    /// There is more of what was wanted
    pub more: bool,
}

/// Picks segments of the wanted streams, which are in scope, until enough is together.
///
/// # Errors
/// Those of the archive.
pub async fn pick<A: Archive>(
    archive: &A,
    key: &RestKey,
    wanted: &[(HeldStream, Vec<Tip>)],
    most: u64,
) -> Result<Handed, ArchiveError> {
    let most = most.clamp(1, MOST);
    let mut handed = Handed::default();
    let mut bytes = 0;
    for (held, theirs) in wanted {
        if bytes >= most {
            handed.more = true;
            break;
        }
        if held.tips.iter().all(|tip| theirs.contains(tip)) {
            continue;
        }
        let (runs, after, whole) = missing(archive, key, held, theirs, most - bytes).await?;
        for run in &runs {
            let segment = if run.first_seq > after {
                segment_bytes(key, &held.stream, run)?
            } else {
                match after_place(to_segment(key, &held.stream, run)?, after) {
                    Some(segment) => segment.to_cbor(),
                    None => continue,
                }
            };
            bytes += segment.len() as u64;
            handed.segments.push(segment);
        }
        if !whole {
            handed.more = true;
            break;
        }
    }
    Ok(handed)
}

/// The runs with what another lacks of a stream, the place after which it lacks it, and whether these are all of them.
async fn missing<A: Archive>(
    archive: &A,
    key: &RestKey,
    held: &HeldStream,
    theirs: &[Tip],
    most: u64,
) -> Result<(Vec<Run>, u64, bool), ArchiveError> {
    if let ([end], [tip]) = (&held.tips[..], theirs)
        && tip.seq < end.seq
    {
        // The run that holds the change that they end with comes first, and says whether it is the same.
        let runs = archive.runs(held.row, tip.seq.saturating_sub(1), most).await?;
        if let Some(run) = runs.first()
            && (run.last == tip.hash || holds(key, &held.stream, run, tip)?)
        {
            let whole = runs.last().is_some_and(|run| run.last == end.hash);
            // Only the run that they end with was enough: the one after it is what they wait for.
            if !whole && runs.len() == 1 && run.last == tip.hash {
                let runs = archive.runs(held.row, tip.seq, most).await?;
                let whole = runs.last().is_some_and(|run| run.last == end.hash);
                return Ok((runs, tip.seq, whole));
            }
            return Ok((runs, tip.seq, whole));
        }
    }
    if let ([end], []) = (&held.tips[..], theirs) {
        let runs = archive.runs(held.row, 0, most).await?;
        let whole = runs.last().is_some_and(|run| run.last == end.hash);
        return Ok((runs, 0, whole));
    }
    // A forked stream goes whole: that is rare, and where branches part is for the reader to find.
    Ok((archive.runs(held.row, 0, u64::MAX).await?, 0, true))
}

fn holds(key: &RestKey, stream: &StreamId, run: &Run, tip: &Tip) -> Result<bool, ArchiveError> {
    let segment = to_segment(key, stream, run)?;
    Ok(segment.changes.iter().any(|change| change.header.seq == tip.seq && change.hash == tip.hash))
}

/// The part of a segment after a place, from the beginning of a group on.
fn after_place(mut segment: Segment, after: u64) -> Option<Segment> {
    let first = segment.changes.iter().position(|change| change.header.seq > after)?;
    let begin = first - segment.changes[first].header.group_index as usize;
    segment.changes.drain(..begin);
    segment.prev = segment.changes.first()?.header.prev;
    Some(segment)
}

/// The wanted streams that are held and that an organisation may have, each with what is held of it there.
pub fn in_scope(shelf: &Shelf, scope: &Vector, wants: &Vector) -> Vec<(HeldStream, Vec<Tip>)> {
    let may = wants.iter().filter(|(stream, _)| scope.contains_key(stream));
    may.filter_map(|(stream, theirs)| Some((shelf.stream(stream)?.clone(), theirs.clone()))).collect()
}
