//! Sticks as they come: with bad files among good ones, locked, pulled out in the middle.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::desk::{Answer, Desk, ended, plain};
use crate::disk::Disk;
use crate::sticks::{bundles, pair, stick};

/// How often something is tried that must be hit in the right moment.
const TRIES: usize = 20;

fn write(desk: &Desk, to: &str, folder: &str) -> PathBuf {
    let written = desk.run(&["bundle", "write", "--to", to, "--out", folder]).done();
    PathBuf::from(written["file"].as_str().unwrap())
}

fn scope(desk: &Desk) -> Value {
    desk.run(&["digest", "--org", "石河村党支部"]).done()
}

/// The files that were read, by name.
fn files(answer: &Answer) -> Vec<(String, String, String)> {
    let document = answer.json();
    let text = |file: &Value, key: &str| file[key].as_str().unwrap_or_default().to_owned();
    let name =
        |file: &Value| Path::new(&text(file, "file")).file_name().unwrap().to_string_lossy().into_owned();
    let files = document["files"].as_array().unwrap().iter();
    files.map(|file| (name(file), text(file, "status"), text(file, "text"))).collect()
}

#[test]
fn of_a_stick_full_of_bad_files_the_good_one_is_read_and_the_others_say_what_is_wrong() {
    let (village, township) = pair();
    let (elsewhere, stranger) = (Desk::of("township", "石门镇党委"), Desk::of("village", "茶园村党支部"));
    stranger.add("李国强").done();
    let (request, grant) = (stranger.path("申请"), stranger.path("授权"));
    stranger.run(&["enrol", "request", "--out", &request]).done();
    elsewhere.run(&["enrol", "grant", &request, "--out", &grant]).done();
    stranger.run(&["enrol", "accept", &grant]).done();

    let (folder, good) = (stick(&village, "去"), write(&village, "parent", &stick(&village, "好")));
    let whole = std::fs::read(&good).unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(Path::new(&folder).join(name), bytes).unwrap();
    for n in 0..8 {
        let place = whole.len() * (2 * n + 1) / 16 + n;
        put(&format!("短的{n}.yuanba"), &whole[..place]);
        let mut flipped = whole.clone();
        flipped[place] ^= 1 << n;
        put(&format!("坏的{n}.yuanba"), &flipped);
    }
    put("空的.yuanba", b"");
    put("照片.yuanba", &[0xff, 0xd8, 0xff, 0xe0].repeat(500));
    put("长了.yuanba", &[&whole[..], b"x"].concat());
    put("申请.yuanba", &std::fs::read(&request).unwrap());
    put("授权.yuanba", &std::fs::read(&grant).unwrap());
    put("别镇的.yuanba", &std::fs::read(write(&stranger, "parent", &stick(&stranger, "别"))).unwrap());
    put("名册.xlsx", b"no bundle, and not looked at");
    std::fs::create_dir(Path::new(&folder).join("夹.yuanba")).unwrap();

    let before = township.digest();
    let bad = township.run(&["bundle", "read", &folder]);
    assert_eq!((bad.exit, bad.stderr.as_str()), (3, ""), "{}", bad.stdout);
    assert_eq!(files(&bad).len(), 22);
    for (name, status, text) in files(&bad) {
        assert_eq!(status, "refused", "{name}: {text}");
        plain(&text);
    }
    let said = |wanted: &str| files(&bad).into_iter().find(|(name, ..)| name == wanted).unwrap().2;
    assert!(said("别镇的.yuanba").contains("写给别处的"));
    assert!(said("申请.yuanba").contains("申请授权"));
    assert_eq!(township.digest(), before);

    std::fs::copy(&good, Path::new(&folder).join("夹.yuanba").join("好的.yuanba")).unwrap();
    let all = township.run(&["bundle", "read", &folder]);
    assert_eq!(all.exit, 1, "some were refused");
    let read: Vec<_> = files(&all).into_iter().filter(|(_, status, _)| status == "read").collect();
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].0, "好的.yuanba");
    assert_eq!(scope(&township), scope(&village));
    township.sound();
}

#[test]
fn a_stick_whose_predecessor_is_missing_waits_and_joins_on_when_that_one_comes() {
    let (village, township) = pair();
    let backup = township.path("copy.yuanba-backup");
    township.run(&["backup", &backup]).done();
    let first = write(&village, "parent", &stick(&village, "一"));
    township.run(&["bundle", "read", first.to_str().unwrap()]).done();
    let back = write(&township, "石河村党支部", &stick(&township, "回"));
    village.run(&["bundle", "read", back.to_str().unwrap()]).done();
    village.add("何玉兰").done();
    let second = write(&village, "parent", &stick(&village, "二"));

    // The township's laptop dies, and comes back as it was before.
    let again = Desk::empty();
    again.run(&["restore", &backup]).done();
    let before = scope(&again);
    let parked = again.run(&["bundle", "read", second.to_str().unwrap()]);
    assert_eq!(parked.exit, 1, "{}", parked.stdout);
    let (_, status, text) = files(&parked).remove(0);
    assert_eq!(status, "parked");
    assert!(text.contains("前面还缺一个") && text.contains("没有乱"), "{text}");
    assert_eq!(scope(&again), before, "what waits does not count");
    assert_eq!(
        files(&again.run(&["bundle", "read", second.to_str().unwrap()]))[0].1,
        "parked",
        "twice is once"
    );

    let filled = again.run(&["bundle", "read", first.to_str().unwrap()]);
    assert_eq!((filled.exit, files(&filled)[0].1.as_str()), (0, "read"));
    assert_eq!(scope(&again), scope(&village));
    assert_eq!(files(&again.run(&["bundle", "read", second.to_str().unwrap()]))[0].1, "already");
    assert_eq!(again.people(), 2);
    again.sound();
}

