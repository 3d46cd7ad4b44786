//! What must hold whatever bytes come from outside.
//!
//! Each target takes any bytes and panics when a reader breaks its promise: not only when it fails, but when what it
//! read is not written the same again, when a refused file has left something behind, when a mask shows what it hides.
//! The fuzzer (`tests/fuzz`) tries bytes for hours; what it has found lies in `tests/fuzz/corpus` and is tried again by
//! every run of the tests.

pub mod bundle;
pub mod change;
mod forger;
pub mod help;
mod offices;
mod panics;
pub mod received;
pub mod seeds;
pub mod sheet;
pub mod update;
pub mod values;
pub mod wire;

pub use forger::{Forger, forger};

/// One reader of foreign bytes, with what must hold for it.
pub struct Target {
    /// Its name, which is that of its corpus and of its fuzz binary
    pub name: &'static str,
    /// Tries some bytes; panics when something does not hold
    pub check: fn(&[u8]),
}

/// All targets.
pub const TARGETS: [Target; 8] = [
    Target { name: "bundle", check: bundle::check },
    Target { name: "change", check: change::check },
    Target { name: "help", check: help::check },
    Target { name: "received", check: received::check },
    Target { name: "sheet", check: sheet::check },
    Target { name: "update", check: update::check },
    Target { name: "values", check: values::check },
    Target { name: "wire", check: wire::check },
];
