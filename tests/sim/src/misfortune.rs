//! Steps of what happens to laptops: power, copies, backups, broken disks, wrong clocks, newer programs.

use std::collections::BTreeSet;

use yuanba_core::Id;
use yuanba_core::tables::member;
use yuanba_journal::{Body, Change, Clock, HeadSignature, Header, Kind, Lane, Segment, Stamp};
use yuanba_store::Store;

use crate::broken::{Held, must};
use crate::folder;
use crate::laptop::{Copy, Fate, Laptop};
use crate::surroundings::LaptopSurroundings;
use crate::world::World;

const DAY_MS: i64 = 86_400_000;
const LAPTOPS_MAX: usize = 9;

impl World {
    /// The power goes while nothing is being done.
    pub fn lose_power(&mut self) -> Held {
        let laptop = self.somebody();
        self.trace.say(format!("{} loses its power", self.name(laptop)));
        self.trace.count("power cut between operations");
        let kept = self.new_path("kept");
        folder::copy(&self.laptops[laptop].dir, &kept);
        self.laptops[laptop].go_on_with(&kept)?;
        self.check_memory(laptop)
    }

    /// The program is closed and opened again.
    pub fn restart(&mut self) -> Held {
        let laptop = self.somebody();
        self.trace.say(format!("{} is started again", self.name(laptop)));
        self.laptops[laptop].store = None;
        self.laptops[laptop].open()?;
        self.check_memory(laptop)
    }

    /// A backup, or the folder copied by hand.
    pub fn back_up(&mut self) -> Held {
        let laptop = self.somebody();
        let is_folder = self.dice.below(2) == 0;
        let what = if is_folder { "folder" } else { "backup" };
        self.trace.say(format!("{} keeps a {what}", self.name(laptop)));
        let at = self.new_path(what);
        if is_folder {
            // People copy what they can see while nothing is open.
            self.laptops[laptop].store = None;
            folder::copy(&self.laptops[laptop].dir, &at);
            self.laptops[laptop].open()?;
        } else {
            must(self.laptops[laptop].store().backup(&at), "a backup")?;
        }
        let memory = self.laptops[laptop].memory.clone();
        self.laptops[laptop].copies.push(Copy { at, is_folder, memory });
        Ok(())
    }

    /// The disk breaks; an old backup or folder goes on, on the same machine or another, if there is one.
    pub fn restore(&mut self) -> Held {
        let mut laptops = self.at_work();
        if self.dice.below(4) > 0 && laptops.iter().any(|laptop| !self.laptops[*laptop].copies.is_empty()) {
            laptops.retain(|laptop| !self.laptops[*laptop].copies.is_empty());
        }
        let Some(laptop) = self.draw(laptops) else { return Ok(()) };
        let count = self.laptops[laptop].copies.len();
        if count == 0 {
            return self.destroy(laptop);
        }
        let copy = self.laptops[laptop].copies[self.dice.below(count)].clone();
        let in_place = copy.is_folder && self.dice.below(2) == 0;
        let other_machine = !in_place && self.dice.below(2) == 0;
        self.trace.say(format!(
            "{} goes on with an old {}{}",
            self.name(laptop),
            if copy.is_folder { "folder" } else { "backup" },
            if in_place { " in its place" } else { "" }
        ));
        let behind = self.laptops[laptop].store().replica().id();
        if in_place {
            self.trace.count("an old folder put back in its place");
            self.laptops[laptop].go_on_with(&copy.at)?;
        } else {
            let dir = self.new_path("store");
            self.laptops[laptop].store = None;
            if copy.is_folder {
                self.trace.count("an old folder on a new disk");
                folder::copy(&copy.at, &dir);
            } else {
                self.trace.count("an old backup restored");
                must(Store::restore(&copy.at, &dir), "restoring")?;
            }
            self.laptops[laptop].dir = dir;
            if other_machine {
                self.made += 1;
                self.laptops[laptop].machine = format!("machine-{laptop}-{}", self.made);
            }
            self.laptops[laptop].open()?;
        }
        let at = &mut self.laptops[laptop];
        at.memory = copy.memory;
        let replica = at.store().replica().id();
        at.behind = Some(replica);
        at.went_back = true;
        at.replicas.extend([behind, replica]);
        self.left_behind.retain(|(who, _), _| *who != laptop);
        self.check_memory(laptop)?;
        self.learn(laptop)
    }

