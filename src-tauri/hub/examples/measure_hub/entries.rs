//! A laptop's 100,000 points entries: written, pushed, pulled by another laptop with balances ready; then 1,000 more.

use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde_json::{Value as Json, json};
use yuanba_core::tables::member;
use yuanba_core::{Id, Level};
use yuanba_exchange::wire::{self, HttpLine, Synced, ask_card, known_hub};
use yuanba_exchange::{enrol, keys};
use yuanba_journal::payload::Ledger;
use yuanba_store::{Intent, NewEntry, NewStore, Store, Surroundings, Unlock};

use crate::server::Server;
use crate::{Result, floor, forget_peak, milliseconds, peak_mb};

const ENTRIES: usize = 100_000;
/// Entries of one act: a quarter's points of a village, given in one meeting.
pub const AT_ONCE: usize = 1_000;
const PASSPHRASE: &str = "量一量 2026";

fn made(dir: &Path, level: Level, name: &str) -> Result<Store> {
    let new = NewStore {
        level,
        name: name.into(),
        place: None,
        code: None,
        user: "书记".into(),
        role: "secretary".into(),
        passphrase: PASSPHRASE.into(),
    };
    let (mut store, _) = Store::create(dir, new, Surroundings::real())?;
    keys::ensure_org_key(&mut store)?;
    Ok(store)
}

fn open(dir: &Path) -> Result<Store> {
    let unlock = Unlock { user: None, passphrase: PASSPHRASE.into() };
    Ok(Store::open(dir, unlock, Surroundings::real())?)
}

/// An exchange with the server at an address.
fn sync(store: &mut Store, url: &str) -> Result<Synced> {
    let card = match known_hub(store)? {
        Some(card) if card.url == url => card,
        _ => {
            let card = ask_card(url)?;
            wire::pin(store, &card)?;
            card
        }
    };
    let mut line = HttpLine::new(url)?;
    Ok(wire::sync(store, &card, &mut line, &mut |_| ControlFlow::Continue(()))?)
}

/// One laptop's part, in a process of its own, so that its memory is its own too.
pub fn alone(part: &str, folder: &Path, url: &str) -> Result<()> {
    let mut store = open(folder)?;
    forget_peak();
    let began = Instant::now();
    let synced = sync(&mut store, url)?;
    if part == "pull" {
        // Balances are ready when they can be read.
        let points = Ledger::Points;
        store.balances(points)?;
    }
    let ms = milliseconds(began);
    println!(
        "{}",
        json!({
            "ms": ms, "sent": synced.sent, "received": synced.received, "rounds": synced.rounds, "even": synced.even,
            "bytes": synced.bytes.0 + synced.bytes.1, "peak_mb": peak_mb("self"),
        })
    );
    Ok(())
}

fn part(part: &str, folder: &Path, url: &str) -> Result<Json> {
    let out = Command::new(std::env::current_exe()?).arg(part).arg(folder).arg(url).output()?;
    if !out.status.success() {
        return Err(String::from_utf8_lossy(&out.stderr).into_owned().into());
    }
    Ok(serde_json::from_slice(&out.stdout)?)
}

