//! Copies of a whole store, encrypted as it is, and bringing one back.
//!
//! A copy is one file ([`layout`](Cover) below): the database as it lies on the disk, the keys' file, and a cover that can be
//! read without any key. A passphrase or the recovery code of the store opens it anywhere, and so does any SQLCipher.
//!
//! It is made while the store is in use ([`Store::begin_copy`]): what was saved is brought into the one file of the database,
//! and until the copy ends new changes go to the write-ahead log alone, so that the file stands still without anybody
//! having to wait. What is written is opened again with the database key and every page's seal is checked before it gets
//! its name ([`Copying::write`]).

mod copying;
mod cover;
mod lost;
mod restore;

use std::path::Path;

pub(crate) use copying::Gate;
pub use copying::{Copying, Told, Written};
pub use cover::{Cover, NAME_ENDING, cover_of};
pub use lost::{Lost, WhoseLost};

use crate::{Result, Store};

impl Store {
    /// Writes a copy of the store; answers with its length in bytes. For whoever has nothing else to do meanwhile.
    ///
    /// # Errors
    /// `Out` when the file cannot be written or does not keep what was written; those of the own disk.
    pub fn backup(&self, out: &Path) -> Result<u64> {
        let written = self.begin_copy(false)?.write(out, &mut |_| true);
        self.end_copy()?;
        Ok(written?.bytes)
    }
}
