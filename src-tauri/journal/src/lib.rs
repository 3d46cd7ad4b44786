//! The journal: what is frozen on the first laptop.
//!
//! A **change** is a header in a hash chain, with a kept part that the fold and the sums need, and an erasable body with
//! names and text. Changes stand in **streams** (replica, organisation, lane); a replica signs the heads of its streams.
//! A **segment** carries a run of a stream without anything the reader derives. The **fold** makes records and ledger
//! entries out of a set of changes, whatever order they came in. [`authority`] says which streams count.
//!
//! Nothing here opens a file, asks a clock or rolls a die. The byte-level description is in [`format`].

pub mod author;
pub mod authority;
pub mod body;
pub mod change;
pub mod fold;
pub mod format;
pub mod hash;
pub mod header;
pub mod kind;
pub mod payload;
pub mod segment;
pub mod signing;
pub mod stamp;
pub mod stream;

pub use body::Body;
pub use change::Change;
pub use hash::Hash;
pub use header::Header;
pub use kind::Kind;
pub use segment::Segment;
pub use signing::{HeadSignature, PublicKey, ReplicaKey};
pub use stamp::{Clock, Stamp};
pub use stream::{ChangeRef, GroupId, Lane, StreamId};

/// Why bytes are no journal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JournalError {
    /// The bytes are not what their format says
    #[error("malformed: {0}")]
    Malformed(&'static str),
    /// A limit was passed
    #[error("too large: {0}")]
    TooLarge(&'static str),
    /// The chain or a signature does not hold
    #[error("forged: {0}")]
    Forged(&'static str),
    /// Written by a newer version whose form this one cannot read
    #[error("newer format {0}")]
    Newer(u64),
}

impl From<minicbor::decode::Error> for JournalError {
    fn from(_: minicbor::decode::Error) -> JournalError {
        JournalError::Malformed("CBOR")
    }
}
