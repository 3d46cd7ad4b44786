//! Slow, idle, repeated and monstrous requests at the real server: whoever makes them holds nobody else up.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use yuanba_exchange::wire::Call;

use crate::crowd::{Crowd, Lines};
use crate::forged::{Forgery, opened, post, streams};
use crate::place::Place;
use crate::program::{Program, status};

/// A server, and a village that it knows.
fn hub_and_village() -> (tempfile::TempDir, Program, Place) {
    let dir = tempfile::tempdir().unwrap();
    let hub = Program::in_folder(dir.path());
    let Crowd { mut county, villages: mut all, .. } = Crowd::new(1);
    let mut village = all.remove(0);
    for place in [&mut county, &mut village] {
        assert!(lines(&hub).sync_anywhere(place).even);
    }
    (dir, hub, village)
}

fn lines(hub: &Program) -> Lines {
    Lines::to(&hub.card(), std::slice::from_ref(&hub.url), 0)
}

/// That a village can work as if nobody else were there.
fn works_at_once(hub: &Program, village: &mut Place) {
    village.add("王秀英");
    let begun = Instant::now();
    let synced = lines(hub).sync(village).expect("the server answers");
    assert!(synced.even);
    assert!(begun.elapsed() < Duration::from_secs(10), "held up for {:?}", begun.elapsed());
    assert_eq!(hub.get("/healthz"), 200);
}

/// Sends one byte after the other, slowly, on every line, while something else is done.
fn meanwhile(mut lines: Vec<TcpStream>, bytes: &'static [u8], then: impl FnOnce()) {
    let stop = AtomicBool::new(false);
    struct Stop<'a>(&'a AtomicBool);
    impl Drop for Stop<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::SeqCst);
        }
    }
    thread::scope(|threads| {
        let _stop = Stop(&stop);
        threads.spawn(|| {
            for byte in bytes.iter().cycle() {
                for line in &mut lines {
                    let _ = line.write_all(&[*byte]);
                }
                for _ in 0..20 {
                    if stop.load(Ordering::SeqCst) {
                        return;
                    }
                    thread::sleep(Duration::from_millis(50));
                }
            }
        });
        then();
    });
}

#[test]
fn whoever_sends_headers_or_bodies_one_byte_a_second_holds_nobody_up() {
    let (_dir, hub, mut village) = hub_and_village();
    let begun = |head: &str| {
        let mut line = hub.line();
        line.write_all(head.as_bytes()).unwrap();
        line
    };
    let heads = (0..40).map(|_| begun("POST /v1/exchange HTTP/1.1\r\nX-Slow: ")).collect();
    meanwhile(heads, b"a", || works_at_once(&hub, &mut village));
    // Each of them says that it will fill a third of the room that requests have.
    let long = "POST /v1/exchange HTTP/1.1\r\nHost: hub\r\nContent-Length: 33554432\r\n\r\nYUANBA";
    let endless =
        "POST /v1/exchange HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nYUANBA\r\n";
    meanwhile((0..40).map(|_| begun(long)).collect(), b"x", || works_at_once(&hub, &mut village));
    meanwhile((0..40).map(|_| begun(endless)).collect(), b"1\r\nx\r\n", || works_at_once(&hub, &mut village));
}

#[test]
fn two_hundred_idle_lines_hold_nobody_up() {
    let (_dir, hub, mut village) = hub_and_village();
    let idle: Vec<TcpStream> = (0..200).map(|_| hub.line()).collect();
    works_at_once(&hub, &mut village);
    // And some that have asked once and stay.
    for mut line in idle.iter().take(50) {
        line.write_all(b"GET /healthz HTTP/1.1\r\nHost: hub\r\n\r\n").unwrap();
        let mut answer = [0; 12];
        line.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
    }
    works_at_once(&hub, &mut village);
}

#[test]
fn requests_one_behind_the_other_on_a_line_are_answered_in_their_order() {
    let (_dir, hub, _) = hub_and_village();
    let answer = hub.send(
        b"GET /healthz HTTP/1.1\r\nHost: hub\r\n\r\n\
          POST /v1/exchange HTTP/1.1\r\nHost: hub\r\nContent-Length: 7\r\n\r\ngarbage\
          GET /nothing HTTP/1.1\r\nHost: hub\r\n\r\n\
          GET /v1/hub HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n",
    );
    let answers: Vec<u16> =
        answer.split("HTTP/1.1").skip(1).map(|one| status(&format!("HTTP/1.1{one}"))).collect();
    assert_eq!(answers, [200, 400, 404, 200]);
    // What could be read as two requests is read as none.
    let twice = "POST /v1/exchange HTTP/1.1\r\nHost: hub\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n\
                 0\r\n\r\nGET /metrics HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n";
    assert!(!hub.send(twice.as_bytes()).contains("yuanba_hub_requests"), "a request was smuggled in");
}

