//! `bench NAME`: how long the typed commands take at this store, as a window would wait for them.

use std::time::Instant;

use serde_json::{Value, json};
use yuanba_api::{Api, ApiError};
use yuanba_core::Id;
use yuanba_core::pinyin_keys::pinyin_keys;
use yuanba_store::Surroundings;
use yuanba_store::vault::{Price, SlotUser, Vault, VaultError};

/// How many searches are timed.
const SEARCHES: usize = 1_000;
/// How often a page is opened.
const PAGES: usize = 20;

/// Times in microseconds, sorted.
struct Times(Vec<u64>);

impl Times {
    fn of(mut runs: impl FnMut(usize) -> Result<(), ApiError>, count: usize) -> Result<Times, ApiError> {
        let mut times = Vec::with_capacity(count);
        for at in 0..count {
            let begun = Instant::now();
            runs(at)?;
            times.push(u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX));
        }
        times.sort_unstable();
        Ok(Times(times))
    }

    /// The time that so many of a hundred stay below.
    fn percentile(&self, of_hundred: usize) -> u64 {
        let at = (self.0.len() * of_hundred).div_ceil(100).saturating_sub(1);
        self.0.get(at).copied().unwrap_or_default()
    }

    fn json(&self) -> Value {
        json!({
            "runs": self.0.len(), "p50_us": self.percentile(50), "p99_us": self.percentile(99),
            "max_us": self.0.last().copied().unwrap_or_default(),
        })
    }
}

/// How often a right passphrase is timed.
const RIGHT: usize = 5;
/// How many wrong ones are tried at the real price.
const WRONG: usize = 20;

/// What a passphrase costs at the price that this machine sets for a new store, and that no wrong one opens it. In a folder
/// of its own, which is gone afterwards.
pub fn passphrase() -> Result<Value, ApiError> {
    let folder = std::env::temp_dir().join(format!("yuanba-bench-{}", std::process::id()));
    let measured =
        std::fs::create_dir_all(&folder).map_err(VaultError::io(&folder)).and_then(|()| try_keys(&folder));
    let _ = std::fs::remove_dir_all(&folder);
    measured.map_err(|error| yuanba_api::Trouble::from(error).into())
}

fn try_keys(folder: &std::path::Path) -> Result<Value, VaultError> {
    let random = Surroundings::real().random;
    let mut drawn = |bytes: &mut [u8]| random.fill(bytes);
    let user = SlotUser { id: Id([1; 16]), name: "书记".to_owned(), role: "secretary".to_owned() };
    let begun = Instant::now();
    let (vault, ..) = Vault::create(folder, user, "茶园的水管又漏了", Price::real(), &mut drawn)?;
    let made_ms = begun.elapsed().as_millis() as u64;
    let timed = |passphrases: Vec<String>| {
        let mut opened = 0;
        let times = Times::of(
            |at| {
                opened += usize::from(vault.unlock(None, &passphrases[at]).is_ok());
                Ok(())
            },
            passphrases.len(),
        );
        (opened, times)
    };
    let (right_opened, right) = timed(vec!["茶园的水管又漏了".to_owned(); RIGHT]);
    let (wrong_opened, wrong) = timed((0..WRONG).map(|at| format!("茶园的水管又漏了{at}")).collect());
    Ok(json!({
        "name": "passphrase", "strength": vault.strength_of(Id([1; 16])), "made_ms": made_ms,
        "right": right.map(|times| times.json()).unwrap_or_default(), "right_opened": right_opened,
        "wrong": wrong.map(|times| times.json()).unwrap_or_default(), "wrong_opened": wrong_opened,
    }))
}

/// Search as you type: initials, full pinyin, one or two characters, the tails of numbers, each as far as somebody may
/// have typed.
pub fn search(api: &Api) -> Result<Value, ApiError> {
    let begun = Instant::now();
    let everybody = api.call("roster.query", json!({}))?;
    let first_ms = begun.elapsed().as_millis();
    let texts = texts(api, &everybody)?;
    let mut hits = 0;
    let times = Times::of(
        |at| {
            let found = api.call("roster.query", json!({ "search": texts[at % texts.len()] }))?;
            hits += found["count"].as_u64().unwrap_or_default();
            Ok(())
        },
        if texts.is_empty() { 0 } else { SEARCHES },
    )?;
    Ok(json!({
        "name": "search", "members": everybody["count"], "first_query_ms": first_ms as u64,
        "found_on_average": hits / SEARCHES as u64, "search": times.json(),
    }))
}

fn texts(api: &Api, everybody: &Value) -> Result<Vec<String>, ApiError> {
    let ids = everybody["ids"].as_array().map(Vec::as_slice).unwrap_or_default();
    // People from all over the list, the same ones every time.
    let stride = (ids.len() / 200).max(1);
    let some: Vec<&Value> = ids.iter().step_by(stride).take(200).collect();
    let rows = api.call("roster.rows", json!({ "ids": some }))?;
    let mut texts = Vec::new();
    for row in rows.as_array().into_iter().flatten() {
        let name = row["name"].as_str().unwrap_or_default();
        let keys = pinyin_keys(name);
        let start = |text: &str, count: usize| text.chars().take(count).collect::<String>();
        texts.push(start(name, 1));
        texts.push(start(name, 2));
        texts.extend(keys.initials.first().map(|key| start(key, 2)));
        texts.extend(keys.initials.first().cloned());
        texts.extend(keys.spellings.first().map(|key| start(key, 4)));
        texts.extend(keys.spellings.first().cloned());
        let phone = row["phone_masked"].as_str().unwrap_or_default();
        texts.push(phone.chars().skip(phone.chars().count().saturating_sub(4)).collect());
    }
    texts.retain(|text| !text.is_empty());
    Ok(texts)
}

/// The first pages of a window: what is done today, the roster, its first screen of rows.
pub fn pages(api: &Api) -> Result<Value, ApiError> {
    let everybody = api.call("roster.query", json!({}))?;
    let screen: Vec<Value> = everybody["ids"].as_array().into_iter().flatten().take(40).cloned().collect();
    let timed = |command: &str, request: Value| {
        Times::of(|_| api.call(command, request.clone()).map(|_| ()), PAGES).map(|times| times.json())
    };
    let first = screen.first().cloned().unwrap_or_default();
    let today = api.call("home.today", json!({}))?["date"].clone();
    let pages = [
        ("store.status", json!({})),
        ("home.today", json!({})),
        ("search.all", json!({ "text": "wang" })),
        ("roster.query", json!({})),
        ("roster.rows", json!({ "ids": screen })),
        ("member.card", json!({ "id": first })),
        ("post.board", json!({})),
        ("post.list", json!({})),
        ("courtyard.list", json!({})),
        ("note.list", json!({})),
        ("errand.list", json!({ "state": "open" })),
        ("points.grid", json!({ "group": "members", "date": today })),
        ("points.balances", json!({ "group": "members" })),
        ("points.claims", json!({ "state": "proposed" })),
        ("conflict.list", json!({})),
        ("undo.recent", json!({ "limit": 20 })),
    ];
    let mut answer = json!({ "name": "pages", "members": everybody["count"] });
    for (command, request) in pages {
        answer[command] = timed(command, request)?;
    }
    Ok(answer)
}
