//! `org.*`: the organisations this store knows.

use crate::dto::{Nothing, RecordId, answer};
use crate::registry::commands;
use crate::store::Level;

answer! {
    /// An organisation.
    pub struct Organisation {
        pub id: RecordId,
        pub name: String,
        pub level: Level,
        pub parent: Option<RecordId>,
        /// Laptops that were certified for it
        pub replicas: u32,
        pub absorbed_into: Option<RecordId>,
        /// Date of the newest change held of it
        pub last_heard: Option<String>,
    }
}

commands! {
    /// The organisations this store knows
    "org.list" (Nothing) -> Vec<Organisation>, Read;
}
