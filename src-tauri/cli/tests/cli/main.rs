//! What somebody at a command line sees of the product.

mod bad_sticks;
mod clocks;
mod copies;
mod damage;
mod demos;
mod desk;
mod disk;
mod exports;
mod full_disk;
mod hub;
mod killed;
mod kills;
mod ledger;
mod lost_writes;
mod not_opened;
mod passphrases;
mod people;
#[path = "../../../hub/tests/hub/postgres.rs"]
mod postgres;
mod rosters;
mod standing;
mod sticks;
mod stolen;
mod stores;
mod transfers;
mod updates;
