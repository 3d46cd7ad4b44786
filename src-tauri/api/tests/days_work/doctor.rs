//! 体检: what is wrong is named, and what can be mended is.

use serde_json::{Value, json};
use yuanba_store::database;
use yuanba_store::vault::Vault;

use crate::village::{PASSPHRASE, Village};

fn finding(examined: &Value, what: &str) -> Value {
    let findings = examined["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["what"] == what).cloned().unwrap_or_default()
}

fn examined(village: &Village) -> Value {
    village.job("doctor.run", json!({}))
}

/// A store with some people and one copy of it, in a folder of the test.
fn village() -> Village {
    let village = Village::new();
    let place = tempfile::tempdir().unwrap().keep();
    village.call("backup.set", json!({"folder": place}));
    village.call("recovery.confirm", json!({}));
    village.full_member("王秀英");
    village.full_member("李国强");
    village.job("backup.now", json!({}));
    village
}

/// Opens the database as a program of ours would that has the passphrase.
fn tamper(village: &Village, sql: &str) {
    village.call("store.lock", json!({}));
    let (key, _) = Vault::look(village.dir.path()).unwrap().unlock(None, PASSPHRASE).unwrap();
    let db = database::connect(&village.dir.path().join(database::FILE), &key.literal(), false).unwrap();
    db.execute_batch(sql).unwrap();
    database::close(db).unwrap();
    village.call("store.open", json!({"passphrase": PASSPHRASE}));
}

#[test]
fn a_sound_store_is_said_to_be_sound() {
    let village = village();
    let found = examined(&village);
    assert_eq!((&found["well"], &found["open"]), (&json!(true), &json!(true)), "{found}");
    for what in ["file", "clock", "doubts", "recovery", "room", "backup"] {
        assert_eq!(finding(&found, what)["well"], true, "{what}: {found}");
    }
}

#[test]
fn tables_that_are_not_what_the_journal_says_are_folded_again() {
    let village = village();
    let digest = village.call("digest.get", json!({}));
    tamper(&village, "DELETE FROM record WHERE rowid = (SELECT max(rowid) FROM record)");
    let found = examined(&village);
    assert_eq!(finding(&found, "file")["mend"], "refold", "{found}");
    let mended = village.job("doctor.mend", json!({"what": "refold"}));
    assert_eq!(mended["examined"]["well"], true, "{mended}");
    assert_eq!(village.call("digest.get", json!({})), digest);
}

#[test]
fn a_journal_with_a_hole_is_not_folded_away() {
    let village = village();
    tamper(&village, "DELETE FROM change WHERE seq = 2");
    let found = examined(&village);
    let file = finding(&found, "file");
    assert_eq!(
        (&file["well"], &file["mend"], &file["route"]),
        (&json!(false), &Value::Null, &json!("/rescue"))
    );
}

#[test]
fn a_second_copy_of_the_keys_and_halves_of_files_are_seen_to() {
    let village = village();
    let dir = village.dir.path();
    std::fs::remove_file(dir.join("keys.json.bak")).unwrap();
    std::fs::write(dir.join("keys.json.part"), "half").unwrap();
    std::fs::write(dir.join("backup-part.db"), "half").unwrap();
    let found = examined(&village);
    assert_eq!(finding(&found, "keys")["mend"], "write_keys", "{found}");
    assert_eq!(finding(&found, "halves")["mend"], "tidy", "{found}");
    village.job("doctor.mend", json!({"what": "write_keys"}));
    let mended = village.job("doctor.mend", json!({"what": "tidy"}));
    assert_eq!(mended["examined"]["well"], true, "{mended}");
    assert_eq!(
        std::fs::read(dir.join("keys.json.bak")).unwrap(),
        std::fs::read(dir.join("keys.json")).unwrap()
    );
    assert!(!dir.join("backup-part.db").exists() && dir.join(database::FILE).exists());
}

#[test]
fn a_missing_backup_and_an_odd_clock_are_seen_to() {
    let village = Village::new();
    let place = tempfile::tempdir().unwrap().keep();
    village.call("backup.set", json!({"folder": place}));
    village.full_member("王秀英");
    village.at("2099-06-12", "10:00");
    let found = examined(&village);
    assert_eq!(finding(&found, "backup")["mend"], "back_up", "{found}");
    assert_eq!(finding(&found, "clock")["mend"], "confirm_clock", "{found}");
    assert_eq!(finding(&found, "recovery")["route"], "/more/recovery", "{found}");
    village.job("doctor.mend", json!({"what": "confirm_clock"}));
    let mended = village.job("doctor.mend", json!({"what": "back_up"}));
    for what in ["backup", "clock"] {
        assert_eq!(finding(&mended["examined"], what)["well"], true, "{mended}");
    }
    assert_eq!(std::fs::read_dir(&place).unwrap().count(), 1);
    // A backup that was taken away is not there, whatever is remembered.
    std::fs::remove_dir_all(&place).unwrap();
    assert_eq!(finding(&examined(&village), "backup")["mend"], "back_up");
}

#[test]
fn a_store_that_cannot_be_opened_is_looked_at_from_outside_and_found_again() {
    for damage in 0..4 {
        let village = village();
        let dir = village.dir.path();
        let digest = village.call("digest.get", json!({}));
        village.call("store.lock", json!({}));
        match damage {
            // The first page, without which nothing opens.
            0 => {
                let mut bytes = std::fs::read(dir.join(database::FILE)).unwrap();
                bytes[100] ^= 1;
                std::fs::write(dir.join(database::FILE), bytes).unwrap();
            }
            1 => std::fs::remove_file(dir.join(database::FILE)).unwrap(),
            2 => std::fs::write(dir.join(database::FILE), "").unwrap(),
            _ => ["keys.json", "keys.json.bak"]
                .iter()
                .for_each(|name| std::fs::write(dir.join(name), "{").unwrap()),
        }
        let left = std::fs::read(dir.join(database::FILE)).ok();
        village.refused("store.open", json!({"passphrase": PASSPHRASE}));
        let found = village.job("doctor.run", json!({"passphrase": PASSPHRASE}));
        assert_eq!((&found["open"], &found["well"]), (&json!(false), &json!(false)), "{damage}: {found}");
        let ill = finding(&found, if damage == 3 { "keys" } else { "file" });
        assert_eq!(ill["mend"], "restore_copy", "{damage}: {found}");
        assert_eq!(finding(&found, "backup")["well"], true, "{damage}: {found}");
        let request = |passphrase: &str| json!({"what": "restore_copy", "passphrase": passphrase});
        let wrong = village.job_refused("doctor.mend", request("不对"));
        assert!(wrong.contains("口令不对"), "{wrong}");
        assert_eq!(std::fs::read(dir.join(database::FILE)).ok(), left, "left as it was");
        let mended = village.job("doctor.mend", request(PASSPHRASE));
        assert_eq!(finding(&mended["examined"], "file")["well"], true, "{damage}: {mended}");
        village.call("store.open", json!({"passphrase": PASSPHRASE}));
        assert_eq!(village.call("digest.get", json!({})), digest);
        assert_eq!(village.call("member.list", json!({}))["count"], 2);
    }
}

#[test]
fn without_a_copy_nothing_is_touched_and_the_way_out_is_said() {
    let village = village();
    village.call("backup.set", json!({"folder": tempfile::tempdir().unwrap().keep()}));
    village.call("store.lock", json!({}));
    let file = village.dir.path().join(database::FILE);
    std::fs::write(&file, [7; 9000]).unwrap();
    let found = village.job("doctor.run", json!({"passphrase": PASSPHRASE}));
    let backup = finding(&found, "backup");
    assert!(backup["text"].as_str().unwrap().contains("重新授权"), "{found}");
    village.job_refused("doctor.mend", json!({"what": "restore_copy", "passphrase": PASSPHRASE}));
    assert_eq!(std::fs::read(&file).unwrap(), [7; 9000]);
}
