//! Help with a forgotten passphrase by two files on a stick.
//!
//! A store that stands under another organisation holds its key a second time, sealed for that organisation
//! ([`ensure_slot`]). Who has forgotten the passphrase writes a question: that sealed key, whose passphrase it is, and a
//! fresh key for the answer. The organisation above looks at the person, opens the sealed key with its own, and seals it
//! for the question's key; only the laptop that asked can read the answer, once, within three days. Nothing of the
//! village's record and no passphrase stands in either file.

mod answer;
mod ask;
mod question;
mod slot;

pub use answer::{Helped, Question, accept, answer, open};
pub use ask::ask;
pub use slot::ensure_slot;

pub use question::check_bytes;
