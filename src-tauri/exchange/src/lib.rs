//! How changes travel: bundles on sticks, the line to the county's server, and enrolment.
//!
//! [`bundle`] carries what the other lacks, as far as is known from what it last said of itself; [`enrol`] gives a laptop
//! its place in the tree by two files on a stick; [`help`] helps who has forgotten a passphrase by two more; [`wire`] exchanges over a network; [`update`] brings
//! the next program or new rules, signed by whoever releases them; [`keys`] are the age keys that both are sealed for. Reading never
//! applies half of anything: a file is checked to its last byte, then against the tree, then taken in at once.

mod arrival;
pub mod bundle;
pub mod container;
pub mod enrol;
mod error;
pub mod help;
pub mod keys;
mod refusal;
mod scope;
pub mod update;
pub mod vector;
pub mod wire;

pub use error::{ExchangeError, Result};
pub use refusal::Refusal;
