//! The two files by which a forgotten passphrase is set anew.
//!
//! A file ends in the digest of what is before it, which made-up bytes never hit: they are tried as they are and with the
//! digest that they should have.

use yuanba_exchange::help::check_bytes;
use yuanba_store::vault::KeyForSuperior;

/// Tries some bytes.
pub fn check(bytes: &[u8]) {
    check_bytes(bytes);
    let mut whole = bytes.to_vec();
    whole.extend_from_slice(blake3::hash(bytes).as_bytes());
    check_bytes(&whole);
    // What was sealed for the organisation above, once it is opened.
    if let Some(given) = KeyForSuperior::from_bytes(bytes) {
        assert_eq!(given.to_bytes().len(), bytes.len());
    }
}
