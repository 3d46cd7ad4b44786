//! What somebody at a command line sees of the product.

mod demos;
mod desk;
mod people;
mod rosters;
mod sticks;
mod stores;
