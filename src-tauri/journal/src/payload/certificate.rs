//! Certificates of the organisation tree.
//!
//! Kept part: `[claim bytes, issuer's public key, signature 64]`, the signature over the claim bytes for the purpose
//! `yuanba certificate 1`. Claims, each an array that begins with its number:
//!
//! - `[1, organisation, level]`: an organisation declares itself; issuer: itself
//! - `[2, replica, replica's public key, organisation, letter]`: a laptop; issuer: the organisation or an ancestor
//! - `[3, child, level, parent]`: a parent takes in a child; issuer: the parent
//! - `[4, child, parent]`: the child accepts the parent, as the old root's word on its new root; issuer: the child
//! - `[5, absorbed, into]`: an organisation is absorbed by another; issuer: the other or an ancestor of it
//! - `[6, absorbed, into]`: and agrees to that; issuer: the absorbed
//! - `[7, child, from, to]`: a child goes from one parent to another; issuers: both parents, each with a certificate of its
//!   own, or one organisation that both stand under (or that is one of them and above the other). The group that carries
//!   it carries the certificates of both lines too, because nobody below holds the other parent's streams
//!
//! Ids of organisations are made of their issuer keys, so that a certificate needs no other key to be checked.

use minicbor::{Decoder, Encoder};
use yuanba_core::Id;

use super::{array, canonical, encoded};
use crate::stream::id;
use crate::{JournalError, PublicKey, ReplicaKey};

const PURPOSE: &str = "yuanba certificate 1";

/// What a certificate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Claim {
    /// An organisation declares itself
    Founded {
        /// The organisation
        org: Id,
        /// Level number
        level: u8,
    },
    /// A laptop belongs to an organisation
    Laptop {
        /// Its key
        key: PublicKey,
        /// The organisation
        org: Id,
        /// The letter in numbers made for people, from 0 = A
        letter: u16,
    },
    /// A parent takes in a child
    Child {
        /// The child
        child: Id,
        /// Level number
        level: u8,
        /// The parent
        parent: Id,
    },
    /// The child accepts
    Accepts {
        /// The child
        child: Id,
        /// The parent
        parent: Id,
    },
    /// One organisation becomes part of another
    Absorbs {
        /// The one that stops
        absorbed: Id,
        /// The one that goes on
        into: Id,
    },
    /// The absorbed one agrees
    Joins {
        /// The one that stops
        absorbed: Id,
        /// The one that goes on
        into: Id,
    },
    /// A child goes to another parent
    Moves {
        /// The child
        child: Id,
        /// The parent until now
        from: Id,
        /// The parent from now on
        to: Id,
    },
}

/// A claim with its issuer's signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Certificate {
    /// What it says
    pub claim: Claim,
    /// Who says it
    pub issuer: PublicKey,
    /// Over the claim's bytes
    pub signature: [u8; 64],
}

impl Claim {
    /// The claim's bytes, which the issuer signs.
    pub fn to_cbor(&self) -> Vec<u8> {
        encoded(|e: &mut Encoder<&mut Vec<u8>>| {
            match self {
                Claim::Founded { org, level } => e.array(3)?.u8(1)?.bytes(&org.0)?.u8(*level)?,
                Claim::Laptop { key, org, letter } => {
                    e.array(5)?.u8(2)?.bytes(&key.id().0)?.bytes(&key.0)?.bytes(&org.0)?.u16(*letter)?
                }
                Claim::Child { child, level, parent } => {
                    e.array(4)?.u8(3)?.bytes(&child.0)?.u8(*level)?.bytes(&parent.0)?
                }
                Claim::Accepts { child, parent } => e.array(3)?.u8(4)?.bytes(&child.0)?.bytes(&parent.0)?,
                Claim::Absorbs { absorbed, into } => e.array(3)?.u8(5)?.bytes(&absorbed.0)?.bytes(&into.0)?,
                Claim::Joins { absorbed, into } => e.array(3)?.u8(6)?.bytes(&absorbed.0)?.bytes(&into.0)?,
                Claim::Moves { child, from, to } => {
                    e.array(4)?.u8(7)?.bytes(&child.0)?.bytes(&from.0)?.bytes(&to.0)?
                }
            };
            Ok(())
        })
    }

    /// Reads a claim.
    pub fn from_cbor(bytes: &[u8]) -> Result<Claim, JournalError> {
        let mut d = Decoder::new(bytes);
        let parts = array(&mut d, 5, "claim")?;
        let claim = match (d.u8()?, parts) {
            (1, 3) => Claim::Founded { org: id(d.bytes()?)?, level: d.u8()? },
            (2, 5) => {
                let replica = id(d.bytes()?)?;
                let key = PublicKey(d.bytes()?.try_into().map_err(|_| JournalError::Malformed("key"))?);
                if key.id() != replica {
                    return Err(JournalError::Forged("the key is not the replica's"));
                }
                Claim::Laptop { key, org: id(d.bytes()?)?, letter: d.u16()? }
            }
            (3, 4) => Claim::Child { child: id(d.bytes()?)?, level: d.u8()?, parent: id(d.bytes()?)? },
            (4, 3) => Claim::Accepts { child: id(d.bytes()?)?, parent: id(d.bytes()?)? },
            (5, 3) => Claim::Absorbs { absorbed: id(d.bytes()?)?, into: id(d.bytes()?)? },
            (6, 3) => Claim::Joins { absorbed: id(d.bytes()?)?, into: id(d.bytes()?)? },
            (7, 4) => Claim::Moves { child: id(d.bytes()?)?, from: id(d.bytes()?)?, to: id(d.bytes()?)? },
            _ => return Err(JournalError::Malformed("claim")),
        };
        canonical(claim, &claim.to_cbor(), bytes)
    }

    /// The certificate of this claim by an issuer.
    pub fn signed(self, issuer: &ReplicaKey) -> Certificate {
        Certificate { claim: self, issuer: issuer.public(), signature: issuer.sign(PURPOSE, &self.to_cbor()) }
    }
}

impl Certificate {
    /// The kept part's bytes.
    pub fn to_cbor(&self) -> Vec<u8> {
        encoded(|e| {
            e.array(3)?
                .bytes(&self.claim.to_cbor())?
                .bytes(&self.issuer.0)?
                .bytes(&self.signature)
                .map(|_| ())
        })
    }

    /// Reads the kept part and checks the signature.
    pub fn from_cbor(bytes: &[u8]) -> Result<Certificate, JournalError> {
        let mut d = Decoder::new(bytes);
        if array(&mut d, 3, "certificate")? != 3 {
            return Err(JournalError::Malformed("certificate"));
        }
        let claim = d.bytes()?;
        let issuer = PublicKey(d.bytes()?.try_into().map_err(|_| JournalError::Malformed("key"))?);
        let signature = d.bytes()?.try_into().map_err(|_| JournalError::Malformed("signature"))?;
        issuer.verify(PURPOSE, claim, &signature)?;
        let certificate = Certificate { claim: Claim::from_cbor(claim)?, issuer, signature };
        canonical(certificate, &certificate.to_cbor(), bytes)
    }
}
