//! The encrypted store of one organisation on one machine.

pub mod vault;
