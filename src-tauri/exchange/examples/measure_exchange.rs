//! Measures bundles of points entries: bytes a change, the time to read them, into an empty store and into a county's year.
//! Prints one JSON document.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use serde_json::{Value as Json, json};
use yuanba_core::tables::member;
use yuanba_core::{Id, Level};
use yuanba_exchange::{bundle, enrol, keys};
use yuanba_journal::payload::Ledger;
use yuanba_store::{Intent, NewEntry, NewStore, Store, Surroundings};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

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

fn place(dir: &Path, level: Level, name: &str) -> Result<Store> {
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

/// A township and a village under it, each at its own folder below `dir`.
fn enrolled(dir: &Path) -> Result<(Store, Store)> {
    let mut township = place(&dir.join("township"), Level::Township, "柳坝镇")?;
    let mut village = place(&dir.join("village"), Level::Village, "石河村")?;
    let (request, grant) = (dir.join("request"), dir.join("grant"));
    enrol::request(&mut village, &request)?;
    enrol::grant(&mut township, &request, &grant, None)?;
    enrol::accept(&mut village, &grant)?;
    Ok((township, village))
}

/// The members of a village, known above it.
fn people(village: &mut Store, township: &mut Store, dir: &Path) -> Result<Vec<Id>> {
    let mut people = Vec::new();
    for n in 0..PEOPLE {
        let id = village.new_id();
        let mut intent = Intent::new("添人");
        intent.create(&member::TABLE, id).put(member::NAME, format!("王{n}"));
        village.commit_quietly(intent)?;
        people.push(id);
    }
    exchange(village, township, dir)?;
    exchange(township, village, dir)?;
    Ok(people)
}

fn main() -> Result<()> {
    println!(
        "{}",
        json!({
            "name": "exchange",
            "acts_of_up_to_24": bundle_of(24)?,
            "an_act_for_each_entry": bundle_of(1)?,
            "a_thousand_changes": into_a_county()?,
        })
    );
    Ok(())
}

/// A bundle of 20,000 points entries: its size, the time to read it, and what follows when there is nothing new.
fn bundle_of(at_once: usize) -> Result<Json> {
    let dir = tempfile::tempdir()?;
    let (mut township, mut village) = enrolled(dir.path())?;
    let people = people(&mut village, &mut township, dir.path())?;
    post(&mut village, &people, CHANGES, at_once)?;
    let to = township.org();
    let began = Instant::now();
    let written = bundle::write(&mut village, to, dir.path(), &mut |_| ControlFlow::Continue(()))?;
    let write_ms = milliseconds(began);
    let began = Instant::now();
    let read = bundle::read(&mut township, &written.file)?;
    let read_ms = milliseconds(began);
    assert_eq!(read.new, written.changes, "everything is taken in");
    let began = Instant::now();
    bundle::read(&mut township, &written.file)?;
    let again_ms = milliseconds(began);
    exchange(&mut township, &mut village, dir.path())?;
    let nothing = bundle::write(&mut village, to, dir.path(), &mut |_| ControlFlow::Continue(()))?;
    assert_eq!(nothing.changes, 0, "the other has everything");
    Ok(json!({
        "changes": written.changes, "bytes": written.bytes,
        "bytes_a_change": written.bytes as f64 / written.changes as f64,
        "write_ms": write_ms, "read_ms": read_ms, "read_again_ms": again_ms, "nothing_new_bytes": nothing.bytes,
    }))
}

/// A thousand changes into a county's year, against the same into an empty store: the median of some bundles each.
fn into_a_county() -> Result<Json> {
    const BUNDLES: usize = 7;
    let dir = tempfile::tempdir()?;
    let mut times = Vec::new();
    for full in [false, true] {
        let dir = dir.path().join(if full { "full" } else { "empty" });
        std::fs::create_dir(&dir)?;
        let (mut township, mut village) = enrolled(&dir)?;
        if full {
            yuanba_store::bench::fill(&mut township, yuanba_store::bench::COUNTY)?;
        }
        let people = people(&mut village, &mut township, &dir)?;
        let mut of_these = Vec::new();
        for _ in 0..BUNDLES {
            post(&mut village, &people, 1_000, 24)?;
            let to = township.org();
            let file = bundle::write(&mut village, to, &dir, &mut |_| ControlFlow::Continue(()))?.file;
            let began = Instant::now();
            let read = bundle::read(&mut township, &file)?;
            of_these.push(milliseconds(began));
            assert_eq!(read.new, 1_000, "only what is new travels");
            std::fs::remove_file(&file)?;
            exchange(&mut township, &mut village, &dir)?;
        }
        of_these.sort_by(f64::total_cmp);
        times.push(of_these[BUNDLES / 2]);
    }
    let [empty_ms, county_ms] = times[..] else { unreachable!("one time a store") };
    Ok(json!({ "empty_ms": empty_ms, "county_ms": county_ms, "ratio": county_ms / empty_ms }))
}

fn milliseconds(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1e3
}

fn exchange(from: &mut Store, to: &mut Store, dir: &Path) -> Result<()> {
    let org = to.org();
    let file = bundle::write(from, org, dir, &mut |_| ControlFlow::Continue(()))?.file;
    bundle::read(to, &file)?;
    Ok(std::fs::remove_file(file)?)
}

/// A year and more of points: on most days some people get an entry for one of the rules, a few entries an act.
fn post(village: &mut Store, people: &[Id], changes: usize, at_once: usize) -> Result<()> {
    let org = village.org();
    let mut state = 7u64;
    let mut roll = move |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    // Most acts give several people points for one occasion; the dearest bundle has an act for every entry.
    let mut posted = 0;
    while posted < changes {
        let mut intent = Intent::new("记分");
        let day = posted * 720 / changes;
        let on = format!("{}-{:02}-{:02}", 2025 + day / 360, day % 360 / 30 + 1, day % 28 + 1);
        let (rule, amount) = RULES[roll(RULES.len())];
        let event = village.new_id();
        for _ in 0..(1 + roll(at_once)).min(changes - posted) {
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
