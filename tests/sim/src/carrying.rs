//! Steps about sticks: written, carried, lost, read in whatever order, and everything that can go wrong with them.

use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;
use std::path::Path;

use yuanba_core::Level;
use yuanba_exchange::bundle::{self, FileRead, Manifest, Purpose, Status, Written};
use yuanba_exchange::container::{Bundle, ClearHeader, seal};
use yuanba_exchange::{ExchangeError, keys};
use yuanba_journal::Hash;
use yuanba_store::Digest;

use crate::broken::{Broken, Held, must};
use crate::held::{Journal, places};
use crate::laptop::Fate;
use crate::stick::{Damage, FailingDisk, Failure, Stick};
use crate::world::{NOTHING_LOST, World};

/// A refused or failed file changes nothing.
pub const NEVER_HALF: &str = "reading and writing never half-apply";
/// What is right is taken in.
pub const READ_WHEN_RIGHT: &str = "a stick that is right is read";
/// Nothing can be missing before what is written for somebody who said what they hold.
pub const NO_LASTING_GAP: &str = "a lost stick leaves no gap";

/// What a store holds and shows, and what it believes of others.
#[derive(PartialEq, Eq, Debug)]
struct Print {
    digest: Digest,
    waiting: u64,
    parked: usize,
    heard: Vec<Option<i64>>,
}

impl World {
    fn print(&self, laptop: usize) -> Held<Print> {
        let store = self.laptops[laptop].store();
        let heard = self.offices.0.iter().map(|office| must(store.last_heard(office.id), "heard"));
        Ok(Print {
            digest: must(store.digest(None), "a digest")?,
            waiting: must(store.waiting(), "waiting")?,
            parked: must(store.parked(), "parked")?.len(),
            heard: heard.collect::<Held<_>>()?,
        })
    }

    /// The offices that a laptop can write to now, as it knows the tree.
    fn addressees(&self, laptop: usize) -> Vec<usize> {
        let store = self.laptops[laptop].store();
        let (tree, us) = (store.authority(), store.org());
        let here = self.office(laptop);
        let mut offices: Vec<usize> = (0..self.offices.0.len())
            .filter(|office| self.offices.canonical(*office) == *office && *office != here)
            .filter(|office| {
                let id = self.offices.0[*office].id;
                tree.granted_parent(us) == Some(id) || tree.granted_parent(id) == Some(us)
            })
            .collect();
        if self.laptops_of(here).len() > 1 {
            offices.push(here);
        }
        offices
    }

    /// Writes a stick that goes to the drawer; its place there.
    pub fn write_stick(&mut self, laptop: usize, to: usize) -> Held<Option<usize>> {
        let org = self.offices.0[to].id;
        let stick = self.new_path("stick");
        must(fs::create_dir(&stick), "a stick")?;
        let store = self.laptops[laptop].store();
        let carries = places(&must(store.wanted_by(org), "what is wanted")?);
        let told = store.current_laptops(org);
        let without_gap: BTreeSet<_> = self
            .at_work()
            .into_iter()
            .filter(|other| self.office(*other) == to && self.laptops[*other].behind.is_none())
            .map(|other| (other, self.laptops[other].store().replica().id()))
            .filter(|(_, replica)| told.contains(replica))
            .collect();
        let keys = must(store.age_keys(), "keys")?;
        let mut keys_known = without_gap.clone();
        keys_known.retain(|(_, replica)| keys.iter().any(|held| held.key.owner == *replica));
        let before = self.print(laptop)?;
        let store = self.laptops[laptop].store_mut();
        let written = bundle::write(store, org, &stick, &mut |_| ControlFlow::Continue(()));
        let written = match written {
            Ok(written) => written,
            Err(ExchangeError::Refused(refusal)) => {
                self.trace.add(&format!(" – not written: {}", refusal.code));
                self.trace.count("not written to somebody without a key");
                return Ok(None);
            }
            Err(error) => return Broken::err(NEVER_HALF, format!("writing to a good stick: {error}")),
        };
        let after = self.print(laptop)?;
        if to != self.office(laptop) && before != after {
            return Broken::err(NEVER_HALF, format!("writing has changed the writer: {before:?} {after:?}"));
        }
        self.made += 1;
        let number = self.made;
        self.drawer.push(Stick {
            number,
            file: written.file,
            writer: laptop,
            to,
            carries,
            without_gap,
            keys_known,
            damage: None,
            reads: 0,
        });
        self.trace.add(&format!(" – stick {number} with {}", written.changes));
        Ok(Some(self.drawer.len() - 1))
    }

