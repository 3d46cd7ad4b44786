//! Somebody watches a long reading: is told how far it is, and may stop it.

use std::sync::atomic::{AtomicBool, Ordering};

/// The watch over one reading or writing. The default watches nothing.
#[derive(Default)]
pub struct Watch<'a> {
    cancel: Option<&'a AtomicBool>,
    progress: Option<&'a mut (dyn FnMut(u64) + Send)>,
}

/// The reading was stopped from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("stopped from outside")]
pub struct Cancelled;

/// Rows between two looks at the flag: often enough for a hand on a button, too seldom to cost anything.
const ROWS_BETWEEN: u64 = 256;

impl<'a> Watch<'a> {
    /// A watch that stops the work when `cancel` becomes true and tells `progress` the number of rows done.
    pub fn new(cancel: Option<&'a AtomicBool>, progress: Option<&'a mut (dyn FnMut(u64) + Send)>) -> Self {
        Self { cancel, progress }
    }

    /// Notes that so many rows are done.
    pub fn row(&mut self, done: u64) -> Result<(), Cancelled> {
        if !done.is_multiple_of(ROWS_BETWEEN) {
            return Ok(());
        }
        if let Some(progress) = &mut self.progress {
            progress(done);
        }
        self.look()
    }

    /// Looks at the flag.
    pub fn look(&self) -> Result<(), Cancelled> {
        match self.cancel {
            Some(flag) if flag.load(Ordering::Relaxed) => Err(Cancelled),
            _ => Ok(()),
        }
    }
}
