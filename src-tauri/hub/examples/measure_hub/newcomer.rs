//! A new machine of the county takes the whole county-year from the server and folds it.

use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use serde_json::{Value as Json, json};
use yuanba_exchange::wire::{self, HttpLine, ask_card};
use yuanba_store::{Store, Surroundings, Unlock};

use crate::{Result, forget_peak, milliseconds, peak_mb};

/// In a process of its own, so that its memory is its own too: everything over the line, folded; then the fold alone.
pub fn alone(folder: &Path, url: &str) -> Result<()> {
    let unlock = Unlock { user: None, passphrase: std::env::var("YUANBA_PASSPHRASE")? };
    let mut store = Store::open(folder, unlock, Surroundings::real())?;
    let card = ask_card(url)?;
    wire::pin(&mut store, &card)?;
    forget_peak();
    let began = Instant::now();
    let mut line = HttpLine::new(url)?;
    let synced = wire::sync(&mut store, &card, &mut line, &mut |_| ControlFlow::Continue(()))?;
    let ms = milliseconds(began);
    let peak = peak_mb("self");
    let began = Instant::now();
    store.refold()?;
    let fold_ms = milliseconds(began);
    println!(
        "{}",
        json!({
            "received": synced.received, "rounds": synced.rounds, "even": synced.even,
            "bytes": synced.bytes.0 + synced.bytes.1, "ms": ms, "fold_alone_ms": fold_ms, "ratio": ms / fold_ms,
            "peak_mb": peak,
        })
    );
    Ok(())
}

/// Runs it.
pub fn measure(folder: &Path, url: &str) -> Result<Json> {
    let out = Command::new(std::env::current_exe()?).arg("newcomer").arg(folder).arg(url).output()?;
    if !out.status.success() {
        return Err(String::from_utf8_lossy(&out.stderr).into_owned().into());
    }
    Ok(serde_json::from_slice(&out.stdout)?)
}
