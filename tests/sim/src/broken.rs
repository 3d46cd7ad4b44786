//! What does not hold.

use std::fmt;

/// An invariant that was broken, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Which
    pub invariant: &'static str,
    /// Where and how
    pub text: String,
}

/// It holds.
pub type Held<T = ()> = Result<T, Broken>;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant, self.text)
    }
}

impl Broken {
    /// An answer that says that it does not hold.
    pub fn err<T>(invariant: &'static str, text: impl Into<String>) -> Held<T> {
        Err(Broken { invariant, text: text.into() })
    }
}

/// The work goes on whatever happens: what is asked of a store here is never refused.
pub const WORK_GOES_ON: &str = "work goes on";

/// Something that must succeed.
pub fn must<T, E: fmt::Display>(result: Result<T, E>, what: &str) -> Held<T> {
    result.map_err(|error| Broken { invariant: WORK_GOES_ON, text: format!("{what}: {error}") })
}