    /// A village's laptop goes back to yesterday's folder in its place after it has told the township what it holds: the
    /// township's next stick begins where the laptop no longer is.
    pub fn fall_behind(&mut self) -> Held {
        let mut laptops = self.at_work();
        laptops.retain(|laptop| self.laptops[*laptop].behind.is_none());
        let Some(laptop) = self.draw(laptops) else { return Ok(()) };
        let office = self.office(laptop);
        let Some(above) = self.offices.0[office].parent else { return Ok(()) };
        let Some(clerk) = self.laptops_of(above).first().copied() else { return Ok(()) };
        let org = self.offices.0[office].id;
        let store = self.laptops[clerk].store();
        if !store.authority().covers(store.org(), org) || self.laptops[laptop].store().org() != org {
            return Ok(());
        }
        self.trace.say(format!("{} keeps a folder of the day", self.name(laptop)));
        let at = self.new_path("folder");
        self.laptops[laptop].store = None;
        folder::copy(&self.laptops[laptop].dir, &at);
        self.laptops[laptop].open()?;
        let memory = self.laptops[laptop].memory.clone();
        self.add(clerk, org)?;
        self.bring(clerk, office)?;
        self.bring(laptop, above)?;
        self.add(clerk, org)?;
        self.trace.say(format!("{} writes for {}", self.name(clerk), self.offices.0[office].name));
        let Some(stick) = self.write_stick(clerk, office)? else { return Ok(()) };
        let before = self.laptops[laptop].store().replica().id();
        self.laptops[laptop].go_on_with(&at)?;
        self.trace.say(format!("{} goes on with the folder of the day in its place", self.name(laptop)));
        self.trace.count("an old folder put back in its place");
        let it = &mut self.laptops[laptop];
        it.memory = memory;
        let replica = it.store().replica().id();
        it.behind = Some(replica);
        it.went_back = true;
        it.replicas.extend([before, replica]);
        self.left_behind.retain(|(who, _), _| *who != laptop);
        self.learn(laptop)?;
        self.read_stick(laptop, stick)
    }

    /// A disk breaks and nobody had a copy: only where the office has another laptop, or the office above lives on.
    fn destroy(&mut self, laptop: usize) -> Held {
        let office = self.office(laptop);
        let village = self.offices.0[office].level == yuanba_core::Level::Village;
        if !village || self.laptops_of(office).len() < 2 || self.dice.below(3) > 0 {
            return Ok(());
        }
        self.trace.say(format!("{} breaks for good", self.name(laptop)));
        self.trace.count("disks destroyed");
        self.laptops[laptop].store = None;
        self.laptops[laptop].fate = Fate::Destroyed;
        Ok(())
    }

    /// The image of a disk is started on a second machine.
    pub fn clone_disk(&mut self) -> Held {
        let laptop = self.somebody();
        if self.laptops.len() >= LAPTOPS_MAX || self.to_enrol.iter().any(|(waits, _)| *waits == laptop) {
            return Ok(());
        }
        let number = self.laptops.len();
        let dir = self.new_path("store");
        self.laptops[laptop].store = None;
        folder::copy(&self.laptops[laptop].dir, &dir);
        self.laptops[laptop].open()?;
        let original = &self.laptops[laptop];
        let name = format!("{}-copy", original.name);
        let replica = original.store().replica().id();
        let mut copy = Laptop {
            name,
            office: original.office,
            dir,
            machine: format!("machine-{number}"),
            given: LaptopSurroundings::new(self.seed, number, &self.time),
            memory: original.memory.clone(),
            online: original.online,
            fate: Fate::AtWork,
            behind: Some(replica),
            went_back: true,
            copies: Vec::new(),
            replicas: BTreeSet::from([replica]),
            store: None,
        };
        copy.open()?;
        self.trace.say(format!("{} is started on a second machine", self.name(laptop)));
        self.trace.count("disk images started on two machines");
        self.laptops.push(copy);
        self.learn(number)
    }

