//! The erasable part of a change.

use crate::Hash;

/// Values and text that a lawful redaction can erase. Personal bodies have a salt, so that nobody can guess the erased
/// text from its hash; the salt is erased with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// 16 random bytes where the kind carries personal text
    pub salt: Option<[u8; 16]>,
    /// The bytes
    pub bytes: Vec<u8>,
}

impl Body {
    /// The hash that stands in the header.
    pub fn hash(&self) -> Hash {
        match &self.salt {
            Some(salt) => Hash::of(&[salt, &self.bytes]),
            None => Hash::of(&[&self.bytes]),
        }
    }
}
