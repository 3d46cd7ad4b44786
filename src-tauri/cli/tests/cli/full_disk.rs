//! A disk that is really full: what was saved stays, nothing half-written is left, and with some room the next command works.

use std::path::Path;

use serde_json::json;

use crate::desk::Desk;
use crate::disk::Disk;
use crate::sticks::{carry, pair, stick};

const KIB: u64 = 1024;

/// A roster of so many made-up people.
pub fn roster(people: u32) -> String {
    let rows = (1..=people).map(|n| {
        format!(
            "罗永{n},男,19{:02}-0{}-1{},正式党员,2008-07,138{n:08},石河村{n}号\n",
            50 + n % 45,
            1 + n % 9,
            n % 9
        )
    });
    std::iter::once("姓名,性别,出生日期,人员类别,入党日期,联系电话,家庭住址\n".to_owned())
        .chain(rows)
        .collect()
}

/// What may stand in the folder of a store that nobody has open.
fn tidy(disk: &Disk, store: &str) {
    let allowed = ["keys.json", "keys.json.bak", "store.lock", "yuanba.db", "yuanba.db-wal", "settings.json"];
    for name in disk.names() {
        let inside =
            Path::new(&name).strip_prefix(store).ok().map(|name| name.to_string_lossy().into_owned());
        let known = inside.is_some_and(|name| name.is_empty() || allowed.contains(&name.as_str()));
        assert!(known, "{name} was left in {:?}", disk.names());
    }
}

/// A village on a disk of its own.
fn village_on(disk: &Disk) -> Desk {
    Desk::empty_on(disk).made("village", "石河村党支部")
}

