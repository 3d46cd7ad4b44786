//! A store's life: made, written, read, taken back, verified, copied.

mod convergence;
mod copies;
mod county;
mod damage;
mod deferred;
mod dice;
mod family;
mod migrations;
mod outsider;
mod rules;
mod seeded;
mod taking_back;
mod village;

use yuanba_core::tables::{errand, member};
use yuanba_core::{Id, Value};
use yuanba_journal::payload::Ledger;
use yuanba_store::{Intent, NewEntry, Store, Unlock};

use village::{PASSPHRASE, surroundings, village};

fn add_member(store: &mut Store, name: &str, id_number: Option<&str>) -> Id {
    let mut intent = Intent::new(format!("添了{name}"));
    let id = store.new_id();
    intent
        .create(&member::TABLE, id)
        .put(member::NAME, name)
        .put_some(member::ID_NUMBER, id_number)
        .add(member::PHONES, "13800000000");
    store.commit(intent).unwrap();
    id
}

#[test]
fn the_database_is_sqlcipher_with_a_sqlite_that_has_no_wal_reset_bug() {
    let (dir, store) = village(1);
    drop(store);
    let bytes = std::fs::read(dir.path().join("yuanba.db")).unwrap();
    assert_ne!(&bytes[..15], b"SQLite format 3", "the file is encrypted from its first byte");
    let db = rusqlite::Connection::open_in_memory().unwrap();
    let cipher: String = db.query_row("PRAGMA cipher_version", [], |r| r.get(0)).unwrap();
    assert!(cipher.starts_with("4."), "{cipher}");
    assert!(rusqlite::version_number() >= 3_051_003, "{}", rusqlite::version());
}

#[test]
fn what_was_saved_is_there_after_the_store_was_closed() {
    let (dir, mut store) = village(2);
    let id = add_member(&mut store, "王秀英", None);
    let digest = store.digest(None).unwrap();
    drop(store);
    let unlock = Unlock { user: None, passphrase: PASSPHRASE.into() };
    let store = Store::open(dir.path(), unlock, surroundings(2)).unwrap();
    let record = store.record(&member::TABLE, id).unwrap().unwrap();
    assert_eq!(record.text(member::NAME), Some("王秀英"));
    assert_eq!(record.texts(member::PHONES), ["13800000000"]);
    assert_eq!(store.digest(None).unwrap(), digest);
    assert_eq!(store.verify().unwrap(), []);
}

#[test]
fn a_second_program_is_told_that_the_store_is_open() {
    let (dir, store) = village(3);
    let unlock = Unlock { user: None, passphrase: PASSPHRASE.into() };
    let second = Store::open(dir.path(), unlock.clone(), surroundings(3));
    assert!(matches!(second, Err(yuanba_store::StoreError::OpenElsewhere)));
    drop(store);
    Store::open(dir.path(), unlock, surroundings(3)).unwrap();
}

#[test]
fn undo_restores_the_state_and_undoing_the_undo_is_redo() {
    let (_dir, mut store) = village(4);
    let id = add_member(&mut store, "王秀英", None);
    let before = store.digest(None).unwrap().state_digest;
    let record = store.record(&member::TABLE, id).unwrap().unwrap();
    let mut intent = Intent::new("改了王秀英的学历");
    intent.edit(&record).put(member::EDUCATION, "31").remove(member::PHONES, &Value::from("13800000000"));
    let group = store.commit(intent).unwrap();
    let after = store.digest(None).unwrap().state_digest;
    assert_ne!(before, after);

    let undone = store.undo(Some(group)).unwrap();
    assert_eq!(undone.left, Vec::<String>::new());
    assert_eq!(store.digest(None).unwrap().state_digest, before);
    store.undo(Some(undone.group)).unwrap();
    assert_eq!(store.digest(None).unwrap().state_digest, after);
    assert_eq!(store.verify().unwrap(), []);
}

#[test]
fn taking_back_a_void_leaves_nothing_behind_and_names_nothing_as_left() {
    let (_dir, mut store) = village(6);
    let id = add_member(&mut store, "王秀英", None);
    let before = store.digest(None).unwrap().state_digest;
    let record = store.record(&member::TABLE, id).unwrap().unwrap();
    let mut intent = Intent::new("作废");
    intent.edit(&record).void("重复登记");
    let group = store.commit(intent).unwrap();

    let undone = store.undo(Some(group)).unwrap();
    assert_eq!(undone.left, Vec::<String>::new());
    assert_eq!(store.digest(None).unwrap().state_digest, before);
}

