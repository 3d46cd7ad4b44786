//! Several server processes at one database.

use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use crate::crowd::{Crowd, Lines, Told, finds, looks, works};
use crate::place::{Place, assert_even};
use crate::postgres::database;
use crate::program::Program;

/// How long the villages work before and after one of the servers is killed.
const BEFORE: Duration = Duration::from_secs(4);
const AFTER: Duration = Duration::from_secs(4);

#[test]
fn three_servers_at_one_database_lose_nothing_acknowledged_when_one_is_killed() {
    let dir = tempfile::tempdir().unwrap();
    let database = database();
    let mut hubs: Vec<Program> = (0..3).map(|_| Program::at(&database, &dir.path().join("key"))).collect();
    let urls: Vec<String> = hubs.iter().map(|hub| hub.url.clone()).collect();
    let card = hubs[0].card();
    let Crowd { mut county, mut town, mut villages } = Crowd::new(10);
    // Machines that look only at the end, and know nothing before.
    let mut fresh = [Place::county("明水县", 80), Place::county("明水县", 81)];
    let org = county.org();
    for machine in &mut fresh {
        county.enrol(machine, Some(org));
    }
    let told = Told::default();
    let after_kill = thread::scope(|threads| {
        let working = told.until_dropped();
        let (told, card, urls) = (&told, &card, &urls[..]);
        for (n, village) in villages.iter_mut().enumerate() {
            threads.spawn(move || works(village, Lines::to(card, urls, n), told));
        }
        threads.spawn(|| looks(&mut town, Lines::to(card, urls, 1), told));
        let begun = Instant::now();
        told.wait_for(150, Duration::from_secs(60));
        told.wait_for_looks(3, Duration::from_secs(60));
        thread::sleep(BEFORE.saturating_sub(begun.elapsed()));
        hubs[1].kill();
        let (before, begun) = (told.count(), Instant::now());
        told.wait_for(150, Duration::from_secs(60));
        told.wait_for_looks(3, Duration::from_secs(60));
        thread::sleep(AFTER.saturating_sub(begun.elapsed()));
        drop(working);
        told.count() - before
    });
    assert!(after_kill > 0 && told.again.load(Ordering::SeqCst) > 0, "the kill was noticed");
    let acknowledged = told.members();
    for (machine, survivor) in fresh.iter_mut().zip([0, 2]) {
        let synced = Lines::to(&card, &urls[survivor..=survivor], 0).sync_anywhere(machine);
        assert!(synced.even, "{synced:?}");
        finds(machine, &acknowledged);
        machine.sound();
    }
    let survivors = [urls[0].clone(), urls[2].clone()];
    let mut lines = Lines::to(&card, &survivors, 0);
    for place in villages.iter_mut().chain([&mut town, &mut county]) {
        assert!(lines.sync_anywhere(place).even);
        lines.turn();
    }
    for village in &villages {
        assert_even(village.org(), village, &town);
        assert_even(village.org(), village, &county);
    }
    town.sound();
}
