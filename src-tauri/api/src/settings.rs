//! `settings.*`: how this machine shows things. Local, never in the journal.

use std::collections::BTreeMap;

use crate::dto::{Nothing, answer, request};
use crate::registry::commands;
use crate::store::Letters;

answer! {
    /// The settings of this machine.
    pub struct Settings {
        pub letters: Letters,
        /// List → the columns shown in it, in order
        pub columns: BTreeMap<String, Vec<String>>,
    }
}

request! {
    /// What changes; a list that is not named keeps its columns.
    pub struct SetSettings {
        pub letters: Option<Letters>,
        pub columns: Option<BTreeMap<String, Vec<String>>>,
    }
}

commands! {
    /// The settings of this machine
    "settings.get" (Nothing) -> Settings, Anyone;
    /// Changes them
    "settings.set" (SetSettings) -> Settings, Anyone;
}