#[test]
fn a_request_that_is_heard_and_sent_again_keeps_nothing_twice_and_tells_the_listener_nothing() {
    let (_dir, hub, mut village) = hub_and_village();
    village.add("张三");
    let mut call = Call::begin(&mut village.store, &hub.card()).unwrap();
    let request = call.next(&village.store).unwrap().unwrap().seal().unwrap();
    let first = post(&hub, &request);
    let kept = |hub: &Program| {
        let counted = hub.send(b"GET /metrics HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n");
        let line = counted.lines().find(|line| line.starts_with("yuanba_hub_changes_kept_total")).unwrap();
        line.to_owned()
    };
    let before = kept(&hub);
    for _ in 0..5 {
        let again = post(&hub, &request);
        assert_eq!((first.0, again.0), (200, 200));
        // Sealed for the laptop that asked first, with a key made for its call.
        let listener = yuanba_exchange::container::Identity::generate();
        assert!(yuanba_exchange::container::open_bytes(&again.1, &[listener]).is_err());
    }
    assert_eq!(kept(&hub), before);
    assert!(lines(&hub).sync(&mut village).unwrap().even);
}

#[test]
fn a_request_that_unpacks_to_half_a_gigabyte_takes_no_more_memory_than_others() {
    let (_dir, hub, mut village) = hub_and_village();
    // What cannot be packed lets the container believe that the rest is honest.
    let mut noise = vec![0; 600 << 10];
    let mut state = 1_u64;
    for byte in &mut noise {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        *byte = (state >> 56) as u8;
    }
    let mut segments = vec![noise];
    segments.extend((0..8).map(|_| vec![0; 60 << 20]));
    let (bomb, _) = Forgery { segments, ..Forgery::of(&village) }.sealed(&hub.card());
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    thread::scope(|threads| {
        for _ in 0..6 {
            threads.spawn(|| {
                for _ in 0..2 {
                    assert_eq!(post(&hub, &bomb).0, 400);
                }
            });
        }
        works_at_once(&hub, &mut village);
    });
    works_at_once(&hub, &mut village);
    let peak = hub.memory_peak();
    assert!(peak < 250 << 20, "{} MB", peak >> 20);
}

#[test]
fn a_request_for_a_million_streams_is_none() {
    let (_dir, hub, mut village) = hub_and_village();
    let wants = streams(1000, 500);
    assert_eq!(wants.len(), 1_000_000);
    let (request, _) = Forgery { wants, ..Forgery::of(&village) }.sealed(&hub.card());
    let begun = Instant::now();
    assert_eq!(post(&hub, &request).0, 400);
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    // As many as a county's machine asks for at once are nothing special, whether they exist or not.
    let (request, me) = Forgery { wants: streams(40, 50), ..Forgery::of(&village) }.sealed(&hub.card());
    let (code, answer) = post(&hub, &request);
    assert_eq!(code, 200);
    assert_eq!(opened(&answer, me).0.refused, None);
    works_at_once(&hub, &mut village);
    assert!(hub.memory_peak() < 150 << 20, "{} MB", hub.memory_peak() >> 20);
}

#[test]
fn whoever_wants_everything_at_once_gets_a_piece_of_it() {
    let (_dir, hub, mut village) = hub_and_village();
    let long = "院坝".repeat(25_000);
    for n in 0..130 {
        village.add(&format!("{n}{long}"));
    }
    let mut lines = lines(&hub);
    while !lines.sync(&mut village).unwrap().even {}
    let held = village.store.vector_for(village.org()).unwrap();
    let wants = held.into_keys().map(|stream| (stream, Vec::new())).collect();
    let (request, me) = Forgery { wants, most: u64::MAX, ..Forgery::of(&village) }.sealed(&hub.card());
    let (code, answer) = post(&hub, &request);
    assert_eq!(code, 200);
    let (answer, bytes) = opened(&answer, me);
    assert!(answer.more && bytes > 1 << 20 && bytes < 12 << 20, "{bytes} bytes");
}