    /// Somebody writes a stick for a neighbour in the tree.
    pub fn write_for_somebody(&mut self) -> Held<Option<usize>> {
        let laptop = self.somebody();
        let to = self.addressees(laptop);
        let Some(to) = self.dice.pick(&to).copied() else { return Ok(None) };
        self.trace.say(format!("{} writes for {}", self.name(laptop), self.offices.0[to].name));
        self.write_stick(laptop, to)
    }

    /// Somebody writes a stick that is read at once.
    pub fn hand_over(&mut self) -> Held {
        let Some(stick) = self.write_for_somebody()? else { return Ok(()) };
        let laptops = self.laptops_of(self.drawer[stick].to);
        let writer = self.drawer[stick].writer;
        let laptops: Vec<usize> = laptops.into_iter().filter(|laptop| *laptop != writer).collect();
        let Some(laptop) = self.dice.pick(&laptops).copied() else { return Ok(()) };
        self.read_stick(laptop, stick)
    }

    /// A stick out of the drawer is read where it is meant for, perhaps once more.
    pub fn read_some(&mut self) -> Held {
        if self.drawer.is_empty() {
            return Ok(());
        }
        let stick = self.dice.below(self.drawer.len());
        let laptops = self.laptops_of(self.drawer[stick].to);
        let Some(laptop) = self.dice.pick(&laptops).copied() else { return Ok(()) };
        let later = self.drawer.iter().any(|other| {
            other.number > self.drawer[stick].number && other.reads > 0 && other.to == self.drawer[stick].to
        });
        if later {
            self.trace.count("sticks read out of order");
        }
        self.read_stick(laptop, stick)
    }

    /// A stick is read by somebody whom it is not for.
    pub fn read_elsewhere(&mut self) -> Held {
        if self.drawer.is_empty() {
            return Ok(());
        }
        let stick = self.dice.below(self.drawer.len());
        let laptop = self.somebody();
        if self.office(laptop) != self.drawer[stick].to {
            self.trace.count("sticks read at another place");
            self.read_stick(laptop, stick)?;
        }
        Ok(())
    }

    /// A stick is lost.
    pub fn lose_stick(&mut self) {
        if !self.drawer.is_empty() {
            let stick = self.drawer.remove(self.dice.below(self.drawer.len()));
            self.trace.say(format!("stick {} is lost", stick.number));
            self.trace.count("sticks lost");
        }
    }

    /// A copy of a stick is damaged and read; the stick itself stays as it is.
    pub fn read_damaged(&mut self) -> Held {
        if self.drawer.is_empty() {
            return Ok(());
        }
        let at = self.dice.below(self.drawer.len());
        let mut stick = self.drawer[at].clone();
        let laptops = self.laptops_of(stick.to);
        let Some(laptop) = self.dice.pick(&laptops).copied() else { return Ok(()) };
        let mut bytes = must(fs::read(&stick.file), "a stick")?;
        // A place in the file by its share, because what is sealed differs in length from run to run.
        let place = |share: usize| bytes.len() * share / 1000;
        if self.dice.below(2) == 0 {
            let length = place(self.dice.below(1000));
            bytes.truncate(length);
            stick.damage = Some(Damage::Truncated);
            self.trace.count("sticks truncated");
        } else {
            let at = place(self.dice.below(1000));
            bytes[at] ^= 1 << self.dice.below(8);
            stick.damage = Some(Damage::Flipped);
            self.trace.count("bits flipped");
        }
        stick.file = self.new_path("damaged").with_extension("yuanba");
        must(fs::write(&stick.file, bytes), "a damaged stick")?;
        self.drawer.push(stick);
        let at = self.drawer.len() - 1;
        let read = self.read_stick(laptop, at);
        self.drawer.truncate(at);
        read
    }

    /// A laptop reads a stick, or finds the power cut before it is done.
    pub fn read_stick(&mut self, laptop: usize, stick: usize) -> Held {
        let stick = self.drawer[stick].clone();
        let damaged = if stick.damage.is_some() { " (damaged)" } else { "" };
        self.trace.say(format!("{} reads stick {}{damaged}", self.name(laptop), stick.number));
        let before = self.print(laptop)?;
        let file = stick.file.clone();
        let read = self.write(laptop, "reading", |store| bundle::read(store, &file))?;
        let Some(read) = read else { return Ok(()) };
        self.trace.add(&format!(" – {:?} {}", read.status, read.new));
        self.judge(laptop, &stick, &read, &before)?;
        if let Some(known) = self.drawer.iter_mut().find(|known| known.file == stick.file) {
            known.reads += 1;
            if known.reads > 1 {
                self.trace.count("sticks read more than once");
            }
        }
        Ok(())
    }

