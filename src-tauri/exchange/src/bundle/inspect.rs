//! What anybody can see of a file without a key.

use std::path::Path;

use crate::container::{self, BundleError, ClearHeader};
use crate::{Refusal, enrol};

/// What the clear part of a file holds. It says what the file says of itself; nothing of it is proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inspected {
    /// A bundle or a grant
    Bundle(ClearHeader),
    /// A request for a place in the tree, by an organisation of this name
    Request(enrol::RequestHeader),
}

/// Shows the clear part of a file; needs no passphrase and no store.
///
/// # Errors
/// `damaged`, `newer_format`, `unreadable`.
pub fn inspect(path: &Path) -> Result<Inspected, Refusal> {
    match container::inspect(path) {
        Ok(header) => Ok(Inspected::Bundle(header)),
        Err(BundleError::Damaged(_)) if enrol::is_request(path) => {
            enrol::read_header(path).map(Inspected::Request)
        }
        Err(error) => Err(Refusal::of_container(&error, None, "对方")),
    }
}
