//! The seeds that every run of the tests goes through.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use yuanba_sim::{FAULTS, run};

const SEEDS: u64 = 300;
/// Seeds that once found something.
const FOUND: [u64; 19] = [
    563, 602, 650, 978, 1266, 1290, 1383, 1717, 2228, 2242, 2254, 3187, 4527, 4546, 5080, 5113, 5685, 6190,
    7537,
];
const THREADS: usize = 2;

#[test]
fn three_hundred_counties_lose_nothing_and_come_to_one_truth() {
    let next = AtomicUsize::new(0);
    let counts: Mutex<BTreeMap<&'static str, u64>> = Mutex::default();
    let failed: Mutex<Vec<String>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(seed) = (0..SEEDS).chain(FOUND).nth(at) else { return };
                    let run = run(seed);
                    let mut counts = counts.lock().unwrap();
                    for (what, n) in &run.trace.counts {
                        *counts.entry(what).or_default() += n;
                    }
                    if run.broken.is_some() {
                        failed.lock().unwrap().push(run.report(seed));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    let counts = counts.into_inner().unwrap();
    let never: Vec<_> = FAULTS.iter().filter(|what| !counts.contains_key(**what)).collect();
    assert!(never.is_empty(), "{never:?} never occurred: {counts:#?}");
}

#[test]
fn a_seed_repeats_itself() {
    for seed in [3, 77, 1_000_003] {
        let (one, other) = (run(seed), run(seed));
        assert_eq!(one.trace.lines, other.trace.lines);
        assert_eq!(one.trace.hash(), other.trace.hash());
    }
}
