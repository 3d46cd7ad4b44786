//! The county's server with real stores around it: archives, scope, faults.

#[path = "hub/archives.rs"]
mod archives;
#[path = "hub/county.rs"]
mod county;
#[path = "hub/line.rs"]
mod line;
#[allow(dead_code, reason = "what stands there serves other tests too")]
#[path = "../../exchange/tests/exchange/place.rs"]
mod place;
#[path = "hub/postgres.rs"]
mod postgres;
#[path = "hub/scope.rs"]
mod scope;
#[path = "../../store/tests/store/seeded.rs"]
mod seeded;
#[path = "hub/strangers.rs"]
mod strangers;
#[path = "hub/troubles.rs"]
mod troubles;
#[path = "hub/turns.rs"]
mod turns;