    /// Holds what came of reading against what must come of it.
    fn judge(&mut self, laptop: usize, stick: &Stick, read: &FileRead, before: &Print) -> Held {
        let name = self.name(laptop);
        if read.status == Status::Refused {
            let after = self.print(laptop)?;
            if *before != after {
                return Broken::err(NEVER_HALF, format!("{name} refused and changed: {before:?} {after:?}"));
            }
            if stick.damage.is_none() && !self.may_be_refused(laptop, stick, read) {
                let text = format!("{name} refused stick {}: {:?} {}", stick.number, read.code, read.text);
                return Broken::err(READ_WHEN_RIGHT, text);
            }
            self.trace.add(&format!(" ({})", read.code.unwrap_or_default()));
            self.trace.count("files refused");
            return Ok(());
        }
        if stick.damage.is_some() {
            return Broken::err(NEVER_HALF, format!("{name} took in a damaged stick: {read:?}"));
        }
        if !self.could_open(laptop, stick) {
            return Broken::err(
                "nothing outside its scope",
                format!("{name} read what is for others: {read:?}"),
            );
        }
        if read.began_anew {
            self.trace.add(", begins anew");
            self.trace.count("a laptop found out that it is a copy");
        }
        let replica = self.laptops[laptop].store().replica().id();
        if read.status == Status::Parked {
            self.trace.count("files that waited for a gap");
            if stick.without_gap.contains(&(laptop, replica)) && self.laptops[laptop].behind.is_none() {
                return Broken::err(NO_LASTING_GAP, format!("{name} and stick {}", stick.number));
            }
            let journal = Journal::of(self.laptops[laptop].store())?;
            let (held, waits): (BTreeSet<_>, BTreeSet<_>) =
                stick.carries.iter().copied().partition(|place| journal.holds(place));
            let parked = places(&journal.parked);
            if let Some(place) = waits.iter().find(|place| !parked.contains(place)) {
                return Broken::err(NOTHING_LOST, format!("{name} has thrown away {place:?}, which waits"));
            }
            let memory = &mut self.laptops[laptop].memory;
            memory.holds.extend(held);
            memory.took.extend(waits);
        } else {
            self.laptops[laptop].memory.holds.extend(stick.carries.iter().copied());
        }
        self.learn(laptop)
    }

    /// Whether the stick was sealed so that this laptop could open it at all: for its office, or for the one below it.
    fn could_open(&self, laptop: usize, stick: &Stick) -> bool {
        let here = self.office(laptop);
        here == stick.to
            || here == self.office(stick.writer)
            || self.offices.0[stick.to].parents_ever.contains(&here)
    }

    /// Whether something has happened since that may make a good stick unwelcome.
    fn may_be_refused(&self, laptop: usize, stick: &Stick, read: &FileRead) -> bool {
        let here = self.office(laptop);
        let from = self.office(stick.writer);
        let moved = |office: usize| self.offices.0[office].parents_ever.len() > 1;
        let store = self.laptops[laptop].store();
        // Whoever went back in time, or is a copy, does not know whom its original took in since, until somebody tells.
        let unknown =
            matches!(read.code, Some("unknown_writer" | "out_of_scope")) && self.laptops[laptop].went_back;
        // Whoever was cut off in the middle of taking its place has none, and knows of nobody above.
        let without_place = matches!(read.code, Some("unknown_writer" | "out_of_scope"))
            && self.offices.0[here].level != Level::County
            && store.authority().parent(store.org()).is_none();
        // Nobody can seal for a laptop of which they have not heard, once its office has a newer key than it knows.
        let sealed_for = stick.keys_known.contains(&(laptop, store.replica().id()));
        // It was written before somebody went elsewhere, and is about them too.
        let elsewhere = read.code == Some("out_of_scope")
            && stick.carries.iter().any(|place| !self.offices.may_hold(here, &place.0));
        here != stick.to
            || unknown
            || without_place
            || elsewhere
            || (read.code == Some("not_for_us") && !sealed_for)
            || moved(here)
            || moved(from)
            || self.laptops[stick.writer].fate == Fate::Stolen
            || self.laptops[laptop].behind.is_some()
    }

