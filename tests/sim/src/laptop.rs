//! A laptop: a folder with a store in it, what it was given from outside, and what is known of it beside.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use yuanba_core::Id;
use yuanba_store::{Store, Unlock};

use crate::broken::{Held, must};
use crate::folder;
use crate::held::Place;
use crate::surroundings::LaptopSurroundings;

/// Everybody's passphrase here.
pub const PASSPHRASE: &str = "青石桥 2026";

/// What became of a laptop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is at work
    AtWork,
    /// Its disk broke and nobody had a copy
    Destroyed,
    /// It was lost and revoked; whoever has it may still write
    Stolen,
}

/// What is known beside a store of what it must hold.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    /// Written here and acknowledged, or taken in
    pub holds: BTreeSet<Place>,
    /// Brought by files of which a part waited: held, or still waiting
    pub took: BTreeSet<Place>,
}

/// A copy of a store from an earlier day.
#[derive(Debug, Clone)]
pub struct Copy {
    /// A backup file, or a folder
    pub at: PathBuf,
    /// It is a folder that was copied by hand
    pub is_folder: bool,
    /// What was known then
    pub memory: Memory,
}

/// A laptop.
pub struct Laptop {
    /// What it is called in the trace
    pub name: String,
    /// The office that it belonged to when it was new
    pub office: usize,
    /// Its folder
    pub dir: PathBuf,
    /// Its machine
    pub machine: String,
    /// Clock, power, randomness
    pub given: LaptopSurroundings,
    /// What must be in its store
    pub memory: Memory,
    /// It has a network now and then
    pub online: bool,
    /// What became of it
    pub fate: Fate,
    /// The replica that once held more than this store does now: it was copied or restored, and has not begun anew
    pub behind: Option<Id>,
    /// Its store was an older one at some time, so that it may not know whom it knew once
    pub went_back: bool,
    /// Copies of its store from earlier days
    pub copies: Vec<Copy>,
    /// The replicas that it has been
    pub replicas: BTreeSet<Id>,
    /// The store, while it is open
    pub store: Option<Store>,
}

impl Laptop {
    /// Opens the store in its folder.
    pub fn open(&mut self) -> Held {
        let unlock = Unlock { user: None, passphrase: PASSPHRASE.into() };
        let opened = Store::open(&self.dir, unlock, self.given.on(&self.machine));
        self.store = Some(must(opened, "opening a store")?);
        Ok(())
    }

    /// Its store.
    pub fn store(&self) -> &Store {
        self.store.as_ref().expect("a laptop at work has its store open")
    }

    /// Its store, to be written to.
    pub fn store_mut(&mut self) -> &mut Store {
        self.store.as_mut().expect("a laptop at work has its store open")
    }

    /// The program ends without a word; the disk goes on with what `kept` holds.
    pub fn go_on_with(&mut self, kept: &Path) -> Held {
        self.store = None;
        folder::put_back(kept, &self.dir);
        self.open()
    }

    /// It has begun a new replica since it fell behind.
    pub fn caught_up(&mut self) {
        let replica = self.store().replica().id();
        self.behind = self.behind.filter(|old| *old == replica);
        self.replicas.insert(replica);
    }
}
