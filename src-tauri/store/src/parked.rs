//! What came before its predecessor, and waits.

use yuanba_journal::Segment;

use crate::{Result, Store};

impl Store {
    /// The segments that wait for a gap to be filled, in the order in which they came.
    pub fn parked(&self) -> Result<Vec<Segment>> {
        let mut statement = self.db.prepare_cached("SELECT bytes FROM parked ORDER BY id")?;
        let rows = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
        rows.map(|bytes| Ok(Segment::from_cbor(&bytes?)?)).collect()
    }
}
