//! Points (RULES §8): books of rules for three groups, what a claim is worth, and what a balance buys.

pub mod book;
pub mod grant;
pub mod period;
pub mod read;
pub mod rule;

pub use book::{Account, Book, Close, Grade, Group, Ranking, Voucher};
pub use grant::{Already, BadClaim, Grant};
pub use period::Period;
pub use rule::{Amount, Cap, Part, Rule, Tier, Unit};
