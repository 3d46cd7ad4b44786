//! Stores that cannot be opened: each says why, that the data is safe and what to do, and nothing in it changes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use serde_json::{Value, json};
use yuanba_store::database;
use yuanba_store::vault::Vault;

use crate::desk::{Desk, PASSPHRASE, Snapshot, ended};
use crate::disk::Disk;

#[test]
fn a_store_that_is_open_in_another_program_stays_with_that_one() {
    let desk = Desk::village();
    desk.add("王秀英").done();
    let mut first = desk.command(&["batch", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut to_first = first.stdin.take().unwrap();
    let mut from_first = BufReader::new(first.stdout.take().unwrap());
    let mut ask = |line: &str| {
        writeln!(to_first, "{line}").unwrap();
        let mut answer = String::new();
        from_first.read_line(&mut answer).unwrap();
        serde_json::from_str::<Value>(&answer).unwrap()
    };
    assert_eq!(ask(r#"["member", "list"]"#)["result"]["count"], 1);

    let stick = desk.path("拷贝");
    for words in [
        &["digest"][..],
        &["call", "member.save", r#"{"fields": {"name": "李国强"}}"#],
        &["backup", &stick],
        &["verify"],
    ] {
        let said = desk.run(words).failed(4, "open_elsewhere");
        assert!(said.contains("先关掉那一个"), "{said}");
    }
    // Who is not in yet cannot change who may come in either.
    let recover =
        json!({ "recovery_code": "00000-00000-00000-00000-00000-00000-00000-00000", "passphrase": "x" });
    assert_eq!(desk.call("store.recover", recover).exit, 4);
    assert_eq!(desk.run(&["init", "--level", "village", "--name", "别的村"]).exit, 4);

    let saved = ask(r#"["call", "member.save", "{\"fields\": {\"name\": \"何玉兰\"}}"]"#);
    assert_eq!(saved["exit"], 0, "the first goes on as if nothing had been: {saved}");
    drop(to_first);
    assert!(first.wait().unwrap().success());
    assert_eq!(desk.people(), 2);
    desk.sound();
}

/// Opens the database as a program of our own would that has the passphrase.
fn tamper(desk: &Desk, sql: &str) {
    let (key, _) = Vault::open(&desk.store(), yuanba_store::vault::Price::real())
        .unwrap()
        .unlock(None, PASSPHRASE)
        .unwrap();
    let db = database::connect(&desk.store().join(database::FILE), &key.literal(), false).unwrap();
    db.execute_batch(sql).unwrap();
    database::close(db).unwrap();
}

#[test]
fn what_a_newer_program_wrote_is_left_alone_until_the_upgrade() {
    let desk = Desk::village();
    desk.add("王秀英").done();
    let before = desk.digest();
    let newer = || {
        let files = Snapshot::of(&desk.store()).files;
        for words in [&["digest"][..], &["member", "list"], &["verify"]] {
            let said = desk.run(words).failed(3, "refused");
            assert!(said.contains("新版程序") && said.contains("升级"), "{said}");
        }
        let desk_said = desk.add("李国强").failed(3, "refused");
        assert!(desk_said.contains("一条也没动"), "{desk_said}");
        for (name, bytes) in Snapshot::of(&desk.store()).files {
            assert_eq!(Some(&bytes), files.get(&name), "{name} was touched");
        }
    };
    tamper(&desk, &format!("PRAGMA user_version = {}", yuanba_store::schema::VERSION + 1));
    newer();
    tamper(&desk, &format!("PRAGMA user_version = {}", yuanba_store::schema::VERSION));
    assert_eq!(desk.digest(), before);

    let keys = desk.store().join("keys.json");
    let text = std::fs::read_to_string(&keys).unwrap();
    std::fs::write(&keys, text.replacen("\"format\": 1", "\"format\": 3", 1)).unwrap();
    newer();
    std::fs::write(&keys, text).unwrap();
    assert_eq!(desk.digest(), before);
}

#[test]
fn a_store_on_a_disk_that_can_only_be_read_says_so() {
    let disk = Disk::of_kib(2048);
    let desk = Desk::empty_on(&disk).made("village", "石河村党支部");
    desk.add("王秀英").done();
    let before = desk.digest();
    disk.lock();
    for answer in [desk.run(&["digest"]), desk.add("李国强")] {
        let said = answer.failed(4, "read_only");
        assert!(said.contains("只能看、不能写"), "{said}");
    }
    disk.unlock();
    assert_eq!(desk.digest(), before);
    desk.add("李国强").done();

    disk.lock();
    let new = Desk::empty_on(&disk);
    let made = |words: &[&str]| {
        let mut command = new.command(words);
        ended(command.env("YUANBA_STORE", disk.path("new")).spawn().unwrap())
    };
    made(&["init", "--level", "village", "--name", "别的村"]).failed(4, "read_only");
}

#[test]
fn a_file_where_the_folder_should_be_and_a_folder_without_a_store_are_told_apart() {
    let desk = Desk::empty();
    std::fs::write(desk.store(), "a letter").unwrap();
    let init = ["init", "--level", "village", "--name", "石河村党支部"];
    for words in [&["digest"][..], &init, &["restore", &desk.file("x", "x")]] {
        let answer = desk.run(words);
        if words[0] == "restore" {
            // The file is looked at first.
            answer.failed(3, "refused");
            continue;
        }
        let said = answer.failed(2, "wrong_usage");
        assert!(said.contains("是一个文件"), "{said}");
    }
    assert_eq!(std::fs::read(desk.store()).unwrap(), b"a letter");

    let beneath = desk.store().join("deeper");
    let mut command = desk.command(&init);
    let said = ended(command.env("YUANBA_STORE", beneath).spawn().unwrap()).failed(2, "wrong_usage");
    assert!(said.contains("是一个文件"), "{said}");

    std::fs::remove_file(desk.store()).unwrap();
    for there in [false, true] {
        if there {
            std::fs::create_dir(desk.store()).unwrap();
        }
        let said = desk.run(&["digest"]).failed(2, "not_found");
        assert!(said.contains("还没有建过"), "{said}");
    }
}

#[test]
fn keys_or_a_database_that_are_gone_are_no_reason_to_begin_anew() {
    let desk = Desk::village();
    desk.add("王秀英").done();
    let (before, whole) = (desk.digest(), Snapshot::of(&desk.store()));
    let lose =
        |names: &[&str]| names.iter().for_each(|name| std::fs::remove_file(desk.store().join(name)).unwrap());
    let init = ["init", "--level", "village", "--name", "石河村党支部"];

    lose(&["yuanba.db"]);
    desk.run(&["digest"]).failed(4, "damaged");
    assert_eq!(desk.run(&init).exit, 2);
    whole.put_back();

    // Without any key the data cannot be read, and must not be thrown away for a new store either.
    lose(&["keys.json", "keys.json.bak"]);
    assert_eq!(desk.run(&["digest"]).exit, 4);
    assert_eq!(desk.run(&init).exit, 2);
    whole.put_back();

    lose(&["keys.json"]);
    assert_eq!(desk.digest(), before, "the second copy of the keys does");
    std::fs::write(desk.store().join("keys.json"), "{").unwrap();
    std::fs::write(desk.store().join("keys.json.bak"), [0; 900]).unwrap();
    desk.run(&["digest"]).failed(4, "damaged");
    whole.put_back();
    assert_eq!(desk.digest(), before);
}

#[test]
fn a_making_that_was_cut_off_at_any_file_is_begun_anew() {
    let desk = Desk::village();
    let whole = Snapshot::of(&desk.store());
    let init = ["init", "--level", "village", "--name", "石河村党支部"];
    let making = desk.store().join("making");
    // While it was made; when the database had its place; when the keys had theirs.
    for (placed, is_there) in
        [(&[][..], false), (&["yuanba.db"][..], false), (&["yuanba.db", "keys.json"], true)]
    {
        whole.put_back();
        std::fs::create_dir(&making).unwrap();
        for name in ["yuanba.db", "keys.json", "keys.json.bak"] {
            if !placed.contains(&name) {
                std::fs::rename(desk.store().join(name), making.join(name)).unwrap();
            }
        }
        assert_eq!(desk.run(&["digest"]).exit, if is_there { 0 } else { 2 }, "{placed:?}");
        assert_eq!(desk.run(&init).exit, if is_there { 2 } else { 0 }, "{placed:?}");
        desk.add("王秀英").done();
        assert!(!making.exists(), "{placed:?}");
        assert_eq!(desk.people(), 1);
    }
}
