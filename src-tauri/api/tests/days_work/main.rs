//! A village's working day by typed commands, and each act taken back.

mod courtyard;
mod home;
mod points;
mod post;
mod village;
