//! How often PostgreSQL and the hub wait for each other: what counts when the database is on another machine.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread;

use yuanba_core::Id;
use yuanba_hub::Archive;
use yuanba_hub::archive::postgres::Postgres;
use yuanba_hub::archive::{Batch, Kept, Run, StreamWrite};
use yuanba_journal::author::Tip;
use yuanba_journal::{Hash, Lane, StreamId};

use crate::line::runtime;
use crate::postgres::database;

/// A way to a server that counts how often the talk changes sides.
struct Between {
    port: u16,
    turns: Arc<AtomicU32>,
    /// After so many turns nothing that the hub says arrives any more, though every line stays
    most: Arc<AtomicU32>,
}

impl Between {
    fn to(port: u16) -> Between {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let here = listener.local_addr().unwrap().port();
        let turns = Arc::new(AtomicU32::new(0));
        let most = Arc::new(AtomicU32::new(u32::MAX));
        let (counted, allowed) = (turns.clone(), most.clone());
        thread::spawn(move || {
            for line in listener.incoming().map_while(Result::ok) {
                let server = TcpStream::connect(("127.0.0.1", port)).unwrap();
                // Whether the server spoke last, seen by both directions at once.
                let servers_turn = Arc::new((AtomicBool::new(true), RwLock::new(())));
                for (from, to, asks) in
                    [(line.try_clone().unwrap(), server.try_clone().unwrap(), true), (server, line, false)]
                {
                    let (turn, counted, allowed) = (servers_turn.clone(), counted.clone(), allowed.clone());
                    thread::spawn(move || pump(from, to, asks, &turn, [&counted, &allowed]));
                }
            }
        });
        Between { port: here, turns, most }
    }

    fn turns(&self) -> u32 {
        self.turns.swap(0, Ordering::SeqCst)
    }
}

fn pump(
    mut from: TcpStream,
    mut to: TcpStream,
    asks: bool,
    turn: &(AtomicBool, RwLock<()>),
    [turns, most]: [&AtomicU32; 2],
) {
    let mut bytes = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        let one_at_a_time = turn.1.write().unwrap_or_else(PoisonError::into_inner);
        if turn.0.swap(!asks, Ordering::SeqCst) && asks {
            turns.fetch_add(1, Ordering::SeqCst);
        }
        if asks && turns.load(Ordering::SeqCst) > most.load(Ordering::SeqCst) {
            drop(one_at_a_time);
            thread::sleep(std::time::Duration::from_secs(60));
            break;
        }
        if to.write_all(&bytes[..length]).is_err() {
            break;
        }
        drop(one_at_a_time);
    }
    let _ = to.shutdown(Shutdown::Both);
}

fn of(n: u16, first: u64, seen: u64) -> StreamWrite {
    let [high, low] = n.to_be_bytes();
    let mut replica = [9; 16];
    (replica[0], replica[1]) = (high, low);
    let last = Hash::of(&[&replica, &first.to_be_bytes()]);
    StreamWrite {
        stream: StreamId { replica: Id(replica), org: Id([high ^ low; 16]), lane: Lane::Up },
        township: Id([low % 20; 16]),
        seen,
        tips: vec![Tip { seq: first + 9, hash: last }],
        drop: Vec::new(),
        add: vec![Run { id: 0, first_seq: first, last_seq: first + 9, last, bytes: vec![low; 2000] }],
    }
}

/// The database as seen through a way between.
fn through(between: &Between, database: &tokio_postgres::Config) -> String {
    format!("postgres://postgres@127.0.0.1:{}/{}", between.port, database.get_dbname().unwrap())
}

#[test]
fn a_hub_that_goes_without_a_word_in_the_middle_of_a_batch_holds_the_others_up_for_seconds_only() {
    let url = database();
    let database: tokio_postgres::Config = url.parse().unwrap();
    let between = Between::to(database.get_ports()[0]);
    runtime().block_on(async {
        let silent = Postgres::open(&through(&between, &database)).await.unwrap();
        let other = Postgres::open(&url).await.unwrap();
        let batch = |n| Batch { writes: vec![of(n, 1, 0)], ..Batch::default() };
        silent.keep(&batch(1)).await.unwrap();
        // It begins, takes its number, and is heard no more.
        between.turns();
        between.most.store(2, Ordering::SeqCst);
        let lost = tokio::spawn(async move { silent.keep(&batch(2)).await });
        while between.turns.load(Ordering::SeqCst) < 3 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        let begun = std::time::Instant::now();
        assert!(matches!(other.keep(&batch(3)).await, Ok(Kept::As(_))));
        let held_up = begun.elapsed().as_secs();
        assert!((5..20).contains(&held_up), "held up for {held_up} s");
        assert_eq!(other.news(0).await.unwrap().streams.len(), 2);
        lost.abort();
    });
}

#[test]
fn a_batch_of_two_hundred_streams_takes_a_handful_of_turns() {
    let database: tokio_postgres::Config = database().parse().unwrap();
    let between = Between::to(database.get_ports()[0]);
    let url = through(&between, &database);
    runtime().block_on(async {
        let archive = Postgres::open(&url).await.unwrap();
        let keep = async |writes| match archive.keep(&Batch { writes, ..Batch::default() }).await.unwrap() {
            Kept::As(arrival) => arrival,
            Kept::Stale => panic!("stale"),
        };
        // The first connection is made and has learnt its statements.
        keep((1000..1002).map(|n| of(n, 1, 0)).collect()).await;
        archive.news(0).await.unwrap();
        between.turns();
        let one = keep((0..200).map(|n| of(n, 1, 0)).collect()).await;
        assert!(between.turns() <= 6);
        let news = archive.news(one - 1).await.unwrap();
        assert!(between.turns() <= 5);
        assert_eq!(news.streams.len(), 200);
        // The same streams go on, and what they had last is joined with what comes.
        let mut more: Vec<StreamWrite> = (0..200).map(|n| of(n, 11, one)).collect();
        for write in &mut more {
            let held = news.streams.iter().find(|held| held.stream == write.stream).unwrap();
            write.drop.push(held.last.id);
        }
        keep(more).await;
        assert!(between.turns() <= 6);
        let last = archive.news(one).await.unwrap().streams;
        between.turns();
        assert_eq!(archive.news(one + 1).await.unwrap().streams, []);
        assert!(between.turns() <= 2, "asked before every request");
        for held in last {
            let runs = archive.runs(held.row, 0, u64::MAX).await.unwrap();
            assert_eq!((runs.len(), runs[0].id, runs[0].first_seq), (1, held.last.id, 11));
            assert_eq!(held.last.bytes, 2000);
        }
    });
}
