//! Rules of the journal that need a whole store to be seen.

use yuanba_core::tables::{courtyard, member, person_edge};
use yuanba_core::{Id, Value};
use yuanba_journal::author::Draft;
use yuanba_journal::payload::ItemOp::{Add, Put};
use yuanba_journal::payload::{Choice, Cut, Ledger, Retract, Revocation};
use yuanba_journal::{Body, Change, Hash, Header, Kind, Lane, Segment};
use yuanba_store::{EntryFilter, Intent, NewEntry, Store, StoreError, Unlock, Why};

use crate::family::{Family, everything};
use crate::outsider::{Outsider, bodiless, record};
use crate::village::{PASSPHRASE, surroundings, village};

const MEMBER: u16 = 3;
const NAME: u16 = 1;
const PERSON: Id = Id([0x55; 16]);

fn entry(store: &Store, amount: i64) -> NewEntry {
    NewEntry {
        ledger: Ledger::Points,
        from: store.org(),
        to: PERSON,
        amount,
        key: vec!["study".into()],
        on: "2026-06-05".into(),
        rule: "study".into(),
        terms: vec![],
    }
}

fn post(store: &mut Store, amount: i64) {
    let mut intent = Intent::new("记分");
    intent.entry(entry(store, amount));
    store.commit(intent).unwrap();
}

fn points(store: &Store) -> i64 {
    store.entries(EntryFilter { ledger: Ledger::Points, account: Some(PERSON), org: None }).unwrap()[0].moves
}

fn changes_of(store: &Store, kind: Kind) -> Vec<Change> {
    let changes = everything(store).into_iter().flat_map(|s| s.changes);
    changes.filter(|c| c.header.kind == kind).collect()
}

fn name(laptop: &Outsider, org: Id, words: &str, saw: &[&Segment]) -> Draft {
    let seen = saw.iter().map(|s| s.changes[0].reference()).collect();
    record(&laptop.stream(org, Lane::Up), MEMBER, PERSON, vec![(NAME, Put(seen), Value::from(words))])
}

#[test]
fn a_settled_key_names_what_was_seen_and_comes_up_again_for_what_was_not() {
    let (_dir, mut store) = village(60);
    post(&mut store, 2);
    post(&mut store, 3);
    let doubt = store.conflicts().unwrap().remove(0);
    store.settle(&doubt.id, 'B', "按签到表").unwrap();
    assert_eq!((store.conflicts().unwrap().len(), points(&store)), (0, 3));

    post(&mut store, 4);
    let doubt = store.conflicts().unwrap().remove(0);
    assert_eq!(doubt.sides.len(), 2, "the amount that was passed over does not come up again");
    assert_eq!(points(&store), 3);
    store.settle(&doubt.id, 'B', "按通知").unwrap();
    assert_eq!((store.conflicts().unwrap().len(), points(&store)), (0, 4));

    let choices = changes_of(&store, Kind::Choice);
    let second = Choice::from_cbor(&choices[1].header.kept, &choices[1].header.stream).unwrap();
    assert!(second.replaces.contains(&choices[0].reference()), "the choice before it");
    assert_eq!(second.replaces.len(), 2, "and the entry beside it");
    assert_eq!(store.verify().unwrap(), []);
}

#[test]
fn a_group_has_one_change_for_each_record() {
    let (_dir, mut store) = village(61);
    let id = store.new_id();
    let mut intent = Intent::new("添人");
    intent.create(&member::TABLE, id).put(member::NAME, "王秀英").add(member::PHONES, "13800000000");
    intent
        .create(&member::TABLE, id)
        .put(member::NAME, "王秀瑛")
        .remove(member::PHONES, &Value::from("13800000000"))
        .add(member::PHONES, "13900000000")
        .add(member::PHONES, "13900000000");
    let before = store.digest(None).unwrap().ops;
    store.commit(intent).unwrap();
    assert_eq!(store.digest(None).unwrap().ops, before + 1);
    let record = store.record(&member::TABLE, id).unwrap().unwrap();
    assert_eq!(
        (record.text(member::NAME), record.texts(member::PHONES)),
        (Some("王秀瑛"), vec!["13900000000"])
    );
    assert!(!record.has_conflict());

    // What is put back to what stands is no write.
    let mut intent = Intent::new("改名");
    intent.edit(&record).put(member::NAME, "李国强").put(member::NAME, "王秀瑛");
    assert!(matches!(store.commit(intent), Err(StoreError::Refused(_))));
}

