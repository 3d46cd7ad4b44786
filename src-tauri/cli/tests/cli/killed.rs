//! The program killed in the middle, as by a power cut: what was not acknowledged is not there, and nothing is half there.

use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::desk::{Desk, Snapshot};
use crate::full_disk::roster;
use crate::sticks::{bundles, pair, stick};

/// When a program is killed.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// After so many hundredths of the time that it takes
    Hundredths(u32),
    /// When so many bytes stand in the database's log: in the middle of the one transaction
    Log(u64),
}

const MOMENTS: [Moment; 8] = [
    Moment::Hundredths(15),
    Moment::Hundredths(40),
    Moment::Hundredths(65),
    Moment::Hundredths(85),
    Moment::Hundredths(95),
    Moment::Log(1),
    Moment::Log(50_000),
    Moment::Log(150_000),
];

/// Runs a program and kills it; whether it was still running.
fn kill(mut command: Command, moment: Moment, desk: &Desk, whole: Duration) -> bool {
    let log = desk.store().join("yuanba.db-wal");
    let begun = Instant::now();
    let mut program = command.spawn().expect("the program starts");
    let now = || match moment {
        Moment::Hundredths(hundredths) => begun.elapsed() >= whole * hundredths / 100,
        Moment::Log(bytes) => std::fs::metadata(&log).is_ok_and(|log| log.len() >= bytes),
    };
    while !now() {
        if program.try_wait().expect("a program").is_some() {
            return false;
        }
        std::hint::spin_loop();
    }
    program.kill().expect("killed");
    // On Unix a killed program has no exit code.
    program.wait().expect("ended").code().is_none()
}

/// How long something takes.
fn timed(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

/// Digest and number of people of a store that opens and verifies.
fn opened(desk: &Desk, moment: Moment) -> (Value, u64) {
    let answers = desk.batch(&[&["digest"], &["verify"], &["member", "list"]]).answers();
    assert!(answers.iter().all(|(exit, _)| *exit == 0), "{moment:?}: {answers:?}");
    (answers[0].1.clone(), answers[2].1["count"].as_u64().unwrap())
}

#[test]
fn an_import_that_is_killed_at_any_moment_wrote_everybody_or_nobody() {
    const PEOPLE: u64 = 90;
    let desk = Desk::village();
    let file = desk.file("名册.csv", roster(PEOPLE as u32));
    let (before, clean) = (desk.digest(), Snapshot::of(&desk.store()));
    let words = ["roster", "import", &file];
    let whole = timed(|| _ = desk.run(&words).done());
    let mut killed = 0;
    for moment in MOMENTS {
        clean.put_back();
        killed += u32::from(kill(desk.command(&words), moment, &desk, whole));
        let (digest, people) = opened(&desk, moment);
        assert!(people == 0 || people == PEOPLE, "{moment:?}: {people} people");
        assert!(people > 0 || digest == before, "{moment:?}");
        assert_eq!(desk.run(&words).exit, 0, "{moment:?}");
        assert_eq!(
            opened(&desk, moment).1,
            PEOPLE,
            "{moment:?}: the run again completes, and nobody is there twice"
        );
    }
    assert!(killed >= 5, "{killed} were killed in the middle");
}

#[test]
fn a_stick_whose_reading_is_killed_at_any_moment_was_read_whole_or_not_at_all() {
    let (village, township) = pair();
    village.run(&["demo", "--members", "40", "--months", "2", "--add"]).done();
    let folder = stick(&village, "去");
    village.run(&["bundle", "write", "--to", "parent", "--out", &folder]).done();
    let scope = |desk: &Desk| desk.run(&["digest", "--org", "石河村党支部"]).done();
    let (before, clean, wanted) = (township.digest(), Snapshot::of(&township.store()), scope(&village));
    let words = ["bundle", "read", &folder];
    let whole = timed(|| _ = township.run(&words).done());
    let after = township.digest();
    let mut killed = 0;
    for moment in MOMENTS {
        clean.put_back();
        killed += u32::from(kill(township.command(&words), moment, &township, whole));
        let (digest, people) = opened(&township, moment);
        assert!(digest == before || digest == after, "{moment:?}");
        assert_eq!(people, if digest == before { 0 } else { 41 }, "{moment:?}");
        let again = township.run(&words).done();
        let status = again["files"][0]["status"].as_str().unwrap().to_owned();
        assert_eq!(status, if digest == before { "read" } else { "already" }, "{moment:?}");
        assert_eq!(township.digest(), after, "{moment:?}");
        assert_eq!(scope(&township), wanted, "{moment:?}");
    }
    assert!(killed >= 5, "{killed} were killed in the middle");
}

#[test]
fn a_writing_that_is_killed_leaves_no_bundle_that_is_not_whole_and_the_next_one_tidies_up() {
    let (village, township) = pair();
    village.run(&["demo", "--members", "40", "--months", "2", "--add"]).done();
    let before = village.digest();
    let folder = stick(&village, "去");
    let words = ["bundle", "write", "--to", "parent", "--out", &folder];
    let whole = timed(|| _ = village.run(&words).done());
    for hundredths in [30, 55, 70, 80, 90, 97] {
        kill(village.command(&words), Moment::Hundredths(hundredths), &village, whole);
    }
    let left = bundles(&folder).len();
    for file in bundles(&folder) {
        let read = township.run(&["bundle", "read", file.to_str().unwrap()]);
        assert_eq!(read.exit, 0, "what has its name is whole: {}", read.stdout);
    }
    village.run(&words).done();
    assert_eq!(bundles(&folder).len(), left + 1);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), left + 1, "no part is left");
    assert_eq!(village.digest(), before);
}

#[test]
fn a_making_that_is_killed_is_begun_anew_or_was_finished() {
    let init = ["init", "--level", "village", "--name", "石河村党支部"];
    let whole = timed(|| _ = Desk::empty().run(&init).done());
    for hundredths in [20, 45, 60, 75, 90] {
        let moment = Moment::Hundredths(hundredths);
        let desk = Desk::empty();
        kill(desk.command(&init), moment, &desk, whole);
        let there = desk.run(&["digest"]).exit == 0;
        let again = desk.run(&init);
        assert_eq!(again.exit, if there { 2 } else { 0 }, "{moment:?}: {}", again.stdout);
        desk.add("王秀英").done();
        assert_eq!(opened(&desk, moment).1, 1);
    }
}
