//! The key that the whole database is encrypted with.

use std::fmt;

use zeroize::Zeroizing;

use super::Fill;

/// The random 32-byte key of a store's database. Wiped from memory when dropped; prints nothing. It has a place of its own,
/// so that moving its owner about leaves no copies behind.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseKey(Box<Zeroizing<[u8; 32]>>);

impl DatabaseKey {
    /// A key that the caller draws into its place.
    pub(super) fn drawn(random: Fill<'_>) -> DatabaseKey {
        let mut key = DatabaseKey(Box::default());
        random(key.0.as_mut_slice());
        key
    }

    /// A key of 32 bytes that were unwrapped; `None` for another number of bytes.
    pub(super) fn from_slice(bytes: &[u8]) -> Option<DatabaseKey> {
        let mut key = DatabaseKey(Box::default());
        (bytes.len() == key.0.len()).then(|| key.0.copy_from_slice(bytes))?;
        Some(key)
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
        let _ = hex::encode_to_slice(self.bytes(), digits.as_mut());
        let mut literal = Zeroizing::new(String::with_capacity(67));
        literal.push_str("x'");
        literal.extend(digits.iter().map(|digit| *digit as char));
        literal.push('\'');
        literal
    }

    /// A key for another purpose, from which the database key cannot be computed back. `purpose` is a sentence fixed
    /// in the code (BLAKE3 key derivation), never foreign text.
    pub fn derive(&self, purpose: &'static str) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(blake3::derive_key(purpose, self.bytes()))
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
        let key = DatabaseKey::drawn(&mut |bytes| bytes.fill(0xa5));
        assert_eq!(*key.literal(), format!("x'{}'", "a5".repeat(32)));
        assert!(!format!("{key:?}").contains("a5"));
    }
}
