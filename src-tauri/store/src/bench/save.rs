//! One saved change against one bare row.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::params;
use yuanba_core::tables::member;

use super::Measured;
use crate::{Intent, Result, Store, StoreError, database};

/// The median time of one saved field, synchronous=FULL, against a one-row transaction of bare SQLCipher on the same
/// disk. The two take turns, so that a busy machine slows both.
pub fn save(store: &mut Store, scratch: &Path, times: usize) -> Result<Measured> {
    let bare = database::connect(&scratch.join("floor.db"), &format!("x'{}'", "7".repeat(64)), true)?;
    bare.execute_batch("CREATE TABLE row(id INTEGER PRIMARY KEY, content BLOB NOT NULL)")?;
    let members = store.records(&member::TABLE)?;
    let ids: Vec<_> = members.iter().map(|m| m.id).collect();
    let first = *ids.first().ok_or(StoreError::NotFound("member"))?;
    let content = vec![7u8; 400];
    let (mut work, mut floor) = (Vec::with_capacity(times), Vec::with_capacity(times));
    for n in 0..times {
        let id = ids.get(n * 31 % ids.len()).copied().unwrap_or(first);
        let record = store.record(&member::TABLE, id)?.ok_or(StoreError::NotFound("member"))?;
        let began = Instant::now();
        let mut intent = Intent::new("改了现居住地");
        intent.edit(&record).put(member::ADDRESS, format!("石河村三组{n}号"));
        store.commit(intent)?;
        work.push(began.elapsed());
        let began = Instant::now();
        bare.execute("INSERT INTO row(content) VALUES(?1)", params![content])?;
        floor.push(began.elapsed());
    }
    let how = "p50 of one saved field with its fold against p50 of a bare one-row SQLCipher transaction";
    Ok(Measured::new("save", times as u64, median(work), median(floor), how))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
