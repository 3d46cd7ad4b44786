//! Restores, copies, erasures, full disks, odd clocks: nobody loses anything.

use std::sync::atomic::{AtomicBool, Ordering};
use yuanba_core::tables::member;

use yuanba_hub::archive::sqlite::Sqlite;
use yuanba_hub::archive::{Batch, Kept, News, Run};
use yuanba_hub::{Archive, ArchiveError, Hub, RestKey};
use yuanba_journal::Kind;
use yuanba_store::Intent;

use crate::county::County;
use crate::line::{MORNING, Server, runtime, surroundings};
use crate::place::{Place, assert_even};
use crate::postgres::database;

#[test]
fn a_hub_restored_from_an_old_backup_is_filled_again_by_those_who_call() {
    let dir = tempfile::tempdir().unwrap();
    let mut all = County::new();
    let server = Server::in_file(&dir.path().join("hub"));
    all.villages[0].add("张三");
    all.settle(&server);
    server.hub.archive().copy_to(&dir.path().join("backup")).unwrap();
    for n in 0..5 {
        all.villages[0].add(&format!("李{n}"));
        all.villages[2].add(&format!("何{n}"));
        server.sync(&mut all.villages[0]);
    }
    all.settle(&server);
    all.villages[0].add("之后");
    drop(server);

    let server = Server::in_file(&dir.path().join("backup"));
    for village in &mut all.villages {
        assert!(server.sync(village).even);
    }
    let mut new_county_machine = Place::county("明水县", 50);
    let county = all.county.org();
    all.county.enrol(&mut new_county_machine, Some(county));
    all.settle(&server);
    assert!(server.sync(&mut new_county_machine).even);
    assert!(server.sync(&mut all.county).even);
    all.assert_even();
    assert_even(county, &all.county, &new_county_machine);
    assert_eq!(new_county_machine.members(), 12);
}

/// One archive, and later another in its place, as when a standby takes over that had not heard of everything.
struct Failing {
    first: Sqlite,
    second: Sqlite,
    failed: AtomicBool,
}

impl Failing {
    fn now(&self) -> &Sqlite {
        if self.failed.load(Ordering::SeqCst) { &self.second } else { &self.first }
    }
}

impl Archive for Failing {
    async fn settle(&self, name: &str, value: &[u8]) -> Result<Vec<u8>, ArchiveError> {
        self.now().settle(name, value).await
    }
    async fn news(&self, since: u64) -> Result<News, ArchiveError> {
        self.now().news(since).await
    }
    async fn runs(&self, row: i64, after: u64, most: u64) -> Result<Vec<Run>, ArchiveError> {
        self.now().runs(row, after, most).await
    }
    async fn keep(&self, batch: &Batch) -> Result<Kept, ArchiveError> {
        self.now().keep(batch).await
    }
}

#[test]
fn a_server_whose_archive_goes_back_in_time_under_it_is_filled_again() {
    let dir = tempfile::tempdir().unwrap();
    let (now, before) = (dir.path().join("now"), dir.path().join("before"));
    let mut all = County::new();
    all.settle(&Server::in_file(&now));
    Sqlite::open(&now).unwrap().copy_to(&before).unwrap();
    let archive = Failing {
        first: Sqlite::open(&now).unwrap(),
        second: Sqlite::open(&before).unwrap(),
        failed: AtomicBool::new(false),
    };
    let server = Server::of(archive, runtime());
    for n in 0..3 {
        all.villages[0].add(&format!("张{n}"));
        assert!(server.sync(&mut all.villages[0]).even);
    }
    server.hub.archive().failed.store(true, Ordering::SeqCst);
    all.villages[0].add("之后的人");
    assert!(server.sync(&mut all.villages[0]).even);
    assert!(server.sync(&mut all.towns[0]).even);
    assert_eq!(all.towns[0].members(), 4);
    assert_even(all.villages[0].org(), &all.villages[0], &all.towns[0]);
}

#[test]
fn a_village_restored_from_an_old_backup_takes_back_what_the_hub_has_and_goes_on_as_another_laptop() {
    let server = Server::in_memory();
    let mut all = County::new();
    all.villages[0].add("张三");
    all.settle(&server);
    let [village, ..] = all.villages;
    let (mut village, mut restored) = village.copied(4, 43);
    village.add("后来的人");
    server.sync(&mut village);
    let before = village.store.replica().id();
    drop(village);
    // It was put back in its old place, so that nothing but the hub can tell.
    restored.store.accept_move().unwrap();
    restored.add("恢复以后写的人");
    let synced = server.sync(&mut restored);
    assert!(synced.began_anew && synced.even, "{synced:?}");
    assert_ne!(restored.store.replica().id(), before);
    assert_eq!(restored.members(), 3);
    restored.add("又一个人");
    server.sync(&mut restored);
    server.sync(&mut all.towns[0]);
    assert_even(restored.org(), &restored, &all.towns[0]);
    assert_eq!(all.towns[0].members(), 4);
    restored.sound();
    all.towns[0].sound();
}

#[test]
fn a_disk_image_that_runs_on_two_laptops_loses_neither_ones_work() {
    let server = Server::in_memory();
    let mut all = County::new();
    all.villages[0].add("张三");
    all.settle(&server);
    let [village, ..] = all.villages;
    let (mut one, mut two) = village.copied(4, 41);
    one.add("这边的人");
    two.add("那边的人");
    for _ in 0..3 {
        server.sync(&mut one);
        server.sync(&mut two);
    }
    server.sync(&mut all.towns[0]);
    assert_eq!([one.members(), two.members(), all.towns[0].members()], [3, 3, 3]);
    assert_even(one.org(), &one, &two);
    assert_even(one.org(), &one, &all.towns[0]);
}