#[test]
fn what_nobody_could_read_again_is_refused_and_nothing_is_written() {
    let (_dir, mut store) = village(62);
    let digest = store.digest(None).unwrap();
    let mut intent = Intent::new("添人");
    let id = store.new_id();
    intent.create(&member::TABLE, id).put(member::RAW, Value::List(vec![Value::Null; 5000]));
    assert!(matches!(store.commit(intent), Err(StoreError::Refused(_))));
    assert_eq!(store.digest(None).unwrap(), digest);
}

#[test]
fn a_write_whose_values_have_not_come_still_carries_what_it_replaced() {
    let mut family = Family::new(63);
    let org = family.org();
    let mut laptop = family.laptop(1);
    let stream = laptop.stream(org, Lane::Up);
    let first = name(&laptop, org, "一", &[]);
    let first = laptop.write(stream, vec![first]);
    let second = name(&laptop, org, "二", &[&first]);
    let second = laptop.write(stream, vec![second]);
    let third = name(&laptop, org, "三", &[&second]);
    let third = laptop.write(stream, vec![third]);
    family.village.apply(vec![first, bodiless(&second)]).unwrap();
    let waiting = family.village.record(&member::TABLE, PERSON).unwrap().unwrap();
    assert_eq!(waiting.text(member::NAME), Some("一"), "what waits never folds as empty");
    family.village.apply(vec![third]).unwrap();
    let shown = |store: &Store| {
        let record = store.record(&member::TABLE, PERSON).unwrap().unwrap();
        (record.text(member::NAME).map(str::to_owned), record.has_conflict())
    };
    assert_eq!(shown(&family.village), (Some("三".to_owned()), false));
    let before = family.village.digest(None).unwrap();
    family.village.apply(vec![second]).unwrap();
    assert_eq!(family.village.digest(None).unwrap(), before);
    assert_eq!(family.village.verify().unwrap(), []);
}

#[test]
fn a_group_that_waits_for_a_part_takes_nothing_back() {
    let mut family = Family::new(64);
    let org = family.org();
    let mut laptop = family.laptop(1);
    let stream = laptop.stream(org, Lane::Up);
    let first = name(&laptop, org, "一", &[]);
    let first = laptop.write(stream, vec![first]);
    let retract = Draft {
        kind: Kind::Retract,
        entity: None,
        kept: Retract { first: first.changes[0].reference() }.to_cbor(&stream),
        body: None,
        personal: false,
    };
    let beside = record(&stream, MEMBER, Id([0x66; 16]), vec![(NAME, Put(vec![]), Value::from("二"))]);
    let group = laptop.write(stream, vec![retract, beside]);
    family.village.apply(vec![first, bodiless(&group)]).unwrap();
    assert!(family.village.record(&member::TABLE, PERSON).unwrap().is_some());
    assert_eq!(family.village.verify().unwrap(), []);
    family.village.apply(vec![group]).unwrap();
    assert!(family.village.record(&member::TABLE, PERSON).unwrap().is_none());
    assert_eq!(family.village.verify().unwrap(), []);
}

#[test]
fn an_erased_reason_leaves_the_record_void() {
    let mut family = Family::new(65);
    let id = family.village.new_id();
    let mut intent = Intent::new("添人");
    intent.create(&member::TABLE, id).put(member::NAME, "王秀英");
    family.village.commit(intent).unwrap();
    let named = family.village.record(&member::TABLE, id).unwrap().unwrap();
    let mut intent = Intent::new("记电话");
    intent.edit(&named).add(member::PHONES, "13800000000");
    family.village.commit(intent).unwrap();
    let known = family.village.record(&member::TABLE, id).unwrap().unwrap();
    let mut intent = Intent::new("作废");
    intent.edit(&known).void("重复登记");
    family.village.commit(intent).unwrap();
    family.meet();
    let mut intent = Intent::new("删去").of(family.org());
    intent.redact(family.township.changes_of(id).unwrap(), "本人要求");
    family.township.commit(intent).unwrap();
    family.meet();
    let erased = family.village.record(&member::TABLE, id).unwrap().unwrap();
    assert!(erased.voided() && erased.text(member::NAME).is_none());
    assert!(!erased.written_while_voided());
    let old = everything(&family.township);
    assert!(old.iter().flat_map(|s| &s.changes).any(|c| c.header.entity == Some(id) && c.body_missing()));
    assert_eq!(family.village.verify().unwrap(), []);

    // A phone that the second laptop adds at the same time is a doubt.
    let mut laptop = family.laptop(2);
    let stream = laptop.stream(family.org(), Lane::Up);
    let adds = record(&stream, MEMBER, id, vec![(member::PHONES.number, Add, Value::from("139"))]);
    let adds = laptop.write(stream, vec![adds]);
    family.village.apply(vec![adds]).unwrap();
    assert!(family.village.record(&member::TABLE, id).unwrap().unwrap().written_while_voided());
}

