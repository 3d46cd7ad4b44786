//! Laptops that exchange by files: enrolment, bundles, and everything that can go wrong with them.

#[path = "exchange/bundles.rs"]
mod bundles;
#[path = "exchange/enrolment.rs"]
mod enrolment;
#[path = "exchange/place.rs"]
mod place;
