//! What every archive does; the same for all of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use yuanba_core::Id;
use yuanba_hub::Archive;
use yuanba_hub::archive::postgres::Postgres;
use yuanba_hub::archive::sqlite::Sqlite;
use yuanba_hub::archive::{Batch, HeldStream, Kept, Run, Special, StreamWrite};
use yuanba_journal::author::Tip;
use yuanba_journal::{Hash, Lane, StreamId};

use crate::line::runtime;
use crate::postgres::database;

fn stream(n: u8) -> StreamId {
    StreamId {
        replica: Id([n; 16]),
        org: Id([n ^ 0x55; 16]),
        lane: if n % 2 == 0 { Lane::Up } else { Lane::Down },
    }
}

fn run(first_seq: u64, last_seq: u64, bytes: usize) -> Run {
    let last = Hash::of(&[&last_seq.to_be_bytes()]);
    Run { id: 0, first_seq, last_seq, last, bytes: vec![last_seq as u8; bytes] }
}

fn write(n: u8, seen: u64, add: Vec<Run>) -> StreamWrite {
    let tips = add.iter().rev().take(1).map(|run| Tip { seq: run.last_seq, hash: run.last }).collect();
    StreamWrite { stream: stream(n), township: Id([n % 3; 16]), seen, tips, drop: Vec::new(), add }
}

fn batch(writes: Vec<StreamWrite>) -> Batch {
    Batch { writes, ..Batch::default() }
}

fn arrival(kept: Kept) -> u64 {
    match kept {
        Kept::As(arrival) => arrival,
        Kept::Stale => panic!("stale"),
    }
}

async fn held<A: Archive>(archive: &A, n: u8) -> HeldStream {
    let news = archive.news(0).await.unwrap();
    news.streams.into_iter().find(|held| held.stream == stream(n)).unwrap()
}

async fn everything<A: Archive>(archive: &A) {
    a_setting_is_the_first_writers(archive).await;
    what_is_kept_is_found_again(archive).await;
    what_was_worked_out_from_something_older_is_not_kept(archive).await;
    runs_come_in_order_until_there_is_enough(archive).await;
    runs_that_go_are_gone(archive).await;
}

async fn a_setting_is_the_first_writers<A: Archive>(archive: &A) {
    assert_eq!(archive.settle("key", b"one").await.unwrap(), b"one");
    assert_eq!(archive.settle("key", b"two").await.unwrap(), b"one");
    assert_eq!(archive.settle("other", b"").await.unwrap(), b"");
}

async fn what_is_kept_is_found_again<A: Archive>(archive: &A) {
    let before = archive.news(0).await.unwrap();
    assert_eq!((before.arrival, before.streams.len(), before.specials.len()), (0, 0, 0));
    let special = Special { hash: Hash([9; 32]), header: vec![1, 2, 3] };
    let first = Batch {
        specials_seen: 0,
        writes: vec![write(1, 0, vec![run(1, 10, 100)]), write(2, 0, vec![run(1, 4, 50)])],
        specials: vec![special.clone()],
    };
    let one = arrival(archive.keep(&first).await.unwrap());
    let news = archive.news(0).await.unwrap();
    assert_eq!(news.arrival, one);
    assert_eq!(news.specials, [special]);
    let held = held(archive, 1).await;
    assert_eq!(held.tips, [Tip { seq: 10, hash: run(1, 10, 0).last }]);
    assert_eq!((held.last.bytes, held.arrival), (100, one));
    assert_eq!(archive.news(one).await.unwrap().streams, []);
    let more = Batch { specials_seen: 1, ..batch(vec![write(1, one, vec![run(11, 20, 7)])]) };
    let two = arrival(archive.keep(&more).await.unwrap());
    assert!(two > one);
    let news = archive.news(one).await.unwrap();
    let changed: Vec<StreamId> = news.streams.iter().map(|held| held.stream).collect();
    assert_eq!((changed, news.specials.len()), (vec![stream(1)], 0));
}

async fn what_was_worked_out_from_something_older_is_not_kept<A: Archive>(archive: &A) {
    let before = archive.news(0).await.unwrap();
    let now = held(archive, 1).await.arrival;
    for wrong in [
        Batch { specials_seen: 0, ..batch(vec![write(1, now, vec![run(21, 30, 7)])]) },
        Batch {
            specials_seen: 1,
            ..batch(vec![write(3, 0, vec![run(1, 3, 7)]), write(1, now - 1, vec![run(21, 30, 7)])])
        },
        Batch { specials_seen: 1, ..batch(vec![write(2, 0, vec![run(1, 4, 7)])]) },
    ] {
        assert_eq!(archive.keep(&wrong).await.unwrap(), Kept::Stale);
    }
    assert_eq!(archive.news(0).await.unwrap(), before, "something of a batch that was not kept is there");
}

