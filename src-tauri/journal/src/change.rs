//! A change as it is stored and forwarded.

use crate::format::HEADER_BYTES_MAX;
use crate::{Body, ChangeRef, Hash, Header, JournalError};

/// A change: the header, its hash, and the erasable part while it is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The header
    pub header: Header,
    /// Its bytes, never written anew
    pub header_bytes: Vec<u8>,
    /// BLAKE3 of the bytes
    pub hash: Hash,
    /// The erasable part; `None` when the change has none, or when it was erased or has not come yet
    pub body: Option<Body>,
}

impl Change {
    /// A change from a header and a body that belong together.
    ///
    /// # Errors
    /// When the body is not the one that the header names, or the header is longer than one may be.
    pub fn new(header: Header, body: Option<Body>) -> Result<Change, JournalError> {
        header.check()?;
        if let Some(body) = &body
            && (header.body_hash != Some(body.hash()) || header.salted != body.salt.is_some())
        {
            return Err(JournalError::Forged("body hash"));
        }
        let header_bytes = header.to_cbor();
        if header_bytes.len() > HEADER_BYTES_MAX {
            return Err(JournalError::TooLarge("header"));
        }
        let hash = Hash::of(&[&header_bytes]);
        Ok(Change { header, header_bytes, hash, body })
    }

    /// A change from bytes that this program stored after checking them.
    ///
    /// # Errors
    /// When the store's bytes are damaged.
    pub fn stored(header_bytes: Vec<u8>, body: Option<Body>) -> Result<Change, JournalError> {
        let header = Header::from_stored(&header_bytes)?;
        let hash = Hash::of(&[&header_bytes]);
        Ok(Change { header, header_bytes, hash, body })
    }

    /// A name for this change that other changes can use.
    pub fn reference(&self) -> ChangeRef {
        ChangeRef { stream: self.header.stream, seq: self.header.seq, prefix: self.hash.prefix() }
    }

    /// Whether the header names an erasable part that is not here.
    pub fn body_missing(&self) -> bool {
        self.header.body_hash.is_some() && self.body.is_none()
    }
}
