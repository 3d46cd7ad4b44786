//! Bundles between offices.

use std::ops::ControlFlow;

use yuanba_core::Id;
use yuanba_exchange::ExchangeError;
use yuanba_exchange::bundle::{self, Inspected, Status};
use yuanba_journal::author::{Circumstances, Draft, append_group};
use yuanba_journal::payload::{Claim, Ledger};
use yuanba_journal::{Clock, HeadSignature, Kind, Lane, ReplicaKey, Segment, Stamp, StreamId};
use yuanba_store::peers::Vector;
use yuanba_store::{Intent, NewEntry};

use crate::place::{Place, all, assert_even, on, stick};

/// A village under its township, everything exchanged.
pub fn pair() -> (Place, Place) {
    let mut township = Place::township("柳坝镇", 1);
    let mut village = Place::village("石河村", 2);
    township.enrol(&mut village, None);
    village.exchange(&mut township);
    (village, township)
}

#[test]
fn reading_twice_does_nothing_and_says_so() {
    let (mut village, mut township) = pair();
    village.add("王秀英");
    let stick = stick();
    let file = village.write(township.org(), stick.path()).file;
    let read = township.read(&file);
    assert_eq!((read.status, read.new), (Status::Read, 1));
    assert_eq!(read.from, Some(village.org()));
    assert!(read.even);
    let before = all(&township);
    let again = township.read(&file);
    assert_eq!((again.status, again.new), (Status::Already, 0));
    assert_eq!(all(&township), before);
    assert_even(village.org(), &village, &township);
}

#[test]
fn writing_changes_nothing_and_every_bundle_is_a_file_of_its_own() {
    let (mut village, township) = pair();
    village.add("王秀英");
    let before = all(&village);
    let stick = stick();
    let first = village.write(township.org(), stick.path());
    let second = village.write(township.org(), stick.path());
    assert_ne!(first.file, second.file);
    assert_eq!((first.changes, second.changes), (1, 1), "nothing is taken to have arrived");
    assert_eq!(first.organisations, ["石河村"]);
    assert_eq!(all(&village), before);
    let names = std::fs::read_dir(stick.path()).unwrap().count();
    assert_eq!(names, 2);
}

#[test]
fn a_lost_stick_leaves_no_gap() {
    let (mut village, mut township) = pair();
    let (lost, found) = (stick(), stick());
    village.add("王秀英");
    let first = village.write(township.org(), lost.path()).file;
    village.add("李国强");
    let second = village.write(township.org(), found.path()).file;
    let read = township.read(&second);
    assert_eq!((read.status, read.new), (Status::Read, 2));
    assert_eq!(township.read(&first).status, Status::Already, "the lost one turns up later");
    assert_even(village.org(), &village, &township);
}

#[test]
fn a_bundle_with_a_gap_before_it_waits_until_the_gap_is_filled() {
    let (mut village, mut township) = pair();
    let (org, above) = (village.org(), township.org());
    let heard = township.store.vector_for(org).unwrap();
    village.add("王秀英");
    // The village believes that the township has this one already.
    let replica = township.store.replica().id();
    let ahead = village.store.vector_for(above).unwrap();
    village.store.hear(replica, above, &ahead).unwrap();
    village.add("李国强");
    let stick = stick();
    let second = village.write(above, stick.path());
    assert_eq!(second.changes, 1);
    let before = township.digest(org);
    let read = township.read(&second.file);
    assert_eq!((read.status, read.new, read.code), (Status::Parked, 0, Some("gap")));
    assert_eq!(township.digest(org), before, "what waits is not counted");
    assert_eq!(township.read(&second.file).status, Status::Parked, "reading it again changes nothing");

    village.store.hear(replica, above, &heard).unwrap();
    let whole = village.write(above, stick.path());
    let read = township.read(&whole.file);
    assert_eq!((read.status, read.new), (Status::Read, 2));
    assert_eq!(township.read(&second.file).status, Status::Already);
    assert_even(org, &village, &township);
    township.sound();
}

