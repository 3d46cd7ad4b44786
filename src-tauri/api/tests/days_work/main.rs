//! A village's working day by typed commands, and each act taken back.

mod courtyard;
mod post;
mod village;
