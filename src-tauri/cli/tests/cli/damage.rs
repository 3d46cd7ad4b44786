//! A database that was damaged on the disk: it is told, and nothing wrong is ever shown as right.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use serde_json::Value;

use crate::desk::{Desk, Snapshot, plain};

/// Bytes of a page of the database.
const PAGE: usize = 4096;
/// Every so many-th page is tried through the whole program; the store's own tests try all of them.
const STRIDE: usize = 5;

/// What one process says of a store: what its digest is, whether it is as its journal says, who is in it.
fn look(desk: &Desk) -> [(i32, Value); 3] {
    let answers = desk.batch(&[&["digest"][..], &["verify"], &["member", "list"]]);
    let [digest, verify, people] = answers.try_into().ok().expect("three answers");
    [digest, verify, people].map(|answer| (answer.exit, answer.json()))
}

/// Either the same as before or a failure in plain words.
fn same_or_told(now: &(i32, Value), before: &(i32, Value), what: &str) {
    if now != before {
        assert_eq!((now.0, now.1["error"]["code"].as_str()), (4, Some("damaged")), "{what}: {}", now.1);
        let error = &now.1["error"];
        plain(&format!("{}{}", error["message"].as_str().unwrap(), error["next_step"].as_str().unwrap()));
    }
}

#[test]
fn a_page_that_was_damaged_is_noticed_wherever_it_lies() {
    let desk = Desk::village();
    desk.run(&["demo", "--members", "12", "--months", "1"]).done();
    let (before, whole) = (look(&desk), Snapshot::of(&desk.store()));
    let pages = whole.files["yuanba.db"].len() / PAGE;
    for page in (0..pages).step_by(STRIDE) {
        whole.put_back();
        let mut bytes = whole.files["yuanba.db"].clone();
        bytes[page * PAGE + (page * 577 + 13) % PAGE] ^= 1 << (page % 8);
        std::fs::write(desk.store().join("yuanba.db"), bytes).unwrap();
        let now = look(&desk);
        same_or_told(&now[0], &before[0], &format!("page {page}"));
        same_or_told(&now[2], &before[2], &format!("page {page}"));
        assert_eq!(now[1].0, 4, "page {page}: verify notices: {}", now[1].1);
    }
    whole.put_back();
    assert_eq!(look(&desk), before);
}

#[test]
fn a_database_that_was_cut_is_noticed() {
    let desk = Desk::village();
    desk.run(&["demo", "--members", "12", "--months", "1"]).done();
    let (before, whole) = (look(&desk), Snapshot::of(&desk.store()));
    let bytes = &whole.files["yuanba.db"];
    for length in [0, 1, 1000, PAGE, PAGE + 7, bytes.len() / 2, bytes.len() - PAGE, bytes.len() - 1] {
        whole.put_back();
        std::fs::write(desk.store().join("yuanba.db"), &bytes[..length]).unwrap();
        let now = look(&desk);
        same_or_told(&now[0], &before[0], &format!("{length} bytes"));
        same_or_told(&now[2], &before[2], &format!("{length} bytes"));
        assert_eq!(now[1].0, 4, "{length} bytes: verify notices: {}", now[1].1);
        assert_eq!(
            std::fs::metadata(desk.store().join("yuanba.db")).unwrap().len(),
            length as u64,
            "and left alone"
        );
    }
}

/// After a power cut the last work stands only in the write-ahead log.
#[test]
fn a_log_that_was_lost_cut_or_damaged_takes_back_whole_acts_and_nothing_else() {
    let desk = Desk::village();
    let mut digests = vec![desk.digest()];
    let mut program = desk.command(&["batch", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut to = program.stdin.take().unwrap();
    let mut from = BufReader::new(program.stdout.take().unwrap()).lines();
    let mut ask = |line: String| {
        writeln!(to, "{line}").unwrap();
        serde_json::from_str::<Value>(&from.next().unwrap().unwrap()).unwrap()["result"].clone()
    };
    for name in ["王秀英", "李国强", "何玉兰", "蒲大春"] {
        let request = serde_json::json!({ "fields": { "name": name } }).to_string();
        assert!(ask(serde_json::json!(["call", "member.save", request]).to_string())["id"].is_string());
        digests.push(ask(r#"["digest"]"#.to_owned()));
    }
    program.kill().unwrap();
    program.wait().unwrap();

    let cut = Snapshot::of(&desk.store());
    let log = cut.files.get("yuanba.db-wal").expect("the log").clone();
    let digest = || {
        let [digest, verify, _] = look(&desk);
        assert_eq!((digest.0, verify.0), (0, 0), "{digest:?} {verify:?}");
        digest.1
    };
    assert_eq!(&digest(), digests.last().unwrap(), "nothing that was acknowledged is lost");
    let damaged = |bytes: Option<&[u8]>| {
        cut.put_back();
        match bytes {
            Some(bytes) => std::fs::write(desk.store().join("yuanba.db-wal"), bytes).unwrap(),
            None => std::fs::remove_file(desk.store().join("yuanba.db-wal")).unwrap(),
        }
        let held = digest();
        digests.iter().position(|digest| *digest == held).unwrap_or_else(|| panic!("half an act: {held}"))
    };
    assert_eq!(damaged(None), 0, "all of it stood in the log");
    assert_eq!(damaged(Some(b"")), 0);
    assert_eq!(damaged(Some(&[0xff; 9000])), 0);
    let mut held_before = 0;
    for eighth in [1, 3, 5, 7] {
        let length = log.len() * eighth / 8 + eighth % 3;
        let held = damaged(Some(&log[..length]));
        assert!(held >= held_before, "a longer log holds no less");
        held_before = held;
        let mut flipped = log.clone();
        flipped[length] ^= 0x10;
        assert!(damaged(Some(&flipped)) <= held + 1);
    }
    // And then life goes on.
    desk.add("谢开秀").done();
    desk.sound();
}
