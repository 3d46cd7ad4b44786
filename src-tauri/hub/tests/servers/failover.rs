//! A database server that dies in the middle of uploads, and its standby that takes over.

use std::path::Path;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use crate::crowd::{Crowd, Lines, Told, looks, missing, works};
use crate::place::{Place, assert_even};
use crate::postgres::Server;
use crate::program::Program;

/// What a failover took.
#[derive(Debug, Clone, Copy)]
pub struct Failover {
    /// From the primary's end to the order to promote: what a watchdog would take
    pub noticed: Duration,
    /// What the promotion itself took
    pub promoted: Duration,
    /// Nobody was told that anything is kept for so long
    pub silence: Duration,
    /// From the end of the promotion to the first change that was kept
    pub back: Duration,
    /// Changes acknowledged before and after
    pub before: usize,
    pub after: usize,
    /// Calls that failed meanwhile and were made again
    pub again: usize,
    /// Changes acknowledged that a machine which knew nothing before does not find afterwards
    pub lost: usize,
}

/// Villages upload through two servers to a primary with a synchronous standby; the primary is cut off, the standby promoted.
pub fn fail_over(folder: &Path, villages: u64, notice: Duration, work: Duration) -> Failover {
    let primary = Server::start("");
    let url = primary.database();
    let standby = primary.standby();
    let name = url.rsplit('/').next().expect("a name");
    let database = format!(
        "postgres://postgres@127.0.0.1:{},127.0.0.1:{}/{name}?target_session_attrs=read-write",
        primary.port, standby.port
    );
    let hubs: Vec<Program> = (0..2).map(|_| Program::at(&database, &folder.join("key"))).collect();
    let urls: Vec<String> = hubs.iter().map(|hub| hub.url.clone()).collect();
    let card = hubs[0].card();
    let Crowd { mut county, mut town, mut villages } = Crowd::new(villages);
    let mut fresh = Place::county("明水县", 80);
    let org = county.org();
    county.enrol(&mut fresh, Some(org));
    let told = Told::default();
    let mut found = thread::scope(|threads| {
        let working = told.until_dropped();
        let (told, card, urls) = (&told, &card, &urls[..]);
        for (n, village) in villages.iter_mut().enumerate() {
            threads.spawn(move || works(village, Lines::to(card, urls, n), told));
        }
        threads.spawn(|| looks(&mut town, Lines::to(card, urls, 1), told));
        told.wait_for(30, Duration::from_secs(60));
        thread::sleep(work);
        let cut = Instant::now();
        primary.cut();
        let before = told.count();
        thread::sleep(notice);
        let noticed = cut.elapsed();
        standby.promote();
        let (promoted, ready) = (cut.elapsed() - noticed, Instant::now());
        told.wait_for(1, Duration::from_secs(60));
        let back = ready.elapsed();
        told.wait_for(30, Duration::from_secs(60));
        thread::sleep(work);
        drop(working);
        let silence = told.silence(cut);
        Failover { noticed, promoted, silence, back, before, after: told.count() - before, again: 0, lost: 0 }
    });
    let acknowledged = told.members();
    found.again = told.again.load(Ordering::SeqCst);
    let mut lines = Lines::to(&card, &urls, 0);
    assert!(lines.sync_anywhere(&mut fresh).even);
    found.lost = missing(&fresh, &acknowledged);
    fresh.sound();
    for place in villages.iter_mut().chain([&mut town]) {
        assert!(lines.sync_anywhere(place).even);
    }
    for village in &villages {
        assert_even(village.org(), village, &town);
    }
    found
}

#[test]
fn a_database_that_dies_is_followed_by_its_standby_and_nothing_acknowledged_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let found = fail_over(dir.path(), 4, Duration::from_millis(500), Duration::from_millis(500));
    assert_eq!(found.lost, 0, "{found:?}");
    assert!(found.silence < Duration::from_secs(20), "{found:?}");
    assert!(found.silence > found.noticed && found.again > 0, "the end was noticed: {found:?}");
    assert!(found.promoted.max(found.back) < Duration::from_secs(15), "{found:?}");
    assert!(found.before > 0 && found.after > 0, "{found:?}");
}
