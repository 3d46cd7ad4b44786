//! A township that took in a village, and the village's laptop, whose key is known here.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use minicbor::Encoder;
use tempfile::TempDir;
use yuanba_core::tables::member;
use yuanba_core::{Id, Level};
use yuanba_exchange::bundle::{self, FileRead, Manifest, Purpose};
use yuanba_exchange::container::{Bundle, ClearHeader, Recipient, seal};
use yuanba_exchange::{ExchangeError, Refusal, enrol, keys};
use yuanba_journal::payload::Ledger;
use yuanba_journal::{Hash, ReplicaKey, Segment, StreamId};
use yuanba_store::peers::Vector;
use yuanba_store::vault::{Price, Strength};
use yuanba_store::{Digest, Intent, NewEntry, NewStore, Randomness, Store, Surroundings, Unlock, WallClock};

use crate::bundle::on_a_stick;
use crate::forger::signed;

struct Ticking(AtomicI64);
impl WallClock for Ticking {
    fn now_ms(&self) -> i64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

struct Counting(AtomicU64);
impl Randomness for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let n = self.0.fetch_add(1, Ordering::Relaxed);
        blake3::Hasher::new().update(&n.to_be_bytes()).finalize_xof().fill(bytes);
    }
}

fn surroundings(seed: u64) -> Surroundings {
    Surroundings {
        clock: Arc::new(Ticking(AtomicI64::new(1_781_000_000_000 + seed as i64 * 100_000))),
        random: Arc::new(Counting(AtomicU64::new(seed << 32))),
        machine: Some(format!("machine-{seed}")),
        built_ms: 1_767_000_000_000,
        price: Price::Fixed(Strength::LEAST),
    }
}

const PASSPHRASE: &str = "青石桥 2026";
const TIME_MS: i64 = 1_781_000_000_000;
const TOWNSHIP: u64 = 1;
const VILLAGE: u64 = 2;

fn store(dir: &Path, level: Level, name: &str, seed: u64) -> Store {
    let new = NewStore {
        level,
        name: name.into(),
        place: None,
        code: None,
        user: "书记".into(),
        role: "secretary".into(),
        passphrase: PASSPHRASE.into(),
    };
    let (mut store, _) = Store::create(dir, new, surroundings(seed)).expect("a new store");
    keys::ensure_org_key(&mut store).expect("a key");
    store
}

/// A township with its store, and the village's keys.
pub struct Offices {
    township: Option<Store>,
    dir: TempDir,
    // The township's files as they were at first.
    kept: TempDir,
    stick: TempDir,
    before: (Digest, u64),
    recipients: Vec<Recipient>,
    /// The village
    pub village: Id,
    /// The key of its laptop
    pub key: ReplicaKey,
    chain: HashMap<(StreamId, u64), Hash>,
    /// What the village's laptop has written until now, as segments
    pub written: Vec<Segment>,
}

/// Does something with the offices of this thread.
pub fn with_offices<T>(with: impl FnOnce(&mut Offices) -> T) -> T {
    thread_local! {
        static OFFICES: RefCell<Option<Offices>> = const { RefCell::new(None) };
    }
    OFFICES.with_borrow_mut(|offices| with(offices.get_or_insert_with(Offices::new)))
}

impl Offices {
    /// The two offices after their first exchange, the village having written a little of everything.
    pub fn new() -> Offices {
        let folder = || tempfile::tempdir().expect("a folder");
        let (dir, village_dir, stick, kept) = (folder(), folder(), folder(), folder());
        let mut township = store(dir.path(), Level::Township, "柳坝镇", TOWNSHIP);
        let mut village = store(village_dir.path(), Level::Village, "石河村", VILLAGE);
        let (request, grant) = (stick.path().join("a.yuanba-request"), stick.path().join("a.yuanba-grant"));
        enrol::request(&mut village, &request).expect("a request");
        enrol::grant(&mut township, &request, &grant, None).expect("a grant");
        enrol::accept(&mut village, &grant).expect("accepted");
        work(&mut village);
        let written =
            bundle::write(&mut village, township.org(), stick.path(), &mut |_| ControlFlow::Continue(()))
                .expect("a bundle");
        bundle::read(&mut township, &written.file).expect("read");

        let own = village.replica().id();
        let written = village.whole_streams(|stream| stream.replica == own).expect("its streams");
        let chain = written
            .iter()
            .flat_map(|segment| &segment.changes)
            .map(|change| ((change.header.stream, change.header.seq), change.hash))
            .collect();
        let mut offices = Offices {
            before: (township.digest(None).expect("a digest"), township.waiting().expect("a count")),
            recipients: keys::recipients_of(&township, township.org()).expect("a key"),
            township: Some(township),
            dir,
            kept,
            stick,
            village: village.org(),
            key: village.replica().clone(),
            chain,
            written,
        };
        offices.township = None;
        copy(offices.dir.path(), offices.kept.path());
        offices.open();
        offices
    }

    fn open(&mut self) {
        let unlock = Unlock { user: None, passphrase: PASSPHRASE.into() };
        let store = Store::open(self.dir.path(), unlock, surroundings(TOWNSHIP + 10).machine_of(TOWNSHIP));
        self.township = Some(store.expect("the township's store opens"));
    }

