//! Measures exchange over the network against floors of the same run: a laptop's points up and down, a county's year into the
//! server and out of it again, and what is said when nothing is new. Prints one JSON document.
//!
//! `measure_hub entries` measures the laptop's points alone. `measure_hub COUNTY NEWCOMER [postgres://…]`: the folders of a
//! county's store with many villages, and of one more machine of that county that was certified before there was anything;
//! their passphrase stands in `YUANBA_PASSPHRASE`. The server is the real one, found beside this program's folder.

mod county;
mod entries;
mod floor;
mod newcomer;
mod server;

use std::path::PathBuf;
use std::time::Instant;

use serde_json::json;

pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Result<()> {
    let mut words = std::env::args().skip(1);
    let first = words.next().ok_or("which county's store?")?;
    // Roles that are measured in processes of their own.
    let rest: Vec<String> = words.collect();
    if let ("push" | "pull", [folder, url]) = (first.as_str(), &rest[..]) {
        return entries::alone(&first, folder.as_ref(), url);
    }
    if let ("newcomer", [folder, url]) = (first.as_str(), &rest[..]) {
        return newcomer::alone(folder.as_ref(), url);
    }
    if first == "entries" {
        println!("{}", entries::measure()?);
        return Ok(());
    }
    let (newcomer, postgres) = match &rest[..] {
        [newcomer] => (newcomer, None),
        [newcomer, postgres] => (newcomer, Some(postgres.as_str())),
        _ => return Err("which newcomer's store?".into()),
    };
    let county = PathBuf::from(first);
    println!(
        "{}",
        json!({
            "name": "hub",
            "entries": entries::measure()?,
            "county": county::measure(&county, newcomer.as_ref(), postgres)?,
        })
    );
    Ok(())
}

/// Milliseconds since a moment.
pub fn milliseconds(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1e3
}

/// Forgets the most memory that this process has had: what opening a store takes, by the price of a passphrase, is no part of
/// an exchange.
pub fn forget_peak() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The most memory that a process has had, in MB.
pub fn peak_mb(process: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.trim().trim_end_matches("kB").trim().parse::<f64>().unwrap_or(0.0) / 1024.0
}
