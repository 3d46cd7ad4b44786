//! Stores whose clock, randomness and machine a seed decides; the exchange's tests have them from here too.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use tempfile::TempDir;
use yuanba_core::Level;
use yuanba_store::vault::{Price, Strength};
use yuanba_store::{NewStore, Randomness, Store, Surroundings, WallClock};

/// Everybody's passphrase here.
pub const PASSPHRASE: &str = "青石桥 2026";

struct Ticking(AtomicI64);
impl WallClock for Ticking {
    fn now_ms(&self) -> i64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

struct Counting(AtomicU64);
impl Randomness for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let n = self.0.fetch_add(1, Ordering::Relaxed);
        blake3::Hasher::new().update(&n.to_be_bytes()).finalize_xof().fill(bytes);
    }
}

/// Surroundings that a seed decides, whose clock begins so many milliseconds into a June morning. A try of a passphrase costs
/// next to nothing.
pub fn surroundings_from(seed: u64, later_ms: i64) -> Surroundings {
    Surroundings {
        clock: Arc::new(Ticking(AtomicI64::new(1_781_000_000_000 + later_ms))),
        random: Arc::new(Counting(AtomicU64::new(seed << 32))),
        machine: Some(format!("machine-{seed}")),
        built_ms: 1_767_000_000_000,
        price: Price::Fixed(Strength::LEAST),
    }
}

/// A new store of some level.
pub fn store_in(surroundings: Surroundings, level: Level, name: &str) -> (TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let new = NewStore {
        level,
        name: name.into(),
        place: None,
        code: None,
        user: "书记".into(),
        role: "secretary".into(),
        passphrase: PASSPHRASE.into(),
    };
    let (store, _code) = Store::create(dir.path(), new, surroundings).unwrap();
    (dir, store)
}