    fn store(&mut self) -> &mut Store {
        self.township.as_mut().expect("it is open between two tries")
    }

    /// What the village's bundles to the township say of themselves, with this for what the village holds.
    pub fn manifest(&mut self, vector: Vector) -> Manifest {
        let (from, to) = (self.village, self.store().org());
        Manifest { purpose: Purpose::Bundle, from, to, time_ms: TIME_MS, vector, digest: Hash([0; 32]) }
    }

    /// A bundle of the village to the township, in good order, with these segments signed by the village's laptop.
    pub fn bundle(&mut self, manifest: &[u8], segments: &[&[u8]]) -> Option<Vec<u8>> {
        let before = |stream: &StreamId, seq| self.chain.get(&(*stream, seq)).copied();
        let segments: Option<Vec<Segment>> =
            segments.iter().map(|segment| signed(segment, &self.key, before)).collect();
        let header = ClearHeader { from: self.village, to: self.store().org(), time_ms: TIME_MS };
        let sealed = Bundle { header, recipients: &self.recipients, manifest, key: &self.key };
        let mut file = Vec::new();
        let segments = segments?.into_iter().map(|segment| Ok(segment.to_cbor()));
        seal(&mut file, &sealed, segments, &mut |_| ControlFlow::Continue(())).expect("memory takes all");
        Some(file)
    }

    /// The township reads a file.
    pub fn read(&mut self, file: &[u8]) -> FileRead {
        on_a_stick(file, |path| bundle::read(self.store(), path))
            .expect("what is wrong with a file is an answer")
    }

    /// The township grants the request with this body, signed by the village's laptop.
    pub fn grant(&mut self, body: &[u8]) -> Result<(), Refusal> {
        let mut bytes = b"YUANBA-REQUEST 1\nx\n\n".to_vec();
        let mut e = Encoder::new(&mut bytes);
        let start = e.array(3).and_then(|e| e.u64(1)).and_then(|e| e.bytes(&self.key.public().0));
        start.expect("memory takes every byte");
        bytes.extend_from_slice(body);
        let signature = self.key.sign("yuanba request 1", &bytes);
        bytes.extend_from_slice(&signature);
        let out = self.stick.path().join("b.yuanba-grant");
        let granted = on_a_stick(&bytes, |path| {
            if let Err(refusal) = bundle::inspect(path) {
                assert!(!refusal.next_step.is_empty());
            }
            enrol::grant(self.township.as_mut().expect("open"), path, &out, None)
        });
        match granted {
            Ok(_) => {
                fs::remove_file(&out).expect("a grant was written");
                Ok(())
            }
            Err(ExchangeError::Refused(refusal)) => {
                assert!(!out.exists(), "a refused request left a grant behind");
                Err(*refusal)
            }
            Err(error) => panic!("what is wrong with a request is an answer: {error}"),
        }
    }

    /// Everything that the township holds and shows, and how many segments wait.
    pub fn digest(&mut self) -> (Digest, u64) {
        let store = self.store();
        (store.digest(None).expect("a digest"), store.waiting().expect("a count"))
    }

    /// The township is as it was at first.
    pub fn assert_untouched(&mut self) {
        assert_eq!(self.digest(), self.before, "something refused left something behind");
    }

    /// The township's tables are what its journal says.
    pub fn assert_sound(&mut self) {
        assert_eq!(self.store().verify().expect("it can be verified"), []);
    }

    /// Makes the township as it was at first.
    pub fn as_before(&mut self) {
        self.township = None;
        for entry in fs::read_dir(self.dir.path()).expect("a folder").flatten() {
            let _ = fs::remove_file(entry.path());
        }
        copy(self.kept.path(), self.dir.path());
        self.open();
    }
}

trait OnMachine {
    fn machine_of(self, seed: u64) -> Self;
}

impl OnMachine for Surroundings {
    /// A later day on the machine of an earlier one.
    fn machine_of(mut self, seed: u64) -> Self {
        self.machine = Some(format!("machine-{seed}"));
        self
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        if entry.file_type().is_ok_and(|t| t.is_file()) {
            let to: PathBuf = to.join(entry.file_name());
            fs::copy(entry.path(), to).expect("there is room");
        }
    }
}

/// A little of everything that a village writes.
fn work(village: &mut Store) {
    let person = village.new_id();
    let mut intent = Intent::new("添了王秀英");
    intent.create(&member::TABLE, person).put(member::NAME, "王秀英").add(member::PHONES, "13800000000");
    village.commit(intent).expect("written");
    let record = village.record(&member::TABLE, person).expect("read").expect("there");
    let mut intent = Intent::new("改了学历");
    intent.edit(&record).put(member::EDUCATION, "20").put(member::JOINED_ON, "1985-07");
    let group = village.commit(intent).expect("written");
    village.undo(Some(group)).expect("undone");
    let mut intent = Intent::new("记了分");
    let key = intent.entry(NewEntry {
        ledger: Ledger::Points,
        from: village.org(),
        to: person,
        amount: 5,
        key: vec!["r1".into(), "2026-06-05".into()],
        on: "2026-06-05".into(),
        rule: "r1".into(),
        terms: vec![1.into()],
    });
    village.commit(intent).expect("written");
    let mut intent = Intent::new("冲了分");
    intent.reverse(key, "记错了");
    village.commit(intent).expect("written");
}
