//! The county: offices, laptops, sticks, and the one seed behind everything that happens to them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::path::PathBuf;

use tempfile::TempDir;
use yuanba_core::{Id, Level};
use yuanba_exchange::keys;
use yuanba_journal::StreamId;
use yuanba_journal::author::Tip;
use yuanba_store::{NewStore, Store};

use crate::broken::{Broken, Held, must};
use crate::dice::Dice;
use crate::folder;
use crate::held::{Journal, Place};
use crate::laptop::{Fate, Laptop, Memory, PASSPHRASE};
use crate::net::Server;
use crate::offices::{Office, Offices};
use crate::stick::Stick;
use crate::surroundings::{LaptopSurroundings, WorldTime};
use crate::trace::Trace;

/// Nothing that was acknowledged is lost.
pub const NOTHING_LOST: &str = "no acknowledged change is lost";
/// No place in a stream is written twice by laptops that know of each other.
pub const WRITTEN_ONCE: &str = "a copied or restored laptop goes on as a new one";

const HOUR_MS: i64 = 3_600_000;

/// The county.
pub struct World {
    /// What decides
    pub dice: Dice,
    /// The seed
    pub seed: u64,
    /// The true time
    pub time: WorldTime,
    /// Everything on disks is below here
    pub root: TempDir,
    /// The organisations
    pub offices: Offices,
    /// The laptops, those that are gone included
    pub laptops: Vec<Laptop>,
    /// Sticks that have not been lost
    pub drawer: Vec<Stick>,
    /// Who wrote each acknowledged head: the laptop and its machine then
    pub written: BTreeMap<Place, (usize, String)>,
    /// Laptops that do not belong to their office yet: the laptop, the office above, or the one that it becomes part of
    pub to_enrol: Vec<(usize, usize)>,
    /// What a laptop held of an office that had left, when the laptop learnt of it
    pub left_behind: BTreeMap<(usize, usize), BTreeSet<Place>>,
    /// The county's server, in counties that have one
    pub server: Option<Server>,
    /// Everybody came to rest over the network, those excepted who have none
    pub settled_by_net: bool,
    /// What was written on laptops after they had been stolen
    pub strangers: BTreeSet<Place>,
    /// Nothing goes wrong any more
    pub calm: bool,
    /// What happened
    pub trace: Trace,
    /// Files and folders made so far
    pub made: usize,
}

impl World {
    /// An empty county.
    pub fn new(seed: u64) -> Held<World> {
        let memory = std::path::Path::new("/dev/shm");
        let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
        let root = must(tempfile::Builder::new().prefix("yuanba-sim").tempdir_in(place), "a folder")?;
        Ok(World {
            dice: Dice::new(seed),
            seed,
            time: WorldTime::default(),
            root,
            offices: Offices::default(),
            laptops: Vec::new(),
            drawer: Vec::new(),
            written: BTreeMap::new(),
            to_enrol: Vec::new(),
            left_behind: BTreeMap::new(),
            server: None,
            settled_by_net: false,
            strangers: BTreeSet::new(),
            calm: true,
            trace: Trace::default(),
            made: 0,
        })
    }

    /// The county office and the townships begin and are enrolled; some of the villages will be later.
    pub fn settle_in(&mut self) -> Held {
        if self.dice.below(3) > 0 {
            let file = self.new_path("hub");
            self.server = Some(Server::start(file, self.time.clone())?);
        }
        let county = self.found("county", Level::County)?;
        let east = self.found("east", Level::Township)?;
        let west = self.found("west", Level::Township)?;
        for township in [east, west] {
            self.enrol(township, county)?;
        }
        let villages = 3 + self.dice.below(2);
        for (village, name) in (0..villages).zip(["stone", "tea", "ford", "pine"]) {
            let laptop = self.found(name, Level::Village)?;
            let township = if village < 2 { east } else { west };
            if village > 0 && self.dice.below(3) == 0 {
                self.to_enrol.push((laptop, township));
            } else {
                self.enrol(laptop, township)?;
            }
            if village == 0 {
                let second = self.found("stone-2", Level::Village)?;
                if self.dice.below(2) == 0 {
                    self.to_enrol.push((second, laptop));
                } else {
                    self.enrol_into(second, laptop, laptop)?;
                }
            }
        }
        self.calm = false;
        Ok(())
    }