pub fn measure() -> Result<Json> {
    let floor = floor::median()?;
    let dir = tempfile::tempdir()?;
    let (first, second) = (dir.path().join("first"), dir.path().join("second"));
    let server =
        Server::on(&format!("sqlite:{}", dir.path().join("hub").display()), &dir.path().join("key"))?;
    let mut village = made(&first, Level::Village, "石河村")?;
    let mut other = made(&second, Level::Village, "石河村二号")?;
    let (request, grant) = (dir.path().join("request"), dir.path().join("grant"));
    let org = village.org();
    enrol::request(&mut other, &request)?;
    enrol::grant(&mut village, &request, &grant, Some(org))?;
    enrol::accept(&mut other, &grant)?;
    let people: Vec<Id> = (0..80).map(|_| village.new_id()).collect();
    let mut intent = Intent::new("添人");
    for (n, id) in people.iter().enumerate() {
        intent.create(&member::TABLE, *id).put(member::NAME, format!("王{n}"));
    }
    village.commit_quietly(intent)?;
    for _ in 0..2 {
        sync(&mut village, &server.url)?;
        sync(&mut other, &server.url)?;
    }

    // By acts, each with a transaction of its own, in a store that is not used for the rest; and as one import.
    let mut by_acts = made(&dir.path().join("acts"), Level::Village, "石河村三号")?;
    let acts = acts_of(&by_acts, &people, ENTRIES);
    let began = Instant::now();
    for act in acts {
        by_acts.commit_quietly(act)?;
    }
    let acts_ms = milliseconds(began);
    drop(by_acts);
    let acts = acts_of(&village, &people, ENTRIES);
    let began = Instant::now();
    village.commit_together(acts)?;
    let write_ms = milliseconds(began);
    drop((village, other));
    let push = part("push", &first, &server.url)?;
    let pull = part("pull", &second, &server.url)?;
    let hub_mb = server.peak_mb();

    let (mut village, mut other) = (open(&first)?, open(&second)?);
    sync(&mut village, &server.url)?;
    sync(&mut other, &server.url)?;
    let (mut up, mut down) = (Vec::new(), Vec::new());
    for _ in 0..7 {
        let acts = acts_of(&village, &people, 1_000);
        village.commit_together(acts)?;
        let began = Instant::now();
        let synced = sync(&mut village, &server.url)?;
        up.push(milliseconds(began));
        assert!(synced.even && synced.sent == 1_000, "{synced:?}");
        let began = Instant::now();
        let synced = sync(&mut other, &server.url)?;
        down.push(milliseconds(began));
        assert!(synced.even && synced.received == 1_000, "{synced:?}");
    }
    up.sort_by(f64::total_cmp);
    down.sort_by(f64::total_cmp);
    let ms = |part: &Json| part["ms"].as_f64().unwrap_or(f64::NAN);
    let bytes = |part: &Json| part["bytes"].as_f64().unwrap_or(f64::NAN) / ENTRIES as f64;
    Ok(json!({
        "entries": ENTRIES, "entries_an_act": AT_ONCE,
        "floor_ms": { "write": floor.write_ms, "acts": floor.acts_ms, "push": floor.push_ms, "pull": floor.pull_ms, "a_thousand": floor.thousand_ms },
        "write_ms": write_ms, "push": push, "pull": pull,
        "acts_ms": acts_ms, "write_ratio": write_ms / floor.write_ms, "acts_ratio": acts_ms / floor.acts_ms, "push_ratio": ms(&push) / floor.push_ms,
        "pull_ratio": ms(&pull) / floor.pull_ms,
        "bytes_an_entry": { "up": bytes(&push), "down": bytes(&pull) },
        "hub_peak_mb": hub_mb,
        "a_thousand_up_ms": up[up.len() / 2], "a_thousand_down_ms": down[down.len() / 2],
    }))
}

/// Entries as intents of [`AT_ONCE`] each.
fn acts_of(village: &Store, people: &[Id], entries: usize) -> Vec<Intent> {
    const RULES: [(&str, i64); 4] = [("study", 2), ("volunteer", 3), ("post-duty", 5), ("late", -1)];
    let org = village.org();
    let mut acts = Vec::new();
    for act in 0..entries.div_ceil(AT_ONCE) {
        let mut intent = Intent::new("记分");
        let event = village.new_id();
        for n in 0..AT_ONCE.min(entries - act * AT_ONCE) {
            let (rule, amount) = RULES[n % RULES.len()];
            let account = people[n % people.len()];
            intent.entry(NewEntry {
                ledger: Ledger::Points,
                from: org,
                to: account,
                amount,
                key: vec![account.into(), rule.into(), event.into(), (n as i64).into()],
                on: format!("2026-{:02}-{:02}", act % 12 + 1, n % 28 + 1),
                rule: rule.into(),
                terms: vec!["2026.1".into(), 12.into(), amount.into(), amount.into()],
            });
        }
        acts.push(intent);
    }
    acts
}