/// Two branches of one stream: a copy on the same machine cannot know that it is one.
#[test]
fn both_branches_of_a_forked_stream_are_kept_and_handed_out() {
    for postgres in [false, true] {
        let mut all = County::new();
        let memory = Server::in_memory();
        let database = postgres.then(|| Server::in_postgres(&database()));
        let sync = |place: &mut Place| match &database {
            Some(server) => server.sync(place),
            None => memory.sync(place),
        };
        for _ in 0..2 {
            all.villages.iter_mut().chain(&mut all.towns).for_each(|place| _ = sync(place));
        }
        let [village, ..] = all.villages;
        let (mut one, mut two) = village.copied(4, 43);
        two.store.accept_move().unwrap();
        for n in 0..3 {
            one.add(&format!("一{n}"));
            two.add(&format!("二{n}"));
        }
        sync(&mut one);
        sync(&mut two);
        sync(&mut one);
        sync(&mut all.towns[0]);
        assert_eq!([one.members(), two.members(), all.towns[0].members()], [6, 6, 6]);
        sync(&mut two);
        assert_even(one.org(), &two, &all.towns[0]);
    }
}

#[test]
fn what_was_erased_is_erased_at_the_hub_and_no_old_copy_brings_it_back() {
    let server = Server::in_memory();
    let mut all = County::new();
    let person = all.villages[0].add("要删的人");
    all.settle(&server);
    // A copy of the village that does not know of the erasure yet.
    let [village, other, third] = all.villages;
    let (village, mut old) = village.copied(4, 42);
    all.villages = [village, other, third];
    let record = all.towns[0].store.record(&member::TABLE, person).unwrap().unwrap();
    let mut intent = Intent::new("依申请删除").of(record.org);
    intent.redact(all.towns[0].store.changes_of(person).unwrap(), "本人申请");
    all.towns[0].store.commit(intent).unwrap();
    server.sync(&mut all.towns[0]);
    old.add("拷贝上写的人");
    server.sync(&mut old);
    all.settle(&server);
    for place in [&all.villages[0], &all.towns[0], &all.county, &old] {
        let name = place
            .store
            .record(&member::TABLE, person)
            .unwrap()
            .and_then(|r| r.text(member::NAME).map(str::to_owned));
        assert_eq!(name, None, "an erased name is back");
    }
    // A machine that learns everything from the hub alone never sees it.
    let mut fresh = Place::township("柳坝镇", 60);
    let town = all.towns[0].org();
    all.towns[0].enrol(&mut fresh, Some(town));
    server.sync(&mut all.towns[0]);
    server.sync(&mut fresh);
    server.sync(&mut all.towns[0]);
    assert_even(town, &fresh, &all.towns[0]);
}

#[test]
fn a_full_disk_at_the_hub_is_told_and_nothing_is_half_kept() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("hub");
    let mut all = County::new();
    all.settle(&Server::in_file(&file));
    let pages: i64 = {
        let db = rusqlite::Connection::open(&file).unwrap();
        db.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap()
    };
    let archive = Sqlite::open(&file).unwrap();
    archive.hold_at_most(pages + 2).unwrap();
    let runtime = runtime();
    let hub =
        runtime.block_on(Hub::open(archive, RestKey::new(&[7; 32]), None, surroundings(MORNING))).unwrap();
    let full = Server { hub: hub.into(), runtime };
    for n in 0..400 {
        all.villages[0].add(&format!("{n}号党员"));
    }
    let refusal = crate::place::refused(full.try_sync(&mut all.villages[0]));
    assert_eq!(refusal.code, "full");
    assert!(full.sync(&mut all.villages[1]).even, "others still exchange");
    drop(full);
    let server = Server::in_file(&file);
    assert!(server.sync(&mut all.villages[0]).even);
    server.sync(&mut all.towns[0]);
    assert_even(all.villages[0].org(), &all.villages[0], &all.towns[0]);
}

#[test]
fn a_laptop_at_1970_learns_the_time_from_the_hub() {
    let server = Server::in_memory();
    let mut all = County::new();
    all.settle(&server);
    let Place { store, dir } = {
        let [village, ..] = all.villages;
        village
    };
    drop(store);
    let mut asleep = crate::place::surroundings(4);
    asleep.clock = std::sync::Arc::new(At(0));
    let mut village = Place::open_in(dir, asleep);
    village.add("断电以后写的人");
    assert!(village.store.now_ms() < MORNING + 86_400_000);
    let late = MORNING + 40 * 86_400_000;
    let runtime = runtime();
    let later = runtime.block_on(Hub::open(
        Sqlite::in_memory().unwrap(),
        RestKey::new(&[7; 32]),
        None,
        surroundings(late),
    ));
    let later = Server { hub: later.unwrap().into(), runtime };
    assert!(later.sync(&mut village).even);
    assert!(village.store.now_ms() >= late, "what the hub signed is the least that it can be");
}

struct At(i64);
impl yuanba_store::WallClock for At {
    fn now_ms(&self) -> i64 {
        self.0
    }
}

#[test]
fn what_a_newer_program_wrote_passes_through_untouched() {
    let server = Server::in_memory();
    let mut all = County::new();
    all.settle(&server);
    let newer = crate::strangers::of_a_newer_kind(&all.villages[0]);
    let hash = newer.changes[0].hash;
    assert!(matches!(newer.changes[0].header.kind, Kind::Unknown(_)));
    all.villages[0].store.apply(vec![newer]).unwrap();
    server.sync(&mut all.villages[0]);
    server.sync(&mut all.towns[0]);
    let held = all.towns[0].store.whole_streams(|_| true).unwrap();
    let changes = held.iter().flat_map(|segment| &segment.changes);
    let arrived = changes.clone().filter(|change| change.hash == hash).count();
    assert_eq!(arrived, 1);
}
