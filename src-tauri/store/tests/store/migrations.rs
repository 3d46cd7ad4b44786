//! Tables of an older version: brought up to date with a copy left beside, or left as they were.

use std::path::Path;

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};
use yuanba_core::tables::member;
use yuanba_store::{Store, StoreError, Unlock, database, schema};

use crate::add_member;
use crate::village::{PASSPHRASE, surroundings, village};

/// What a later program might add.
const NEXT: &str = "ALTER TABLE deed ADD COLUMN place TEXT; CREATE TABLE later(id INTEGER PRIMARY KEY);";

fn key() -> String {
    format!("x'{}'", "7".repeat(64))
}

fn version(db: &Connection) -> i64 {
    db.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
}

/// The key that opens a store's database.
fn key_of(dir: &Path) -> String {
    let vault = yuanba_store::vault::Vault::open(dir, yuanba_store::vault::Price::real()).unwrap();
    vault.unlock(None, PASSPHRASE).unwrap().0.literal().to_string()
}

/// The migrations of a later program.
fn later(more: &[&'static str]) -> Migrations<'static> {
    Migrations::new(schema::steps().into_iter().chain(more.iter().map(|sql| M::up(sql))).collect())
}

fn reopened(dir: &Path) -> Result<Store, StoreError> {
    Store::open(dir, Unlock { user: None, passphrase: PASSPHRASE.into() }, surroundings(1))
}

fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn every_older_version_becomes_the_present_one_and_a_copy_of_it_stays_beside() {
    for old in 1..schema::VERSION {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join(database::FILE);
        let mut db = database::connect(&file, &key(), true).unwrap();
        schema::migrations().to_version(&mut db, old as usize).unwrap();
        db.execute("INSERT INTO stream(replica, org, lane) VALUES(x'01', x'02', 1)", []).unwrap();
        drop(db);

        let db = database::open(dir.path(), &key(), false).unwrap();
        assert_eq!(version(&db), schema::VERSION);
        let kept: i64 = db.query_row("SELECT count(*) FROM stream", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, 1, "what was in the old tables is in the new ones");
        db.query_row("SELECT count(*) FROM local", [], |row| row.get::<_, i64>(0)).unwrap();
        drop(db);
        let copy = dir.path().join(format!("before-version-{}.db", old + 1));
        let copy = database::connect(&copy, &key(), false).unwrap();
        assert_eq!(version(&copy), old);
        let kept: i64 = copy.query_row("SELECT count(*) FROM stream", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, 1);
    }
}

#[test]
fn what_this_program_wrote_is_brought_to_the_next_version_and_the_copy_still_opens_here() {
    let (dir, mut store) = village(1);
    add_member(&mut store, "王秀英", None);
    let digest = store.digest(None).unwrap();
    drop(store);
    let key = key_of(dir.path());
    let later = later(&[NEXT]);
    let mut db = database::connect(&dir.path().join(database::FILE), &key, false).unwrap();
    database::bring_up_to_date(&mut db, dir.path(), &key, &later, schema::VERSION + 1).unwrap();
    assert_eq!(version(&db), schema::VERSION + 1);
    database::close(db).unwrap();

    assert!(matches!(reopened(dir.path()), Err(StoreError::Newer)), "this program leaves it alone");
    // Whoever must go back to the older program puts the copy in its place.
    let copy = dir.path().join(format!("before-version-{}.db", schema::VERSION + 1));
    std::fs::rename(copy, dir.path().join(database::FILE)).unwrap();
    let store = reopened(dir.path()).unwrap();
    assert_eq!(store.digest(None).unwrap(), digest);
    assert_eq!(store.records(&member::TABLE).unwrap().len(), 1);
    assert_eq!(store.verify().unwrap(), []);
}

#[test]
fn a_migration_that_fails_half_way_leaves_the_old_tables_in_use() {
    let (dir, mut store) = village(1);
    add_member(&mut store, "王秀英", None);
    let digest = store.digest(None).unwrap();
    drop(store);
    let key = key_of(dir.path());
    let file = dir.path().join(database::FILE);
    // The first step works, the second breaks after having thrown something away.
    let broken = "DROP TABLE deed; INSERT INTO nowhere VALUES(1);";
    let later = later(&[NEXT, broken]);
    let mut db = database::connect(&file, &key, false).unwrap();
    database::bring_up_to_date(&mut db, dir.path(), &key, &later, schema::VERSION + 2).unwrap_err();
    drop(db);

    let mut store = reopened(dir.path()).unwrap();
    assert_eq!(store.digest(None).unwrap(), digest);
    assert_eq!(store.verify().unwrap(), []);
    add_member(&mut store, "李国强", None);
    store.undo(None).unwrap();
    assert_eq!(store.records(&member::TABLE).unwrap().len(), 1);
}

/// The copy cannot be made: then nothing is changed without one.
#[test]
fn without_a_copy_there_is_no_migration() {
    let (dir, store) = village(1);
    let digest = store.digest(None).unwrap();
    drop(store);
    let key = key_of(dir.path());
    let later = later(&[NEXT]);
    let copy = dir.path().join(format!("before-version-{}.db", schema::VERSION + 1));
    std::fs::create_dir(&copy).unwrap();
    let before = names(dir.path());
    let mut db = database::connect(&dir.path().join(database::FILE), &key, false).unwrap();
    database::bring_up_to_date(&mut db, dir.path(), &key, &later, schema::VERSION + 1).unwrap_err();
    database::close(db).unwrap();
    assert_eq!(names(dir.path()), before);
    assert_eq!(reopened(dir.path()).unwrap().digest(None).unwrap(), digest);
}
