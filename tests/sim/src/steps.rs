//! What happens next, and how it all comes to rest.

use std::collections::BTreeSet;

use yuanba_core::Level;
use yuanba_core::tables::member;
use yuanba_store::Intent;

use crate::broken::{Broken, Held, must};
use crate::dice::shuffled;
use crate::invariants;
use crate::laptop::Fate;
use crate::world::World;

/// Everybody has exchanged so often at the most until nothing is new.
const ROUNDS_MAX: usize = 8;

/// After so many, people look whose place was lost with a disk, and give it once more.
const ROUNDS_BY_THEMSELVES: usize = 3;

/// Everybody comes to rest.
pub const COMES_TO_REST: &str = "when everybody has exchanged, nothing is new";

impl World {
    /// One step.
    pub fn step(&mut self) -> Held {
        match self.dice.below(100) {
            0..=7 => self.add(),
            8..=19 => self.edit(),
            20 | 21 => self.contradict(),
            22..=28 => self.post(),
            29..=31 => self.reverse(),
            32..=35 => self.undo(),
            36 => self.void(),
            37 | 38 => self.join_persons(),
            39..=42 => self.settle_doubt(),
            43 => self.redact(),
            44..=55 => self.hand_over(),
            56..=61 => self.write_for_somebody().map(|_| ()),
            62..=67 => self.read_some(),
            68 => {
                self.lose_stick();
                Ok(())
            }
            69 => self.read_elsewhere(),
            70 | 71 => self.read_damaged(),
            72 | 73 => self.write_to_a_failing_stick(),
            74 | 75 => self.lose_power(),
            76 => self.restart(),
            77..=79 => self.back_up(),
            80 | 81 => self.restore(),
            82 => self.clone_disk(),
            83..=85 => {
                self.set_clock();
                Ok(())
            }
            86 => self.confirm_clock(),
            87..=89 => self.enrol_late(),
            90 => self.revoke(),
            91 => self.rotate_keys(),
            92 => self.share_keys(),
            93 => self.move_village(),
            94 | 95 => self.newer_program(),
            96 => self.stolen_laptop_writes(),
            _ => {
                self.pass_time();
                Ok(())
            }
        }
    }

    /// Whoever has a stolen laptop writes with it, and hands in a stick.
    fn stolen_laptop_writes(&mut self) -> Held {
        let stolen = self.laptops.iter().position(|laptop| laptop.fate == Fate::Stolen);
        let Some(laptop) = stolen else { return Ok(()) };
        let office = self.office(laptop);
        let Some(parent) = self.offices.0[office].parent else { return Ok(()) };
        self.trace.say(format!("{} is used by a stranger", self.name(laptop)));
        self.trace.count("a stolen laptop hands in a stick");
        let store = self.laptops[laptop].store();
        let (id, org) = (store.new_id(), store.org());
        let mut intent = Intent::new("添人").of(org);
        intent.create(&member::TABLE, id).put(member::NAME, "假的人");
        let before = self.laptops[laptop].memory.holds.clone();
        self.write(laptop, "a stranger", |store| store.commit(intent))?;
        let written = self.laptops[laptop].memory.holds.difference(&before).copied();
        self.strangers.extend(written);
        let Some(stick) = self.write_stick(laptop, parent)? else { return Ok(()) };
        let laptops = self.laptops_of(parent);
        let Some(reader) = self.dice.pick(&laptops).copied() else { return Ok(()) };
        self.read_stick(reader, stick)
    }

    /// Faults stop, and everybody exchanges until nothing is new.
    pub fn come_to_rest(&mut self) -> Held {
        self.trace.say("everybody exchanges");
        self.calm = true;
        let order = shuffled((0..self.drawer.len()).collect(), &mut self.dice);
        for stick in order {
            for laptop in self.laptops_of(self.drawer[stick].to) {
                self.read_stick(laptop, stick)?;
            }
        }
        for round in 0..ROUNDS_MAX {
            if self.even()? {
                self.trace.say(format!("at rest after {round} rounds"));
                return Ok(());
            }
            if round == ROUNDS_BY_THEMSELVES {
                self.enrol_again()?;
            }
            self.round()?;
        }
        if self.even()? {
            return Ok(());
        }
        Broken::err(COMES_TO_REST, self.uneven()?.join("; "))
    }

    /// Up the tree and down again: each laptop writes for its neighbours, and all of their laptops read it.
    fn round(&mut self) -> Held {
        for level in [Level::Village, Level::Township] {
            for laptop in self.level(level) {
                if let Some(parent) = self.offices.0[self.office(laptop)].parent {
                    self.bring(laptop, parent)?;
                }
            }
        }
        for level in [Level::County, Level::Township] {
            for laptop in self.level(level) {
                let here = self.office(laptop);
                if level == Level::County && self.laptops_of(here).len() > 1 {
                    self.bring(laptop, here)?;
                }
                for office in 0..self.offices.0.len() {
                    if self.offices.0[office].parent == Some(here) && self.offices.canonical(office) == office {
                        self.bring(laptop, office)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn level(&self, level: Level) -> Vec<usize> {
        let mut laptops = self.at_work();
        laptops.retain(|laptop| self.offices.0[self.office(*laptop)].level == level);
        laptops
    }

    fn bring(&mut self, laptop: usize, office: usize) -> Held {
        self.trace.say(format!("{} brings to {}", self.name(laptop), self.offices.0[office].name));
        let Some(stick) = self.write_stick(laptop, office)? else { return Ok(()) };
        for reader in self.laptops_of(office) {
            self.read_stick(reader, stick)?;
        }
        Ok(())
    }

    fn even(&self) -> Held<bool> {
        Ok(self.uneven()?.is_empty())
    }

    /// The pairs of neighbours that do not hold the same of what both may hold.
    fn uneven(&self) -> Held<Vec<String>> {
        let mut pairs = Vec::new();
        let at_work = self.at_work();
        for (at, one) in at_work.iter().enumerate() {
            for other in &at_work[at + 1..] {
                let (here, there) = (self.office(*one), self.office(*other));
                if !self.offices.covers(here, there) && !self.offices.covers(there, here) {
                    continue;
                }
                let ids = [here, there].map(|office| self.offices.0[office].id);
                let digests: BTreeSet<_> = [one, other]
                    .into_iter()
                    .map(|laptop| must(self.laptops[*laptop].store().scope_digest(ids[0], ids[1]), "a digest"))
                    .collect::<Held<_>>()?;
                if digests.len() > 1 {
                    pairs.push(format!("{} and {}", self.name(*one), self.name(*other)));
                }
            }
        }
        Ok(pairs)
    }

    /// Everything that must hold now.
    pub fn check(&mut self) -> Held {
        invariants::check(self)
    }
}
