//! Steps about who belongs to whom: enrolment, keys, revocation, a village that goes to another township.

use std::collections::BTreeSet;

use yuanba_core::Level;
use yuanba_exchange::{enrol, keys};
use yuanba_journal::payload::{Cut, Revocation};
use yuanba_store::Intent;

use crate::broken::Held;
use crate::held::Journal;
use crate::laptop::Fate;
use crate::world::World;

impl World {
    /// A laptop's office becomes a child of another one's.
    pub fn enrol(&mut self, laptop: usize, above: usize) -> Held {
        let (child, parent) = (self.office(laptop), self.office(above));
        if self.join(laptop, above, None)? {
            self.offices.put_under(child, parent);
        }
        Ok(())
    }

    /// A laptop becomes one more of an office, by one that stands above it or belongs to it.
    pub fn enrol_into(&mut self, laptop: usize, of: usize, granting: usize) -> Held {
        let (own, into) = (self.office(laptop), self.office(of));
        if self.join(laptop, granting, Some(into))? {
            self.offices.0[own].into = Some(into);
        }
        Ok(())
    }

    /// Two files on a stick; answers whether it came to its end.
    fn join(&mut self, laptop: usize, granting: usize, into: Option<usize>) -> Held<bool> {
        let (request, grant) = (self.new_path("request"), self.new_path("grant"));
        let into = into.map(|office| self.offices.0[office].id);
        self.trace.say(format!("{} enrols {}", self.name(granting), self.name(laptop)));
        let asked = self.write(laptop, "asking for a place", |store| enrol::request(store, &request))?;
        if asked.is_none() {
            return self.later(laptop, granting);
        }
        let (child, parent) = (self.office(laptop), self.office(granting));
        if child != parent {
            self.offices.0[child].asked.insert(parent);
            let given = into.and_then(|into| self.offices.of(into));
            self.offices.0[child].given.extend(given);
        }
        let given =
            self.write(granting, "giving a place", |store| enrol::grant(store, &request, &grant, into))?;
        let taken = match given {
            None => None,
            Some(_) => self.write(laptop, "taking a place", |store| enrol::accept(store, &grant))?,
        };
        let store = self.laptops[laptop].store();
        let place = into.unwrap_or(self.offices.0[child].id);
        let placed = store.org() == place && (into.is_some() || store.authority().parent(place).is_some());
        if taken.is_none() && !placed {
            return self.later(laptop, granting);
        }
        let carried = Journal::of(self.laptops[laptop].store())?;
        self.laptops[laptop].memory.holds.extend(carried.changes.into_keys());
        Ok(true)
    }

    fn later(&mut self, laptop: usize, granting: usize) -> Held<bool> {
        self.to_enrol.push((laptop, granting));
        Ok(false)
    }

    /// A laptop that was not there at the beginning gets its place.
    pub fn enrol_late(&mut self) -> Held {
        if self.to_enrol.is_empty() {
            return Ok(());
        }
        let at = self.dice.below(self.to_enrol.len());
        let (laptop, above) = self.to_enrol[at];
        let usable = |world: &World, laptop: usize| {
            let it = &world.laptops[laptop];
            it.fate == Fate::AtWork
                && it.store().issuer().is_some_and(|issuer| issuer.id() == it.store().org())
        };
        if !usable(self, laptop) || !usable(self, above) {
            return Ok(());
        }
        self.to_enrol.remove(at);
        self.trace.count("enrolled late");
        if self.offices.0[self.office(above)].level == Level::Village {
            self.enrol_into(laptop, above, above)
        } else {
            self.enrol(laptop, above)
        }
    }

    /// A county that goes on with a disk from before it moved a village, with nobody told of it, moves it once more.
    fn move_again(&mut self) -> Held<BTreeSet<usize>> {
        let (county, mut again) = (0, BTreeSet::new());
        if self.laptops[county].fate != Fate::AtWork {
            return Ok(again);
        }
        for village in 0..self.offices.0.len() {
            let Some(to) = self.offices.0[village].parent else { continue };
            let moved = self.offices.0[village].parents_ever.len() > 1;
            let (child, parent) = (self.offices.0[village].id, self.offices.0[to].id);
            let tree = self.laptops[county].store().authority();
            if moved && tree.parent(child).is_some_and(|now| now != parent) && tree.parent(parent).is_some() {
                self.trace.say(format!("the county moves {} again", self.office_name(child)));
                self.trace.count("moved once more after a restore");
                self.write(county, "moving", |store| enrol::hand_over(store, child, parent))?;
                self.learn(county)?;
                again.insert(village);
            }
        }
        Ok(again)
    }

