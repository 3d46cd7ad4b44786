//! The keys of replicas and organisations, and what they sign.

use std::fmt;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use yuanba_core::Id;

use crate::{Hash, JournalError, StreamId};

/// An Ed25519 public key. The ids of replicas and organisations are the first 16 bytes of its BLAKE3 hash, so that an
/// id proves which key is its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey(pub [u8; 32]);

impl PublicKey {
    /// The id that this key has.
    pub fn id(&self) -> Id {
        Hash::of(&[&self.0]).id()
    }

    /// Checks a signature over a purpose and a message; refuses weak keys and malleable signatures.
    pub fn verify(&self, purpose: &str, message: &[u8], signature: &[u8; 64]) -> Result<(), JournalError> {
        let forged = |_| JournalError::Forged("signature");
        let key = VerifyingKey::from_bytes(&self.0).map_err(forged)?;
        key.verify_strict(&purposed(purpose, message), &Signature::from_bytes(signature)).map_err(forged)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.id())
    }
}

/// An Ed25519 signing key, of a replica or of an organisation's issuer. It never prints itself and is wiped when dropped; it
/// has a place of its own, so that moving its owner about leaves no copies behind.
#[derive(Clone)]
pub struct ReplicaKey(Box<SigningKey>);

impl ReplicaKey {
    /// The key made of 32 random bytes.
    pub fn from_seed(seed: [u8; 32]) -> ReplicaKey {
        ReplicaKey(Box::new(SigningKey::from_bytes(&seed)))
    }

    /// The 32 bytes, to be kept in an encrypted place.
    pub fn seed(&self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// The id of the public half.
    pub fn id(&self) -> Id {
        self.public().id()
    }

    /// Signs a message for a purpose.
    pub fn sign(&self, purpose: &str, message: &[u8]) -> [u8; 64] {
        self.0.sign(&purposed(purpose, message)).to_bytes()
    }
}

impl fmt::Debug for ReplicaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReplicaKey({})", self.id())
    }
}

fn purposed(purpose: &str, message: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(purpose.len() + 1 + message.len());
    bytes.extend_from_slice(purpose.as_bytes());
    bytes.push(0);
    bytes.extend_from_slice(message);
    bytes
}

/// A replica's signature over the head of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeadSignature {
    /// The replica's key
    pub key: PublicKey,
    /// Over [`head_message`]
    pub signature: [u8; 64],
}

const HEAD: &str = "yuanba head 1";

fn head_message(stream: &StreamId, seq: u64, hash: &Hash) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(16 + 16 + 1 + 8 + 32);
    bytes.extend_from_slice(&stream.replica.0);
    bytes.extend_from_slice(&stream.org.0);
    bytes.push(stream.lane.number());
    bytes.extend_from_slice(&seq.to_be_bytes());
    bytes.extend_from_slice(&hash.0);
    bytes
}

impl HeadSignature {
    /// Signs the head of one of the replica's own streams.
    pub fn sign(key: &ReplicaKey, stream: &StreamId, seq: u64, hash: &Hash) -> HeadSignature {
        HeadSignature { key: key.public(), signature: key.sign(HEAD, &head_message(stream, seq, hash)) }
    }

    /// Checks that the stream's own replica signed this head.
    pub fn verify(&self, stream: &StreamId, seq: u64, hash: &Hash) -> Result<(), JournalError> {
        if self.key.id() != stream.replica {
            return Err(JournalError::Forged("the key is not the replica's"));
        }
        self.key.verify(HEAD, &head_message(stream, seq, hash), &self.signature)
    }
}
