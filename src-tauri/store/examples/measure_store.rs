//! Measures the store alone, with a county's year in it. Prints one JSON document.

use serde_json::json;
use yuanba_core::Level;
use yuanba_store::{NewStore, Store, Surroundings, Unlock, bench};

const PASSPHRASE: &str = "量一量 2026";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let new = NewStore {
        level: Level::County,
        name: "量".into(),
        place: None,
        code: None,
        user: "经办".into(),
        role: "county".into(),
        passphrase: PASSPHRASE.into(),
    };
    let (mut store, _) = Store::create(&dir.path().join("store"), new, Surroundings::real())?;
    bench::fill(&mut store, bench::COUNTY)?;
    let save = bench::save(&mut store, dir.path(), 300)?;
    let fold = bench::fold(&mut store, dir.path())?;
    let timed = |work: &dyn Fn() -> yuanba_store::Result<()>| {
        let began = std::time::Instant::now();
        work().map(|()| began.elapsed().as_secs_f64() * 1e3)
    };
    let digest_ms = timed(&|| store.digest(None).map(|_| ()))?;
    let balances_ms = timed(&|| store.balances(yuanba_journal::payload::Ledger::Points).map(|_| ()))?;
    let verify_ms = timed(&|| store.verify().map(|_| ()))?;
    let unlock = Unlock { user: None, passphrase: PASSPHRASE.into() };
    let copies = bench::copy(store, &unlock, dir.path(), 3)?;
    println!(
        "{}",
        json!({ "name": "store", "save": save, "fold": fold, "digest_ms": digest_ms, "balances_ms": balances_ms,
            "verify_ms": verify_ms, "copies": copies })
    );
    Ok(())
}
