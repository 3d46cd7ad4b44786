//! What somebody at a command line sees of the product.

mod damage;
mod demos;
mod desk;
mod disk;
mod full_disk;
mod not_opened;
mod people;
mod rosters;
mod sticks;
mod stores;