#[test]
fn what_is_saved_while_the_disk_is_full_is_told_and_all_else_can_still_be_read() {
    let disk = Disk::of_kib(2048);
    let desk = village_on(&disk);
    desk.add("王秀英").done();
    let (mut refused, mut before) = (0, desk.digest());
    for kib in [0, 4, 16, 32, 48, 64, 256] {
        disk.leave(kib * KIB);
        let save = ["call", "member.save", r#"{"fields": {"name": "李国强"}}"#];
        // Whoever wants to know what to throw away has to see what there is.
        let answers = desk.batch(&[&save[..], &["digest"]]);
        tidy(&disk, "store");
        if answers[0].exit == 0 {
            before = answers[1].done();
            continue;
        }
        refused += 1;
        let said = answers[0].failed(4, "disk_full");
        assert!(said.starts_with("电脑的盘满了"), "{said}");
        assert_eq!(answers[1].done(), before, "with {kib} KiB left");
    }
    assert!(refused >= 3, "{refused} were refused");
    disk.clear();
    assert_eq!(desk.digest(), before);
    desk.add("何玉兰").done();
    desk.sound();
    tidy(&disk, "store");
}

#[test]
fn an_import_that_finds_no_room_writes_nobody_and_goes_through_afterwards() {
    let disk = Disk::of_kib(8192);
    let desk = village_on(&disk);
    let file = desk.file("名册.csv", roster(120));
    let before = desk.digest();
    for kib in [0, 16, 60, 120] {
        disk.leave(kib * KIB);
        let said = desk.run(&["roster", "import", &file]).failed(4, "disk_full");
        assert!(said.starts_with("电脑的盘满了"), "{said}");
        tidy(&disk, "store");
    }
    disk.clear();
    assert_eq!(desk.digest(), before);
    desk.run(&["roster", "import", &file]).done();
    assert_eq!(desk.people(), 120);
    desk.sound();
}

#[test]
fn a_full_stick_keeps_no_half_bundle_and_takes_a_whole_one_when_there_is_room() {
    let (village, township) = pair();
    village.run(&["demo", "--members", "20", "--months", "1", "--add"]).done();
    let disk = Disk::of_kib(1024);
    let village = village.seeing(&disk);
    let before = village.digest();
    let write = || village.run(&["bundle", "write", "--to", "parent", "--out", &disk.text("")]);
    for kib in [0, 4, 8] {
        disk.leave(kib * KIB);
        let said = write().failed(4, "disk_full");
        assert!(said.starts_with("U 盘满了"), "{said}");
        assert_eq!(disk.names(), [""; 0]);
    }
    assert_eq!(village.digest(), before);
    disk.clear();
    let written = write().done();
    assert_eq!(disk.names().len(), 1);
    let township = township.seeing(&disk);
    let read = township.run(&["bundle", "read", written["file"].as_str().unwrap()]).done();
    assert_eq!(read["files"][0]["status"], "read");
    assert_eq!(township.people(), 21);
}

#[test]
fn a_stick_is_read_whole_or_not_at_all_onto_a_full_disk() {
    let disk = Disk::of_kib(8192);
    let township = Desk::empty_on(&disk).made("township", "柳坝镇党委");
    let village = Desk::village();
    crate::sticks::enrol(&village, &township);
    village.run(&["demo", "--members", "30", "--months", "1"]).done();
    let folder = stick(&village, "去");
    village.run(&["bundle", "write", "--to", "parent", "--out", &folder]).done();
    let before = township.digest();
    for kib in [0, 16, 64, 256] {
        disk.leave(kib * KIB);
        let answers = township.batch(&[&["bundle", "read", &folder][..], &["digest"]]);
        let said = answers[0].failed(4, "disk_full");
        assert!(said.starts_with("电脑的盘满了"), "{said}");
        assert_eq!(answers[1].done(), before);
        tidy(&disk, "store");
    }
    disk.clear();
    assert_eq!(township.run(&["bundle", "read", &folder]).done()["files"][0]["status"], "read");
    let scope = |desk: &Desk| desk.run(&["digest", "--org", "石河村党支部"]).done();
    assert_eq!(scope(&township), scope(&village));
    township.sound();
}

#[test]
fn a_stick_is_written_while_the_own_disk_is_full() {
    let disk = Disk::of_kib(2048);
    let village = village_on(&disk);
    let township = Desk::of("township", "柳坝镇党委");
    crate::sticks::enrol(&village, &township);
    village.add("王秀英").done();
    disk.leave(0);
    // There is no room to note it in the log of sticks; the stick is written all the same, and that is what counts.
    let read = carry(&village, &township, "parent", "去");
    assert_eq!(read["files"][0]["status"], "read", "{read}");
    assert_eq!(township.people(), 1);
}

#[test]
fn lists_backups_and_requests_leave_no_half_file_on_a_full_stick() {
    let disk = Disk::of_kib(1024);
    let desk = Desk::village().seeing(&disk);
    desk.run(&["demo", "--members", "20", "--months", "2"]).done();
    let before = desk.digest();
    let roster = desk.file("名册.csv", "姓名,性别\n,男\n");
    let out = |name: &str| disk.text(name);
    let export = |command: &str, name: &str| {
        vec![
            "call".to_owned(),
            command.to_owned(),
            json!({ "out": out(name), "group": "members" }).to_string(),
        ]
    };
    let plain = |command: &str, name: &str| {
        vec!["call".to_owned(), command.to_owned(), json!({ "out": out(name) }).to_string()]
    };
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let commands = [
        words(&["roster", "export", &out("名册.xlsx")]),
        words(&["roster", "import", &roster, "--rejects", &out("没收的.xlsx")]),
        words(&["backup", &out("copy.yuanba-backup")]),
        words(&["enrol", "request", "--out", &out("申请")]),
        plain("note.export", "手记.xlsx"),
        plain("post.export", "岗位.xlsx"),
        plain("courtyard.export", "院坝.xlsx"),
        plain("errand.export", "代办.xlsx"),
        export("points.export", "积分.xlsx"),
    ];
    for kib in [0, 4] {
        disk.leave(kib * KIB);
        for (command, answer) in commands.iter().zip(desk.batch(&commands)) {
            if kib > 0 && answer.exit == 0 {
                continue; // It fits.
            }
            let said = answer.failed(4, "disk_full");
            assert!(said.contains("U 盘满了") || said.contains("放不下"), "{command:?}: {said}");
        }
        let names = disk.names();
        assert!(!names.iter().any(|name| name.contains("part")), "{names:?}");
        names.iter().for_each(|name| std::fs::remove_file(disk.seen(name)).unwrap());
    }
    disk.clear();
    assert_eq!(desk.digest(), before);
    assert!(desk.batch(&commands).iter().all(|answer| answer.exit <= 1));
    assert_eq!(disk.names().len(), commands.len());
}

#[test]
fn a_backup_needs_no_room_on_the_own_disk() {
    let disk = Disk::of_kib(2048);
    let desk = village_on(&disk);
    desk.add("王秀英").done();
    let before = desk.digest();
    let out = desk.path("copy.yuanba-backup");
    for kib in [0, 40, 100] {
        disk.leave(kib * KIB);
        // Who has to make room wants a copy first.
        desk.run(&["backup", &out]).done();
        tidy(&disk, "store");
        std::fs::remove_file(&out).expect("a copy");
    }
    disk.clear();
    desk.run(&["backup", &out]).done();
    let other = Desk::empty();
    other.run(&["restore", &out]).done();
    assert_eq!(other.digest(), before);
}

#[test]
fn a_store_that_found_no_room_is_not_there_and_is_made_when_there_is_some() {
    let disk = Disk::of_kib(2048);
    let desk = Desk::empty_on(&disk);
    for kib in [0, 4, 8, 20, 40, 100, 200, 300] {
        disk.leave(kib * KIB);
        let made = desk.run(&["init", "--level", "village", "--name", "石河村党支部"]);
        if made.exit == 0 {
            assert!(kib > 100, "{kib} KiB are too few");
            break;
        }
        made.failed(4, "disk_full");
        let left: Vec<String> = disk.names();
        assert!(left.iter().all(|name| name == "store" || name == "store/store.lock"), "{kib} KiB: {left:?}");
    }
    disk.clear();
    if desk.run(&["digest"]).exit == 2 {
        desk.run(&["init", "--level", "village", "--name", "石河村党支部"]).done();
    }
    desk.add("王秀英").done();
    desk.sound();
}

#[test]
fn a_backup_that_finds_no_room_to_come_back_leaves_the_folder_empty() {
    let desk = Desk::village();
    desk.add("王秀英").done();
    let backup = desk.path("copy.yuanba-backup");
    desk.run(&["backup", &backup]).done();
    let disk = Disk::of_kib(2048);
    let other = Desk::empty_on(&disk);
    for kib in [0, 4, 60] {
        disk.leave(kib * KIB);
        other.run(&["restore", &backup]).failed(4, "disk_full");
        let left = disk.names();
        assert!(left.iter().all(|name| name == "store" || name == "store/store.lock"), "{left:?}");
    }
    disk.clear();
    other.run(&["restore", &backup]).done();
    assert_eq!(other.digest(), desk.digest());
}

/// The first thing that a restored store writes is that it is another laptop now.
#[test]
fn a_restored_store_whose_first_save_finds_no_room_still_counts_afterwards() {
    let desk = Desk::village();
    desk.add("王秀英").done();
    let backup = desk.path("copy.yuanba-backup");
    desk.run(&["backup", &backup]).done();
    let disk = Disk::of_kib(2048);
    let other = Desk::empty_on(&disk);
    other.run(&["restore", &backup]).done();
    assert_eq!(other.people(), 1);
    let mut refused = 0;
    for kib in [0, 8, 16, 24, 32, 40, 56] {
        disk.leave(kib * KIB);
        let save = ["call", "member.save", r#"{"fields": {"name": "李国强"}}"#];
        let answers = other.batch(&[&save[..], &["member", "list"]]);
        if answers[0].exit == 0 {
            break;
        }
        refused += 1;
        assert_eq!(answers[1].done()["count"], 1, "with {kib} KiB left");
    }
    assert!(refused > 3);
    disk.clear();
    if other.people() == 1 {
        other.add("李国强").done();
    }
    assert_eq!(other.people(), 2, "what is written counts");
    other.sound();
}
