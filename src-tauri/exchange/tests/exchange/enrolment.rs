//! A laptop gets its place by two files.

use yuanba_core::{Id, Level};
use yuanba_exchange::bundle::Status;
use yuanba_exchange::enrol;

use crate::place::{Place, all, assert_even, on, refused, stick};

#[test]
fn a_village_that_began_alone_joins_its_township_with_all_it_has() {
    let mut village = Place::village("石河村", 1);
    let person = village.add("王秀英");
    let own = village.org();
    let mut township = Place::township("柳坝镇", 2);
    township.enrol(&mut village, None);
    assert_eq!(village.org(), own, "it keeps its id");
    assert_eq!(village.store.authority().parent(own), Some(township.org()));
    assert_eq!(township.store.organisation_name(own).unwrap(), "石河村");

    village.exchange(&mut township);
    assert_eq!(township.store.authority().parent(own), Some(township.org()));
    assert_even(own, &village, &township);
    assert_eq!(township.members(), 1);

    township.educate(person, "31");
    township.exchange(&mut village);
    assert_eq!(village.education(person).as_deref(), Some("31"));
    assert_even(own, &village, &township);
    village.sound();
    township.sound();
}

#[test]
fn a_second_laptop_that_began_as_its_own_village_becomes_one_of_the_village() {
    let mut township = Place::township("柳坝镇", 1);
    let mut first = Place::village("石河村", 2);
    let village = first.org();
    first.add("王秀英");
    township.enrol(&mut first, None);
    first.exchange(&mut township);
    let mut second = Place::village("石河村二号", 3);
    let began_as = second.org();
    second.add("李国强");

    township.enrol(&mut second, Some(village));
    assert_eq!(second.org(), village);
    assert_eq!(second.store.founded_org(), began_as);
    assert_eq!(second.members(), 2, "the grant brought what the township holds of the village");

    second.exchange(&mut township);
    first.exchange(&mut township);
    second.exchange(&mut township);
    for other in [&first, &township] {
        assert_even(village, &second, other);
    }
    assert_eq!(first.members(), 2);
    let letters: Vec<Option<u16>> =
        [&first, &second].map(|p| p.store.authority().letter(p.store.replica().id(), village)).into();
    assert_eq!(letters, [Some(0), Some(1)], "no number is given twice");
    first.hand(village, &mut second);
    [first, second, township].iter().for_each(Place::sound);
}

#[test]
fn a_township_takes_a_second_machine_and_it_reads_what_was_written_before() {
    let mut township = Place::township("柳坝镇", 1);
    let mut village = Place::village("石河村", 2);
    township.enrol(&mut village, None);
    village.add("王秀英");
    let stick = stick();
    let file = village.write(township.org(), stick.path()).file;

    let mut second = Place::township("柳坝镇二号", 3);
    let org = township.org();
    township.enrol(&mut second, Some(org));
    assert_eq!(second.org(), org);
    let read = second.read(&file);
    assert_eq!((read.status, second.members()), (Status::Read, 1), "{read:?}");
    assert_even(village.org(), &second, &village);
    second.sound();
}

#[test]
fn a_county_takes_a_laptop_into_a_township_and_a_village_below_reads_from_it() {
    let mut county = Place::county("青石县", 1);
    let mut township = Place::township("柳坝镇", 2);
    county.enrol(&mut township, None);
    let mut village = Place::village("石河村", 3);
    township.enrol(&mut village, None);
    village.add("王秀英");
    village.exchange(&mut township);
    township.exchange(&mut county);
    assert_even(village.org(), &county, &village);

    let mut second = Place::township("柳坝镇二号", 4);
    county.enrol(&mut second, Some(township.org()));
    assert_eq!(second.org(), township.org());
    assert_eq!(second.members(), 1);
    second.exchange(&mut county);
    township.exchange(&mut county);
    let person = second.add("李国强");
    second.exchange(&mut township);
    township.exchange(&mut village);
    assert_eq!(township.education(person), None);
    assert_even(township.org(), &second, &township);
    [county, township, village, second].iter().for_each(Place::sound);
}