    /// Whoever was cut off in the middle of taking its place takes it: the one above counts on it already.
    pub fn finish_enrolments(&mut self) -> Held {
        for (laptop, above) in std::mem::take(&mut self.to_enrol) {
            let (child, parent) = (self.office(laptop), self.office(above));
            let ids = [parent, child].map(|office| self.offices.0[office].id);
            let at_work = [laptop, above].into_iter().all(|one| self.laptops[one].fate == Fate::AtWork);
            let begun = at_work && self.laptops[above].store().authority().covers(ids[0], ids[1]);
            if begun && child != parent && self.offices.0[parent].level != Level::Village {
                self.enrol(laptop, above)?;
            } else {
                self.to_enrol.push((laptop, above));
            }
        }
        Ok(())
    }

    /// Whoever goes on with a copy from before it had its place takes it once more: the grant is written again.
    pub fn enrol_again(&mut self) -> Held {
        let moved = self.move_again()?;
        for laptop in self.at_work() {
            let own = self.laptops[laptop].office;
            let office = self.offices.canonical(own);
            let store = self.laptops[laptop].store();
            let Some(above) = (if own == office { self.offices.0[office].parent } else { Some(office) })
            else {
                continue;
            };
            if moved.contains(&office) {
                // The new office above hears of it first.
                continue;
            }
            let (id, above_id) = (self.offices.0[office].id, self.offices.0[above].id);
            let placed = store.org() == id && (own != office || store.authority().parent(id).is_some());
            let mut granting = self.laptops_of(above);
            granting.retain(|other| {
                let store = self.laptops[*other].store();
                store.org() == above_id && store.issuer().is_some_and(|issuer| issuer.id() == above_id)
            });
            // An office that was restored does not know whom it took in since, or not with what laptop.
            let replica = store.replica().id();
            let knows = |other: &usize| {
                let tree = self.laptops[*other].store().authority();
                tree.covers(above_id, id) && (own != office || tree.home(replica) == Some(id))
            };
            let unknowing = granting.iter().find(|laptop| !knows(laptop));
            let Some(granting) = unknowing.or(granting.first().filter(|_| !placed)).copied() else {
                continue;
            };
            self.trace.count("enrolled once more after a restore");
            self.join(laptop, granting, (own != office).then_some(office))?;
        }
        Ok(())
    }

    /// Somebody sees to it that everybody who should can read.
    pub fn share_keys(&mut self) -> Held {
        let laptop = self.somebody();
        self.trace.say(format!("{} looks after its keys", self.name(laptop)));
        self.write(laptop, "keys", keys::ensure_org_key).map(|_| ())
    }

    /// A township or a village begins the next generation of a key.
    pub fn rotate_keys(&mut self) -> Held {
        let laptop = self.somebody();
        // The organisation that it takes itself for: one that went back to before it joined stands in another.
        let office = self.laptops[laptop].store().org();
        self.trace.say(format!("{} changes its keys", self.name(laptop)));
        self.trace.count("keys rotated");
        self.write(laptop, "new keys", |store| keys::rotate_org_key(store, office)).map(|_| ())
    }

