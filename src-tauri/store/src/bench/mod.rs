//! Measurements against a floor taken in the same run: what bare SQLCipher needs for the same rows.

mod copy;
mod county;
mod fold;
mod save;

pub use copy::copy;
pub use county::{COUNTY, Size, fill};
pub use fold::fold;
pub use save::save;

use std::time::Duration;

use serde::Serialize;

/// A piece of work beside its floor.
#[derive(Debug, Clone, Serialize)]
pub struct Measured {
    /// What was measured
    pub name: &'static str,
    /// How much of it
    pub size: u64,
    /// Milliseconds of the work
    pub work_ms: f64,
    /// Milliseconds of the floor
    pub floor_ms: f64,
    /// Work over floor
    pub ratio: f64,
    /// What the two are, in words
    pub how: &'static str,
}

impl Measured {
    fn new(name: &'static str, size: u64, work: Duration, floor: Duration, how: &'static str) -> Measured {
        let (work, floor) = (work.as_secs_f64(), floor.as_secs_f64());
        Measured { name, size, work_ms: work * 1e3, floor_ms: floor * 1e3, ratio: work / floor, how }
    }
}
