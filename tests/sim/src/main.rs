//! `./dev sim`: runs seeds, says what does not hold, and adds up what occurred.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use anyhow::{Context, bail};
use clap::Parser;
use serde_json::{Map, Value, json};

/// Runs made-up counties, one a seed, and checks that nothing is lost whatever happens to them.
#[derive(Parser)]
struct Args {
    /// How many seeds, beginning with the first that is not in the sums yet
    #[arg(long, default_value_t = 300, conflicts_with_all = ["from", "to"])]
    seeds: u64,
    /// The first seed
    #[arg(long, requires = "to")]
    from: Option<u64>,
    /// The seed after the last
    #[arg(long, requires = "from")]
    to: Option<u64>,
    /// Threads
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Adds what occurred to the sums in this file
    #[arg(long)]
    sums: Option<PathBuf>,
    /// Ends with the first seed that fails
    #[arg(long)]
    first: bool,
    /// Shows every step of every seed
    #[arg(long)]
    steps: bool,
}

/// What a run adds to the sums.
#[derive(Default)]
struct Sums {
    seeds: u64,
    steps: u64,
    counts: BTreeMap<String, u64>,
    failed: Vec<u64>,
}

fn main() -> ExitCode {
    match go(&Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn go(args: &Args) -> anyhow::Result<()> {
    let before = match args.sums.as_ref().filter(|file| file.exists()) {
        Some(file) => serde_json::from_slice(&std::fs::read(file)?).context("the sums cannot be read")?,
        None => Value::Null,
    };
    let known = before["to"].as_u64().unwrap_or(0);
    let (from, to) = match (args.from, args.to) {
        (Some(from), Some(to)) => (from, to),
        _ => (known, known + args.seeds),
    };
    // Sums of runs that overlap or leave something out would say nothing.
    if args.sums.is_some() && from != known {
        bail!("the sums reach to seed {known}, so the next is --from {known}");
    }
    let began = Instant::now();
    let (next, sums) = (AtomicU64::new(from), Mutex::new(Sums::default()));
    std::thread::scope(|scope| {
        for _ in 0..args.threads.max(1) {
            scope.spawn(|| run_seeds(args, &next, to, &sums));
        }
    });
    let sums = sums.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let seconds = began.elapsed().as_secs();
    if let Some(file) = &args.sums {
        let merged = merged(&before, &sums, to, seconds);
        std::fs::write(file, format!("{}\n", serde_json::to_string_pretty(&merged)?))?;
    }
    for (what, n) in &sums.counts {
        println!("{n:>9}  {what}");
    }
    println!("{} seeds, {} steps, {seconds} s, {} failed", sums.seeds, sums.steps, sums.failed.len());
    if !sums.failed.is_empty() {
        let mut failed = sums.failed.clone();
        failed.sort_unstable();
        bail!("does not hold for the seeds {failed:?}");
    }
    Ok(())
}

fn run_seeds(args: &Args, next: &AtomicU64, to: u64, sums: &Mutex<Sums>) {
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= to {
            return;
        }
        let run = yuanba_sim::run(seed);
        let mut sums = sums.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        sums.seeds += 1;
        sums.steps += run.steps;
        for (what, n) in &run.trace.counts {
            *sums.counts.entry((*what).to_owned()).or_default() += n;
        }
        if run.broken.is_some() || args.steps {
            println!("{}", run.report(seed));
        }
        if run.broken.is_some() {
            sums.failed.push(seed);
            if args.first {
                next.store(to, Ordering::Relaxed);
            }
        }
    }
}

/// The sums of before with those of now.
fn merged(before: &Value, now: &Sums, to: u64, seconds: u64) -> Value {
    let number = |name: &str| before[name].as_u64().unwrap_or(0);
    let mut occurred: Map<String, Value> = before["occurred"].as_object().cloned().unwrap_or_default();
    for (what, n) in &now.counts {
        let sum = occurred.get(what).and_then(Value::as_u64).unwrap_or(0) + n;
        occurred.insert(what.clone(), sum.into());
    }
    let mut failed: Vec<Value> = before["failed"].as_array().cloned().unwrap_or_default();
    failed.extend(now.failed.iter().map(|seed| Value::from(*seed)));
    json!({
        "name": "sim",
        "to": to,
        "seeds": number("seeds") + now.seeds,
        "steps": number("steps") + now.steps,
        "seconds": number("seconds") + seconds,
        "occurred": occurred,
        "failed": failed,
    })
}