    /// Somebody at a township seals a village's work for its neighbour, in good order: the reader refuses it.
    pub fn smuggle(&mut self) -> Held {
        let villages: Vec<(usize, usize)> = (0..self.offices.0.len())
            .filter(|office| self.offices.canonical(*office) == *office)
            .filter_map(|village| Some((village, self.offices.0[village].parent?)))
            .filter(|(_, township)| *township != 0)
            .collect();
        let Some((to, township)) = self.draw(villages.clone()) else { return Ok(()) };
        let Some((other, _)) = villages.into_iter().find(|(v, t)| *v != to && *t == township) else {
            return Ok(());
        };
        let (clerks, readers) = (self.laptops_of(township), self.laptops_of(to));
        let (Some(clerk), Some(reader)) = (self.draw(clerks), self.draw(readers)) else { return Ok(()) };
        let [to, other] = [to, other].map(|office| self.offices.0[office].id);
        let store = self.laptops[clerk].store();
        let stolen = must(store.whole_streams(|stream| stream.org == other), "a neighbour's streams")?;
        let recipients = must(keys::recipients_of(store, to), "keys")?;
        if stolen.is_empty() || recipients.is_empty() {
            return Ok(());
        }
        let (from, time_ms) = (store.org(), store.now_ms());
        let vector = must(store.vector_for(to), "a vector")?;
        let manifest =
            Manifest { purpose: Purpose::Bundle, from, to, time_ms, vector, digest: Hash([0; 32]) };
        let header = ClearHeader { from, to, time_ms };
        let (manifest, key) = (manifest.to_cbor(), store.replica());
        let sealed = Bundle { header, recipients: &recipients, manifest: &manifest, key };
        let segments = stolen.iter().map(|segment| Ok(segment.to_cbor()));
        let mut file = Vec::new();
        must(seal(&mut file, &sealed, segments, &mut |_| ControlFlow::Continue(())), "sealing")?;
        let path = self.new_path("smuggled").with_extension("yuanba");
        must(fs::write(&path, file), "a stick")?;
        self.trace.say(format!("{} reads what {} smuggles", self.name(reader), self.name(clerk)));
        self.trace.count("a neighbour's work smuggled in");
        let before = self.print(reader)?;
        let read = self.write(reader, "reading", |store| bundle::read(store, &path))?;
        match read {
            Some(read) if read.status != Status::Refused => Broken::err(
                "nothing outside its scope",
                format!("{} took it in: {read:?}", self.name(reader)),
            ),
            Some(_) if before != self.print(reader)? => {
                Broken::err(NEVER_HALF, format!("{} refused and changed", self.name(reader)))
            }
            _ => Ok(()),
        }
    }

    /// The stick fails while it is written: nothing stands on it under its name, and the writer is as before.
    pub fn write_to_a_failing_stick(&mut self) -> Held {
        let laptop = self.somebody();
        let to = self.addressees(laptop);
        let Some(to) = self.dice.pick(&to).copied() else { return Ok(()) };
        let (failure, what) = match self.dice.below(6) {
            0 => (Failure::FullAfter(self.dice.below(700) as u64), "sticks full"),
            1 => (Failure::FullAtTheEnd, "sticks full"),
            2 | 3 => (Failure::PulledAfter(self.dice.below(6) as u64), "sticks pulled out while writing"),
            4 => (Failure::Forgets, "sticks that keep nothing"),
            _ => (Failure::NameRefused, "sticks that refuse the name"),
        };
        self.trace.say(format!("{} writes for {}, {failure:?}", self.name(laptop), self.offices.0[to].name));
        let stick = self.new_path("stick");
        must(fs::create_dir(&stick), "a stick")?;
        let org = self.offices.0[to].id;
        let before = self.print(laptop)?;
        let store = self.laptops[laptop].store_mut();
        let disk = FailingDisk::new(failure);
        let written = bundle::write_to(&disk, store, org, &stick, &mut |_| ControlFlow::Continue(()));
        match written {
            Err(ExchangeError::File(_)) => self.trace.count(what),
            Err(ExchangeError::Refused(_)) => return Ok(()),
            Err(error) => return Broken::err(NEVER_HALF, format!("a failing stick: {error}")),
            Ok(Written { file, .. }) => {
                return Broken::err(NEVER_HALF, format!("{failure:?} was not noticed: {}", file.exists()));
            }
        }
        if to != self.office(laptop) && before != self.print(laptop)? {
            return Broken::err(NEVER_HALF, format!("{failure:?} has changed the writer"));
        }
        if bundles_in(&stick) > 0 {
            return Broken::err(NEVER_HALF, format!("{failure:?} has left a file under its name"));
        }
        Ok(())
    }
}

/// How many files of a folder look like whole bundles.
fn bundles_in(folder: &Path) -> usize {
    bundle::files_on(&[folder.to_owned()]).len()
}
