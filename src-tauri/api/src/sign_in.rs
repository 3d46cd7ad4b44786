//! How often a passphrase may be tried: a pause after some wrong ones, so that nobody sits down and guesses.

/// Wrong tries before a pause.
const TRIES: u32 = 5;
/// Length of the pause.
const PAUSE_MS: i64 = 60_000;

/// The wrong tries of this process.
#[derive(Default)]
pub(crate) struct Attempts {
    wrong: u32,
    paused_until_ms: i64,
}

impl Attempts {
    /// Seconds that somebody still has to wait, if any.
    pub(crate) fn wait_seconds(&self, now_ms: i64) -> Option<u64> {
        let left = self.paused_until_ms.saturating_sub(now_ms);
        (left > 0 && left <= PAUSE_MS).then(|| (left as u64).div_ceil(1000))
    }

    /// Notes a wrong try; how many are left before the next pause.
    pub(crate) fn wrong(&mut self, now_ms: i64) -> u32 {
        self.wrong += 1;
        if self.wrong.is_multiple_of(TRIES) {
            self.paused_until_ms = now_ms.saturating_add(PAUSE_MS);
            return 0;
        }
        TRIES - self.wrong % TRIES
    }

    /// Forgets the wrong tries.
    pub(crate) fn right(&mut self) {
        *self = Attempts::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fifth_wrong_passphrase_brings_a_pause_that_ends() {
        let mut attempts = Attempts::default();
        let left: Vec<u32> = (0..5).map(|_| attempts.wrong(1_000)).collect();
        assert_eq!(left, [4, 3, 2, 1, 0]);
        assert_eq!(attempts.wait_seconds(1_000), Some(60));
        assert_eq!(attempts.wait_seconds(61_000), None);
    }

    #[test]
    fn a_clock_set_back_does_not_lock_anybody_out_for_years() {
        let mut attempts = Attempts::default();
        (0..5).for_each(|_| {
            attempts.wrong(2_000_000_000_000);
        });
        assert_eq!(attempts.wait_seconds(0), None);
    }
}