    /// A laptop is lost: the office above, or another laptop of the village, revokes it and changes the keys.
    pub fn revoke(&mut self) -> Held {
        let shared = |world: &World, office: usize| world.laptops_of(office).len() > 1;
        let candidates: Vec<usize> = self
            .at_work()
            .into_iter()
            .filter(|laptop| {
                let office = self.office(*laptop);
                self.offices.0[office].level == Level::Village
                    && self.laptops[*laptop].office != office
                    && shared(self, office)
            })
            .collect();
        let Some(lost) = self.dice.pick(&candidates).copied() else { return Ok(()) };
        let office = self.office(lost);
        let mut who = self.laptops_of(office);
        who.retain(|laptop| *laptop != lost);
        who.extend(self.offices.0[office].parent.map(|parent| self.laptops_of(parent)).unwrap_or_default());
        let Some(who) = self.dice.pick(&who).copied() else { return Ok(()) };
        let replica = self.laptops[lost].store().replica().id();
        let village = self.offices.0[office].id;
        let alone = |laptop: &usize| !self.laptops[*laptop].replicas.contains(&replica) || *laptop == lost;
        let known = self.laptops[who].store().current_laptops(village).contains(&replica);
        if !known
            || !self.laptops[who].store().authority().covers(self.laptops[who].store().org(), village)
            || !self.at_work().iter().all(alone)
        {
            return Ok(());
        }
        self.trace.say(format!("{} revokes {}", self.name(who), self.name(lost)));
        self.trace.count("revoked, keys rotated");
        let held = crate::broken::must(self.laptops[who].store().vector_for(village), "a vector")?;
        let cuts: Vec<Cut> = held
            .into_iter()
            .filter(|(stream, _)| stream.replica == replica)
            .map(|(s, tips)| Cut { org: s.org, lane: s.lane, seq: tips[0].seq, hash: tips[0].hash })
            .collect();
        let replaces = self.laptops[who].store().authority().revocations_of(replica);
        let mut intent = Intent::new("停用电脑").of(village).down();
        intent.revoke(Revocation { replica, cuts, replaces }, "电脑丢了");
        if self.write(who, "revoking", |store| store.commit_quietly(intent))?.is_some() {
            self.write(who, "new keys", |store| keys::rotate_org_key(store, village))?;
            self.laptops[lost].fate = Fate::Stolen;
        }
        Ok(())
    }

    /// The county puts a village under the other township.
    pub fn move_village(&mut self) -> Held {
        let county = 0;
        if self.laptops[county].fate != Fate::AtWork {
            return Ok(());
        }
        let store = self.laptops[county].store();
        let tree = store.authority();
        let candidates: Vec<(usize, usize)> = (0..self.offices.0.len())
            .filter(|office| self.offices.0[*office].level == Level::Village)
            .filter_map(|village| {
                let from = self.offices.0[village].parent?;
                let to = (0..self.offices.0.len())
                    .find(|other| self.offices.0[*other].level == Level::Township && *other != from)?;
                let ids = [village, from, to].map(|office| self.offices.0[office].id);
                let known = tree.parent(ids[0]) == Some(ids[1]) && tree.parent(ids[2]) == Some(store.org());
                // Whoever has been moved once stays.
                let settled = self.offices.0[village].parents_ever.len() == 1;
                (known && settled && tree.parent(ids[1]) == Some(store.org())).then_some((village, to))
            })
            .collect();
        let Some((village, to)) = self.dice.pick(&candidates).copied() else { return Ok(()) };
        let (child, parent) = (self.offices.0[village].id, self.offices.0[to].id);
        self.trace.say(format!(
            "the county moves {} to {}",
            self.office_name(child),
            self.office_name(parent)
        ));
        self.write(county, "moving", |store| enrol::hand_over(store, child, parent))?;
        // Where the power was cut, it may be written all the same.
        if self.laptops[county].store().authority().parent(child) == Some(parent) {
            self.trace.count("a village moved to another township");
            self.offices.put_under(village, to);
            self.learn(county)?;
        }
        Ok(())
    }

    /// What a laptop holds of offices of which it has just learnt that they stand elsewhere now.
    pub fn learn(&mut self, laptop: usize) -> Held {
        let here = self.office(laptop);
        for village in 0..self.offices.0.len() {
            let gone = self.offices.0[village].parents_ever.contains(&here)
                && self.offices.0[village].parent != Some(here)
                && !self.left_behind.contains_key(&(laptop, village));
            if !gone {
                continue;
            }
            let store = self.laptops[laptop].store();
            let (tree, id) = (store.authority(), self.offices.0[village].id);
            // Whoever went back to before it took the village in knows nothing of it, neither that it came nor that it went.
            if tree.parent(id).is_none() || tree.covers(store.org(), id) {
                continue;
            }
            let journal = Journal::of(store)?;
            let held: BTreeSet<_> = journal.changes.into_keys().filter(|place| place.0.org == id).collect();
            self.left_behind.insert((laptop, village), held);
        }
        Ok(())
    }
}
