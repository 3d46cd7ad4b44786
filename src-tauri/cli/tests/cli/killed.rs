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
        match moment {
            Moment::Hundredths(_) => std::thread::sleep(Duration::from_millis(1)),
            Moment::Log(_) => std::thread::yield_now(),
        }
    }
    program.kill().expect("killed");
    // On Unix a killed program has no exit code.
    program.wait().expect("ended").code().is_none()
}

/// How often a moment is tried before it counts as missed: other programs make this one slower or faster.
const TRIES: u32 = 6;

/// Kills a program at a moment, its store being as it was before each try. `whole` becomes shorter when a run was faster.
/// Whether it was killed in the middle; else it came to its end.
fn kill_in(desk: &Desk, words: &[&str], moment: Moment, clean: &Snapshot, whole: &mut Duration) -> bool {
    for _ in 0..TRIES {
        clean.put_back();
        let begun = Instant::now();
        if kill(desk.command(words), moment, desk, *whole) {
            return true;
        }
        *whole = begun.elapsed().min(*whole);
    }
    false
}

/// How long something takes.
fn timed(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

/// Does one thing after the other in a store that opens.
fn all_done(desk: &Desk, moment: impl std::fmt::Debug, lines: &[&[&str]]) -> Vec<Value> {
    let answers = desk.batch(lines);
    answers
        .iter()
        .map(|answer| {
            assert_eq!(answer.exit, 0, "{moment:?}: {}", answer.stdout);
            answer.json()
        })
        .collect()
}

const DIGEST: &[&str] = &["digest"];
const VERIFY: &[&str] = &["verify"];
const PEOPLE: &[&str] = &["member", "list"];

#[test]
fn an_import_that_is_killed_at_any_moment_wrote_everybody_or_nobody() {
    let desk = Desk::village();
    let file = desk.file("名册.csv", roster(90));
    let (before, clean) = (desk.digest(), Snapshot::of(&desk.store()));
    let import = ["roster", "import", &file];
    let mut whole = timed(|| _ = desk.run(&import).done());
    let mut killed = 0;
    for moment in MOMENTS {
        killed += u32::from(kill_in(&desk, &import, moment, &clean, &mut whole));
        let seen = all_done(&desk, moment, &[DIGEST, VERIFY, PEOPLE, &import, PEOPLE, VERIFY]);
        let people = &seen[2]["count"];
        assert!(*people == 0 || *people == 90, "{moment:?}: {people} people");
        assert!(*people == 90 || seen[0] == before, "{moment:?}");
        assert_eq!(seen[4]["count"], 90, "{moment:?}: the run again completes, and nobody is there twice");
    }
    assert!(killed >= 5, "{killed} were killed in the middle");
}

#[test]
fn a_stick_whose_reading_is_killed_at_any_moment_was_read_whole_or_not_at_all() {
    let (village, township) = pair();
    village.run(&["demo", "--members", "30", "--months", "1", "--add"]).done();
    let folder = stick(&village, "去");
    village.run(&["bundle", "write", "--to", "parent", "--out", &folder]).done();
    let scope = ["digest", "--org", "石河村党支部"];
    let (before, clean, wanted) =
        (township.digest(), Snapshot::of(&township.store()), village.run(&scope).done());
    let read = ["bundle", "read", &folder];
    let mut whole = timed(|| _ = township.run(&read).done());
    let after = township.digest();
    let mut killed = 0;
    for moment in MOMENTS {
        killed += u32::from(kill_in(&township, &read, moment, &clean, &mut whole));
        let seen = all_done(&township, moment, &[DIGEST, VERIFY, PEOPLE, &read, DIGEST, &scope]);
        let was_read = seen[0] == after;
        assert!(was_read || seen[0] == before, "{moment:?}");
        assert_eq!(seen[2]["count"], if was_read { 31 } else { 0 }, "{moment:?}");
        assert_eq!(seen[3]["files"][0]["status"], if was_read { "already" } else { "read" }, "{moment:?}");
        assert_eq!((&seen[4], &seen[5]), (&after, &wanted), "{moment:?}");
    }
    assert!(killed >= 5, "{killed} were killed in the middle");
}

#[test]
fn a_writing_that_is_killed_leaves_no_bundle_that_is_not_whole_and_the_next_one_tidies_up() {
    let (village, township) = pair();
    village.run(&["demo", "--members", "30", "--months", "1", "--add"]).done();
    let before = village.digest();
    let folder = stick(&village, "去");
    let words = ["bundle", "write", "--to", "parent", "--out", &folder];
    let whole = timed(|| _ = village.run(&words).done());
    for hundredths in [30, 55, 70, 80, 90, 97] {
        kill(village.command(&words), Moment::Hundredths(hundredths), &village, whole);
    }
    let left = bundles(&folder).len();
    let read = township.run(&["bundle", "read", &folder]);
    assert_eq!(read.exit, 0, "what has its name is whole: {}", read.stdout);
    village.run(&words).done();
    assert_eq!(bundles(&folder).len(), left + 1);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), left + 1, "no part is left");
    assert_eq!(village.digest(), before);
}

#[test]
fn a_making_that_is_killed_is_begun_anew_or_was_finished() {
    let init = ["init", "--level", "village", "--name", "石河村党支部"];
    let whole = timed(|| _ = Desk::empty().run(&init).done());
    for hundredths in [25, 50, 70, 90] {
        let moment = Moment::Hundredths(hundredths);
        let desk = Desk::empty();
        kill(desk.command(&init), moment, &desk, whole);
        let there = desk.run(&["digest"]).exit == 0;
        let again = desk.run(&init);
        assert_eq!(again.exit, if there { 2 } else { 0 }, "{moment:?}: {}", again.stdout);
        let save = ["call", "member.save", r#"{"fields": {"name": "王秀英"}}"#];
        assert_eq!(all_done(&desk, moment, &[&save, VERIFY, PEOPLE])[2]["count"], 1);
    }
}
