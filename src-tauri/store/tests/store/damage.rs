//! A database whose file was damaged: every page of it, every kind of damage. What it answers is right, or it is told.

use std::path::Path;

use yuanba_core::tables::member;
use yuanba_store::{Store, StoreError, Unlock, database};

use crate::add_member;
use crate::village::{PASSPHRASE, surroundings, village};

/// Bytes of a page.
const PAGE: usize = 4096;

/// What a store shows: its digest and who is in it.
type Shown = (yuanba_store::Digest, Vec<String>);

/// Whether a store verifies, and what it shows as far as it shows anything.
fn look(dir: &Path) -> (bool, Option<Shown>) {
    let unlock = Unlock { user: None, passphrase: PASSPHRASE.into() };
    let told = |error: StoreError| {
        assert!(matches!(error, StoreError::Damaged(_)), "{error:?}");
    };
    let store = match Store::open(dir, unlock, surroundings(1)) {
        Ok(store) => store,
        Err(error) => {
            told(error);
            return (false, None);
        }
    };
    let well = store.verify().map(|differences| differences.is_empty());
    let shown = store.digest(None).and_then(|digest| {
        let people = store.records(&member::TABLE)?;
        Ok((digest, people.iter().filter_map(|p| p.text(member::NAME).map(str::to_owned)).collect()))
    });
    (well.map_err(told).unwrap_or(false), shown.map_err(told).ok())
}

fn people(store: &mut Store, count: usize) {
    for n in 0..count {
        add_member(store, &format!("罗永{n}"), None);
    }
}

#[test]
fn one_bit_of_any_page_is_noticed_and_never_shown_as_right() {
    let (dir, mut store) = village(1);
    people(&mut store, 60);
    drop(store);
    let file = dir.path().join(database::FILE);
    let whole = std::fs::read(&file).unwrap();
    let (_, before) = look(dir.path());
    assert_eq!(before.as_ref().unwrap().1.len(), 60);
    assert!(whole.len() / PAGE > 40, "{} pages", whole.len() / PAGE);
    for page in 0..whole.len() / PAGE {
        let mut bytes = whole.clone();
        bytes[page * PAGE + (page * 577 + 13) % PAGE] ^= 1 << (page % 8);
        std::fs::write(&file, bytes).unwrap();
        let (well, shown) = look(dir.path());
        assert!(!well, "page {page} verifies");
        assert!(shown.is_none() || shown == before, "page {page}: {shown:?}");
    }
    std::fs::write(&file, &whole).unwrap();
    assert_eq!(look(dir.path()), (true, before));
}

/// A disk that lost one write, or took a page back to what it was: its seal is right, only it is old.
#[test]
fn a_page_that_went_back_in_time_is_noticed_or_changes_nothing_that_is_shown() {
    let (dir, mut store) = village(1);
    people(&mut store, 30);
    drop(store);
    let file = dir.path().join(database::FILE);
    let old = std::fs::read(&file).unwrap();
    let unlock = Unlock { user: None, passphrase: PASSPHRASE.into() };
    let mut store = Store::open(dir.path(), unlock, surroundings(1)).unwrap();
    people(&mut store, 20);
    drop(store);
    let new = std::fs::read(&file).unwrap();
    let (_, before) = look(dir.path());
    let mut tried = 0;
    for page in 0..old.len() / PAGE {
        let place = page * PAGE..(page + 1) * PAGE;
        if old[place.clone()] == new[place.clone()] {
            continue;
        }
        tried += 1;
        let mut bytes = new.clone();
        bytes[place.clone()].copy_from_slice(&old[place]);
        std::fs::write(&file, bytes).unwrap();
        let (well, shown) = look(dir.path());
        assert!(!well || shown == before, "page {page} verifies and shows {shown:?}");
    }
    assert!(tried > 10, "{tried} pages");
}

#[test]
fn a_database_cut_at_any_page_is_noticed_and_left_as_it_is() {
    let (dir, mut store) = village(1);
    people(&mut store, 20);
    drop(store);
    let file = dir.path().join(database::FILE);
    let whole = std::fs::read(&file).unwrap();
    let (_, before) = look(dir.path());
    for page in 0..whole.len() / PAGE {
        for length in [page * PAGE, page * PAGE + 1 + page * 31 % (PAGE - 1)] {
            std::fs::write(&file, &whole[..length]).unwrap();
            let (well, shown) = look(dir.path());
            assert!(!well, "{length} bytes verify");
            assert!(shown.is_none() || shown == before, "{length} bytes: {shown:?}");
            assert_eq!(std::fs::read(&file).unwrap(), &whole[..length], "{length} bytes were written to");
        }
    }
}
