//! Each county's practices and the rules of the field, read from data.
//!
//! No rate, threshold, interval or place name stands in code: they are in `assets/practices/<place>/*.toml` and
//! `assets/rules/*.toml`, each with the day it applies from and where it comes from. The files are built into the
//! program and may be overlaid by a folder ([`Files`]). Every file says its `shape`; a file that contradicts itself or
//! another is refused with file, line and both culprits ([`Refusal`]). What is computed from them (a promised date, the
//! points of a claim, a voucher, a suggested post) is a pure function: no file, no clock, no randomness.
//!
//! To add a place, add a folder with a `place.toml`. To add a shape, add a module with its declaration, its checks and
//! a line in [`Practices::read`].

pub mod age;
pub mod demo;
mod document;
pub mod errands;
pub mod files;
pub mod holidays;
pub mod home;
pub mod points;
pub mod posts;
pub mod practices;
pub mod problem;
pub mod promise;
pub mod protected;
pub mod ratings;
pub mod roster;

pub use files::Files;
pub use practices::{Place, Practices};
pub use problem::{Code, Problem, Refusal, Spot};
