//! The one shape in which every failure leaves this crate.

use std::fmt;

use crate::dto::words;
use crate::mask;

words! {
    /// What a caller can act on.
    pub enum Code {
        /// The request makes no sense
        WrongUsage,
        /// What came in was refused whole; nothing was written
        Refused,
        /// The person who is signed in may not
        NotAllowed,
        /// There is no such thing
        NotFound,
        /// Nobody is signed in
        Locked,
        WrongPassphrase,
        /// The store's file is damaged
        Damaged,
        /// Another program has the store open
        OpenElsewhere,
        DiskFull,
        /// The store's folder can only be read
        ReadOnly,
        NoConnection,
        Cancelled,
        /// A fault of the program itself
        Internal,
    }
}

/// A failure in plain Chinese: what happened, whether the data is safe, what to do next.
#[derive(
    Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema, ts_rs::TS,
)]
pub struct ApiError {
    pub code: Code,
    /// What happened, and whether the data is safe
    pub message: String,
    /// What to do next
    pub next_step: String,
    /// The field of the request it is about
    pub field: Option<String>,
}

impl ApiError {
    /// The same without the numbers of people that a sentence may quote: of what was typed, of a file's name.
    pub(crate) fn masked(mut self) -> ApiError {
        self.message = mask::numbers(&self.message).into_owned();
        self.next_step = mask::numbers(&self.next_step).into_owned();
        self.field = self.field.map(|field| mask::numbers(&field).into_owned());
        self
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.message, self.next_step)
    }
}

impl std::error::Error for ApiError {}
