//! Updates from a stick: the next program, and packs of practices.

mod packs;
mod program;
mod stick;
#[path = "../days_work/village.rs"]
#[allow(dead_code, reason = "the day's work uses more of it")]
mod village;
