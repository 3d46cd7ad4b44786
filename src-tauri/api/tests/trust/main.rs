//! A shared laptop that people can trust: who may do what, what is masked, what is journaled, what is erased.

mod allowed;
mod erased;
mod kin;
mod masks;
mod pages;
mod trail;
#[path = "../days_work/village.rs"]
#[allow(dead_code, reason = "the day's work uses more of it")]
mod village;
