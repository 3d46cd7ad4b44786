//! A township's year in a minute: laptops write, sticks get lost, are read late, twice and out of order, stores are copied
//! and restored. Whatever happened, after everybody has exchanged all hold and show the same, and nothing is lost.

use std::collections::BTreeSet;
use std::path::PathBuf;

use proptest::prelude::*;
use tempfile::TempDir;
use yuanba_core::Id;
use yuanba_core::tables::member;
use yuanba_exchange::bundle::Status;
use yuanba_store::Store;

use crate::place::{Place, assert_even};

#[derive(Debug, Clone)]
enum Deed {
    /// A village adds a person
    Add(usize),
    /// Somebody changes a person, of whichever village
    Change(usize, usize),
    /// The township writes about a village's person
    Review(usize),
    /// A laptop writes a stick that stays in a drawer
    Write(usize),
    /// A stick out of the drawer is read by whoever it is for
    Read(usize),
    /// A stick is lost
    Lose(usize),
    /// A laptop's store is backed up
    Backup(usize),
    /// A laptop dies and comes back from its last backup, on another machine
    Restore(usize),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        4 => (0usize..3).prop_map(Deed::Add),
        3 => (0usize..3, 0usize..50).prop_map(|(a, b)| Deed::Change(a, b)),
        2 => (0usize..50).prop_map(Deed::Review),
        4 => (0usize..6).prop_map(Deed::Write),
        4 => (0usize..50).prop_map(Deed::Read),
        1 => (0usize..50).prop_map(Deed::Lose),
        1 => (0usize..3).prop_map(Deed::Backup),
        1 => (0usize..3).prop_map(Deed::Restore),
    ];
    prop::collection::vec(deed, 5..40)
}

struct World {
    township: Place,
    /// Two villages; the third laptop is the first village's second
    laptops: Vec<Option<Place>>,
    drawer: Vec<(PathBuf, bool, Id)>,
    backups: Vec<Option<PathBuf>>,
    /// Persons that were written and have reached the township or are still on a laptop that lives
    people: Vec<(usize, Id)>,
    sticks: TempDir,
    seed: u64,
}

impl World {
    fn new() -> World {
        let mut township = Place::township("柳坝镇", 1);
        let mut first = Place::village("石河村", 2);
        let mut other = Place::village("茶园村", 3);
        let mut second = Place::village("石河村二号", 4);
        for village in [&mut first, &mut other] {
            township.enrol(village, None);
            village.exchange(&mut township);
        }
        township.enrol(&mut second, Some(first.org()));
        second.exchange(&mut township);
        World {
            township,
            laptops: vec![Some(first), Some(other), Some(second)],
            drawer: Vec::new(),
            backups: vec![None, None, None],
            people: Vec::new(),
            sticks: tempfile::tempdir().unwrap(),
            seed: 100,
        }
    }

    fn laptop(&mut self, n: usize) -> &mut Place {
        self.laptops[n].as_mut().unwrap()
    }

    fn act(&mut self, deed: &Deed) {
        match *deed {
            Deed::Add(n) => {
                let count = self.people.len();
                let id = self.laptop(n).add(&format!("王{count}"));
                self.people.push((n, id));
            }
            Deed::Change(n, which) => {
                let Some((_, id)) = pick(&self.people, which) else { return };
                let here = self.laptop(n);
                if here.store.record(&member::TABLE, id).unwrap().is_some() {
                    here.educate(id, &format!("{}", 10 + which));
                }
            }
            Deed::Review(which) => {
                let Some((_, id)) = pick(&self.people, which) else { return };
                if self.township.store.record(&member::TABLE, id).unwrap().is_some() {
                    self.township.educate(id, &format!("{}", 60 + which % 9));
                }
            }
            Deed::Write(n) => self.write(n),
            Deed::Read(which) => {
                if !self.drawer.is_empty() {
                    let (file, up, org) = self.drawer[which % self.drawer.len()].clone();
                    self.read(&file, up, org);
                }
            }
            Deed::Lose(which) => {
                if !self.drawer.is_empty() {
                    let at = which % self.drawer.len();
                    self.drawer.remove(at);
                }
            }
            Deed::Backup(n) => {
                let number = self.next_seed();
                let file = self.sticks.path().join(format!("backup-{number}"));
                self.laptop(n).store.backup(&file).unwrap();
                self.backups[n] = Some(file);
            }
            Deed::Restore(n) => self.restore(n),
        }
    }

    fn next_seed(&mut self) -> u64 {
        self.seed += 1;
        self.seed
    }

    fn write(&mut self, n: usize) {
        let number = self.next_seed();
        let folder = self.sticks.path().join(number.to_string());
        std::fs::create_dir(&folder).unwrap();
        let (above, org) = (self.township.org(), self.laptop(n % 3).org());
        // The upper numbers are the township's sticks to the villages.
        let file =
            if n < 3 { self.laptop(n).write(above, &folder) } else { self.township.write(org, &folder) };
        self.drawer.push((file.file, n < 3, org));
    }

    fn read(&mut self, file: &std::path::Path, up: bool, org: Id) {
        let check = |read: yuanba_exchange::bundle::FileRead| {
            assert_ne!(read.status, Status::Refused, "{read:?}");
        };
        if up {
            check(self.township.read(file));
        } else {
            for laptop in self.laptops.iter_mut().flatten().filter(|l| l.org() == org) {
                check(laptop.read(file));
            }
        }
    }

    /// What a laptop wrote after its backup and nobody else has is lost with it, and nothing else.
    fn restore(&mut self, n: usize) {
        let Some(backup) = self.backups[n].clone() else { return };
        let dead = self.laptops[n].take().unwrap();
        drop(dead);
        let dir = tempfile::tempdir().unwrap();
        Store::restore(&backup, dir.path()).unwrap();
        let back = Place::open(dir, self.next_seed());
        self.laptops[n] = Some(back);
        let held: Vec<bool> = self.people.iter().map(|(_, id)| self.anybody_has(*id)).collect();
        let mut held = held.into_iter();
        self.people.retain(|_| held.next().unwrap_or(true));
    }

    fn anybody_has(&self, id: Id) -> bool {
        let places = self.laptops.iter().flatten().chain([&self.township]);
        places.into_iter().any(|p| p.store.record(&member::TABLE, id).unwrap().is_some())
    }

    fn settle(&mut self) {
        for _ in 0..3 {
            for laptop in self.laptops.iter_mut().flatten() {
                laptop.exchange(&mut self.township);
            }
        }
    }

    fn check(&self) {
        for laptop in self.laptops.iter().flatten() {
            assert_even(laptop.org(), laptop, &self.township);
            laptop.sound();
        }
        self.township.sound();
        let held: BTreeSet<Id> =
            self.township.store.records(&member::TABLE).unwrap().into_iter().map(|r| r.id).collect();
        for (_, id) in &self.people {
            assert!(held.contains(id), "somebody who was written is gone");
        }
        let one = self.laptops[0].as_ref().unwrap().org();
        let other = self.laptops[1].as_ref().unwrap();
        assert!(
            !other.store.vector_for(other.org()).unwrap().keys().any(|s| s.org == one),
            "a village holds nothing of its neighbour"
        );
    }
}

fn pick(people: &[(usize, Id)], which: usize) -> Option<(usize, Id)> {
    if people.is_empty() { None } else { Some(people[which % people.len()]) }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn after_everybody_has_exchanged_all_are_even_and_nothing_is_lost(deeds in deeds()) {
        let mut world = World::new();
        for deed in &deeds {
            world.act(deed);
        }
        world.settle();
        world.check();
    }
}
