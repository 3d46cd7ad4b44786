//! Runs seeds one after the other.

fn main() {
    let mut args = std::env::args().skip(1);
    let from: u64 = args.next().and_then(|a| a.parse().ok()).unwrap_or(0);
    let to: u64 = args.next().and_then(|a| a.parse().ok()).unwrap_or(from + 1);
    for seed in from..to {
        let begun = std::time::Instant::now();
        let run = yuanba_sim::run(seed);
        println!("seed {seed}: {} steps, {:?}, {}", run.steps, begun.elapsed(), run.trace.hash());
        if let Some(broken) = run.broken {
            for line in run.trace.lines { println!("  {line}"); }
            println!("{broken}");
            if std::env::var_os("SIM_ON").is_none() { break; }
        }
    }
}
