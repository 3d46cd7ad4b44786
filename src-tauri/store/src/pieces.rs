//! What another lacks, a piece at a time: a line breaks more often than a stick.

use std::collections::HashMap;

use rusqlite::params;
use yuanba_core::Id;
use yuanba_journal::author::Tip;
use yuanba_journal::{HeadSignature, Segment, StreamId};

use crate::peers::Vector;
use crate::streams::{self, read_hash};
use crate::{Result, Store};

/// How much one piece holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PieceSize {
    /// Changes after which it is full; a group and another laptop's stream are never cut, and may exceed it
    pub changes: usize,
    /// Bytes of headers and bodies after which it is full
    pub bytes: usize,
}

impl Default for PieceSize {
    /// A moment's work for both sides, and some 200 KB on the line.
    fn default() -> PieceSize {
        PieceSize { changes: 5_000, bytes: 2 << 20 }
    }
}

/// A piece of what another lacks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Piece {
    /// Whole groups up to signed heads; a later segment goes on where an earlier one ends
    pub segments: Vec<Segment>,
    /// There is more after it
    pub more: bool,
}

impl Piece {
    /// How many changes are in it.
    pub fn changes(&self) -> u64 {
        self.segments.iter().map(|segment| segment.changes.len() as u64).sum()
    }

    /// What the other holds once it has taken this piece in.
    pub fn extend(&self, known: &mut Vector) {
        extend(known, &self.segments);
    }
}

/// What somebody holds who held `known` and has taken these segments in.
pub fn extend(known: &mut Vector, segments: &[Segment]) {
    for segment in segments {
        let Some((seq, hash)) = segment.head() else { continue };
        let tips = known.entry(segment.stream).or_default();
        let before = segment.prev;
        match tips.iter_mut().find(|tip| Some(tip.hash) == before || tip.seq < seq && before.is_none()) {
            Some(tip) => *tip = Tip { seq, hash },
            None => tips.push(Tip { seq, hash }),
        }
        tips.sort_by(|a, b| b.seq.cmp(&a.seq).then(a.hash.cmp(&b.hash)));
        tips.dedup();
    }
}

impl Store {
    /// The first piece of what an organisation's holder lacks, who says that it holds `known`. A laptop signs the ends of
    /// pieces of its own streams; those of other laptops end where their writers have signed.
    pub fn piece_for(&self, org: Id, known: &Vector, size: PieceSize) -> Result<Piece> {
        self.piece_of(|stream| self.may_hold(org, stream), known, size)
    }

    /// As [`Store::piece_for`], of some streams.
    pub fn piece_of(
        &self,
        wanted: impl Fn(&StreamId) -> bool,
        known: &Vector,
        size: PieceSize,
    ) -> Result<Piece> {
        let ends = self.tips()?;
        let own = self.replica.id();
        let (mut piece, mut changes, mut bytes) = (Piece::default(), 0, 0);
        for (row, stream) in self.streams_for_travel(wanted) {
            let Some(tips) = ends.get(&row) else { continue };
            let theirs = known.get(&stream).map_or(&[][..], Vec::as_slice);
            if theirs == tips.as_slice() {
                continue;
            }
            if changes >= size.changes || bytes >= size.bytes {
                piece.more = true;
                break;
            }
            let segments = match tips[..] {
                [tip] if stream.replica == own => {
                    let most = PieceSize { changes: size.changes - changes, bytes: size.bytes - bytes };
                    self.own_run(row, stream, tip, theirs, most)?.into_iter().collect()
                }
                _ => self.segments_of(row, stream, std::slice::from_ref(known))?,
            };
            for segment in segments {
                changes += segment.changes.len();
                bytes += segment.changes.iter().map(size_of).sum::<usize>();
                let cut = tips.iter().all(|tip| segment.head() != Some((tip.seq, tip.hash)));
                piece.segments.push(segment);
                if cut {
                    piece.more = true;
                    return Ok(piece);
                }
            }
        }
        Ok(piece)
    }

    /// A run of one of this laptop's own streams after what the other holds, of whole groups, with its end signed.
    fn own_run(
        &self,
        row: i64,
        stream: StreamId,
        tip: Tip,
        theirs: &[Tip],
        most: PieceSize,
    ) -> Result<Option<Segment>> {
        let after = self.common(row, tip, theirs)?;
        let mut changes = streams::run(&self.db, row, after, most.changes, most.bytes)?;
        let (Some(first), Some(last)) = (changes.first(), changes.last()) else { return Ok(None) };
        // Another's word may end within a group, if it is not true.
        if first.header.group_index > 0 {
            return Ok(self.segments_of(row, stream, &[Vector::new()])?.pop());
        }
        let prev = first.header.prev;
        let end = Tip { seq: last.header.seq, hash: last.hash };
        let head = match streams::heads(&self.db, row)?.into_iter().find(|head| head.tip == end) {
            Some(head) => head.signature,
            None => HeadSignature::sign(&self.replica, &stream, end.seq, &end.hash),
        };
        changes.shrink_to_fit();
        Ok(Some(Segment { stream, prev, head, changes }))
    }

    /// The ends of every stream by its row, longest branch first.
    pub(crate) fn tips(&self) -> Result<HashMap<i64, Vec<Tip>>> {
        let mut statement =
            self.db.prepare_cached("SELECT stream, seq, hash FROM head ORDER BY stream, seq DESC, hash")?;
        let mut rows = statement.query(params![])?;
        let mut tips: HashMap<i64, Vec<Tip>> = HashMap::new();
        while let Some(row) = rows.next()? {
            let tip = Tip { seq: row.get::<_, i64>(1)? as u64, hash: read_hash(row, 2)? };
            tips.entry(row.get(0)?).or_default().push(tip);
        }
        Ok(tips)
    }

    /// The streams of which another holds something that is not here, each with what is held of it here.
    pub fn lacking(&self, theirs: &Vector) -> Result<Vector> {
        let ends = self.tips()?;
        let mut lacking = Vector::new();
        for (stream, tips) in theirs {
            let row = streams::find(&self.db, stream)?;
            let ours = row.and_then(|row| ends.get(&row)).cloned().unwrap_or_default();
            let mut all = true;
            for tip in tips.iter().filter(|tip| !ours.contains(tip)) {
                all &= match row {
                    Some(row) => streams::held(&self.db, row, tip.seq, &tip.hash)?,
                    None => false,
                };
            }
            if !all {
                lacking.insert(*stream, ours);
            }
        }
        Ok(lacking)
    }
}

fn size_of(change: &yuanba_journal::Change) -> usize {
    change.header_bytes.len() + change.body.as_ref().map_or(0, |body| body.bytes.len())
}
