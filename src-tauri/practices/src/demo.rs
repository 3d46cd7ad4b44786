//! A believable county out of one seed, for 演示村, for benchmarks and for pictures.
//!
//! Everybody and everything here is made up. The tables are in `assets/demo`: names, the county's distribution of ages,
//! education and sex, sentences of field notes, what happens in a month. [`County`] hands out one [`Village`] after the
//! other; a village has its people first and then a [`Month`] after the other, with references as indexes into the same
//! village, so that writing it into a store is one straight loop. The same plan gives the same bytes on every machine;
//! the number of months never changes the people.

mod calendar;
mod courtyard;
mod dice;
mod errand;
mod member;
mod name;
mod note;
mod people;
mod plan;
mod points;
mod post;
mod tables;
mod village;

pub use courtyard::{Courtyard, Household, Liaison};
pub use errand::Errand;
pub use member::Member;
pub use note::Note;
pub use plan::{BadPlan, Plan};
pub use points::{Account, Entry};
pub use post::{Excused, Posted};
pub use village::{County, Month, Village};

#[cfg(test)]
mod tests;
