//! A township that has taken in a village, and laptops of the village that are no stores.

use tempfile::TempDir;
use yuanba_core::{Id, Level};
use yuanba_journal::Segment;
use yuanba_journal::payload::Claim;
use yuanba_store::{Intent, Store};

use crate::outsider::Outsider;
use crate::village::store;

/// Two stores that have each other's certificates.
pub struct Family {
    _dirs: Vec<TempDir>,
    /// The township's store
    pub township: Store,
    /// The village's store
    pub village: Store,
}

impl Family {
    /// The same for the same seed.
    pub fn new(seed: u64) -> Family {
        let (township_dir, mut township) = store(seed * 8 + 1, Level::Township, "柳坝镇");
        let (village_dir, mut village) = store(seed * 8 + 2, Level::Village, "石河村");
        enrol(&mut township, &mut village);
        let mut family = Family { _dirs: vec![township_dir, village_dir], township, village };
        family.meet();
        family
    }

    /// One more laptop of the village.
    pub fn laptop(&mut self, n: u16) -> Outsider {
        let laptop = Outsider::new(u64::from(n));
        let org = self.village.org();
        let issuer = self.village.issuer().unwrap().clone();
        let mut intent = Intent::new("添电脑").down();
        intent.certify(Claim::Laptop { key: laptop.key.public(), org, letter: n }.signed(&issuer));
        self.village.commit(intent).unwrap();
        self.meet();
        laptop
    }

    /// Another village under the township.
    pub fn neighbour(&mut self, seed: u64, name: &str) -> (TempDir, Store) {
        let (dir, mut village) = store(seed * 8 + 3, Level::Village, name);
        enrol(&mut self.township, &mut village);
        (dir, village)
    }

    /// Each takes in what the other has and it may hold.
    pub fn meet(&mut self) {
        let up = everything(&self.village);
        self.township.apply(up).unwrap();
        let org = self.village.org();
        let down = self.township.whole_streams(|s| self.township.may_hold(org, s)).unwrap();
        self.village.apply(down).unwrap();
    }

    /// The village's organisation.
    pub fn org(&self) -> Id {
        self.village.org()
    }
}

fn enrol(township: &mut Store, village: &mut Store) {
    let (town, org) = (township.org(), village.org());
    let mut takes = Intent::new("授权").down();
    let issuer = township.issuer().unwrap().clone();
    takes.certify(Claim::Child { child: org, level: 1, parent: town }.signed(&issuer));
    township.commit(takes).unwrap();
    let mut accepts = Intent::new("接受").down();
    let issuer = village.issuer().unwrap().clone();
    accepts.certify(Claim::Accepts { child: org, parent: town }.signed(&issuer));
    village.commit(accepts).unwrap();
}

/// Every stream that a store holds, as it travels.
pub fn everything(store: &Store) -> Vec<Segment> {
    let segments = store.whole_streams(|_| true).unwrap();
    segments.iter().map(|s| Segment::from_cbor(&s.to_cbor()).unwrap()).collect()
}