    /// A clock goes wrong, or right again.
    pub fn set_clock(&mut self) {
        let laptop = self.somebody();
        let now = self.time.now_ms();
        let (off, what) = match self.dice.below(6) {
            0 => (-now, "clocks at 1970"),
            1 => (4_090_000_000_000 - now, "clocks at 2099"),
            2 => (-(self.dice.below(400) as i64) * DAY_MS, "clocks that jumped back"),
            3 => (self.dice.below(500) as i64 * DAY_MS, "clocks that jumped ahead"),
            _ => (0, "clocks put right"),
        };
        self.trace.say(format!("{}: {what}, {} days", self.name(laptop), off / DAY_MS));
        self.trace.count(what);
        self.laptops[laptop].given.clock.set_off_by(off);
    }

    /// Somebody says that the clock is right, whether it is or not.
    pub fn confirm_clock(&mut self) -> Held {
        let laptop = self.somebody();
        self.trace.say(format!("{} has its clock confirmed", self.name(laptop)));
        self.trace.count("clocks confirmed");
        must(self.laptops[laptop].store_mut().confirm_clock(), "confirming the clock").map(|_| ())
    }

    /// A laptop ran a newer program for a day: it has changes of a kind that nobody knows now, some of them critical.
    pub fn newer_program(&mut self) -> Held {
        let laptop = self.somebody();
        // A newer program too would have begun anew.
        if self.laptops[laptop].behind.is_some() {
            return Ok(());
        }
        let critical = self.dice.below(2) == 0;
        let store = self.laptops[laptop].store();
        let members = must(store.records_of(&member::TABLE, store.org()), "records")?;
        let entity = self.dice.pick(&members).map_or(Id([9; 16]), |record| record.id);
        let segment = self.of_a_newer_kind(laptop, entity, critical)?;
        self.trace.say(format!(
            "{} has something {}newer of {}",
            self.name(laptop),
            if critical { "critical and " } else { "" },
            segment.first_seq()
        ));
        self.trace.count(if critical {
            "critical changes of an unknown kind"
        } else {
            "changes of an unknown kind"
        });
        self.write_with(laptop, "something newer", None, |store| store.apply(vec![segment])).map(|_| ())
    }

    fn of_a_newer_kind(&mut self, laptop: usize, entity: Id, critical: bool) -> Held<Segment> {
        let kind = 4711 + self.dice.below(2) as u64;
        let store = self.laptops[laptop].store();
        let stream = store.stream(store.org(), Lane::Up);
        let own = must(store.whole_streams(|other| *other == stream), "its stream")?;
        let last = own.iter().max_by_key(|segment| segment.head().map(|(seq, _)| seq));
        let last = last.and_then(|segment| segment.changes.last());
        let mut clock = Clock { built_ms: 0, vouched_ms: 0, last: last.map_or(Stamp(0), |c| c.header.stamp) };
        let body = Body { salt: None, bytes: vec![0xf7] };
        let header = Header {
            suite: 1,
            kind: Kind::from_number(kind),
            critical,
            stream,
            seq: last.map_or(1, |change| change.header.seq + 1),
            prev: last.map(|change| change.hash),
            stamp: clock.tick(store.now_ms()),
            wall_ms: store.now_ms(),
            user: store.me().id,
            entity: Some(entity),
            group_index: 0,
            group_count: 1,
            kept: vec![1],
            body_hash: Some(body.hash()),
            salted: false,
            unknown: vec![(19, vec![0xf5])],
        };
        let change = must(Change::new(header, Some(body)), "a newer change")?;
        let head = HeadSignature::sign(store.replica(), &stream, change.header.seq, &change.hash);
        Ok(Segment { stream, prev: change.header.prev, changes: vec![change], head })
    }
}
