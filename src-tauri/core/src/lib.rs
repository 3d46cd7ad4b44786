//! The words of the field: ids, values, dates with precision, ID numbers, codes, and the tables a village keeps.
//!
//! Everything here is a pure function or a plain value. No file, no clock, no randomness: what needs them is given them.

pub mod education;
pub mod id;
pub mod id_number;
pub mod level;
pub mod member_kind;
pub mod nation;
pub mod partial_date;
pub mod person_name;
pub mod phone;
pub mod pinyin_keys;
pub mod record;
pub mod sex;
pub mod tables;
pub mod two_digit_code;
pub mod value;
pub mod width;

pub use education::Education;
pub use id::Id;
pub use id_number::IdNumber;
pub use level::Level;
pub use member_kind::MemberKind;
pub use nation::Nation;
pub use partial_date::PartialDate;
pub use phone::Phone;
pub use record::{Field, FieldKind, Table};
pub use sex::Sex;
pub use value::Value;