async fn runs_come_in_order_until_there_is_enough<A: Archive>(archive: &A) {
    let runs: Vec<Run> = (0..6).map(|n| run(n * 10 + 1, n * 10 + 10, 1000)).collect();
    let kept = Batch { specials_seen: 1, ..batch(vec![write(6, 0, runs)]) };
    archive.keep(&kept).await.unwrap();
    let row = held(archive, 6).await.row;
    let ends = async |after, most| {
        let runs = archive.runs(row, after, most).await.unwrap();
        assert!(runs.iter().all(|run| run.bytes == vec![run.last_seq as u8; 1000]));
        runs.iter().map(|run| run.last_seq).collect::<Vec<_>>()
    };
    assert_eq!(ends(0, u64::MAX).await, [10, 20, 30, 40, 50, 60]);
    assert_eq!(ends(0, 1).await, [10]);
    assert_eq!(ends(20, 2000).await, [30, 40]);
    assert_eq!(ends(19, 1500).await, [20, 30]);
    assert_eq!(ends(59, u64::MAX).await, [60]);
    assert_eq!(ends(60, u64::MAX).await, [0; 0]);
}

async fn runs_that_go_are_gone<A: Archive>(archive: &A) {
    let before = held(archive, 6).await;
    let runs = archive.runs(before.row, 0, u64::MAX).await.unwrap();
    let joined = StreamWrite {
        drop: runs[4..].iter().map(|run| run.id).collect(),
        ..write(6, before.arrival, vec![run(41, 70, 300)])
    };
    archive.keep(&Batch { specials_seen: 1, ..batch(vec![joined]) }).await.unwrap();
    let after = archive.runs(before.row, 30, u64::MAX).await.unwrap();
    assert_eq!(
        after.iter().map(|run| (run.first_seq, run.last_seq)).collect::<Vec<_>>(),
        [(31, 40), (41, 70)]
    );
    let held = held(archive, 6).await;
    assert_eq!((held.last.bytes, held.tips[0].seq), (300, 70));
    assert!(after.iter().any(|run| run.id == held.last.id && run.last_seq == 70));
}

/// Many writers at once: every batch is kept once or was stale, and a reader who follows the news misses nothing.
async fn nobody_is_lost_in_a_crowd<A: Archive>(archive: Arc<A>) {
    const WRITERS: u8 = 8;
    const EACH: u64 = 12;
    let mut writers = Vec::new();
    for n in 0..WRITERS {
        let archive = archive.clone();
        writers.push(tokio::spawn(async move {
            // Two writers share a stream.
            let n = 100 + n / 2;
            let mut kept = 0;
            while kept < EACH {
                let news = archive.news(0).await.unwrap();
                let held = news.streams.iter().find(|held| held.stream == stream(n));
                let (seen, end) = held.map_or((0, 0), |held| (held.arrival, held.tips[0].seq));
                let next = Batch {
                    specials_seen: news.specials.len() as u64,
                    ..batch(vec![write(n, seen, vec![run(end + 1, end + 1, 20)])])
                };
                if let Kept::As(_) = archive.keep(&next).await.unwrap() {
                    kept += 1;
                }
            }
        }));
    }
    let reader = tokio::spawn({
        let archive = archive.clone();
        async move {
            let (mut since, mut ends) = (0, BTreeMap::new());
            while ends.values().sum::<u64>() < u64::from(WRITERS) * EACH {
                let news = archive.news(since).await.unwrap();
                since = news.arrival;
                ends.extend(news.streams.iter().map(|held| (held.stream, held.tips[0].seq)));
                tokio::task::yield_now().await;
            }
            ends
        }
    });
    for writer in writers {
        writer.await.unwrap();
    }
    let ends = tokio::time::timeout(std::time::Duration::from_secs(60), reader)
        .await
        .expect("a reader missed something");
    assert_eq!(ends.unwrap().len(), usize::from(WRITERS / 2));
}

#[test]
fn sqlite_in_memory_is_an_archive() {
    runtime().block_on(everything(&Sqlite::in_memory().unwrap()));
    runtime().block_on(nobody_is_lost_in_a_crowd(Arc::new(Sqlite::in_memory().unwrap())));
}

#[test]
fn sqlite_in_a_file_is_an_archive() {
    let dir = tempfile::tempdir().unwrap();
    runtime().block_on(everything(&Sqlite::open(&dir.path().join("a")).unwrap()));
    let news = runtime().block_on(Sqlite::open(&dir.path().join("a")).unwrap().news(0)).unwrap();
    assert_eq!((news.streams.len(), news.specials.len()), (3, 1), "it is there when it is opened again");
    runtime().block_on(nobody_is_lost_in_a_crowd(Arc::new(Sqlite::open(&dir.path().join("b")).unwrap())));
}

#[test]
fn postgres_is_an_archive() {
    runtime().block_on(async {
        everything(&Postgres::open(&database()).await.unwrap()).await;
        let url = database();
        let (one, two) = tokio::join!(Postgres::open(&url), Postgres::open(&url));
        drop(two.expect("two processes may make the tables at the same time"));
        nobody_is_lost_in_a_crowd(Arc::new(one.unwrap())).await;
    });
}
