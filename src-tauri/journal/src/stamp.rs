//! Hybrid time. A stamp orders writes; no rule ever reads it as a date (JOURNAL §3).

/// Milliseconds since 1970 in the upper 48 bits, a counter in the lower 16.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Stamp(pub u64);

/// A wall clock may run this far ahead of what is trusted and still be used: 400 days.
pub const USABLE_AHEAD_MS: i64 = 400 * 86_400_000;
/// A received stamp moves ours only if it is at most this far ahead: 24 hours.
pub const FOLLOW_AHEAD_MS: i64 = 86_400_000;
const MS_MAX: u64 = (1 << 48) - 1;

impl Stamp {
    /// The stamp of a time, with its counter at 0. Times before 1970 are 1970.
    pub fn at_ms(ms: i64) -> Stamp {
        Stamp((ms.max(0) as u64).min(MS_MAX) << 16)
    }

    /// Milliseconds since 1970.
    pub fn ms(self) -> i64 {
        (self.0 >> 16) as i64
    }

    /// The next stamp of the same millisecond; a full counter carries into the next.
    pub fn next(self) -> Stamp {
        Stamp(self.0.saturating_add(1))
    }
}

/// The clock of a replica, with the wall clock passed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// When the program was built, ms since 1970
    pub built_ms: i64,
    /// The hub's signed time or a date that a person confirmed, whichever is later; 0 for none
    pub vouched_ms: i64,
    /// The last stamp written or followed here
    pub last: Stamp,
}

impl Clock {
    /// The latest time that is certainly past.
    pub fn trusted_ms(&self) -> i64 {
        self.built_ms.max(self.vouched_ms).max(self.last.ms())
    }

    /// The wall clock, if it may be used: trusted ≤ wall ≤ trusted + 400 days.
    pub fn usable(&self, wall_ms: i64) -> Option<i64> {
        let trusted = self.trusted_ms();
        (trusted <= wall_ms && wall_ms <= trusted.saturating_add(USABLE_AHEAD_MS)).then_some(wall_ms)
    }

    /// The time that rules take for today: the usable wall clock, else what is trusted.
    pub fn now_ms(&self, wall_ms: i64) -> i64 {
        self.usable(wall_ms).unwrap_or_else(|| self.trusted_ms())
    }

    /// The next stamp to write.
    pub fn tick(&mut self, wall_ms: i64) -> Stamp {
        let next = match self.usable(wall_ms) {
            Some(ms) => Stamp::at_ms(ms).max(self.last.next()),
            None => self.last.next(),
        };
        self.last = next;
        next
    }

    /// Follows a received stamp, unless it is more than a day ahead.
    pub fn follow(&mut self, received: Stamp, wall_ms: i64) {
        let now = self.now_ms(wall_ms);
        if received.ms() <= now.saturating_add(FOLLOW_AHEAD_MS) {
            self.last = self.last.max(received);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUILT: i64 = 1_790_000_000_000;
    fn clock() -> Clock {
        Clock { built_ms: BUILT, vouched_ms: 0, last: Stamp::default() }
    }

    #[test]
    fn a_laptop_at_1970_or_2099_still_writes_rising_stamps() {
        for wall in [0, 4_100_000_000_000] {
            let mut clock = clock();
            assert_eq!(clock.usable(wall), None);
            let first = clock.tick(wall);
            assert!(clock.tick(wall) > first);
            assert_eq!(clock.now_ms(wall), BUILT, "rules take the trusted time for today");
        }
    }

    #[test]
    fn a_stamp_from_next_year_does_not_drag_the_clock_along() {
        let mut clock = clock();
        let wall = BUILT + 1000;
        clock.follow(Stamp::at_ms(wall + 365 * 86_400_000), wall);
        assert_eq!(clock.last, Stamp::default());
        clock.follow(Stamp::at_ms(wall + 3_600_000), wall);
        assert!(clock.tick(wall) > Stamp::at_ms(wall + 3_600_000));
    }

    #[test]
    fn a_full_counter_carries_into_the_next_millisecond() {
        assert_eq!(Stamp((7 << 16) | 0xFFFF).next(), Stamp::at_ms(8));
    }
}
