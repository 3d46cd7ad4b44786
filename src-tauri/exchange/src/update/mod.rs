//! Updates on a stick `*.yuanba-update`: the next program for the system's installer, or a pack of rules and practices.
//!
//! The container of bundles does not serve here: it is sealed for an addressee, packed, and held in memory while it is
//! checked, where an update is public, is packed already and may be hundreds of megabytes. What the two share is how a
//! file begins, what its signature is for, and that nothing counts before everything was checked. A request for a place
//! ([`crate::enrol`]) is laid out likewise.
//!
//! # The bytes, exactly (format 1)
//!
//! ```text
//! YUANBA-UPDATE 1\n
//! one line for people\n
//! \n
//! [suite 1, public key of the release, manifest bytes]          CBOR
//! Ed25519 signature of the BLAKE3 hash of everything before it, 64 bytes
//! the parts, one after the other, as long as the manifest says; nothing behind them
//! ```
//!
//! The signature covers the manifest, and the manifest the length and the BLAKE3 hash of each part. So the head is judged
//! alone, and a part goes piece by piece from the stick to the disk while its hash is taken; one that does not fit is
//! removed again and was never used.
//!
//! Whose signature counts stands in a list that is built into the program ([`TrustedKeys`]). Whether a package may be taken
//! here (an older version, another machine) is for the caller to say: this module knows no running program.

mod error;
mod manifest;
mod name;
mod read;
mod release_key;
#[cfg(test)]
mod tests;
mod trusted;
mod write;

pub use error::UpdateError;
pub use manifest::{Contents, Manifest, Part};
pub use name::{EXTENSION, file_name, platform_of};
pub use read::{Head, Package, is_update, judge_head, look, look_at, look_bytes};
pub use release_key::ReleaseKey;
pub use trusted::{TrustedKey, TrustedKeys};
pub use write::{Offered, head, write};

/// The format that is written, and the newest that is read.
pub const FORMAT: u64 = 1;
/// The longest head: lines, manifest and signature, in bytes.
pub const HEAD_BYTES_MAX: u64 = 256 * 1024;
/// The longest installer, in bytes.
pub const INSTALLER_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// The longest file of a pack of practices, in bytes; what their reader takes.
pub const PRACTICE_BYTES_MAX: u64 = 256 * 1024;
/// The most parts: installers of one program, or files of one pack.
pub const PARTS_MAX: usize = 200;
/// The longest file name inside, in bytes.
pub const NAME_BYTES_MAX: usize = 128;
/// The longest title, in characters.
pub const TITLE_CHARS_MAX: usize = 40;
/// The longest notes, in characters.
pub const NOTES_CHARS_MAX: usize = 4000;

const MAGIC: &str = "YUANBA-UPDATE ";
const FOR_PEOPLE: &str =
    "这是院坝的升级包，请插好 U 盘，在院坝里选「更多」里的「升级」。 A Yuanba update: take it with Yuanba.";
/// Suite 1: Ed25519, BLAKE3.
const SUITE: u64 = 1;
/// What a release key's signature is for; a signature over anything else never fits.
const PURPOSE: &str = "yuanba update 1";
const SIGNATURE_BYTES: usize = 64;
