//! A village that goes from one township to another.

use yuanba_core::Id;
use yuanba_core::tables::member;
use yuanba_exchange::enrol;
use yuanba_journal::payload::{Cut, Revocation};
use yuanba_store::{Intent, StoreError, Why};

use crate::place::{Place, assert_even, on, refused, stick};

/// The record is there, and its words are gone.
fn assert_erased(person: Id, places: [&Place; 3]) {
    let name = |place: &Place| {
        let record = place.store.record(&member::TABLE, person).unwrap();
        record.map(|record| record.text(member::NAME).map(str::to_owned))
    };
    assert_eq!(places.map(name), [Some(None), Some(None), Some(None)]);
}

#[test]
fn a_village_that_the_county_moves_goes_on_with_its_new_township_and_keeps_all_that_it_has() {
    let mut county = Place::county("达川县", 30);
    let (mut east, mut west) = (Place::township("东坝镇", 31), Place::township("西坝镇", 32));
    let mut village = Place::village("石河村", 33);
    county.enrol(&mut east, None);
    county.enrol(&mut west, None);
    east.enrol(&mut village, None);
    village.add("王秀英");
    village.exchange(&mut east);
    east.exchange(&mut county);

    // Without a word from above, a second township is refused.
    let stick = stick();
    let request = on(&stick, "申请.yuanba-request");
    enrol::request(&mut village.store, &request).unwrap();
    let grant = on(&stick, "授权.yuanba-grant");
    let second = enrol::grant(&mut west.store, &request, &grant, None);
    assert_eq!(refused(second).code, "second_parent");

    let early = enrol::hand_over(&mut county.store, village.org(), west.org());
    assert_eq!(
        refused(early).code,
        "not_ours",
        "nobody has read yet that the new township has taken its place"
    );
    county.exchange(&mut west);
    let circle = enrol::hand_over(&mut county.store, east.org(), village.org());
    assert_eq!(refused(circle).code, "circle");
    let (here, there) = (village.org(), west.org());
    assert_eq!(refused(enrol::hand_over(&mut east.store, here, there)).code, "not_ours");
    enrol::hand_over(&mut county.store, here, there).unwrap();
    county.exchange(&mut east);
    county.exchange(&mut west);
    for place in [&county, &east, &west] {
        assert_eq!(place.store.authority().parent(village.org()), Some(west.org()));
    }
    // The stick of the new township tells the village.
    west.exchange(&mut village);
    assert_eq!(village.store.authority().parent(village.org()), Some(west.org()));

    village.add("李国强");
    village.exchange(&mut west);
    assert_even(village.org(), &village, &west);
    assert_eq!(west.members(), 2);
    // What the old township holds stays, and nothing new reaches it.
    assert_eq!(east.members(), 1);
    enrol::grant(&mut west.store, &request, &grant, None).unwrap();
    for place in [&county, &east, &west, &village] {
        place.sound();
    }
}

#[test]
fn what_the_old_township_erased_is_erased_at_the_new_one_too() {
    let mut county = Place::county("达川县", 34);
    let (mut east, mut west) = (Place::township("东坝镇", 35), Place::township("西坝镇", 36));
    let mut village = Place::village("石河村", 37);
    county.enrol(&mut east, None);
    county.enrol(&mut west, None);
    east.enrol(&mut village, None);
    let person = village.add("王秀英");
    village.exchange(&mut east);
    let mut intent = Intent::new("删去").of(village.org());
    intent.redact(east.store.changes_of(person).unwrap(), "本人要求");
    east.store.commit(intent).unwrap();
    for township in [&mut east, &mut west] {
        township.exchange(&mut county);
    }
    enrol::hand_over(&mut county.store, village.org(), west.org()).unwrap();
    county.exchange(&mut west);
    west.exchange(&mut village);

    assert_erased(person, [&county, &west, &village]);
    for place in [&west, &village] {
        assert_even(village.org(), place, &county);
        assert!(place.store.set_aside().unwrap().iter().all(|aside| aside.why != Why::NotAbove));
        place.sound();
    }
}

#[test]
fn what_a_laptop_erases_that_nobody_knew_of_when_the_village_moved_is_erased_everywhere() {
    let mut county = Place::county("达川县", 38);
    let (mut east, mut west) = (Place::township("东坝镇", 39), Place::township("西坝镇", 40));
    let (mut village, mut second) = (Place::village("石河村", 41), Place::township("东坝镇二号", 42));
    county.enrol(&mut east, None);
    county.enrol(&mut west, None);
    east.enrol(&mut village, None);
    let person = village.add("王秀英");
    village.exchange(&mut east);
    for township in [&mut east, &mut west] {
        township.exchange(&mut county);
    }
    // Moved while nobody at the county has heard of the old township's second laptop.
    let home = east.org();
    east.enrol(&mut second, Some(home));
    enrol::hand_over(&mut county.store, village.org(), west.org()).unwrap();
    let mut intent = Intent::new("删去").of(village.org());
    intent.redact(second.store.changes_of(person).unwrap(), "本人要求");
    second.store.commit(intent).unwrap();
    second.exchange(&mut county);
    county.exchange(&mut west);
    west.exchange(&mut village);

    assert_erased(person, [&county, &west, &village]);
    for place in [&west, &village] {
        assert_even(village.org(), place, &county);
        place.sound();
    }
}

#[test]
fn a_laptop_that_the_old_township_stopped_stays_stopped_and_the_old_township_takes_nothing_back() {
    let mut county = Place::county("达川县", 44);
    let (mut east, mut west) = (Place::township("东坝镇", 45), Place::township("西坝镇", 46));
    let (mut village, mut second) = (Place::village("石河村", 47), Place::village("石河村二号", 48));
    county.enrol(&mut east, None);
    county.enrol(&mut west, None);
    east.enrol(&mut village, None);
    let here = village.org();
    village.enrol(&mut second, Some(here));
    village.add("王秀英");
    second.exchange(&mut village);
    village.exchange(&mut east);
    let stolen = second.store.replica().id();
    let cuts = east.store.vector_for(here).unwrap().into_iter().filter(|(at, _)| at.replica == stolen);
    let cuts =
        cuts.map(|(at, tips)| Cut { org: at.org, lane: at.lane, seq: tips[0].seq, hash: tips[0].hash });
    let mut intent = Intent::new("停用").of(here).down();
    let revocation = Revocation { replica: stolen, cuts: cuts.collect(), replaces: Vec::new() };
    intent.revoke(revocation, "丢了");
    east.store.commit(intent).unwrap();
    for township in [&mut east, &mut west] {
        township.exchange(&mut county);
    }
    enrol::hand_over(&mut county.store, here, west.org()).unwrap();
    for township in [&mut east, &mut west] {
        county.exchange(township);
    }
    west.exchange(&mut village);
    for place in [&county, &west, &village] {
        assert!(place.store.authority().revoked(stolen));
        place.sound();
    }
    second.add("假的人");
    second.hand(here, &mut village);
    assert_eq!((village.members(), second.members()), (1, 2));
    assert!(matches!(east.store.undo(None), Err(StoreError::Elsewhere)));
    let mut intent = Intent::new("添人").of(here);
    intent.create(&member::TABLE, east.store.new_id()).put(member::NAME, "李国强");
    assert!(matches!(east.store.commit(intent), Err(StoreError::Elsewhere)));
}
