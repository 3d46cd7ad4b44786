//! Copies of a store: made while it is in use, checked, brought back, put in the place of another.

use std::path::{Path, PathBuf};

use yuanba_core::tables::member;
use yuanba_store::backup::{Told, cover_of};
use yuanba_store::{Intent, Store, StoreError, Unlock, database};

use crate::add_member;
use crate::family::Family;
use crate::village::{PASSPHRASE, store, surroundings, village};

const PAGE: usize = 4096;

fn unlock() -> Unlock {
    Unlock { user: None, passphrase: PASSPHRASE.into() }
}

fn reopened(dir: &Path) -> Store {
    Store::open(dir, unlock(), surroundings(1)).unwrap()
}

fn names(store: &Store) -> Vec<String> {
    let people = store.records(&member::TABLE).unwrap();
    people.iter().filter_map(|p| p.text(member::NAME).map(str::to_owned)).collect()
}

fn restored(copy: &Path) -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().join("store");
    Store::restore(copy, &place).unwrap();
    let store = Store::open(&place, unlock(), surroundings(2)).unwrap();
    (dir, store)
}

/// Files under a folder, with the folders' names in front.
fn files(dir: &Path) -> Vec<String> {
    let (mut found, mut open) = (Vec::new(), vec![dir.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                found.push(path.strip_prefix(dir).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn what_is_erased_while_a_copy_is_made_is_not_torn_out_of_it_and_leaves_the_files_at_its_end() {
    let mut family = Family::new(71);
    let id = add_member(&mut family.village, "王秀英", None);
    for n in 0..400 {
        add_member(&mut family.village, &format!("罗永{n}"), None);
    }
    family.meet();
    let digest = family.village.digest(None).unwrap();
    let log = family.village.dir().join(format!("{}-wal", database::FILE));
    let out = family.village.dir().join("copy");
    let copying = family.village.begin_copy(true).unwrap();
    let mut steps = 0;
    copying
        .write(&out, &mut |told| {
            if steps == 0 && matches!(told, Told::Written(..)) {
                let mut intent = Intent::new("删去").of(family.org());
                intent.redact(family.township.changes_of(id).unwrap(), "本人要求");
                family.township.commit(intent).unwrap();
                family.meet();
            }
            steps += 1;
            true
        })
        .unwrap();
    assert!(steps > 2, "{steps} steps");
    let log_bytes = || std::fs::metadata(&log).unwrap().len();
    assert!(log_bytes() > 10 * PAGE as u64, "the file stood still");
    drop(copying);
    family.village.end_copy().unwrap();
    // Emptied; then one page says that nothing is left to be cleared.
    assert!(log_bytes() < 2 * PAGE as u64, "the words stand in no log");
    assert!(!names(&family.village).contains(&"王秀英".to_owned()));
    let (_dir, copy) = restored(&out);
    assert_eq!(copy.digest(None).unwrap(), digest);
    assert_eq!(copy.verify().unwrap(), []);
    assert!(names(&copy).contains(&"王秀英".to_owned()));
}

#[test]
fn a_copy_is_of_one_moment_while_people_go_on_saving() {
    let (dir, mut store) = village(1);
    for n in 0..400 {
        add_member(&mut store, &format!("罗永{n}"), None);
    }
    let digest = store.digest(None).unwrap();
    let out = dir.path().join("copy");
    let copying = store.begin_copy(true).unwrap();
    assert!(matches!(store.begin_copy(true), Err(StoreError::Refused(_))), "one at a time");
    let mut steps = 0;
    let written = copying
        .write(&out, &mut |told| {
            // Far more than what makes the log be brought into the database otherwise.
            if let Told::Written(..) = told {
                for n in 0..60 {
                    add_member(&mut store, &format!("何玉{steps}{n}"), None);
                }
                steps += 1;
            }
            true
        })
        .unwrap();
    drop(copying);
    store.end_copy().unwrap();
    assert!(steps >= 2, "{steps} steps");
    assert_eq!(written.changes, digest.ops);
    assert_eq!(written.bytes, std::fs::metadata(&out).unwrap().len());
    let (_dir, copy) = restored(&out);
    assert_eq!(copy.digest(None).unwrap(), digest);
    assert_eq!(copy.verify().unwrap(), []);
    assert_eq!(store.verify().unwrap(), []);
    assert_eq!(names(&store).len(), 400 + 60 * steps);
    // The log is brought into the database again.
    let log = dir.path().join(format!("{}-wal", database::FILE));
    let before = std::fs::metadata(&log).unwrap().len();
    for n in 0..150 {
        add_member(&mut store, &format!("谢开{n}"), None);
    }
    assert!(std::fs::metadata(&log).unwrap().len() <= before + 1100 * PAGE as u64);
    drop(store);
    assert_eq!(names(&reopened(dir.path())).len(), 550 + 60 * steps);
}

#[test]
fn a_store_that_is_closed_ends_its_copy_and_leaves_no_half_of_it() {
    let (dir, mut store) = village(1);
    for n in 0..300 {
        add_member(&mut store, &format!("罗永{n}"), None);
    }
    let out = dir.path().join("copy");
    let copying = store.begin_copy(true).unwrap();
    let mut store = Some(store);
    let ended = copying.write(&out, &mut |_| {
        store = None;
        true
    });
    assert!(matches!(ended, Err(StoreError::Stopped)), "{ended:?}");
    assert!(!files(dir.path()).iter().any(|name| name.contains("copy")), "{:?}", files(dir.path()));
    let store = reopened(dir.path());
    assert_eq!(names(&store).len(), 300);
    store.backup(&out).unwrap();
    assert_eq!(restored(&out).1.digest(None).unwrap(), store.digest(None).unwrap());
}

#[test]
fn a_copy_that_somebody_stops_leaves_the_one_that_had_its_name() {
    let (dir, mut store) = village(1);
    add_member(&mut store, "王秀英", None);
    let out = dir.path().join("copy");
    store.backup(&out).unwrap();
    let before = std::fs::read(&out).unwrap();
    add_member(&mut store, "李国强", None);
    for stop in [Told::Checking, Told::Written(0, 0)] {
        let copying = store.begin_copy(false).unwrap();
        let same = |told: &Told| std::mem::discriminant(told) == std::mem::discriminant(&stop);
        let ended = copying.write(&out, &mut |told| !same(&told));
        assert!(matches!(ended, Err(StoreError::Stopped)));
        drop(copying);
        store.end_copy().unwrap();
        assert_eq!(std::fs::read(&out).unwrap(), before);
        assert!(!files(dir.path()).iter().any(|name| name.contains("part")));
    }
}

#[test]
fn what_can_be_told_without_a_key_is_on_the_cover() {
    let (dir, mut store) = village(1);
    add_member(&mut store, "王秀英", None);
    let out = dir.path().join("copy");
    let before = store.now_ms();
    let bytes = store.backup(&out).unwrap();
    let cover = cover_of(&out).unwrap();
    assert_eq!(cover.org.as_deref(), Some("石河村"));
    assert!(cover.at_ms.is_some_and(|at| (before..=store.now_ms()).contains(&at)));
    assert_eq!(cover.changes, Some(store.digest(None).unwrap().ops));
    assert_eq!((cover.bytes, cover.by_itself), (bytes, false));
    assert_eq!(cover.store, store.vault().store());
    assert_eq!(Store::check_copy(&out).unwrap(), cover);
    let plain = std::fs::read(&out).unwrap();
    let shown = |text: &str| plain.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    assert!(shown("石河村") && !shown("王秀英"));
}

#[test]
fn a_copy_that_was_cut_or_damaged_anywhere_brings_nothing_back_and_leaves_no_trace() {
    let (dir, mut store) = village(1);
    add_member(&mut store, "王秀英", None);
    let out = dir.path().join("copy");
    store.backup(&out).unwrap();
    let whole = std::fs::read(&out).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let place = elsewhere.path().join("store");
    let refused = |bytes: &[u8]| {
        std::fs::write(&out, bytes).unwrap();
        assert!(matches!(Store::restore(&out, &place), Err(StoreError::Damaged(_))));
        assert!(matches!(Store::check_copy(&out), Err(StoreError::Damaged(_))));
        assert_eq!(files(elsewhere.path()), [""; 0]);
        assert!(!place.exists());
    };
    let mut places: Vec<usize> = (0..whole.len()).step_by(2801).collect();
    places.extend(whole.len() - 900..whole.len());
    for at in places.iter().step_by(7) {
        let mut bytes = whole.clone();
        bytes[*at] ^= 0x20;
        // The name of the format in the last bytes may become that of a newer one.
        if *at < whole.len() - 16 {
            refused(&bytes);
        }
        refused(&whole[..*at]);
    }
    let mut newer = whole.clone();
    let digit = whole.len() - 2;
    newer[digit] = b'3';
    std::fs::write(&out, &newer).unwrap();
    assert!(matches!(Store::restore(&out, &place), Err(StoreError::Newer)));
    std::fs::write(&out, &whole).unwrap();
    Store::restore(&out, &place).unwrap();
}

#[test]
fn a_page_that_is_damaged_here_is_not_copied_as_if_it_were_whole() {
    let (dir, mut store) = village(1);
    for n in 0..60 {
        add_member(&mut store, &format!("罗永{n}"), None);
    }
    drop(store);
    let file = dir.path().join(database::FILE);
    let whole = std::fs::read(&file).unwrap();
    let (mut told, out) = (0, dir.path().join("copy"));
    for page in (whole.len() / PAGE / 2..whole.len() / PAGE).step_by(3) {
        let mut bytes = whole.clone();
        bytes[page * PAGE + 99] ^= 4;
        std::fs::write(&file, bytes).unwrap();
        // A store that does not open at all has no copy made of it.
        let Ok(store) = Store::open(dir.path(), unlock(), surroundings(1)) else { continue };
        let said = store.backup(&out);
        assert!(matches!(said, Err(StoreError::Damaged(_))), "page {page}: {said:?}");
        assert!(!out.exists());
        told += 1;
        drop(store);
        std::fs::write(&file, &whole).unwrap();
    }
    assert!(told > 5, "{told}");
}

#[test]
fn a_copy_of_any_place_opens_under_any_name() {
    let (dir, mut store) = village(1);
    add_member(&mut store, "王秀英", None);
    let folder = dir.path().join("U盘 100%?#&'");
    std::fs::create_dir(&folder).unwrap();
    let out = folder.join("院坝备份 1.yuanba-backup");
    store.backup(&out).unwrap();
    assert_eq!(store.compare_copy(&out).unwrap().newer, 0);
    assert_eq!(files(&folder).len(), 1);
}

#[test]
fn what_would_be_lost_is_counted_and_what_others_hold_is_not_lost() {
    let (dir, mut store) = village(1);
    add_member(&mut store, "王秀英", None);
    let out = dir.path().join("copy");
    store.backup(&out).unwrap();
    assert_eq!(store.compare_copy(&out).unwrap(), Default::default());
    add_member(&mut store, "李国强", None);
    add_member(&mut store, "何玉兰", None);
    let known = store.vector_for(store.org()).unwrap();
    let peer = yuanba_core::Id([9; 16]);
    store.hear(peer, peer, &known).unwrap();
    add_member(&mut store, "谢开秀", None);
    let lost = store.compare_copy(&out).unwrap();
    assert_eq!((lost.newer, lost.comes_back, lost.lost, lost.only_there), (3, 2, 1, 0));
    assert_eq!(lost.whose.len(), 1);
    assert_eq!((lost.whose[0].user, lost.whose[0].acts), (store.me().id, 1));

    // And from the other side: what only the copy has.
    let later = dir.path().join("later");
    store.backup(&later).unwrap();
    let (_elsewhere, old) = restored(&out);
    let beside = old.compare_copy(&later).unwrap();
    assert_eq!((beside.newer, beside.only_there), (0, 3));
    let (_other, other) = store_of_others();
    assert!(matches!(other.compare_copy(&out), Err(StoreError::Refused(_))));
}

fn store_of_others() -> (tempfile::TempDir, Store) {
    store(5, yuanba_core::Level::Village, "别的村")
}

/// A store with two people, a copy with one of them.
fn with_a_copy() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let (dir, mut store) = village(1);
    add_member(&mut store, "王秀英", None);
    let copies = tempfile::tempdir().unwrap().keep();
    let out = copies.join("copy");
    store.backup(&out).unwrap();
    add_member(&mut store, "李国强", None);
    let place = dir.path().to_owned();
    (dir, place, out)
}

#[test]
fn a_copy_takes_the_place_of_a_store_which_goes_aside_whole() {
    let (_dir, place, out) = with_a_copy();
    let replica = reopened(&place).replica().id();
    let wrong = Unlock { user: None, passphrase: "别的口令".into() };
    let before = files(&place);
    assert!(Store::restore_over(&out, &place, &wrong, 0).is_err());
    assert_eq!(files(&place), before, "who cannot open it changes nothing");

    let aside = Store::restore_over(&out, &place, &unlock(), 0).unwrap();
    let mut store = reopened(&place);
    assert_eq!(names(&store), ["王秀英"]);
    assert!(store.moved(), "the same folder, and yet not the same laptop any more");
    add_member(&mut store, "何玉兰", None);
    assert_ne!(store.replica().id(), replica);
    drop(store);
    let store = reopened(&place);
    assert!(!store.moved());
    assert_eq!(store.verify().unwrap(), []);
    drop(store);
    // The old one is a store as it ever was.
    let old = Store::open(&aside, unlock(), surroundings(1)).unwrap();
    assert_eq!(names(&old).len(), 2);
    assert_eq!(old.verify().unwrap(), []);
    // Once more in the same second.
    drop(old);
    let second = Store::restore_over(&out, &place, &unlock(), 0).unwrap();
    assert_ne!(second, aside);
    assert_eq!(names(&reopened(&place)), ["王秀英"]);
}

#[test]
fn the_passphrases_of_today_open_what_came_from_an_old_copy() {
    let (_dir, place, out) = with_a_copy();
    let mut store = reopened(&place);
    let me = store.me().id;
    let mut fill = |bytes: &mut [u8]| bytes.fill(3);
    store.change_vault(|vault, key| vault.change_passphrase(key, me, "新的口令 2026", &mut fill)).unwrap();
    drop(store);
    assert!(
        Store::restore_over(&out, &place, &unlock(), 0).is_err(),
        "the old one is not asked for any more"
    );
    let new = Unlock { user: None, passphrase: "新的口令 2026".into() };
    Store::restore_over(&out, &place, &new, 0).unwrap();
    assert_eq!(names(&Store::open(&place, new, surroundings(1)).unwrap()), ["王秀英"]);
}

#[test]
fn a_store_that_cannot_be_opened_any_more_is_replaced_too() {
    for lost in [&["yuanba.db"][..], &["keys.json", "keys.json.bak"], &[]] {
        let (_dir, place, out) = with_a_copy();
        for name in lost {
            std::fs::remove_file(place.join(name)).unwrap();
        }
        if lost.is_empty() {
            std::fs::write(place.join(database::FILE), [7; 40_000]).unwrap();
        }
        assert!(Store::open(&place, unlock(), surroundings(1)).is_err());
        Store::restore_over(&out, &place, &unlock(), 0).unwrap();
        assert_eq!(names(&reopened(&place)), ["王秀英"], "{lost:?}");
    }
}

/// The moves are cut after each of them, by taking the last state that a cut could leave and going on from it.
#[test]
fn a_power_cut_while_a_copy_takes_its_place_leaves_the_one_store_or_the_other() {
    let (_dir, place, out) = with_a_copy();
    let old = reopened(&place).digest(None).unwrap();
    let keys = ["keys.json", "keys.json.bak", "yuanba.db"];
    let mut whole: Vec<(String, Vec<u8>)> = Vec::new();
    for name in keys {
        whole.push((name.to_owned(), std::fs::read(place.join(name)).unwrap()));
    }
    let aside = Store::restore_over(&out, &place, &unlock(), 0).unwrap();
    let new = reopened(&place).digest(None).unwrap();
    let copy: Vec<(String, Vec<u8>)> = ["keys.json", "yuanba.db"]
        .iter()
        .map(|n| ((*n).to_owned(), std::fs::read(place.join(n)).unwrap()))
        .collect();
    let making = place.join("making");
    let put = |dir: &Path, name: &str, bytes: &[u8]| std::fs::write(dir.join(name), bytes).unwrap();
    let name = aside.file_name().unwrap().to_str().unwrap().to_owned();
    // How many of the old files went aside, how many of the new ones came in, and whether the note stood.
    for (gone, come, noted) in
        [(0, 0, false), (0, 0, true), (1, 0, true), (2, 0, true), (3, 0, true), (3, 1, true), (3, 2, true)]
    {
        std::fs::remove_dir_all(&aside).unwrap();
        std::fs::create_dir_all(&aside).unwrap();
        for file in ["keys.json", "keys.json.bak", "yuanba.db", "yuanba.db-wal", "restored"] {
            let _ = std::fs::remove_file(place.join(file));
        }
        std::fs::create_dir(&making).unwrap();
        for (at, (file, bytes)) in whole.iter().enumerate() {
            put(if at < gone { &aside } else { &place }, file, bytes);
        }
        for (at, (file, bytes)) in copy.iter().rev().enumerate() {
            put(if at < come { &place } else { &making }, file, bytes);
        }
        put(if come > 0 { &place } else { &making }, "restored", b"");
        if noted {
            put(&making, "replaces", name.as_bytes());
        }
        assert!(Store::is_in(&place), "{gone} {come} {noted}");
        Store::finish_restoring(&place).unwrap();
        let store = reopened(&place);
        assert_eq!(store.digest(None).unwrap(), if noted { new } else { old }, "{gone} {come} {noted}");
        assert_eq!(store.moved(), noted);
        drop(store);
        assert!(!making.exists());
        if noted {
            let old_store = Store::open(&aside, unlock(), surroundings(1)).unwrap();
            assert_eq!(old_store.digest(None).unwrap(), old);
        }
    }
}

#[test]
#[cfg(unix)]
fn a_store_comes_back_when_a_copy_cannot_take_its_place() {
    let (_dir, place, out) = with_a_copy();
    let before = reopened(&place).digest(None).unwrap();
    // A folder where the copy's database should come to stand cannot be replaced by a file.
    let blocked = place.join("keys.json.bak");
    let text = std::fs::read(&blocked).unwrap();
    std::fs::remove_file(&blocked).unwrap();
    std::fs::create_dir(place.join("换下来的")).unwrap();
    std::fs::write(&blocked, text).unwrap();
    let name = "1970-01-01-080000";
    std::fs::create_dir_all(place.join("换下来的").join(name)).unwrap();
    std::fs::create_dir_all(place.join("换下来的").join(format!("{name}-2")).join("yuanba.db").join("full"))
        .unwrap();
    // The second name is taken as well, so a third is found and all goes well.
    let aside = Store::restore_over(&out, &place, &unlock(), 0).unwrap();
    assert!(aside.ends_with(format!("{name}-3")));
    // A restored mark that is a folder cannot be replaced by the file of that name.
    let now = reopened(&place);
    let digest = now.digest(None).unwrap();
    assert_ne!(digest, before);
    drop(now);
    std::fs::remove_file(place.join("restored")).unwrap();
    std::fs::create_dir_all(place.join("restored").join("full")).unwrap();
    let listed = files(&place);
    assert!(Store::restore_over(&out, &place, &unlock(), 0).is_err());
    assert_eq!(files(&place), listed, "everything is back in its place");
    assert_eq!(reopened(&place).digest(None).unwrap(), digest);
}

#[test]
fn copies_of_every_format_that_was_ever_written_come_back() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/backups");
    let mut tried = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        if file.extension().is_none_or(|ending| ending != "yuanba-backup") {
            continue;
        }
        tried += 1;
        let said: serde_json::Value =
            serde_json::from_slice(&std::fs::read(file.with_extension("json")).unwrap()).unwrap();
        let cover = Store::check_copy(&file).unwrap();
        assert_eq!(cover.org.as_deref(), said["cover_org"].as_str());
        assert_eq!(cover.changes, said["cover_changes"].as_u64());
        let dir = tempfile::tempdir().unwrap();
        Store::restore(&file, dir.path()).unwrap();
        let unlock = Unlock { user: None, passphrase: said["passphrase"].as_str().unwrap().to_owned() };
        let store = Store::open(dir.path(), unlock, surroundings(1)).unwrap();
        let digest = store.digest(None).unwrap();
        assert_eq!(digest.ops, said["ops"].as_u64().unwrap(), "{}", file.display());
        assert_eq!(digest.ops_digest.to_string(), said["ops_digest"].as_str().unwrap());
        assert_eq!(names(&store).len() as u64, said["people"].as_u64().unwrap());
        assert_eq!(store.verify().unwrap(), []);
        assert_eq!(store.compare_copy(&file).unwrap(), Default::default());
    }
    assert!(tried >= 2, "{tried}");
}
