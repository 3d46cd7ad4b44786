//! # The bytes, exactly
//!
//! Everything is deterministic CBOR (RFC 8949 §4.2): shortest integers, definite lengths, map keys ascending.
//!
//! **Header**, a map. Absent keys have the value in brackets.
//!
//! | key | what | type |
//! |---|---|---|
//! | 1 | format version | uint, 1 |
//! | 2 | suite: 1 = Ed25519, BLAKE3, age, SQLCipher | uint, 1 |
//! | 3 | kind | uint |
//! | 4 | critical: whoever does not know the kind freezes its entity | true (false) |
//! | 5 | replica: first 16 bytes of BLAKE3 of its public key | bytes 16 |
//! | 6 | organisation whose record it is: first 16 bytes of BLAKE3 of its issuer key | bytes 16 |
//! | 7 | lane: 0 up, 1 down | uint |
//! | 8 | seq in the stream, contiguous from 1 | uint |
//! | 9 | BLAKE3 of the previous header | bytes 32 (first of its stream) |
//! | 10 | stamp: milliseconds × 65536 + counter | uint |
//! | 11 | wall clock as the laptop claims it, ms since 1970 | int |
//! | 12 | acting user | bytes 16 |
//! | 13 | entity | bytes 16 (none) |
//! | 14 | place in the group, from 0 | uint (0) |
//! | 15 | changes in the group, in its first | uint (1) |
//! | 16 | kept part: CBOR inside a byte string, by kind | bytes (none) |
//! | 17 | hash of the erasable part | bytes 32 (no erasable part) |
//! | 18 | the hash covers a salt | true (false) |
//! | 19 to 2³² − 1 | what newer versions add; kept byte for byte | any |
//!
//! Header hash = BLAKE3(header bytes). Body hash = BLAKE3(salt, 16 bytes, if 18 ‖ body bytes).
//!
//! **Reference** to a change: `[seq, first 8 bytes of its header hash]` in the same stream, else
//! `[replica, organisation, lane, seq, prefix]`. A reference to an element of a set has the place of the item in its
//! change as one more number at the end.
//!
//! **Kept parts**: see [`crate::payload`]. A kept part or a list of values that its writer would not have written so
//! (longer integers, items too many, an empty list of references) is none, for every reader alike.
//! **Segment**: see [`crate::segment`].
//!
//! **Group id** = first 16 bytes of the header hash of its first change.
//!
//! **Signature** = Ed25519 over purpose (ASCII) ‖ a zero byte ‖ message. A signed head has the purpose `yuanba head 1` and
//! the message replica 16 ‖ organisation 16 ‖ lane 1 ‖ seq 8, big-endian ‖ header hash 32; a certificate has the purpose
//! `yuanba certificate 1` and the claim's bytes.
//!
//! **Ops digest** = BLAKE3 over the header hashes, sorted. **State digest**: see [`crate::fold::StateDigest`].
//!
//! Golden vectors of all of this, in words and in hexadecimal, stand in `tests/golden` of this crate.

/// The format that this version writes, and the newest that it reads.
pub const FORMAT: u64 = 1;
/// The suite that this version writes and reads.
pub const SUITE: u64 = 1;
/// The longest header that is written and read, in bytes.
pub const HEADER_BYTES_MAX: usize = 256 * 1024;
/// The longest erasable part that is written and read, in bytes.
pub const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The last key that a header may have.
pub const KEY_MAX: u64 = u32::MAX as u64;
/// The most changes of one group.
pub const GROUP_MAX: u64 = 1_000_000;
/// The most items of one record write.
pub const ITEMS_MAX: u64 = 65_536;
/// The most references of one item.
pub const REFERENCES_MAX: u64 = 4_096;
/// The most changes of one segment.
pub const SEGMENT_CHANGES_MAX: u64 = 4_000_000;
