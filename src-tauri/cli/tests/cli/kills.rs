//! kill −9 at random moments, hundreds of times: what was acknowledged is there, what was not is there whole or not at all, and
//! the store is as its journal says. `YUANBA_KILLS` says how often in all; `./dev kills N` runs thousands.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::desk::Desk;
use crate::full_disk::roster;
use crate::hub::{Hub, three};
use crate::postgres;
use crate::sticks::pair;

/// How many kills a run of the suite does, all kinds together.
const IN_THE_SUITE: u32 = 200;

/// The share of the kills that a kind has, of ten.
fn kills(tenths: u32) -> u32 {
    let all = std::env::var("YUANBA_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(IN_THE_SUITE);
    (all * tenths / 10).max(1)
}

/// Moments that look random and are the same in every run.
struct Moments(u64);

impl Moments {
    /// Up to so long.
    fn within(&mut self, longest: Duration) -> Duration {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        longest.mul_f64((self.0 >> 40) as f64 / (1u64 << 24) as f64)
    }
}

/// A program that does one line after the other, until it is killed.
struct Running {
    program: Option<Child>,
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
}

impl Running {
    fn at(desk: &Desk) -> Running {
        let mut program = desk
            .command(&["batch", "-"])
            .stdin(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let to = program.stdin.take().expect("piped");
        let from = BufReader::new(program.stdout.take().expect("piped")).lines();
        Running { program: Some(program), to, from }
    }

    /// What it answers to a line: exit code and document; nothing when it is dead.
    fn ask(&mut self, words: &[&str]) -> Option<(i64, Value)> {
        writeln!(self.to, "{}", Value::from(words)).ok()?;
        let answer: Value = serde_json::from_str(&self.from.next()?.ok()?).ok()?;
        Some((answer["exit"].as_i64()?, answer["result"].clone()))
    }

    /// The document of a line that must go well in a program that nobody kills.
    fn done(&mut self, words: &[&str]) -> Value {
        let (exit, document) = self.ask(words).expect("it lives");
        assert_eq!(exit, 0, "{words:?}: {document}");
        document
    }

    fn add(&mut self, name: &str) -> Option<()> {
        let request = json!({ "fields": { "name": name } }).to_string();
        let (exit, _) = self.ask(&["call", "member.save", &request])?;
        assert_eq!(exit, 0);
        Some(())
    }

    fn names(&mut self) -> BTreeSet<String> {
        let list = self.done(&["member", "list"]);
        let members = list["members"].as_array().expect("a list").iter();
        members.map(|member| member["name"].as_str().expect("a name").to_owned()).collect()
    }

    fn sound(&mut self) {
        assert_eq!(self.done(&["verify"])["agrees"], true);
    }

    /// Kills it after so long, while it does something.
    fn killed_after<T>(
        mut self,
        moment: Duration,
        mut work: impl FnMut(&mut Running) -> Option<T>,
    ) -> Vec<T> {
        let mut program = self.program.take().expect("it lives");
        let killer = std::thread::spawn(move || {
            std::thread::sleep(moment);
            program.kill().expect("killed");
            program.wait().expect("ended");
        });
        let mut done = Vec::new();
        while let Some(one) = work(&mut self) {
            done.push(one);
        }
        killer.join().expect("killed");
        done
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(program) = &mut self.program {
            let _ = program.kill();
            let _ = program.wait();
        }
    }
}

#[test]
fn no_acknowledged_save_is_lost() {
    let desk = Desk::village();
    Running::at(&desk).add("头一个").expect("it lives");
    // A program's first save reads what later ones know already.
    let mut running = Running::at(&desk);
    running.sound();
    running.names();
    let begun = Instant::now();
    running.add("第二个").expect("it lives");
    let one = begun.elapsed();
    let mut acknowledged = running.names();
    drop(running);
    let (mut moments, mut tried) = (Moments(1), 0);
    for _ in 0..kills(3) {
        let mut running = Running::at(&desk);
        running.sound();
        let here = running.names();
        assert!(
            here.is_superset(&acknowledged),
            "lost: {:?}",
            acknowledged.difference(&here).collect::<Vec<_>>()
        );
        assert!(here.difference(&acknowledged).count() <= 1, "more than the one that nobody acknowledged");
        acknowledged = here;
        let saved = running.killed_after(moments.within(one * 4), |running| {
            tried += 1;
            let name = format!("第{tried}位");
            running.add(&name).map(|()| name)
        });
        acknowledged.extend(saved);
    }
    assert!(acknowledged.len() > 4, "the moments leave time to save something");
}

#[test]
fn an_import_is_there_whole_or_not_at_all() {
    const ROWS: usize = 30;
    let desk = Desk::village();
    let (mut moments, mut people) = (Moments(2), 0);
    for n in 0..kills(1) {
        let file = desk.file(&format!("{n}.csv"), roster(ROWS as u32).replace("罗永", &format!("罗{n}轮")));
        let mut running = Running::at(&desk);
        running.done(&["member", "list"]);
        let import = ["roster", "import", &file];
        let mut left = 1;
        let done = running.killed_after(moments.within(Duration::from_millis(250)), |running| {
            left -= 1;
            // Once, and then it waits for its end.
            let (exit, _) = running.ask(if left == 0 { &import } else { &["verify"] })?;
            assert_eq!(exit, 0);
            Some(())
        });
        let mut running = Running::at(&desk);
        running.sound();
        let now = running.names().len();
        assert!(now == people || now == people + ROWS, "{people} → {now}: half an import");
        assert!(done.is_empty() || now == people + ROWS, "acknowledged, and not there");
        running.done(&import);
        people += ROWS;
        assert_eq!(running.names().len(), people);
    }
}

#[test]
fn a_stick_is_read_whole_or_not_at_all() {
    let (village, township) = pair();
    let mut at_village = Running::at(&village);
    let (mut moments, mut count) = (Moments(3), 0);
    for n in 0..kills(2) {
        for at in 0..6 {
            at_village.add(&format!("第{n}批{at}")).expect("it lives");
        }
        let folder = village.path(&format!("去{n}"));
        std::fs::create_dir(&folder).expect("a folder");
        at_village.done(&["bundle", "write", "--to", "parent", "--out", &folder]);
        let all = at_village.names().len();
        let mut running = Running::at(&township);
        running.done(&["member", "list"]);
        let before = running.done(&["digest"]);
        running.killed_after(moments.within(Duration::from_millis(40)), |running| {
            running.ask(&["bundle", "read", &folder])
        });
        let mut running = Running::at(&township);
        running.sound();
        let now = running.done(&["digest"]);
        let people = running.names().len();
        running.ask(&["bundle", "read", &folder]).expect("it lives");
        let after = running.done(&["digest"]);
        assert!(now == before || now == after, "half a stick");
        assert_eq!(people, if now == before { count } else { all });
        count = all;
        assert_eq!(running.names().len(), count);
    }
}

/// The server is killed while a village uploads; what it acknowledged, another machine gets from it afterwards.
fn uploads(database: &str, key_file: &std::path::Path, kills: u32) {
    let mut hub = Hub::on(database, key_file);
    let [county, town, village] = three();
    let (mut at_county, mut at_town, mut at_village) =
        (Running::at(&county), Running::at(&town), Running::at(&village));
    let address = hub.url.clone();
    let sync = ["sync", "--hub", &address];
    for running in [&mut at_county, &mut at_town, &mut at_village] {
        running.done(&sync);
    }
    at_village.add("头一个").expect("it lives");
    let begun = Instant::now();
    at_village.done(&sync);
    let whole = begun.elapsed();
    let (mut moments, mut acknowledged, mut well) = (Moments(4), 1, 0);
    for n in 0..kills {
        at_village.add(&format!("第{n}位")).expect("it lives");
        let moment = moments.within(whole * 2);
        let answered = std::thread::scope(|scope| {
            let killer = scope.spawn(|| {
                std::thread::sleep(moment);
                hub.kill();
            });
            let answered = at_village.ask(&sync).expect("it lives");
            killer.join().expect("killed");
            answered
        });
        hub = Hub::with(database, key_file, hub.address(), &[]);
        match answered.0 {
            0 => {
                (acknowledged, well) = (at_village.names().len(), well + 1);
            }
            other => assert!(matches!(other, 1 | 5), "{other}: {}", answered.1),
        }
        let taken = at_town.done(&sync);
        assert_eq!(taken["even"], true, "{taken}");
        let there = at_town.names().len();
        assert!(there >= acknowledged, "{acknowledged} were acknowledged, {there} are there");
    }
    assert!(well > 0 && well < kills, "{well} of {kills} were acknowledged: the moments do not vary");
    at_village.done(&sync);
    at_town.done(&sync);
    at_town.sound();
    at_village.sound();
    assert_eq!(at_town.names(), at_village.names());
}

#[test]
fn no_acknowledged_upload_is_lost_on_sqlite() {
    let dir = tempfile::tempdir().expect("a folder");
    uploads(&format!("sqlite:{}", dir.path().join("hub").display()), &dir.path().join("key"), kills(2));
}

#[test]
fn no_acknowledged_upload_is_lost_on_postgres() {
    let dir = tempfile::tempdir().expect("a folder");
    uploads(&postgres::database(), &dir.path().join("key"), kills(2));
}
