//! Copies at places that are full, locked or gone; the doctor at the command line.

use serde_json::{Value, json};

use crate::desk::{Desk, Snapshot};
use crate::disk::Disk;

/// A village whose copies go onto a small disk.
fn village_beside(disk: &Disk) -> Desk {
    let desk = Desk::village().seeing(disk);
    desk.run(&["demo", "--members", "8", "--months", "1", "--add"]).done();
    std::fs::create_dir(disk.seen("备份")).unwrap();
    desk.call("backup.set", json!({ "folder": disk.text("备份") })).done();
    desk
}

fn copies(disk: &Disk) -> Vec<String> {
    disk.names().into_iter().filter(|name| name.contains('/')).collect()
}

#[test]
fn on_a_full_place_the_old_copies_stay_until_a_new_one_is_whole_and_then_make_room() {
    let disk = Disk::of_kib(1400);
    let desk = village_beside(&disk);
    let day = |n: usize| format!("2026-06-{:02}T10:00:00+08:00", 12 + n);
    let now = |n: usize| desk.run_on(&day(n), &["call", "backup.now", "{}"]);
    now(0).done();
    let first = copies(&disk);
    assert_eq!(first.len(), 1, "{:?}", disk.names());
    disk.leave(40 * 1024);
    let said = now(1).failed(4, "disk_full");
    assert!(said.contains("放不下"), "{said}");
    assert_eq!(copies(&disk), first, "what was there stays, and no half is left");
    disk.clear();
    // Day after day, until the disk is as good as full: the oldest give way in time for the next one.
    let mut most = 0;
    for n in 2..14 {
        now(n).done();
        most = most.max(copies(&disk).len());
        assert!(copies(&disk).iter().any(|name| name.contains(&format!("2026-06-{}", 12 + n))));
    }
    let left = copies(&disk);
    assert!(left.len() >= 2 && left.len() <= most && most < 10, "{left:?}");
    let newest = disk.text(left.last().unwrap());
    let other = Desk::empty().seeing(&disk);
    other.run(&["restore", &newest]).done();
    assert_eq!(other.digest()["ops"], desk.digest()["ops"]);
}

#[test]
fn a_place_that_is_locked_or_gone_is_told_and_the_store_goes_on() {
    let disk = Disk::of_kib(2048);
    let desk = village_beside(&disk);
    desk.call("backup.now", json!({})).done();
    let first = copies(&disk);
    let before = desk.digest();
    disk.lock();
    let said = desk.run_on("2026-06-13T10:00:00+08:00", &["call", "backup.now", "{}"]).failed(3, "refused");
    assert!(said.contains("写不进去"), "{said}");
    disk.unlock();
    assert_eq!(copies(&disk), first);
    disk.pull();
    std::fs::write(disk.path("a file where the disk was"), "").unwrap();
    let state = desk.call("backup.state", json!({})).done();
    assert_eq!(state["well"], false);
    assert!(state["places"][0]["trouble"].as_str().unwrap().contains("写不进去"), "{state}");
    assert_eq!(desk.digest(), before);
    desk.add("王秀英").done();
    desk.sound();
}

fn finding(document: &Value, what: &str) -> Value {
    let findings = document["findings"].as_array().unwrap();
    findings.iter().find(|finding| finding["what"] == what).cloned().unwrap_or_default()
}

#[test]
fn the_doctor_names_what_is_wrong_with_a_store_that_does_not_open_and_finds_it_again() {
    let desk = Desk::village();
    desk.run(&["demo", "--members", "12", "--months", "1"]).done();
    let copies = desk.path("备份");
    std::fs::create_dir(&copies).unwrap();
    desk.call("backup.set", json!({ "folder": copies })).done();
    desk.call("recovery.confirm", json!({})).done();
    desk.call("backup.now", json!({})).done();
    let healthy = desk.run(&["doctor"]);
    assert_eq!(healthy.exit, 0, "{}", healthy.stdout);
    let (before, whole) = (desk.digest(), Snapshot::of(&desk.store()));
    type Harm = fn(&mut Vec<u8>);
    let damage: [(&str, Harm); 4] = [
        ("its first page", |bytes| bytes[77] ^= 1),
        ("its length", |bytes| bytes.truncate(9000)),
        ("everything", |bytes| bytes.fill(0)),
        ("nothing of it is left", Vec::clear),
    ];
    for (what, harm) in damage {
        whole.put_back();
        let mut bytes = whole.files["yuanba.db"].clone();
        harm(&mut bytes);
        std::fs::write(desk.store().join("yuanba.db"), &bytes).unwrap();
        desk.run(&["digest"]).failed(4, "damaged");
        let told = desk.run(&["doctor"]);
        assert_eq!(told.exit, 4, "{what}: {}", told.stdout);
        let told = told.json();
        assert_eq!(
            (&told["open"], &finding(&told, "file")["mend"]),
            (&json!(false), &json!("restore_copy")),
            "{told}"
        );
        assert_eq!(
            std::fs::read(desk.store().join("yuanba.db")).unwrap(),
            bytes,
            "{what}: looking changes nothing"
        );
        let mended = desk.run(&["doctor", "--mend"]);
        let document = mended.json();
        assert_eq!(document["open"], true, "{what}: {document}");
        assert_eq!(document["mended"][0]["what"], "restore_copy", "{document}");
        assert_eq!(finding(&document, "file")["well"], true, "{what}: {document}");
        assert_eq!(desk.digest(), before, "{what}");
        desk.add("王秀英").done();
        desk.sound();
    }
}

#[test]
fn a_wrong_passphrase_is_no_illness() {
    let desk = Desk::village();
    let said = desk.run_as(Some("不对"), &["doctor", "--mend"], "").failed(4, "wrong_passphrase");
    assert!(said.contains("口令不对"), "{said}");
}
