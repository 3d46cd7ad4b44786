//! The words of the field: ids, values, dates with precision, ID numbers, codes, and the tables a village keeps.
//!
//! Everything here is a pure function or a plain value. No file, no clock, no randomness: what needs them is given them.

pub mod id;
pub mod level;
pub mod record;
pub mod tables;
pub mod value;

pub use id::Id;
pub use level::Level;
pub use record::{Field, FieldKind, Table};
pub use value::Value;
