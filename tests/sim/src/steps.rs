//! What happens next, and how it all comes to rest.

use std::collections::BTreeSet;

use yuanba_core::Level;
use yuanba_core::tables::member;
use yuanba_exchange::keys;
use yuanba_store::Intent;

use crate::broken::{Broken, Held, must};
use crate::dice::shuffled;
use crate::invariants;
use crate::laptop::Fate;
use crate::net::Fault;
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
        let kinds = if self.server.is_some() { 150 } else { 118 };
        match self.dice.below(kinds) {
            0..=7 => self.add_or_edit(),
            8..=15 => self.edit(),
            16..=19 => self.contradict(),
            20..=25 => self.post(),
            26 | 27 => self.post_twice(),
            28..=30 => self.reverse(),
            31..=35 => self.undo(),
            36 | 37 => self.void(),
            38 | 39 => self.join_persons(),
            40..=43 => self.settle_doubt(),
            44 | 45 => self.redact(),
            46..=61 => self.hand_over(),
            62..=68 => self.write_for_somebody().map(|_| ()),
            69..=76 => self.read_some(),
            77 => {
                self.lose_stick();
                Ok(())
            }
            78 => self.read_elsewhere(),
            79 | 80 => self.read_damaged(),
            81 | 82 => self.write_to_a_failing_stick(),
            83 | 84 => self.lose_power(),
            85 => self.restart(),
            86..=90 => self.back_up(),
            91..=95 => self.restore(),
            96 => self.clone_disk(),
            97..=99 => {
                self.set_clock();
                Ok(())
            }
            100 => self.confirm_clock(),
            101..=104 => self.enrol_late(),
            105 => self.revoke(),
            106 => self.rotate_keys(),
            107 => self.share_keys(),
            108 => self.move_village(),
            109 | 110 => self.newer_program(),
            111 => self.stolen_laptop_writes(),
            112 => self.visit(),
            113 => self.fall_behind(),
            114 => self.smuggle(),
            118..=137 => self.call_server(),
            138..=144 => self.call_badly(),
            145..=149 => self.trouble_at_the_server(),
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
        if self.is_online(laptop) && self.dice.below(2) == 0 {
            self.trace.count("a stolen laptop calls");
            return self.call(laptop, Fault::None);
        }
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
        // Sometimes the network is gone for good, and sticks alone must do.
        self.settled_by_net = self.server.is_some() && self.dice.below(4) > 0;
        let order = shuffled((0..self.drawer.len()).collect(), &mut self.dice);
        for stick in order {
            for laptop in self.laptops_of(self.drawer[stick].to) {
                self.read_stick(laptop, stick)?;
            }
        }
        self.finish_enrolments()?;
        for round in 0..ROUNDS_MAX {
            // What sticks have made even the server may not have heard of.
            if (round > 0 || !self.settled_by_net) && self.even()? {
                // Where both sides have forgotten that one has its place under the other, nothing is missing to them.
                self.enrol_again()?;
            }
            if (round > 0 || !self.settled_by_net) && self.even()? {
                self.trace.say(format!("at rest after {round} rounds"));
                return Ok(());
            }
            if round == ROUNDS_BY_THEMSELVES {
                self.enrol_again()?;
                self.copies_write()?;
                self.sisters_exchange()?;
            }
            self.round()?;
        }
        if self.even()? {
            return Ok(());
        }
        Broken::err(COMES_TO_REST, self.uneven()?.join("; "))
    }

    /// Copies that have only carried sticks still go by one name, and nobody can tell what which of them holds. The first
    /// thing that anybody does on one gives it a name of its own.
    fn copies_write(&mut self) -> Held {
        for laptop in self.at_work() {
            if self.laptops[laptop].store().moved() {
                self.write(laptop, "keys", keys::ensure_org_key)?;
            }
        }
        Ok(())
    }

    /// The laptops of one village bring each other sticks: one that no other has heard of yet, of a village that has gone
    /// elsewhere since, can be told by nobody else.
    fn sisters_exchange(&mut self) -> Held {
        for laptop in self.level(Level::Village) {
            let here = self.office(laptop);
            if self.laptops_of(here).len() > 1 {
                self.bring(laptop, here)?;
            }
        }
        Ok(())
    }

    /// Up the tree and down again: each laptop writes for its neighbours, and all of their laptops read it.
    fn round(&mut self) -> Held {
        if self.settled_by_net {
            return self.round_by_net();
        }
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
                    if self.offices.0[office].parent == Some(here) && self.offices.canonical(office) == office
                    {
                        self.bring(laptop, office)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Everybody calls, and whoever has no network is brought a stick.
    fn round_by_net(&mut self) -> Held {
        let offline = |world: &World, laptop: &usize| !world.is_online(*laptop);
        for laptop in self.at_work().into_iter().filter(|laptop| offline(self, laptop)).collect::<Vec<_>>() {
            if let Some(parent) = self.offices.0[self.office(laptop)].parent {
                self.bring(laptop, parent)?;
            }
        }
        for level in [Level::Village, Level::Township, Level::County, Level::Township, Level::Village] {
            for laptop in self.level(level) {
                if self.is_online(laptop) {
                    self.call(laptop, Fault::None)?;
                }
            }
        }
        for laptop in self.at_work().into_iter().filter(|laptop| offline(self, laptop)).collect::<Vec<_>>() {
            let office = self.office(laptop);
            let above =
                self.offices.0[office].parent.map(|parent| self.laptops_of(parent)).unwrap_or_default();
            if let Some(clerk) = above.first() {
                self.bring(*clerk, office)?;
            }
        }
        Ok(())
    }

    /// A village laptop, its township and the county hear of each other at once.
    fn visit(&mut self) -> Held {
        let villages = self.level(Level::Village);
        let Some(village) = self.draw(villages) else { return Ok(()) };
        let Some(township) = self.offices.0[self.office(village)].parent else { return Ok(()) };
        let laptops = self.laptops_of(township);
        let Some(clerk) = self.draw(laptops) else { return Ok(()) };
        let county = self.laptops_of(0).first().copied();
        let here = self.office(village);
        let legs = [(village, township), (clerk, 0), (county.unwrap_or(clerk), township), (clerk, here)];
        for (laptop, office) in legs {
            if self.office(laptop) != office {
                self.bring(laptop, office)?;
            }
        }
        Ok(())
    }

    fn level(&self, level: Level) -> Vec<usize> {
        let mut laptops = self.at_work();
        laptops.retain(|laptop| self.offices.0[self.office(*laptop)].level == level);
        laptops
    }

    pub fn bring(&mut self, laptop: usize, office: usize) -> Held {
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
                    .map(|laptop| {
                        must(self.laptops[*laptop].store().scope_digest(ids[0], ids[1]), "a digest")
                    })
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
