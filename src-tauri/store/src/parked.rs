//! What came before its predecessor, and waits.

use yuanba_journal::{Segment, StreamId};

use crate::streams::{self, read_stream};
use crate::{Result, Store};

impl Store {
    /// The segments that wait for a gap to be filled, in the order in which they came.
    pub fn parked(&self) -> Result<Vec<Segment>> {
        let mut statement = self.db.prepare_cached("SELECT bytes FROM parked ORDER BY id")?;
        let rows = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
        rows.map(|bytes| Ok(Segment::from_cbor(&bytes?)?)).collect()
    }

    /// The gaps that something waits for, the oldest first.
    pub fn gaps(&self) -> Result<Vec<Gap>> {
        let mut statement = self
            .db
            .prepare_cached("SELECT replica, org, lane, first_seq, at_ms FROM parked ORDER BY at_ms, id")?;
        let rows = statement.query_map([], |row| {
            let stream = read_stream(row, 0)?;
            Ok(Gap { stream, first_seq: row.get::<_, i64>(3)? as u64, since_ms: row.get(4)?, held_to: 0 })
        })?;
        rows.map(|row| {
            let mut gap = row?;
            if let Some(row) = streams::find(&self.db, &gap.stream)? {
                gap.held_to = streams::reach(&self.db, row)?;
            }
            Ok(gap)
        })
        .collect()
    }
}

/// A gap in a stream, and the segment that waits for it to be filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// Its stream
    pub stream: StreamId,
    /// Place of its first change
    pub first_seq: u64,
    /// The last place that is held of the stream; the gap is what lies between
    pub held_to: u64,
    /// Since when it waits, ms since 1970
    pub since_ms: i64,
}