#[test]
fn a_join_with_what_is_no_member_here_joins_nobody() {
    let (_dir, mut store) = village(66);
    let (member_id, yard) = (store.new_id(), store.new_id());
    let mut intent = Intent::new("添人");
    intent.create(&member::TABLE, member_id).put(member::NAME, "王秀英");
    intent.create(&courtyard::TABLE, yard).put(courtyard::NAME, "石院坝");
    store.commit(intent).unwrap();
    for other in [yard, Id([0; 16]), Id([0xff; 16])] {
        let edge = store.new_id();
        let mut intent = Intent::new("同一人");
        intent
            .create(&person_edge::TABLE, edge)
            .put(person_edge::FIRST, member_id)
            .put(person_edge::SECOND, other)
            .put(person_edge::SAME, true);
        store.commit(intent).unwrap();
        assert_eq!(store.verify().unwrap(), []);
        assert_eq!(store.representative(member_id).unwrap(), member_id, "{other}");
    }
    let record = store.record(&courtyard::TABLE, yard).unwrap().unwrap();
    let mut intent = Intent::new("改院坝");
    intent.edit(&record).put(courtyard::NAME, "新院坝");
    store.commit(intent).unwrap();
    assert_eq!(store.verify().unwrap(), []);

    // Once the far end is a member here, they are one.
    let mut intent = Intent::new("添人");
    intent.create(&member::TABLE, Id([0; 16])).put(member::NAME, "王秀英");
    store.commit(intent).unwrap();
    assert_eq!(store.representative(member_id).unwrap(), Id([0; 16]));
    assert_eq!(store.verify().unwrap(), []);
}

#[test]
fn a_branch_that_leaves_within_a_group_travels_on() {
    let mut family = Family::new(67);
    let org = family.org();
    let mut laptop = family.laptop(1);
    let stream = laptop.stream(org, Lane::Up);
    let drafts = [Id([1; 16]), PERSON]
        .map(|id| record(&stream, MEMBER, id, vec![(NAME, Put(vec![]), Value::from("一"))]));
    let group = laptop.write(stream, drafts.to_vec());
    let second = &group.changes[1];
    let body = Body { salt: Some([9; 16]), bytes: second.body.clone().unwrap().bytes };
    let header = Header { body_hash: Some(body.hash()), ..second.header.clone() };
    let other = Change::new(header, Some(body)).unwrap();
    let branch = laptop.signed(vec![group.changes[0].clone(), other]);
    family.village.apply(vec![group, branch]).unwrap();
    assert_eq!(family.village.verify().unwrap(), []);
    let carried = everything(&family.village);
    family.township.apply(carried).unwrap();
    let both = |store: &Store| store.digest(Some(org)).unwrap();
    assert_eq!(both(&family.township), both(&family.village));
}

fn declare(store: &mut Store, org: Id, first: Id, second: Id, same: bool) {
    let edge = store.new_id();
    let mut intent = Intent::new("同一人").of(org);
    intent
        .create(&person_edge::TABLE, edge)
        .put(person_edge::FIRST, first)
        .put(person_edge::SECOND, second)
        .put(person_edge::SAME, same);
    store.commit(intent).unwrap();
}

fn add(store: &mut Store, name: &str) -> Id {
    let mut intent = Intent::new("添人");
    let id = store.new_id();
    intent.create(&member::TABLE, id).put(member::NAME, name);
    store.commit(intent).unwrap();
    id
}

