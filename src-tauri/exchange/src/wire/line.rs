//! The line to a server: passed in, so that a simulator can cut it.

use std::fmt;

/// Brings a request to the server and its answer back.
pub trait Line {
    /// One question, one answer.
    ///
    /// # Errors
    /// [`LineError`]; the request may have arrived all the same.
    fn ask(&mut self, request: &[u8]) -> Result<Vec<u8>, LineError>;

    /// Begins to ask what is likely to be asked next; [`Line::ask`] with the very same bytes then waits for that answer. A line that
    /// cannot do two things at once does nothing.
    fn begin(&mut self, _request: &[u8]) {}

    /// BLAKE3 of the certificate that the other end showed, on a TLS line.
    fn certificate(&self) -> Option<yuanba_journal::Hash> {
        None
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineError {
    /// No way to the server, or it broke off
    NoConnection(String),
    /// Whoever is there did not take the request: an HTTP status
    NotTaken(u16),
    /// The address is none
    BadAddress,
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LineError::NoConnection(why) => write!(f, "no connection: {why}"),
            LineError::NotTaken(status) => write!(f, "not taken: HTTP {status}"),
            LineError::BadAddress => f.write_str("not an address"),
        }
    }
}

impl std::error::Error for LineError {}
