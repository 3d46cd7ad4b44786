//! Laptops that exchange by files: enrolment, bundles, and everything that can go wrong with them.

#[path = "exchange/bundles.rs"]
mod bundles;
#[path = "exchange/copies.rs"]
mod copies;
#[path = "exchange/damage.rs"]
mod damage;
#[path = "exchange/enrolment.rs"]
mod enrolment;
#[path = "exchange/moved.rs"]
mod moved;
#[path = "exchange/place.rs"]
mod place;
#[path = "exchange/revoked.rs"]
mod revoked;
#[path = "../../store/tests/store/seeded.rs"]
mod seeded;
#[path = "exchange/simulated.rs"]
mod simulated;
#[path = "exchange/strangers.rs"]
mod strangers;