#[test]
fn a_person_of_two_villages_is_one_when_the_township_says_so_and_each_keeps_its_dossier() {
    let mut family = Family::new(70);
    let (_dir, mut other) = family.neighbour(71, "乙村");
    let (here, there) = (family.org(), other.org());
    let (a, b) = (add(&mut family.village, "王秀英"), add(&mut other, "王秀英"));
    family.meet();
    family.township.apply(everything(&other)).unwrap();
    let alone = [(here, a)].into();

    // The village's own word reaches over no border.
    declare(&mut family.village, here, a, b, true);
    family.meet();
    assert_eq!(family.township.dossiers(a).unwrap(), alone);

    declare(&mut family.township, here, a, b, true);
    declare(&mut family.township, there, b, a, true);
    let both = [(here, a), (there, b)].into();
    assert_eq!(family.township.dossiers(a).unwrap(), both);
    assert_eq!(family.township.dossiers(b).unwrap(), both);
    assert_eq!(family.township.records(&member::TABLE).unwrap().len(), 2);
    family.meet();
    assert_eq!(family.village.dossiers(a).unwrap(), alone, "the village holds its own");
    let org = |store: &Store| store.digest(Some(here)).unwrap();
    assert_eq!(org(&family.village), org(&family.township));

    declare(&mut family.township, here, b, a, false);
    assert_eq!(family.township.dossiers(a).unwrap(), alone, "and can part them again");
    for store in [&family.township, &family.village] {
        assert_eq!(store.verify().unwrap(), []);
    }
}

fn stop(family: &mut Family, laptop: &Outsider, seq: u64, hash: Hash) {
    let org = family.org();
    let replica = laptop.key.id();
    let replaces = family.township.authority().revocations_of(replica);
    let cuts = vec![Cut { org, lane: Lane::Up, seq, hash }];
    let mut intent = Intent::new("停用").of(org).down();
    intent.revoke(Revocation { replica, cuts, replaces }, "电脑丢了");
    family.township.commit(intent).unwrap();
    family.meet();
}

#[test]
fn a_cut_takes_whole_groups_also_before_its_last_change_has_come_and_can_move_forward() {
    let mut family = Family::new(68);
    let org = family.org();
    let mut laptop = family.laptop(1);
    let stream = laptop.stream(org, Lane::Up);
    let pair = |n: u8| {
        [Id([n; 16]), Id([n + 1; 16])]
            .map(|id| record(&stream, MEMBER, id, vec![(NAME, Put(vec![]), Value::from("一"))]))
            .to_vec()
    };
    let (one, two) = (laptop.write(stream, pair(1)), laptop.write(stream, pair(3)));
    let tip = laptop.tip(&stream).unwrap();
    let shown = |family: &Family| {
        assert_eq!(family.village.verify().unwrap(), []);
        assert_eq!(
            family.village.digest(Some(org)).unwrap().state_digest,
            family.township.digest(Some(org)).unwrap().state_digest
        );
        family.village.records(&member::TABLE).unwrap().len()
    };
    // The cut names a change of a branch that nobody has brought, in the middle of what the second group is here.
    stop(&mut family, &laptop, 3, Hash([7; 32]));
    let half = &two.changes[0];
    let (half_seq, half_hash) = (half.header.seq, half.hash);
    family.village.apply(vec![one, two]).unwrap();
    family.meet();
    assert_eq!(shown(&family), 2);
    // Now one of a change that is here, with the other half of its group behind it.
    stop(&mut family, &laptop, half_seq, half_hash);
    assert_eq!(shown(&family), 2);
    stop(&mut family, &laptop, tip.seq, tip.hash);
    assert_eq!(shown(&family), 4, "the new cut has seen the old one");
}