#[test]
fn a_township_that_joins_a_county_later_brings_the_county_to_its_villages() {
    let mut township = Place::township("柳坝镇", 1);
    let mut village = Place::village("石河村", 2);
    township.enrol(&mut village, None);
    village.add("王秀英");
    village.exchange(&mut township);
    let mut county = Place::county("青石县", 3);
    county.enrol(&mut township, None);
    township.exchange(&mut county);
    township.hand(village.org(), &mut village);
    assert_eq!(village.store.authority().ancestors(village.org()), [township.org(), county.org()]);
    let down = village.store.vector_for(village.org()).unwrap();
    assert!(down.keys().any(|stream| stream.org == county.org()));
    assert_even(village.org(), &county, &village);
    [county, township, village].iter().for_each(Place::sound);
}

#[test]
fn merged_villages_become_one_on_every_laptop() {
    let mut township = Place::township("柳坝镇", 1);
    let mut kept = Place::village("石河村", 2);
    let mut merged = Place::village("茶园村", 3);
    let mut merged_too = Place::village("茶园村二号", 4);
    let (into, gone) = (kept.org(), merged.org());
    for village in [&mut kept, &mut merged] {
        township.enrol(village, None);
        village.exchange(&mut township);
    }
    township.enrol(&mut merged_too, Some(gone));
    for (village, name) in [(&mut kept, "王秀英"), (&mut merged, "李国强"), (&mut merged_too, "张桂兰")]
    {
        village.add(name);
        village.exchange(&mut township);
    }

    township.enrol(&mut merged, Some(into));
    merged.exchange(&mut township);
    for _ in 0..2 {
        for village in [&mut merged_too, &mut kept, &mut merged] {
            village.exchange(&mut township);
        }
    }
    for village in [&kept, &merged, &merged_too] {
        assert_eq!(village.org(), into);
        assert_even(into, village, &township);
        assert_eq!(village.members(), 3);
        village.sound();
    }
    assert_eq!(township.digest(gone), township.digest(into), "the one is a name for the other now");
    let letters: std::collections::BTreeSet<_> = [&kept, &merged, &merged_too]
        .map(|p| township.store.authority().letter(p.store.replica().id(), into).unwrap())
        .into();
    assert_eq!(letters.len(), 3, "no number is given twice: {letters:?}");
}

#[test]
fn a_laptop_is_taken_into_a_village_only_after_the_village_said_yes() {
    let mut township = Place::township("柳坝镇", 1);
    let mut village = Place::village("石河村", 2);
    township.enrol(&mut village, None);
    let mut second = Place::village("石河村二号", 3);
    let stick = stick();
    let (request, out) = (on(&stick, "request"), on(&stick, "grant"));
    enrol::request(&mut second.store, &request).unwrap();
    let into = Some(village.org());
    let before = all(&township);
    assert_eq!(refused(enrol::grant(&mut township.store, &request, &out, into)).code, "not_accepted_yet");
    assert_eq!(all(&township), before);
    village.exchange(&mut township);
    enrol::grant(&mut township.store, &request, &out, into).unwrap();
    enrol::accept(&mut second.store, &out).unwrap();
    assert_eq!(second.org(), village.org());
}

#[test]
fn a_second_parent_is_refused_by_both_sides_and_nothing_is_written() {
    let mut first = Place::township("柳坝镇", 1);
    let mut second = Place::township("石门镇", 2);
    let mut village = Place::village("石河村", 3);
    let stick = stick();
    let early = on(&stick, "early");
    enrol::request(&mut village.store, &early).unwrap();
    enrol::grant(&mut second.store, &early, &on(&stick, "other"), None).unwrap();
    first.enrol(&mut village, None);

    let before = all(&village);
    let refusal = refused(enrol::accept(&mut village.store, &on(&stick, "other")));
    assert_eq!(refusal.code, "second_parent");
    assert_eq!(all(&village), before);

    let late = on(&stick, "late");
    enrol::request(&mut village.store, &late).unwrap();
    let before = all(&second);
    let refusal = refused(enrol::grant(&mut second.store, &late, &on(&stick, "no"), None));
    assert_eq!(refusal.code, "second_parent");
    assert_eq!(all(&second), before);
    assert!(!on(&stick, "no").exists());
}