#[test]
fn undo_of_points_takes_them_back_and_leaves_the_entry_to_be_seen() {
    let (_dir, mut store) = village(5);
    let account = add_member(&mut store, "王秀英", None);
    let mut intent = Intent::new("记 2 分");
    let key = intent.entry(NewEntry {
        ledger: Ledger::Points,
        from: store.org(),
        to: account,
        amount: 2,
        key: vec![account.into(), "study".into()],
        on: "2026-06-05".into(),
        rule: "study".into(),
        terms: vec![],
    });
    let group = store.commit(intent).unwrap();
    assert!(store.balances(Ledger::Points).unwrap().contains(&(account, 2)));
    store.undo(Some(group)).unwrap();
    assert!(store.balances(Ledger::Points).unwrap().contains(&(account, 0)));
    let org = store.org();
    assert!(store.entry_state(org, key).unwrap().unwrap().reversed.is_some());
    let sum: i64 = store.balances(Ledger::Points).unwrap().iter().map(|(_, b)| b).sum();
    assert_eq!(sum, 0);
}

#[test]
fn two_entries_of_one_person_fold_to_one_and_a_difference_waits_for_a_person() {
    let (_dir, mut store) = village(6);
    let first = add_member(&mut store, "王秀英", Some("511722198507010018"));
    let second = add_member(&mut store, "王秀英", Some("511722198507010018"));
    assert_eq!(store.records(&member::TABLE).unwrap().len(), 1);
    assert_eq!(store.representative(second).unwrap(), first);
    for (id, education) in [(first, "31"), (second, "61")] {
        let mut intent = Intent::new("学历");
        // Each laptop saw only its own record.
        intent.create(&member::TABLE, id).put(member::EDUCATION, education);
        store.commit(intent).unwrap();
    }
    let conflicts = store.conflicts().unwrap();
    assert_eq!(conflicts.len(), 1);
    assert_eq!(conflicts[0].sides.len(), 2);
    store.settle(&conflicts[0].id, 'B', "定下来").unwrap();
    assert_eq!(store.conflicts().unwrap().len(), 0);
    assert_eq!(store.verify().unwrap(), []);
}

#[test]
fn a_backup_comes_back_whole_and_begins_a_new_replica_before_it_writes() {
    let (dir, mut store) = village(7);
    add_member(&mut store, "王秀英", None);
    let out = dir.path().join("copy.yuanba-backup");
    store.backup(&out).unwrap();
    let digest = store.digest(None).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let target = elsewhere.path().join("store");
    Store::restore(&out, &target).unwrap();
    let unlock = Unlock { user: None, passphrase: PASSPHRASE.into() };
    let mut restored = Store::open(&target, unlock, surroundings(8)).unwrap();
    assert_eq!(restored.digest(None).unwrap(), digest);
    assert!(restored.moved());
    let replica = restored.replica().id();
    add_member(&mut restored, "李国强", None);
    assert_ne!(restored.replica().id(), replica);
    assert_eq!(restored.records(&member::TABLE).unwrap().len(), 2);
    assert_eq!(restored.verify().unwrap(), []);

    let mut bytes = std::fs::read(&out).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&out, bytes).unwrap();
    assert!(Store::restore(&out, &elsewhere.path().join("other")).is_err());
}

#[test]
fn a_void_record_that_is_written_to_unseen_is_a_doubt() {
    let (_dir, mut store) = village(9);
    let id = add_member(&mut store, "王秀英", None);
    let record = store.record(&member::TABLE, id).unwrap().unwrap();
    let mut intent = Intent::new("作废");
    intent.edit(&record).void("重复登记");
    store.commit(intent).unwrap();
    let void = store.record(&member::TABLE, id).unwrap().unwrap();
    assert!(void.voided() && !void.written_while_voided());
    let mut unseen = Intent::new("改学历");
    unseen.edit(&record).put(member::EDUCATION, "31");
    store.commit(unseen).unwrap();
    assert!(store.record(&member::TABLE, id).unwrap().unwrap().written_while_voided());
    assert_eq!(store.count(&errand::TABLE).unwrap(), 0);
}
