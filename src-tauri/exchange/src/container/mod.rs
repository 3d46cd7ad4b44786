//! The bundle file `*.yuanba`: what is carried on a stick. What stands in the manifest and the segments is not this
//! module's matter; it sees to it that all of it arrives, unaltered, at those it is meant for, or nothing of it.
//!
//! # The bytes, exactly (format 1)
//!
//! ```text
//! YUANBA 1\n                              magic and container format, the same line in every format
//! from 32 hexadecimal digits\n            the organisation that writes
//! to 32 hexadecimal digits\n              the organisation it is meant for
//! time digits\n                           milliseconds since 1970, as the writer's clock says
//! one line for people\n
//! \n
//! an age v1 file (age-encryption.org/v1), X25519 recipients
//!   └ one zstd frame
//!       └ a sequence of CBOR items:
//!           ["yuanba bundle", format 1, suite 1, writer's public key, BLAKE3 of the clear header, manifest bytes]
//!           segment bytes, any number of times
//!           [number of segments, BLAKE3 of everything before this item, Ed25519 signature of that hash by the writer]
//! ```
//!
//! Every byte is authenticated: the clear header by its hash inside, the inside by the writer's signature, and the
//! encrypted form by age, whose last chunk is marked, so that neither a missing end nor an appended byte goes unseen.
//! One signature covers the manifest, the segments and their order; a recipient cannot put a writer's manifest
//! together with other segments.

mod clear_header;
mod content;
mod disk;
mod error;
mod file_name;
mod reader;
#[cfg(test)]
mod tests;
mod writer;

pub use age::x25519::{Identity, Recipient};
pub use clear_header::ClearHeader;
pub use disk::{Disk, DiskFile, RealDisk};
pub use error::BundleError;
pub use file_name::{EXTENSION, file_name, free_file_name};
pub use reader::{Opened, inspect, open, open_bytes};
pub use writer::{Bundle, Progress, SegmentError, Written, seal, seal_bytes, write};

/// The container format that is written, and the newest that is read.
pub const FORMAT: u64 = 1;
/// The longest bundle file, in bytes. A township's whole history is a tenth of it.
pub const FILE_BYTES_MAX: u64 = 128 * 1024 * 1024;
/// The longest content after decompression, in bytes; it is held in memory while it is checked.
pub const CONTENT_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// The longest manifest or segment, in bytes.
pub const ITEM_BYTES_MAX: usize = 64 * 1024 * 1024;
/// The most segments of one bundle.
pub const SEGMENTS_MAX: u64 = 1_000_000;
/// The most recipients of one bundle.
pub const RECIPIENTS_MAX: usize = 16;

/// The longest content that a file of this length may unpack to: honest changes are never a thousand times smaller when
/// packed, a bomb is.
fn content_bytes_max(file_bytes: u64) -> u64 {
    CONTENT_BYTES_MAX.min(16 * 1024 * 1024 + file_bytes.saturating_mul(1000))
}
