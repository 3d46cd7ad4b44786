//! How often a passphrase was tried in vain: a growing pause after some wrong ones, so that nobody sits down and guesses.
//!
//! The count stands in a small file of the store folder, outside the database, so that ending the program does not end the
//! pause. It keeps somebody at the keyboard from guessing, not a thief with a copy of the folder: against that one stands
//! what a try costs. Whoever deletes or changes the file has lost the pause, and nothing else.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::whole_file;

/// The file of the wrong tries in a store folder.
pub const TRIES_FILE: &str = "tries.json";

/// Wrong tries before each pause.
const TRIES: u32 = 5;
/// The pauses after the fifth wrong try, the tenth and so on, in minutes; the last one stays.
const PAUSES_MIN: [u64; 5] = [1, 2, 5, 10, 15];
const MINUTE_MS: i64 = 60_000;
const BYTES_MAX: u64 = 1024;
/// More than these are not counted.
const WRONG_MAX: u32 = 1_000_000;

/// The wrong tries since the last right one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tries {
    wrong: u32,
    /// When the last one was, by the wall clock, ms since 1970
    last_ms: i64,
}

impl Tries {
    /// What was tried in vain in a store folder. What cannot be read is as if nothing had been tried.
    pub fn read(dir: &Path) -> Tries {
        let mut bytes = Vec::new();
        let file =
            File::open(dir.join(TRIES_FILE)).and_then(|file| file.take(BYTES_MAX).read_to_end(&mut bytes));
        match file {
            Ok(_) => serde_json::from_slice(&bytes).unwrap_or_default(),
            Err(_) => Tries::default(),
        }
    }

    /// Seconds that whoever wants to try now still has to wait, if any. A clock that was set back since begins the pause
    /// anew and is remembered as it is now: a wrong clock costs at most one pause.
    pub fn wait_seconds(dir: &Path, now_ms: i64) -> Option<u64> {
        let mut tries = Tries::read(dir);
        let pause_ms = tries.pause_ms()?;
        if tries.last_ms > now_ms {
            tries.last_ms = now_ms;
            // Where it cannot be remembered there is no pause, or it would never end.
            tries.write(dir).then_some(())?;
        }
        let left_ms = pause_ms.saturating_sub(now_ms.saturating_sub(tries.last_ms));
        (left_ms > 0).then(|| (left_ms as u64).div_ceil(1000))
    }

    /// Notes a wrong try.
    pub fn wrong(dir: &Path, now_ms: i64) -> Tries {
        let before = Tries::read(dir);
        let tries = Tries { wrong: before.wrong.saturating_add(1).min(WRONG_MAX), last_ms: now_ms };
        tries.write(dir);
        tries
    }

    /// Forgets the wrong tries.
    pub fn right(dir: &Path) {
        let path = dir.join(TRIES_FILE);
        if path.exists() {
            let _ = fs::remove_file(path);
        }
    }

    /// How many tries are left before the next pause; 0 right before one.
    pub fn left(&self) -> u32 {
        match self.wrong % TRIES {
            0 if self.wrong > 0 => 0,
            wrong => TRIES - wrong,
        }
    }

    /// How long the pause is that has begun, or the one that comes next, in minutes.
    pub fn pause_minutes(&self) -> u64 {
        let pauses = self.wrong.div_ceil(TRIES).max(1) as usize;
        PAUSES_MIN[pauses.min(PAUSES_MIN.len()) - 1]
    }

    /// The pause that follows the last wrong try, if one does.
    fn pause_ms(&self) -> Option<i64> {
        (self.wrong > 0 && self.wrong.is_multiple_of(TRIES)).then(|| self.pause_minutes() as i64 * MINUTE_MS)
    }

    fn write(&self, dir: &Path) -> bool {
        serde_json::to_vec(self).is_ok_and(|bytes| whole_file::write(dir, TRIES_FILE, &bytes).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_780_000_000_000;

    #[test]
    fn every_fifth_wrong_passphrase_brings_a_longer_pause_that_ends() -> std::io::Result<()> {
        let dir = tempfile::tempdir()?;
        let mut now = NOW;
        let mut waited = Vec::new();
        for round in 0..7 {
            let left: Vec<u32> = (0..5).map(|_| Tries::wrong(dir.path(), now).left()).collect();
            assert_eq!(left, [4, 3, 2, 1, 0], "round {round}");
            let minutes = Tries::read(dir.path()).pause_minutes();
            assert_eq!(Tries::wait_seconds(dir.path(), now), Some(minutes * 60));
            now += minutes as i64 * MINUTE_MS;
            assert_eq!(Tries::wait_seconds(dir.path(), now - 1), Some(1));
            assert_eq!(Tries::wait_seconds(dir.path(), now), None);
            waited.push(minutes);
        }
        assert_eq!(waited, [1, 2, 5, 10, 15, 15, 15]);
        assert_eq!(Tries::wrong(dir.path(), now).pause_minutes(), 15);
        Tries::right(dir.path());
        assert_eq!(Tries::read(dir.path()), Tries::default());
        assert_eq!(Tries::wrong(dir.path(), now).pause_minutes(), 1);
        Ok(())
    }

    #[test]
    fn a_clock_set_back_costs_at_most_one_pause() -> std::io::Result<()> {
        let dir = tempfile::tempdir()?;
        for _ in 0..5 {
            Tries::wrong(dir.path(), NOW + 80 * 365 * 24 * 60 * MINUTE_MS);
        }
        assert_eq!(Tries::wait_seconds(dir.path(), NOW), Some(60));
        assert_eq!(Tries::wait_seconds(dir.path(), NOW + 30_000), Some(30));
        assert_eq!(Tries::wait_seconds(dir.path(), NOW + 60_000), None);
        Ok(())
    }

    #[test]
    fn a_file_that_was_tampered_with_is_no_more_than_no_file() -> std::io::Result<()> {
        let dir = tempfile::tempdir()?;
        for bad in ["", "{", "{\"wrong\":-1,\"last_ms\":0}", "[]", "{\"wrong\":5,\"last_ms\":\"x\"}"] {
            fs::write(dir.path().join(TRIES_FILE), bad)?;
            assert_eq!(Tries::wait_seconds(dir.path(), NOW), None, "{bad}");
        }
        for last_ms in [i64::MAX, i64::MIN, 0] {
            fs::write(
                dir.path().join(TRIES_FILE),
                format!("{{\"wrong\":4294967295,\"last_ms\":{last_ms}}}"),
            )?;
            assert!(Tries::wait_seconds(dir.path(), NOW).unwrap_or(0) <= 15 * 60);
            Tries::wrong(dir.path(), NOW);
        }
        Ok(())
    }
}