#[test]
fn an_intent_about_two_organisations_is_refused_and_goes_into_nobodys_stream() {
    let mut family = Family::new(73);
    let (_dir, mut other) = family.neighbour(74, "乙村");
    let (a, b) = (add(&mut family.village, "王秀英"), add(&mut other, "李国强"));
    family.meet();
    family.township.apply(everything(&other)).unwrap();
    let before = family.township.digest(None).unwrap();
    let record = |id| family.township.record(&member::TABLE, id).unwrap().unwrap();
    let (here, there) = (record(a), record(b));
    let mut both = Intent::new("改学历");
    both.edit(&here).put(member::EDUCATION, "31");
    both.edit(&there).put(member::EDUCATION, "31");
    assert!(matches!(family.township.commit(both), Err(StoreError::Refused(_))));
    let mut astray = Intent::new("改学历").of(other.org());
    astray.edit(&here).put(member::EDUCATION, "31");
    assert!(matches!(family.township.commit(astray), Err(StoreError::Refused(_))));
    assert_eq!(family.township.digest(None).unwrap(), before);
}

#[test]
fn nobody_writes_to_a_record_that_a_newer_version_has_frozen() {
    let mut family = Family::new(75);
    let org = family.org();
    let mut laptop = family.laptop(1);
    let stream = laptop.stream(org, Lane::Up);
    let id = add(&mut family.village, "王秀英");
    for (kind, critical, frozen) in [(4711, false, false), (4711, true, true)] {
        let newer = laptop.write_raw(stream, kind, critical, id, vec![1]);
        family.village.apply(vec![newer]).unwrap();
        let record = family.village.record(&member::TABLE, id).unwrap().unwrap();
        assert_eq!((record.frozen(), record.text(member::NAME)), (frozen, Some("王秀英")));
        let mut intent = Intent::new("改学历");
        intent.edit(&record).put(member::EDUCATION, if critical { "61" } else { "31" });
        assert_eq!(matches!(family.village.commit(intent), Err(StoreError::Newer)), frozen);
    }
    let record = family.village.record(&member::TABLE, id).unwrap().unwrap();
    assert_eq!(record.text(member::EDUCATION), Some("31"));
    assert_eq!(family.village.verify().unwrap(), []);
}

#[test]
fn what_does_not_count_is_listed_with_its_reason() {
    let mut family = Family::new(72);
    let org = family.org();
    let mut laptop = family.laptop(1);
    let mut stranger = Outsider::new(99);
    let reasons = |store: &Store| {
        assert_eq!(store.verify().unwrap(), []);
        store.set_aside().unwrap().into_iter().map(|aside| aside.why).collect::<Vec<_>>()
    };
    assert_eq!(reasons(&family.village), []);
    let foreign = name(&stranger, org, "一", &[]);
    let foreign = stranger.write(stranger.stream(org, Lane::Up), vec![foreign]);
    let stream = laptop.stream(org, Lane::Up);
    let whole = name(&laptop, org, "二", &[]);
    let whole = laptop.write(stream, vec![whole]);
    let tip = laptop.tip(&stream).unwrap();
    let bare = name(&laptop, org, "三", &[]);
    let bare = bodiless(&laptop.write(stream, vec![bare]));
    // The village erases its own: only who stands above may.
    let mut intent = Intent::new("删去");
    intent.redact(vec![whole.changes[0].reference()], "不想要了");
    family.village.commit(intent).unwrap();
    family.village.apply(vec![foreign, whole, bare]).unwrap();
    assert_eq!(reasons(&family.village), [Why::NoCertificate, Why::PartMissing, Why::NotAbove]);
    family.meet();
    stop(&mut family, &laptop, tip.seq, tip.hash);
    let mut after = reasons(&family.village);
    after.retain(|why| *why != Why::NotAbove);
    assert_eq!(after, [Why::NoCertificate, Why::Stopped]);
    let shown = family.village.record(&member::TABLE, PERSON).unwrap().unwrap();
    assert_eq!(shown.text(member::NAME), Some("二"));
}

#[test]
fn tables_that_were_folded_by_other_rules_are_folded_anew_when_the_store_opens() {
    let (dir, mut store) = village(69);
    let version = store.secret("folded").unwrap().unwrap();
    store.keep_secret("folded", &[0, 0, 0, 0]).unwrap();
    let digest = store.digest(None).unwrap();
    drop(store);
    let unlock = Unlock { user: None, passphrase: PASSPHRASE.into() };
    let store = Store::open(dir.path(), unlock, surroundings(69)).unwrap();
    assert_eq!(store.secret("folded").unwrap().unwrap(), version);
    assert_eq!(store.digest(None).unwrap(), digest);
    assert_eq!(store.verify().unwrap(), []);
}
