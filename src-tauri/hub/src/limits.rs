//! How much one replica may ask for.

use std::num::NonZeroU32;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use yuanba_core::Id;

/// A share of requests for each replica: so many at once, and so many a minute after that.
pub struct Limits(DefaultKeyedRateLimiter<Id>);

/// A new county machine takes a whole county's years in pieces, one request a piece.
const AT_ONCE: NonZeroU32 = NonZeroU32::new(3_000).expect("not zero");
const A_MINUTE: NonZeroU32 = NonZeroU32::new(1_200).expect("not zero");

impl Default for Limits {
    fn default() -> Limits {
        Limits::new(AT_ONCE, A_MINUTE)
    }
}

impl Limits {
    /// Limits of one's own.
    pub fn new(at_once: NonZeroU32, a_minute: NonZeroU32) -> Limits {
        Limits(RateLimiter::keyed(Quota::per_minute(a_minute).allow_burst(at_once)))
    }

    /// Whether a replica may ask once more now.
    pub fn admits(&self, replica: Id) -> bool {
        self.0.check_key(&replica).is_ok()
    }

    /// Forgets replicas that have not asked for long.
    pub fn tidy(&self) {
        self.0.retain_recent();
    }
}
