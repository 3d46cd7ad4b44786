//! Measures a bundle of points entries: bytes a change, and the time to read it. An argument says how many entries an act
//! has at most.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use yuanba_core::tables::member;
use yuanba_core::{Id, Level};
use yuanba_exchange::{bundle, enrol, keys};
use yuanba_journal::payload::Ledger;
use yuanba_store::{Intent, NewEntry, NewStore, Store, Surroundings};

const CHANGES: usize = 20_000;
const PEOPLE: usize = 80;
const RULES: [(&str, i64); 8] = [
    ("study", 2),
    ("volunteer", 3),
    ("meeting", 2),
    ("dues", 1),
    ("post-duty", 5),
    ("visit", 2),
    ("late", -1),
    ("mediate", 4),
];

fn place(dir: &Path, level: Level, name: &str) -> Result<Store, Box<dyn std::error::Error>> {
    let new = NewStore {
        level,
        name: name.into(),
        place: None,
        code: None,
        user: "书记".into(),
        role: "secretary".into(),
        passphrase: "量一量 2026".into(),
    };
    let (mut store, _) = Store::create(dir, new, Surroundings::real())?;
    keys::ensure_org_key(&mut store)?;
    Ok(store)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let mut township = place(&dir.path().join("township"), Level::Township, "柳坝镇")?;
    let mut village = place(&dir.path().join("village"), Level::Village, "石河村")?;
    let (request, grant) = (dir.path().join("request"), dir.path().join("grant"));
    enrol::request(&mut village, &request)?;
    enrol::grant(&mut township, &request, &grant, None)?;
    enrol::accept(&mut village, &grant)?;

    let mut people = Vec::new();
    for n in 0..PEOPLE {
        let id = village.new_id();
        let mut intent = Intent::new("添人");
        intent.create(&member::TABLE, id).put(member::NAME, format!("王{n}"));
        village.commit_quietly(intent)?;
        people.push(id);
    }
    exchange(&mut village, &mut township, dir.path())?;
    exchange(&mut township, &mut village, dir.path())?;

    post(&mut village, &people)?;
    let to = township.org();
    let began = Instant::now();
    let written = bundle::write(&mut village, to, dir.path(), &mut |_| ControlFlow::Continue(()))?;
    println!(
        "wrote {} changes in {:?}: {} bytes, {:.2} a change, {} segments",
        written.changes,
        began.elapsed(),
        written.bytes,
        written.bytes as f64 / written.changes as f64,
        written.segments
    );
    let began = Instant::now();
    let opened = yuanba_exchange::container::open(&written.file, &keys::identities(&township)?)?;
    println!("  of that opened in {:?}", began.elapsed());
    let began = Instant::now();
    let segments: Vec<_> =
        opened.segments().map(yuanba_journal::Segment::from_cbor).collect::<Result<_, _>>()?;
    println!("  of that {} segments checked in {:?}", segments.len(), began.elapsed());
    drop((opened, segments));
    let began = Instant::now();
    let read = bundle::read(&mut township, &written.file)?;
    println!("read {} new in {:?}, even: {}", read.new, began.elapsed(), read.even);
    let began = Instant::now();
    let read = bundle::read(&mut township, &written.file)?;
    println!("read again {:?} in {:?}", read.status, began.elapsed());
    exchange(&mut township, &mut village, dir.path())?;
    let nothing = bundle::write(&mut village, to, dir.path(), &mut |_| ControlFlow::Continue(()))?;
    println!("nothing new: {} changes, {} bytes", nothing.changes, nothing.bytes);
    Ok(())
}

fn exchange(from: &mut Store, to: &mut Store, dir: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let org = to.org();
    let file = bundle::write(from, org, dir, &mut |_| ControlFlow::Continue(()))?.file;
    bundle::read(to, &file)?;
    Ok(std::fs::remove_file(file)?)
}

/// A year and more of points: on most days some people get an entry for one of the rules, a few entries an act.
fn post(village: &mut Store, people: &[Id]) -> Result<(), Box<dyn std::error::Error>> {
    let org = village.org();
    let mut state = 7u64;
    let mut roll = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    // Most acts give several people points for one occasion; the dearest bundle has an act for every entry.
    let at_once = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(24);
    let mut posted = 0;
    while posted < CHANGES {
        let mut intent = Intent::new("记分");
        let day = posted * 720 / CHANGES;
        let on = format!("{}-{:02}-{:02}", 2025 + day / 360, day % 360 / 30 + 1, day % 28 + 1);
        let (rule, amount) = RULES[roll(RULES.len())];
        let event = village.new_id();
        for _ in 0..(1 + roll(at_once)).min(CHANGES - posted) {
            let account = people[roll(people.len())];
            intent.entry(NewEntry {
                ledger: Ledger::Points,
                from: org,
                to: account,
                amount,
                key: vec![account.into(), rule.into(), event.into()],
                on: on.clone(),
                rule: rule.into(),
                terms: vec!["2026.1".into(), 12.into(), amount.into(), amount.into()],
            });
            posted += 1;
        }
        village.commit_quietly(intent)?;
    }
    Ok(())
}
