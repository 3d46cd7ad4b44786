//! `recovery.*`: keeping the recovery code.

use crate::dto::{Empty, Nothing, OutFile, answer};
use crate::registry::commands;

answer! {
    /// A file that was written.
    pub struct SavedTo { pub path: String }
}

commands! {
    /// Writes the recovery code of this session's first run to a file
    "recovery.save" (OutFile) -> SavedTo, Anyone;
    /// Says that the recovery code is kept
    "recovery.confirm" (Nothing) -> Empty, Read;
}
