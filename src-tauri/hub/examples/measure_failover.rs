//! Measures what a failover costs: villages upload through two server processes to a PostgreSQL primary with a synchronous
//! standby, the primary is cut off, the standby promoted. Prints one line of JSON; fails when anything acknowledged is lost.

#![allow(dead_code, reason = "what stands in the tests' files serves the tests too")]

use std::time::Duration;

use serde_json::json;

#[path = "../tests/servers/crowd.rs"]
mod crowd;
#[path = "../tests/servers/failover.rs"]
mod failover;
#[path = "../../exchange/tests/exchange/place.rs"]
mod place;
#[path = "../tests/hub/postgres.rs"]
mod postgres;
#[path = "../tests/servers/program.rs"]
mod program;
#[path = "../../store/tests/store/seeded.rs"]
mod seeded;

const TIMES: usize = 5;
const VILLAGES: u64 = 10;
/// What a watchdog takes to be sure, here.
const NOTICE: Duration = Duration::from_secs(1);

fn main() {
    let mut found: Vec<failover::Failover> = (0..TIMES)
        .map(|_| {
            let dir = tempfile::tempdir().expect("a folder");
            failover::fail_over(dir.path(), VILLAGES, NOTICE, Duration::from_secs(3))
        })
        .collect();
    found.sort_by_key(|one| one.silence);
    let (median, worst) = (found[TIMES / 2], found[TIMES - 1]);
    let seconds = |one: &failover::Failover| {
        json!({
            "noticed_s": one.noticed.as_secs_f64(),
            "promoted_s": one.promoted.as_secs_f64(),
            "first_kept_after_promotion_s": one.back.as_secs_f64(),
            "without_service_s": one.silence.as_secs_f64(),
        })
    };
    let sum = |of: fn(&failover::Failover) -> usize| found.iter().map(of).sum::<usize>();
    println!(
        "{}",
        json!({
            "name": "failover", "times": TIMES, "villages": VILLAGES, "hubs": 2,
            "median": seconds(&median), "worst": seconds(&worst),
            "acknowledged": sum(|one| one.before + one.after), "lost": sum(|one| one.lost), "asked_again": sum(|one| one.again),
        })
    );
    assert_eq!(sum(|one| one.lost), 0, "something that was acknowledged is gone");
}
