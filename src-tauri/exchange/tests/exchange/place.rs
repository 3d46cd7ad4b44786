//! Offices with their laptops, and a stick to carry files between them.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use yuanba_core::tables::member;
use yuanba_core::{Id, Level};
use yuanba_exchange::ExchangeError;
use yuanba_exchange::bundle::{self, FileRead, Status, Written};
use yuanba_exchange::{Refusal, enrol, keys};
use yuanba_journal::payload::{Cut, Revocation};
use yuanba_store::{Digest, Intent, Store, Surroundings, Unlock};

pub use crate::seeded::PASSPHRASE;
use crate::seeded::{store_in, surroundings_from};

/// Surroundings that a seed decides; later seeds have later clocks.
pub fn surroundings(seed: u64) -> Surroundings {
    surroundings_from(seed, seed as i64 * 100_000)
}

/// An office's laptop.
pub struct Place {
    pub store: Store,
    pub dir: TempDir,
}

impl Place {
    pub fn new(level: Level, name: &str, seed: u64) -> Place {
        let (dir, mut store) = store_in(surroundings(seed), level, name);
        keys::ensure_org_key(&mut store).unwrap();
        Place { store, dir }
    }

    pub fn village(name: &str, seed: u64) -> Place {
        Place::new(Level::Village, name, seed)
    }

    pub fn township(name: &str, seed: u64) -> Place {
        Place::new(Level::Township, name, seed)
    }

    pub fn county(name: &str, seed: u64) -> Place {
        Place::new(Level::County, name, seed)
    }

    /// The store of a folder, opened on a machine.
    pub fn open(dir: TempDir, seed: u64) -> Place {
        Place::open_in(dir, surroundings(seed))
    }

    pub fn open_in(dir: TempDir, surroundings: Surroundings) -> Place {
        let unlock = Unlock { user: None, passphrase: PASSPHRASE.into() };
        let store = Store::open(dir.path(), unlock, surroundings).unwrap();
        Place { store, dir }
    }

    /// A copy of the whole folder, opened on another machine.
    pub fn copied(self, seed: u64, copy_seed: u64) -> (Place, Place) {
        let Place { store, dir } = self;
        drop(store);
        let copy = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(dir.path()).unwrap() {
            let entry = entry.unwrap();
            std::fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
        }
        (Place::open(dir, seed), Place::open(copy, copy_seed))
    }

    pub fn org(&self) -> Id {
        self.store.org()
    }

    pub fn digest(&self, org: Id) -> Digest {
        self.store.digest(Some(org)).unwrap()
    }

    pub fn add(&mut self, name: &str) -> Id {
        let mut intent = Intent::new(format!("添了{name}"));
        let id = self.store.new_id();
        intent.create(&member::TABLE, id).put(member::NAME, name).add(member::PHONES, "13800000000");
        self.store.commit(intent).unwrap();
        id
    }

    /// Changes a member of whatever organisation, as the page of that member would.
    pub fn educate(&mut self, member: Id, education: &str) {
        let record = self.store.record(&member::TABLE, member).unwrap().unwrap();
        let mut intent = Intent::new("改了学历");
        intent.edit(&record).put(member::EDUCATION, education);
        if !intent.is_empty() {
            self.store.commit(intent).unwrap();
        }
    }

    pub fn education(&self, member: Id) -> Option<String> {
        let record = self.store.record(&member::TABLE, member).unwrap()?;
        record.text(member::EDUCATION).map(str::to_owned)
    }

    pub fn members(&self) -> usize {
        self.store.records(&member::TABLE).unwrap().len()
    }

    pub fn write(&mut self, to: Id, stick: &Path) -> Written {
        bundle::write(&mut self.store, to, stick, &mut |_| ControlFlow::Continue(())).unwrap()
    }

    pub fn read(&mut self, file: &Path) -> FileRead {
        bundle::read(&mut self.store, file).unwrap()
    }

    /// Writes for an organisation and has another laptop read it.
    pub fn hand(&mut self, to: Id, other: &mut Place) -> FileRead {
        let stick = tempfile::tempdir().unwrap();
        let file = self.write(to, stick.path()).file;
        let read = other.read(&file);
        assert!(matches!(read.status, Status::Read | Status::Already), "{read:?}");
        read
    }

    /// A stick there and one back.
    pub fn exchange(&mut self, other: &mut Place) {
        let (mine, theirs) = (self.org(), other.org());
        self.hand(theirs, other);
        other.hand(mine, self);
    }

    /// Takes another laptop in, plainly or into an organisation, by two files.
    pub fn enrol(&mut self, other: &mut Place, into: Option<Id>) {
        let stick = tempfile::tempdir().unwrap();
        let (request, grant) =
            (stick.path().join("申请.yuanba-request"), stick.path().join("授权.yuanba-grant"));
        enrol::request(&mut other.store, &request).unwrap();
        enrol::grant(&mut self.store, &request, &grant, into).unwrap();
        enrol::accept(&mut other.store, &grant).unwrap();
    }

    /// Revokes a laptop of an organisation: what it has written until now, as far as that has come here, goes on counting.
    pub fn revoke(&mut self, replica: Id, org: Id) {
        let held = self.store.vector_for(org).unwrap().into_iter();
        let cuts = held
            .filter(|(stream, _)| stream.replica == replica)
            .map(|(s, tips)| Cut { org: s.org, lane: s.lane, seq: tips[0].seq, hash: tips[0].hash })
            .collect();
        let mut intent = Intent::new("停用电脑").of(org).down();
        intent.revoke(Revocation { replica, cuts, replaces: Vec::new() }, "电脑丢了");
        self.store.commit(intent).unwrap();
        keys::rotate_org_key(&mut self.store, org).unwrap();
    }

    pub fn sound(&self) {
        assert_eq!(self.store.verify().unwrap(), []);
    }
}

/// A stick.
pub fn stick() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Two stores hold and show the same of an organisation.
pub fn assert_even(org: Id, one: &Place, other: &Place) {
    assert_eq!(one.digest(org), other.digest(org));
}

/// Why it was refused.
pub fn refused<T: std::fmt::Debug>(result: Result<T, ExchangeError>) -> Refusal {
    match result {
        Err(ExchangeError::Refused(refusal)) => *refusal,
        other => panic!("not refused: {other:?}"),
    }
}

/// Everything that a store holds and shows, for "nothing was written".
pub fn all(place: &Place) -> Digest {
    place.store.digest(None).unwrap()
}

pub fn on(stick: &TempDir, name: &str) -> PathBuf {
    stick.path().join(name)
}