#[test]
fn with_nothing_new_a_bundle_is_small() {
    let (mut village, mut township) = pair();
    for n in 0..30 {
        village.add(&format!("王{n}"));
    }
    village.exchange(&mut township);
    village.hand(township.org(), &mut township);
    township.hand(village.org(), &mut village);
    let stick = stick();
    let (below, above) = (village.org(), township.org());
    for (place, to) in [(&mut village, above), (&mut township, below)] {
        let streams = place.store.vector_for(to).unwrap().len() as u64;
        let written = place.write(to, stick.path());
        assert_eq!(written.changes, 0);
        assert!(written.bytes <= 4096 + 100 * streams, "{} bytes for {streams} streams", written.bytes);
    }
}

#[test]
fn a_points_entry_takes_at_most_35_bytes() {
    let (mut village, mut township) = pair();
    let people: Vec<Id> = (0..60).map(|n| village.add(&format!("王{n}"))).collect();
    village.exchange(&mut township);
    village.hand(township.org(), &mut township);
    let rules = ["study", "volunteer", "meeting", "post-duty", "mediate"];
    let org = village.org();
    for act in 0..200usize {
        let (rule, event) = (rules[act * 7 % rules.len()], village.store.new_id());
        let mut intent = Intent::new("记分");
        for n in 0..5 {
            let account = people[(act * 31 + n * 7) % people.len()];
            intent.entry(NewEntry {
                ledger: Ledger::Points,
                from: org,
                to: account,
                amount: 2,
                key: vec![account.into(), rule.into(), event.into()],
                on: format!("2026-{:02}-{:02}", act / 20 + 1, act % 28 + 1),
                rule: rule.into(),
                terms: vec!["2026.1".into(), 12.into(), 2.into(), 2.into()],
            });
        }
        village.store.commit_quietly(intent).unwrap();
    }
    let stick = stick();
    let written = village.write(township.org(), stick.path());
    assert_eq!(written.changes, 1000);
    assert!(written.bytes <= 35 * 1000, "{} bytes", written.bytes);
    assert_eq!(township.read(&written.file).new, 1000);
    assert_even(org, &village, &township);
}

#[test]
fn a_stick_is_read_whole_with_its_folders_and_the_earlier_first() {
    let (mut village, mut township) = pair();
    let mut other = Place::village("茶园村", 3);
    township.enrol(&mut other, None);
    let stick = stick();
    let (sub, deep) = (on(&stick, "茶园"), on(&stick, "茶园/旧的"));
    std::fs::create_dir_all(&deep).unwrap();
    village.add("王秀英");
    village.write(township.org(), stick.path());
    other.add("李国强");
    other.write(township.org(), &sub);
    village.write(township.org(), &deep);
    std::fs::write(on(&stick, "名单.xlsx"), b"PK").unwrap();
    std::fs::write(on(&stick, "坏的.yuanba"), b"YUANBA 1\nhalf").unwrap();
    let mut seen = 0;
    let reads =
        bundle::read_all(&mut township.store, &[stick.path().to_owned()], &mut |_| seen += 1).unwrap();
    let statuses: Vec<Status> = reads.iter().map(|r| r.status).collect();
    assert_eq!(statuses, [Status::Read, Status::Already, Status::Read, Status::Refused]);
    assert_eq!(seen, 4);
    assert_eq!(reads[3].code, Some("damaged"));
    assert_eq!(township.members(), 2);
}

#[test]
fn two_laptops_of_one_village_exchange_without_the_township() {
    let (mut first, mut township) = pair();
    let village = first.org();
    let mut second = Place::village("石河村二号", 3);
    township.enrol(&mut second, Some(village));
    township.hand(village, &mut first);
    let person = first.add("王秀英");
    first.hand(village, &mut second);
    second.educate(person, "31");
    second.hand(village, &mut first);
    assert_eq!(first.education(person).as_deref(), Some("31"));
    assert_even(village, &first, &second);
    let stick = stick();
    assert_eq!(first.write(village, stick.path()).changes, 0, "they know of each other what they hold");
}

#[test]
fn two_who_wrote_a_field_unseen_both_see_the_conflict() {
    let (mut village, mut township) = pair();
    let person = village.add("王秀英");
    village.exchange(&mut township);
    village.educate(person, "31");
    township.educate(person, "61");
    village.exchange(&mut township);
    township.hand(village.org(), &mut village);
    for place in [&village, &township] {
        assert_eq!(place.store.conflicts().unwrap().len(), 1);
    }
    assert_even(village.org(), &village, &township);
}