    /// A new file or folder.
    pub fn new_path(&mut self, what: &str) -> PathBuf {
        self.made += 1;
        self.root.path().join(format!("{what}-{}", self.made))
    }

    /// A new laptop with a new organisation.
    fn found(&mut self, name: &str, level: Level) -> Held<usize> {
        let number = self.laptops.len();
        let dir = self.new_path("store");
        let given = LaptopSurroundings::new(self.seed, number, &self.time);
        let machine = format!("machine-{number}");
        let new = NewStore {
            level,
            name: name.to_owned(),
            place: None,
            code: None,
            user: "书记".to_owned(),
            role: "secretary".to_owned(),
            passphrase: PASSPHRASE.to_owned(),
        };
        let (mut store, _code) = must(Store::create(&dir, new, given.on(&machine)), "a new store")?;
        must(keys::ensure_org_key(&mut store), "keys")?;
        let office = Office {
            id: store.org(),
            name: name.to_owned(),
            level,
            parent: None,
            parents_ever: BTreeSet::new(),
            asked: BTreeSet::new(),
            given: BTreeSet::new(),
            into: None,
        };
        self.offices.0.push(office);
        let replicas = BTreeSet::from([store.replica().id()]);
        self.laptops.push(Laptop {
            name: name.to_owned(),
            office: self.offices.0.len() - 1,
            dir,
            machine,
            given,
            memory: Memory::default(),
            online: level > Level::Village || self.dice.below(3) > 0,
            fate: Fate::AtWork,
            behind: None,
            went_back: false,
            copies: Vec::new(),
            replicas,
            store: Some(store),
        });
        self.acknowledge(number, &BTreeMap::new())?;
        self.trace.say(format!("{name} begins"));
        Ok(number)
    }

    /// The laptops that are at work.
    pub fn at_work(&self) -> Vec<usize> {
        (0..self.laptops.len()).filter(|at| self.laptops[*at].fate == Fate::AtWork).collect()
    }

    /// One of the laptops at work.
    pub fn somebody(&mut self) -> usize {
        let at_work = self.at_work();
        at_work[self.dice.below(at_work.len())]
    }

    /// The office of a laptop now.
    pub fn office(&self, laptop: usize) -> usize {
        self.offices.canonical(self.laptops[laptop].office)
    }

    /// The laptops at work of an office.
    pub fn laptops_of(&self, office: usize) -> Vec<usize> {
        self.at_work().into_iter().filter(|laptop| self.office(*laptop) == office).collect()
    }

    /// A laptop's name.
    pub fn name(&self, laptop: usize) -> String {
        self.laptops[laptop].name.clone()
    }

    /// The name of an organisation in the trace.
    pub fn office_name(&self, id: Id) -> String {
        self.offices.of(id).map_or_else(|| "nobody".to_owned(), |office| self.offices.0[office].name.clone())
    }

    /// One of a list, whose place in it is drawn.
    pub fn draw<T>(&mut self, mut list: Vec<T>) -> Option<T> {
        let at = self.dice.below(list.len());
        (!list.is_empty()).then(|| list.swap_remove(at))
    }

    /// Something that writes on a laptop, and is acknowledged when it has returned; sometimes the power is cut before.
    /// `None` when the power was cut.
    pub fn write<T, E: Display>(
        &mut self,
        laptop: usize,
        what: &str,
        act: impl FnOnce(&mut Store) -> Result<T, E>,
    ) -> Held<Option<T>> {
        let cut = match self.dice.below(40) {
            0 if !self.calm => Some(self.dice.below(8)),
            _ => None,
        };
        self.write_with(laptop, what, cut, act)
    }

