//! What the store is given from outside, so that a simulator can give it something else: the wall clock, randomness and
//! the identity of the machine.

use std::sync::Arc;

/// The wall clock.
pub trait WallClock: Send + Sync {
    /// Milliseconds since 1970, whatever the laptop believes.
    fn now_ms(&self) -> i64;
}

/// Randomness.
pub trait Randomness: Send + Sync {
    /// Fills the bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// Clock, randomness and machine.
#[derive(Clone)]
pub struct Surroundings {
    /// The wall clock
    pub clock: Arc<dyn WallClock>,
    /// Randomness
    pub random: Arc<dyn Randomness>,
    /// The machine's and the folder's identity; a store that wakes up under another one begins a new replica
    pub machine: Option<String>,
    /// When the program was built, ms since 1970: no trusted time lies before it
    pub built_ms: i64,
    /// What a try of a passphrase shall cost, for slots that are made here
    pub price: crate::vault::Price,
}

struct SystemClock;
impl WallClock for SystemClock {
    fn now_ms(&self) -> i64 {
        chrono::Utc::now().timestamp_millis()
    }
}

struct FixedClock(i64);
impl WallClock for FixedClock {
    fn now_ms(&self) -> i64 {
        self.0
    }
}

struct SystemRandomness;
impl Randomness for SystemRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system has randomness");
    }
}

/// A time before which this version was not built; rules take nothing earlier for today.
pub const BUILT: &str = "2026-01-01T00:00:00+08:00";

impl Surroundings {
    /// The real ones. `YUANBA_NOW` (RFC 3339) replaces the clock of this process.
    pub fn real() -> Surroundings {
        let fixed = std::env::var("YUANBA_NOW")
            .ok()
            .and_then(|text| chrono::DateTime::parse_from_rfc3339(text.trim()).ok())
            .map(|time| Arc::new(FixedClock(time.timestamp_millis())) as Arc<dyn WallClock>);
        Surroundings {
            clock: fixed.unwrap_or_else(|| Arc::new(SystemClock)),
            random: Arc::new(SystemRandomness),
            machine: None,
            built_ms: built_ms(),
            price: crate::vault::Price::real(),
        }
    }

    /// So many random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }
}

fn built_ms() -> i64 {
    chrono::DateTime::parse_from_rfc3339(BUILT).expect("a constant").timestamp_millis()
}