#[test]
fn a_person_can_stop_the_writing_and_a_stick_can_be_pulled() {
    let (mut village, mut township) = pair();
    village.add("王秀英");
    let before = all(&village);
    let stick = stick();
    let stopped =
        bundle::write(&mut village.store, township.org(), stick.path(), &mut |_| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(ExchangeError::File(_))));
    assert_eq!(std::fs::read_dir(stick.path()).unwrap().count(), 0, "no half a file stays behind");

    let folder = on(&stick, "U盘");
    std::fs::create_dir(&folder).unwrap();
    let pulled = bundle::write(&mut village.store, township.org(), &folder, &mut |_| {
        let _ = std::fs::remove_dir_all(&folder);
        ControlFlow::Continue(())
    });
    assert!(matches!(pulled, Err(ExchangeError::File(_))), "{pulled:?}");
    let gone = bundle::write(&mut village.store, township.org(), &folder, &mut |_| ControlFlow::Continue(()));
    assert!(matches!(gone, Err(ExchangeError::File(_))));
    assert_eq!(all(&village), before);

    std::fs::create_dir(&folder).unwrap();
    let file = village.write(township.org(), &folder).file;
    assert_eq!(township.read(&file).status, Status::Read);
}

#[test]
fn what_a_newer_version_wrote_passes_through_and_waits_for_the_upgrade() {
    let (mut village, mut township) = pair();
    let org = village.org();
    let newer = ReplicaKey::from_seed([9; 32]);
    let issuer = village.store.issuer().unwrap().clone();
    let mut intent = Intent::new("授权电脑").down();
    intent.certify(Claim::Laptop { key: newer.public(), org, letter: 5 }.signed(&issuer));
    village.store.commit_quietly(intent).unwrap();
    let stream = StreamId { replica: newer.id(), org, lane: Lane::Up };
    let draft = Draft {
        kind: Kind::Unknown(4711),
        entity: Some(village.store.new_id()),
        kept: vec![0x81, 0x01],
        body: Some(vec![0x81, 0x02]),
        personal: true,
    };
    let mut clock = Clock { built_ms: 1_767_000_000_000, vouched_ms: 0, last: Stamp::default() };
    let now = Circumstances {
        clock: &mut clock,
        wall_ms: 1_781_000_000_000,
        user: village.store.me().id,
        salt: &mut || [3; 16],
    };
    let changes = append_group(stream, None, vec![draft], now).unwrap();
    let head = HeadSignature::sign(&newer, &stream, 1, &changes[0].hash);
    village.store.apply(vec![Segment { stream, prev: None, changes, head }]).unwrap();

    let read = village.hand(township.org(), &mut township);
    assert_eq!(read.status, Status::Read);
    assert_even(org, &village, &township);
    let held: Vector = township.store.vector_for(org).unwrap();
    assert!(held.contains_key(&stream), "it is kept and forwarded");
}

#[test]
fn a_newer_container_is_refused_whole_and_stays_on_the_stick() {
    let (mut village, mut township) = pair();
    let stick = stick();
    let file = village.write(township.org(), stick.path()).file;
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[7] = b'2';
    std::fs::write(&file, &bytes).unwrap();
    let before = all(&township);
    let read = township.read(&file);
    assert_eq!((read.status, read.code), (Status::Refused, Some("newer_format")));
    assert_eq!(all(&township), before);
    assert_eq!(std::fs::read(&file).unwrap(), bytes);
}

#[test]
fn anybody_sees_from_whom_and_to_whom_a_file_is_and_no_more() {
    let (mut village, township) = pair();
    let stick = stick();
    let file = village.write(township.org(), stick.path()).file;
    match bundle::inspect(&file).unwrap() {
        Inspected::Bundle(header) => assert_eq!((header.from, header.to), (village.org(), township.org())),
        other => panic!("{other:?}"),
    }
    let request = on(&stick, "request");
    yuanba_exchange::enrol::request(&mut village.store, &request).unwrap();
    match bundle::inspect(&request).unwrap() {
        Inspected::Request(header) => assert_eq!(header.name, "石河村"),
        other => panic!("{other:?}"),
    }
    std::fs::write(&request, b"PK").unwrap();
    assert_eq!(bundle::inspect(&request).unwrap_err().code, "damaged");
}
