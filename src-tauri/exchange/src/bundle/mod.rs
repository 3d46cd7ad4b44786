//! Bundles: what the other lacks, in one file on a stick.
//!
//! The writer starts from what the addressee's laptops last said that they hold, never from what it sent, so that a lost
//! stick leaves no gap; with nothing known it writes everything that the addressee may hold. The manifest says in turn what
//! the writer holds, so that the way back is short too. The bytes of the file are the [`container`](crate::container)'s;
//! those of its manifest are described at [`Manifest`].

mod inspect;
mod manifest;
mod read;
mod stick;
mod write;

pub use inspect::{Inspected, inspect};
pub use manifest::{Manifest, Purpose};
pub use read::{FileRead, Status, read};
pub use stick::{files_on, read_all};
pub use write::{Progress, Written, write, write_to};

pub(crate) use read::{check_segments, verified};
