//! Real server processes: several at one database, a database that dies, strangers on the line.

#[path = "servers/crowd.rs"]
mod crowd;
#[path = "servers/edges.rs"]
mod edges;
#[path = "servers/failover.rs"]
mod failover;
#[path = "servers/forged.rs"]
mod forged;
#[allow(dead_code, reason = "what stands there serves other tests too")]
#[path = "../../exchange/tests/exchange/place.rs"]
mod place;
#[path = "hub/postgres.rs"]
mod postgres;
#[path = "servers/program.rs"]
mod program;
#[path = "../../store/tests/store/seeded.rs"]
mod seeded;
#[path = "servers/several.rs"]
mod several;
