//! What can go wrong when something is written for others, or a place is given or taken.

use yuanba_store::StoreError;

use crate::Refusal;
use crate::container::BundleError;
use crate::wire::LineError;

/// Why something was not done. Nothing was written that counts; the store is as it was.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// A rule stands against it, or the file is not what it should be
    #[error("refused ({}): {}", .0.code, .0.message)]
    Refused(Box<Refusal>),
    /// The store could not do its part
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file could not be written
    #[error(transparent)]
    File(BundleError),
    /// There is no way to the server
    #[error(transparent)]
    Line(LineError),
}

impl From<Refusal> for ExchangeError {
    fn from(refusal: Refusal) -> ExchangeError {
        ExchangeError::Refused(Box::new(refusal))
    }
}

/// Results of this crate.
pub type Result<T, E = ExchangeError> = std::result::Result<T, E>;