#[test]
fn granting_and_accepting_twice_does_nothing_twice() {
    let mut township = Place::township("柳坝镇", 1);
    let mut village = Place::village("石河村", 2);
    let stick = stick();
    let (request, grant) = (on(&stick, "request"), on(&stick, "grant"));
    enrol::request(&mut village.store, &request).unwrap();
    assert!(!enrol::grant(&mut township.store, &request, &grant, None).unwrap().repeated);
    let granted = all(&township);
    assert!(enrol::grant(&mut township.store, &request, &grant, None).unwrap().repeated);
    assert_eq!(all(&township), granted);
    assert!(!enrol::accept(&mut village.store, &grant).unwrap().repeated);
    let accepted = all(&village);
    assert!(enrol::accept(&mut village.store, &grant).unwrap().repeated);
    assert_eq!(all(&village), accepted);
    enrol::request(&mut village.store, &request).unwrap();
    assert_eq!(all(&village), accepted, "asking again writes nothing");
}

#[test]
fn a_grant_is_for_the_laptop_that_asked_and_a_request_is_no_grant() {
    let mut township = Place::township("柳坝镇", 1);
    let mut village = Place::village("石河村", 2);
    let mut other = Place::village("茶园村", 3);
    let stick = stick();
    let (request, grant) = (on(&stick, "request"), on(&stick, "grant"));
    enrol::request(&mut village.store, &request).unwrap();
    enrol::grant(&mut township.store, &request, &grant, None).unwrap();
    let before = all(&other);
    assert_eq!(refused(enrol::accept(&mut other.store, &grant)).code, "not_for_us");
    assert_eq!(refused(enrol::accept(&mut other.store, &request)).code, "not_a_grant");
    assert_eq!(all(&other), before);
    assert_eq!(
        refused(enrol::grant(&mut township.store, &grant, &on(&stick, "x"), None)).code,
        "not_a_request"
    );
    let read = other.read(&request);
    assert_eq!((read.status, read.code), (Status::Refused, Some("is_enrolment")));
    let read = village.read(&grant);
    assert_eq!(read.status, Status::Refused, "{read:?}");
}

#[test]
fn nobody_is_put_under_itself_or_into_what_is_not_ours() {
    let mut township = Place::township("柳坝镇", 1);
    let mut village = Place::village("石河村", 2);
    township.enrol(&mut village, None);
    let stick = stick();
    let (request, out) = (on(&stick, "request"), on(&stick, "grant"));
    enrol::request(&mut township.store, &request).unwrap();
    assert_eq!(refused(enrol::grant(&mut township.store, &request, &out, None)).code, "circle");
    assert_eq!(refused(enrol::grant(&mut village.store, &request, &out, None)).code, "circle");
    let mut stranger = Place::village("茶园村", 3);
    enrol::request(&mut stranger.store, &request).unwrap();
    let elsewhere = Some(Id([7; 16]));
    assert_eq!(refused(enrol::grant(&mut township.store, &request, &out, elsewhere)).code, "not_ours");
    assert_eq!(stranger.store.level(), Some(Level::Village));
    assert!(!out.exists());
}

#[test]
fn a_request_or_grant_with_any_byte_altered_or_cut_is_refused_whole() {
    let mut township = Place::township("柳坝镇", 1);
    let mut village = Place::village("石河村", 2);
    let stick = stick();
    let (request, grant, bad) = (on(&stick, "request"), on(&stick, "grant"), on(&stick, "bad"));
    enrol::request(&mut village.store, &request).unwrap();
    let whole = std::fs::read(&request).unwrap();
    let before = all(&township);
    for damaged in crate::damage::damaged(&whole) {
        std::fs::write(&bad, damaged).unwrap();
        refused(enrol::grant(&mut township.store, &bad, &on(&stick, "none"), None));
    }
    assert_eq!(all(&township), before);
    enrol::grant(&mut township.store, &request, &grant, None).unwrap();

    let whole = std::fs::read(&grant).unwrap();
    let before = all(&village);
    for damaged in crate::damage::damaged(&whole) {
        std::fs::write(&bad, damaged).unwrap();
        refused(enrol::accept(&mut village.store, &bad));
    }
    assert_eq!(all(&village), before);
    enrol::accept(&mut village.store, &grant).unwrap();
}
