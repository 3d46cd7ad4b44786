//! BLAKE3 hashes.

use std::fmt;

use yuanba_core::Id;

/// A BLAKE3 hash of 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// The hash of the parts, one after the other.
    pub fn of(parts: &[&[u8]]) -> Hash {
        let mut hasher = blake3::Hasher::new();
        for part in parts {
            hasher.update(part);
        }
        Hash(*hasher.finalize().as_bytes())
    }

    /// The hash of a set of changes: over their header hashes, sorted.
    pub fn of_set(mut hashes: Vec<Hash>) -> Hash {
        hashes.sort_unstable();
        Hash::of(&hashes.iter().map(|hash| &hash.0[..]).collect::<Vec<_>>())
    }

    /// The hash in a slice of 32 bytes.
    pub fn from_slice(bytes: &[u8]) -> Option<Hash> {
        bytes.try_into().ok().map(Hash)
    }

    /// The first 8 bytes, which stand in references.
    pub fn prefix(&self) -> [u8; 8] {
        self.0[..8].try_into().expect("32 bytes have 8")
    }

    /// The first 16 bytes as an id.
    pub fn id(&self) -> Id {
        Id(self.0[..16].try_into().expect("32 bytes have 16"))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}
