//! The key that the whole database is encrypted with.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The random 32-byte key of a store's database. Wiped from memory when dropped; prints nothing.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct DatabaseKey([u8; 32]);

impl DatabaseKey {
    /// A key of 32 bytes that the caller drew or unwrapped.
    pub(super) fn new(bytes: [u8; 32]) -> DatabaseKey {
        DatabaseKey(bytes)
    }

    /// The bytes, for wrapping into a slot.
    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The raw key as SQLCipher's `PRAGMA key` takes it: `x'` and 64 hexadecimal digits and `'`. With a raw key
    /// SQLCipher skips its own passphrase derivation, which would cost a third of a second for each connection.
    pub fn literal(&self) -> Zeroizing<String> {
        let mut digits = Zeroizing::new([0u8; 64]);
        // The slice is twice the key's length, so this cannot fail.
        let _ = hex::encode_to_slice(self.0, digits.as_mut());
        let mut literal = Zeroizing::new(String::with_capacity(67));
        literal.push_str("x'");
        literal.extend(digits.iter().map(|digit| *digit as char));
        literal.push('\'');
        literal
    }

    /// A key for another purpose, from which the database key cannot be computed back. `purpose` is a sentence fixed
    /// in the code (BLAKE3 key derivation), never foreign text.
    pub fn derive(&self, purpose: &'static str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(blake3::derive_key(purpose, &self.0))
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_literal_is_what_sqlcipher_takes_and_nothing_is_printed() {
        let key = DatabaseKey::new([0xa5; 32]);
        assert_eq!(*key.literal(), format!("x'{}'", "a5".repeat(32)));
        assert!(!format!("{key:?}").contains("a5"));
    }
}
