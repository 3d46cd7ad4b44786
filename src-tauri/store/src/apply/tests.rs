//! What only the tables show.

use std::sync::Arc;

use yuanba_core::Level;
use yuanba_core::tables::member;
use yuanba_journal::Segment;
use yuanba_journal::payload::Claim;

use crate::surroundings::Surroundings;
use crate::vault::{Price, Strength};
use crate::{Intent, NewStore, Randomness, Store, WallClock};

struct Morning;
impl WallClock for Morning {
    fn now_ms(&self) -> i64 {
        1_781_000_000_000
    }
}

struct Counting(std::sync::atomic::AtomicU64);
impl Randomness for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let n = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        blake3::Hasher::new().update(&n.to_be_bytes()).finalize_xof().fill(bytes);
    }
}

fn store(seed: u64, level: Level) -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let surroundings = Surroundings {
        clock: Arc::new(Morning),
        random: Arc::new(Counting((seed << 32).into())),
        machine: Some(format!("machine-{seed}")),
        built_ms: 1_767_000_000_000,
        price: Price::Fixed(Strength::LEAST),
    };
    let new = NewStore {
        level,
        name: "单位".into(),
        place: None,
        code: None,
        user: "书记".into(),
        role: "secretary".into(),
        passphrase: "青石桥 2026".into(),
    };
    let (store, _) = Store::create(dir.path(), new, surroundings).unwrap();
    (dir, store)
}

fn waiting(store: &Store) -> Vec<u8> {
    store.db.query_row("SELECT bytes FROM parked", [], |row| row.get(0)).unwrap()
}

fn holds(bytes: &[u8], words: &str) -> bool {
    bytes.windows(words.len()).any(|w| w == words.as_bytes())
}

#[test]
fn what_is_erased_goes_from_segments_that_wait_too() {
    let (_t, mut township) = store(1, Level::Township);
    let (_v, mut village) = store(2, Level::Village);
    let (town, org) = (township.org(), village.org());
    let issuer = township.issuer().unwrap().clone();
    let mut intent = Intent::new("授权").down();
    intent.certify(Claim::Child { child: org, level: 1, parent: town }.signed(&issuer));
    township.commit(intent).unwrap();
    let issuer = village.issuer().unwrap().clone();
    let mut intent = Intent::new("接受").down();
    intent.certify(Claim::Accepts { child: org, parent: town }.signed(&issuer));
    village.commit(intent).unwrap();
    let id = village.new_id();
    let mut intent = Intent::new("添人");
    intent.create(&member::TABLE, id).put(member::NAME, "王秀英");
    village.commit(intent).unwrap();

    let mut streams = village.whole_streams(|_| true).unwrap();
    let at = streams.iter().position(|s| s.changes.iter().any(|c| c.header.entity == Some(id))).unwrap();
    let whole = streams.remove(at);
    let last = whole.changes.len() - 1;
    let piece = |changes: &[yuanba_journal::Change]| Segment {
        stream: whole.stream,
        prev: changes[0].header.prev,
        changes: changes.to_vec(),
        head: whole.head,
    };
    let late = piece(&whole.changes[last..]);
    township.apply(streams).unwrap();
    assert_eq!(township.apply(vec![late.clone()]).unwrap().parked, 1);
    assert!(holds(&waiting(&township), "王秀英"));

    let mut intent = Intent::new("删去").of(org);
    intent.redact(vec![late.changes[0].reference()], "本人要求");
    township.commit(intent).unwrap();
    assert!(!holds(&waiting(&township), "王秀英"));
    // Another stick brings the words once more.
    assert_eq!(township.apply(vec![late]).unwrap().parked, 1);
    assert!(!holds(&waiting(&township), "王秀英"));

    township.apply(vec![whole]).unwrap();
    let record = township.record(&member::TABLE, id).unwrap().unwrap();
    assert_eq!(record.text(member::NAME), None);
    assert_eq!(township.verify().unwrap(), []);
}
