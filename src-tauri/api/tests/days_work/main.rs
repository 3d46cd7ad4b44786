//! A village's working day by typed commands, and each act taken back.

mod backup;
mod below;
mod conflicts;
mod courtyard;
mod doctor;
mod home;
mod keeping;
mod member;
mod points;
mod post;
mod sync;
#[allow(dead_code, reason = "other suites use more of it")]
mod village;
