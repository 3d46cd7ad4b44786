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

/// How many damaged pages are tried in a run of the suite; `./dev flips N` tries more.
const FLIPS_IN_THE_SUITE: usize = 120;

/// What disks do to pages: a bit, some bytes, a torn sector, zeros, another page's bytes.
#[test]
fn damage_of_every_kind_is_noticed_and_never_shown_as_right() {
    let (dir, mut store) = village(1);
    people(&mut store, 60);
    drop(store);
    let file = dir.path().join(database::FILE);
    let whole = std::fs::read(&file).unwrap();
    let pages = whole.len() / PAGE;
    let (_, before) = look(dir.path());
    let flips = std::env::var("YUANBA_FLIPS").ok().and_then(|text| text.parse().ok());
    let mut seed = 7u64;
    let mut below = |bound: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % bound
    };
    let mut kinds = [0; 5];
    for n in 0..flips.unwrap_or(FLIPS_IN_THE_SUITE) {
        let (page, other, kind) = (below(pages), below(pages), below(5));
        let mut bytes = whole.clone();
        let there = &mut bytes[page * PAGE..(page + 1) * PAGE];
        match kind {
            0 => there[below(PAGE)] ^= 1 << below(8),
            1 => (0..1 + below(40)).for_each(|_| there[below(PAGE)] ^= 1 + below(255) as u8),
            2 => there[below(8) * 512..].iter_mut().take(512).for_each(|byte| *byte = below(256) as u8),
            3 => there.fill(0),
            _ => there.copy_from_slice(&whole[other * PAGE..(other + 1) * PAGE]),
        }
        if bytes == whole {
            continue;
        }
        std::fs::write(&file, bytes).unwrap();
        let (well, shown) = look(dir.path());
        assert!(!well, "{n}: kind {kind} on page {page} verifies");
        assert!(shown.is_none() || shown == before, "{n}: kind {kind} on page {page}: {shown:?}");
        kinds[kind] += 1;
    }
    assert!(kinds.iter().all(|count| *count > 5), "{kinds:?}");
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
