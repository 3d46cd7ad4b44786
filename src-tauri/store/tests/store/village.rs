//! Stores of one morning.

use tempfile::TempDir;
use yuanba_core::Level;
use yuanba_store::{Store, Surroundings};

pub use crate::seeded::PASSPHRASE;
use crate::seeded::{store_in, surroundings_from};

/// Surroundings that a seed decides.
pub fn surroundings(seed: u64) -> Surroundings {
    surroundings_from(seed, (seed % 1000) as i64)
}

/// A new store of some level.
pub fn store(seed: u64, level: Level, name: &str) -> (TempDir, Store) {
    store_in(surroundings(seed), level, name)
}

/// A village that stands alone.
pub fn village(seed: u64) -> (TempDir, Store) {
    store(seed, Level::Village, "石河村")
}