#[test]
fn a_locked_stick_is_read_and_not_written() {
    let (village, township) = pair();
    let disk = Disk::of_kib(512);
    let (village, township) = (village.seeing(&disk), township.seeing(&disk));
    write(&village, "parent", &disk.text(""));
    let (names, before) = (disk.names(), village.digest());
    disk.lock();
    let said =
        village.run(&["bundle", "write", "--to", "parent", "--out", &disk.text("")]).failed(3, "refused");
    assert!(said.contains("只能看、不能写") && said.contains("锁扣"), "{said}");
    let out = |name: &str| disk.text(name);
    for words in [
        &["backup", &out("x")][..],
        &["roster", "export", &out("x.xlsx")],
        &["enrol", "request", "--out", &out("x")],
    ] {
        let said = village.run(words).failed(3, "refused");
        assert!(said.contains("写"), "{said}");
    }
    assert_eq!((disk.names(), village.digest()), (names, before));
    assert_eq!(township.run(&["bundle", "read", &disk.text("")]).done()["files"][0]["status"], "read");
    assert_eq!(scope(&township), scope(&village));
}

/// Waits for something that another program does; false when it has not happened in a quarter of a minute.
fn soon(mut happened: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    while !happened() {
        if begun.elapsed() > Duration::from_secs(15) {
            return false;
        }
        std::thread::sleep(Duration::from_micros(200));
    }
    true
}

#[test]
fn a_stick_pulled_out_while_it_is_written_leaves_both_sides_as_they_were() {
    let (village, township) = pair();
    village.run(&["demo", "--members", "60", "--months", "3", "--add"]).done();
    let before = village.digest();
    for pulled in [true, false] {
        let mut hit = false;
        for _ in 0..TRIES {
            let disk = Disk::of_kib(4096);
            let seen = disk.seen("stick");
            std::fs::create_dir(&seen).unwrap();
            let words = ["bundle", "write", "--to", "parent", "--out", &disk.text("stick")];
            let writing = village.command_at(&disk, &words).spawn().unwrap();
            soon(|| std::fs::read_dir(&seen).is_ok_and(|mut names| names.next().is_some()));
            if pulled {
                disk.pull();
            } else {
                std::fs::remove_dir_all(&seen).unwrap();
            }
            let answer = ended(writing);
            if answer.exit == 0 {
                continue; // It was faster.
            }
            hit = true;
            let said = answer.failed(3, "refused");
            assert!(said.contains("U 盘拔早了"), "{said}");
            assert!(!seen.exists(), "nothing was written beside the stick");
            break;
        }
        assert!(hit, "never pulled in time");
        assert_eq!(village.digest(), before);
    }
    let good = write(&village, "parent", &stick(&village, "去"));
    assert_eq!(files(&township.run(&["bundle", "read", good.to_str().unwrap()]))[0].1, "read");
    assert_eq!(scope(&township), scope(&village));
}

#[test]
fn a_stick_pulled_out_while_it_is_read_has_been_read_as_far_as_it_came() {
    let (village, township) = pair();
    let kept = stick(&village, "存");
    let add = ["demo", "--members", "10", "--months", "1", "--add"];
    let write = ["bundle", "write", "--to", "parent", "--out", &kept];
    village.batch(&[&add[..], &write, &add, &write, &add, &write, &add, &write]);
    assert_eq!(bundles(&kept).len(), 4);
    let log = township.store().join("yuanba.db-wal");
    let clean = crate::desk::Snapshot::of(&township.store());
    let mut hit = false;
    for _ in 0..TRIES {
        clean.put_back();
        let folder = stick(&township, "去");
        for file in bundles(&kept) {
            std::fs::copy(&file, Path::new(&folder).join(file.file_name().unwrap())).unwrap();
        }
        let mut reading = township.command(&["bundle", "read", &folder]).spawn().unwrap();
        // The first file is in as soon as something stands in the log.
        let first_in = || std::fs::metadata(&log).is_ok_and(|log| log.len() > 0);
        soon(|| first_in() || reading.try_wait().unwrap().is_some());
        std::fs::remove_dir_all(&folder).unwrap();
        let answer = ended(reading);
        let status = |wanted: &str| files(&answer).iter().filter(|(_, status, _)| status == wanted).count();
        if status("read") == 0 || status("refused") == 0 {
            continue;
        }
        hit = true;
        assert_eq!(answer.exit, 1, "{}", answer.stdout);
        for (name, status, text) in files(&answer) {
            if status == "refused" {
                assert!(text.contains("读不出来") && text.contains("重新插好"), "{name}: {text}");
                plain(&text);
            }
        }
        break;
    }
    assert!(hit, "never pulled in time");
    township.sound();
    assert_eq!(township.run(&["bundle", "read", &kept]).exit, 0);
    assert_eq!(scope(&township), scope(&village));

    std::fs::remove_dir_all(&kept).unwrap();
    let gone = township.batch(&[&["bundle", "read", &kept][..], &["digest", "--org", "石河村党支部"]]);
    assert_eq!((gone[0].exit, files(&gone[0])[0].1.as_str()), (3, "refused"));
    assert_eq!(gone[1].done(), scope(&village));
}
