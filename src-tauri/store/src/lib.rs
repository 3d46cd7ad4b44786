//! The encrypted store of one organisation on one machine.
//!
//! Every change, local or received, enters through one door: [`Store::commit`] for what people do here, [`Store::apply`]
//! for what comes from elsewhere. Both write the journal and fold what was touched in the same transaction; the folded
//! tables can be thrown away and made anew ([`Store::verify`] does so and compares).

pub mod apply;
pub mod backup;
pub mod bench;
mod changed;
pub mod conflicts;
pub mod context;
pub mod database;
pub mod deeds;
pub mod digest;
mod entry_rows;
mod error;
pub mod folding;
mod from_nothing;
pub mod history;
pub mod intent;
pub mod ledger;
mod leftovers;
pub mod local;
mod making;
pub mod one_person;
pub mod organisations;
pub mod parked;
pub mod peers;
mod persons;
pub mod pieces;
pub mod record;
pub mod schema;
pub mod set_aside;
mod store;
pub mod streams;
pub mod surroundings;
pub mod trail;
pub mod tree;
pub mod vault;
pub mod verify;

pub use changed::Changed;
pub use conflicts::{Conflict, ConflictKind, Doubted, Side};
pub use deeds::{GroupSummary, Touched, Undone};
pub use digest::Digest;
pub use error::{Result, StoreError};
pub use history::Arrived;
pub use intent::{EntryKey, Intent, NewEntry};
pub use ledger::{EntryFilter, EntryRow, EntryStanding};
pub use one_person::Said;
pub use organisations::Organisation;
pub use record::{Glance, Record};
pub use set_aside::{SetAside, Why};
pub use store::{Me, NewStore, Store, Unlock, china};
pub use surroundings::{Randomness, Surroundings, WallClock};
pub use tree::HeldKey;
pub use vault::RecoveryCode;
