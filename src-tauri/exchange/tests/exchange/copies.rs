//! Stores that were copied to another machine, restored from a backup, or put back in their place.

use yuanba_store::{Store, Surroundings};

use crate::bundles::pair;
use crate::place::{Place, assert_even, stick, surroundings};

/// Copies every file of a folder in which no store is open.
fn copy(from: &std::path::Path, to: &std::path::Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// The files of an earlier day in the place of today's, on the same machine: nothing tells the program that time went back.
fn put_back(village: Place, old: &std::path::Path) -> Place {
    let Place { store, dir } = village;
    drop(store);
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    copy(old, dir.path());
    Place::open_in(dir, Surroundings { machine: Some("machine-2".into()), ..surroundings(3_000) })
}

fn restore(backup: &std::path::Path, seed: u64) -> Place {
    let dir = tempfile::tempdir().unwrap();
    Store::restore(backup, dir.path()).unwrap();
    Place::open(dir, seed)
}

#[test]
fn a_store_in_two_folders_goes_on_as_two_laptops_that_lose_nothing() {
    let mut village = Place::village("石河村", 1);
    let person = village.add("王秀英");
    let (mut one, mut two) = village.copied(1, 2);
    let org = one.org();
    one.add("李国强");
    two.add("张桂兰");
    two.educate(person, "31");
    assert_ne!(one.store.replica().id(), two.store.replica().id());
    two.hand(org, &mut one);
    one.hand(org, &mut two);
    assert_even(org, &one, &two);
    assert_eq!(one.members(), 3);
    one.educate(person, "61");
    one.hand(org, &mut two);
    assert_eq!(two.education(person).as_deref(), Some("61"));
    let letters: Vec<_> =
        [&one, &two].map(|p| p.store.authority().letter(p.store.replica().id(), org).unwrap()).into();
    assert_ne!(letters[0], letters[1], "no number is given twice");
    one.sound();
    two.sound();
}

#[test]
fn copies_of_an_enrolled_village_both_reach_the_township() {
    let (village, mut township) = pair();
    let (mut one, mut two) = village.copied(2, 3);
    let org = one.org();
    one.add("李国强");
    two.add("张桂兰");
    one.exchange(&mut township);
    two.exchange(&mut township);
    one.exchange(&mut township);
    for place in [&one, &two] {
        assert_even(org, place, &township);
        place.sound();
    }
    assert_eq!(township.members(), 2);
}

#[test]
fn a_restored_backup_gets_back_from_the_township_what_it_did_not_know() {
    let (mut village, mut township) = pair();
    village.add("王秀英");
    village.exchange(&mut township);
    let stick = stick();
    let backup = stick.path().join("备份");
    village.store.backup(&backup).unwrap();
    village.add("李国强");
    village.exchange(&mut township);
    drop(village);

    let mut restored = restore(&backup, 4);
    let org = restored.org();
    assert_eq!(restored.members(), 1);
    restored.hand(township.org(), &mut township);
    let read = township.hand(org, &mut restored);
    assert!(read.began_anew, "it goes on as a laptop of its own: {read:?}");
    assert_eq!(restored.members(), 2);
    restored.add("张桂兰");
    restored.exchange(&mut township);
    assert_even(org, &restored, &township);
    assert_eq!(township.members(), 3);
    restored.sound();
    township.sound();
}

#[test]
fn a_folder_put_back_in_its_place_keeps_both_branches() {
    let (mut village, mut township) = pair();
    let org = village.org();
    village.add("王秀英");
    let old = tempfile::tempdir().unwrap();
    let Place { store, dir } = village;
    drop(store);
    copy(dir.path(), old.path());
    let mut village = Place::open(dir, 2);
    village.add("李国强");
    village.exchange(&mut township);

    let mut village = put_back(village, old.path());
    assert!(!village.store.moved());
    village.add("张桂兰");
    village.hand(township.org(), &mut township);
    let read = township.hand(org, &mut village);
    assert!(read.began_anew, "{read:?}");
    village.exchange(&mut township);
    assert_eq!((village.members(), township.members()), (3, 3), "neither branch is lost");
    assert_even(org, &village, &township);
    village.sound();
    township.sound();
}

#[test]
fn branches_of_one_length_reach_each_other_also_when_each_side_has_heard_of_the_others_end() {
    let (mut village, mut township) = pair();
    let org = village.org();
    let old = tempfile::tempdir().unwrap();
    village.exchange(&mut township);
    let Place { store, dir } = village;
    drop(store);
    copy(dir.path(), old.path());
    let mut village = Place::open(dir, 2);
    village.add("李国强");
    village.exchange(&mut township);

    let mut village = put_back(village, old.path());
    village.add("张桂兰");
    // The township has been told of the first branch's end, and tells the village of it.
    township.hand(org, &mut village);
    for _ in 0..2 {
        village.exchange(&mut township);
    }
    assert_eq!((village.members(), township.members()), (2, 2), "neither branch is lost");
    assert_even(org, &village, &township);
}

#[test]
fn a_laptop_that_goes_on_with_a_backup_from_before_it_had_its_place_asks_for_it_once_more() {
    let mut township = Place::township("柳坝镇", 70);
    let mut first = Place::village("石河村", 71);
    township.enrol(&mut first, None);
    let village = first.org();
    let mut second = Place::village("石河村二号", 72);
    second.add("李国强");
    let stick = stick();
    let backup = stick.path().join("备份.yuanba-backup");
    second.store.backup(&backup).unwrap();
    first.enrol(&mut second, Some(village));
    second.exchange(&mut first);
    drop(second);

    let mut again = restore(&backup, 73);
    assert_ne!(again.org(), village);
    first.enrol(&mut again, Some(village));
    assert_eq!(again.org(), village);
    again.add("王秀英");
    again.exchange(&mut first);
    again.exchange(&mut first);
    assert_even(village, &again, &first);
    assert_eq!((first.members(), again.members()), (2, 2));
    [first, again, township].iter().for_each(Place::sound);
}
