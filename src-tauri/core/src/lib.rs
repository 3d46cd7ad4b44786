//!
pub mod education;
pub mod id_number;
pub mod member_kind;
pub mod nation;
pub mod partial_date;
pub mod person_name;
pub mod phone;
pub mod pinyin_keys;
pub mod sex;
pub mod width;

pub use education::Education;
pub use id_number::IdNumber;
pub use member_kind::MemberKind;
pub use nation::Nation;
pub use partial_date::PartialDate;
pub use phone::Phone;
pub use sex::Sex;
