//! What somebody at a command line sees of the product.

mod bad_sticks;
mod clocks;
mod damage;
mod demos;
mod desk;
mod disk;
mod exports;
mod full_disk;
mod killed;
mod ledger;
mod not_opened;
mod people;
mod rosters;
mod sticks;
mod stores;
mod transfers;