    /// As [`World::write`], with the power cut at this moment of it, if it comes to it, or else soon after.
    pub fn write_with<T, E: Display>(
        &mut self,
        laptop: usize,
        what: &str,
        cut: Option<usize>,
        act: impl FnOnce(&mut Store) -> Result<T, E>,
    ) -> Held<Option<T>> {
        let before = self.own_tips(laptop)?;
        let Some(moments) = cut else {
            let answer = must(act(self.laptops[laptop].store_mut()), what)?;
            self.acknowledge(laptop, &before)?;
            return Ok(Some(answer));
        };
        let (earlier, kept) = (self.new_path("earlier"), self.new_path("kept"));
        let parts = self.dice.below(17) as u64;
        let at = &mut self.laptops[laptop];
        folder::copy(&at.dir, &earlier);
        at.given.power.cut_after(moments, &at.dir, &kept);
        must(act(at.store_mut()), what)?;
        if at.given.power.on_again() {
            self.trace.count("power cut in the middle of an operation");
        } else {
            folder::copy(&at.dir, &kept);
            if folder::tear(&earlier, &kept, parts) {
                self.trace.count("power cut in the middle of writing to the disk");
            } else {
                self.trace.count("power cut before the answer");
            }
        }
        self.laptops[laptop].go_on_with(&kept)?;
        self.trace.add(" – power cut");
        self.check_memory(laptop)?;
        Ok(None)
    }

    /// What a laptop must hold is there.
    pub fn check_memory(&mut self, laptop: usize) -> Held {
        let journal = Journal::of(self.laptops[laptop].store())?;
        let at = &mut self.laptops[laptop];
        if let Some(lost) = at.memory.holds.iter().find(|place| !journal.holds(place)) {
            let text = format!("{} has lost {lost:?}", at.name);
            return Broken::err(NOTHING_LOST, text);
        }
        at.caught_up();
        Ok(())
    }

    /// The ends of a laptop's own streams.
    pub fn own_tips(&self, laptop: usize) -> Held<BTreeMap<StreamId, Vec<Tip>>> {
        let store = self.laptops[laptop].store();
        let replica = store.replica().id();
        let mut vector = must(store.vector_for(store.org()), "a vector")?;
        vector.retain(|stream, _| stream.replica == replica);
        Ok(vector)
    }

    /// Notes what a laptop has written since, and holds it against what others wrote.
    pub fn acknowledge(&mut self, laptop: usize, before: &BTreeMap<StreamId, Vec<Tip>>) -> Held {
        let after = self.own_tips(laptop)?;
        for (stream, tips) in after {
            let known = before.get(&stream).map_or(&[][..], Vec::as_slice);
            for tip in tips.iter().filter(|tip| !known.contains(tip)) {
                self.note(laptop, (stream, tip.seq, tip.hash))?;
            }
        }
        self.laptops[laptop].caught_up();
        Ok(())
    }

    fn note(&mut self, laptop: usize, place: Place) -> Held {
        let (stream, seq, hash) = place;
        let machine = self.laptops[laptop].machine.clone();
        let others = self
            .written
            .range((stream, seq, hash_floor())..)
            .take_while(|(p, _)| (p.0, p.1) == (stream, seq));
        for (other, (_, other_machine)) in others {
            let knew = self.laptops[laptop].memory.holds.contains(other);
            if other.2 != hash && (knew || *other_machine != machine) {
                let text = format!("{} wrote {place:?} beside {other:?}", self.laptops[laptop].name);
                return Broken::err(WRITTEN_ONCE, text);
            }
        }
        self.written.insert(place, (laptop, machine));
        self.laptops[laptop].memory.holds.insert(place);
        Ok(())
    }

    /// Some hours pass.
    pub fn pass_time(&mut self) {
        let hours = 1 + self.dice.below(48) as i64;
        self.time.pass(hours * HOUR_MS);
    }
}

fn hash_floor() -> yuanba_journal::Hash {
    yuanba_journal::Hash([0; 32])
}
