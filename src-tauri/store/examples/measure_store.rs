//! Measures the store alone.

use yuanba_core::Level;
use yuanba_store::{NewStore, Store, Surroundings, bench};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let new = NewStore {
        level: Level::County,
        name: "量".into(),
        place: None,
        code: None,
        user: "经办".into(),
        role: "county".into(),
        passphrase: "量一量 2026".into(),
    };
    let (mut store, _) = Store::create(&dir.path().join("store"), new, Surroundings::real())?;
    let began = std::time::Instant::now();
    bench::fill(&mut store, bench::COUNTY)?;
    println!("filled in {:?}", began.elapsed());
    println!("{:?}", bench::save(&mut store, dir.path(), 300)?);
    println!("{:?}", bench::fold(&mut store, dir.path())?);
    let began = std::time::Instant::now();
    println!("{:?} in {:?}", store.digest(None)?, began.elapsed());
    let began = std::time::Instant::now();
    println!("{:?} in {:?}", store.balances(yuanba_journal::payload::Ledger::Points)?.len(), began.elapsed());
    let began = std::time::Instant::now();
    println!("{:?} in {:?}", store.records(&yuanba_core::tables::member::TABLE)?.len(), began.elapsed());
    Ok(())
}
