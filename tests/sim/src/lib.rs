//! A county in one process, driven by one seed.

mod broken;
mod carrying;
#[path = "../../../src-tauri/store/tests/store/dice.rs"]
mod dice;
mod faults;
mod folder;
mod held;
mod invariants;
mod laptop;
mod misfortune;
mod naive;
mod net;
mod offices;
mod steps;
mod stick;
mod surroundings;
mod trace;
mod tree;
mod work;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use broken::Broken;
pub use faults::FAULTS;
pub use trace::Trace;

use broken::Held;
use world::World;

/// The fewest steps of a run, and how many more there may be.
const STEPS_MIN: usize = 40;
const STEPS_MORE: usize = 41;

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// What happened
    pub trace: Trace,
    /// How many steps
    pub steps: u64,
    /// What did not hold
    pub broken: Option<Broken>,
}

impl Run {
    /// The seed, what happened step by step, and what did not hold.
    pub fn report(&self, seed: u64) -> String {
        let mut text = format!("seed {seed}, {}\n", self.trace.hash());
        for line in &self.trace.lines {
            text.push_str(&format!("  {line}\n"));
        }
        if let Some(broken) = &self.broken {
            text.push_str(&format!("seed {seed} breaks: {broken}\n"));
            text.push_str(&format!("again: ./dev sim --from {seed} --to {}\n", seed + 1));
        }
        text
    }
}

/// Runs one seed.
pub fn run(seed: u64) -> Run {
    let mut world = None;
    let mut steps = 0;
    let ended = catch_unwind(AssertUnwindSafe(|| live(seed, &mut world, &mut steps)));
    let broken = match ended {
        Ok(Ok(())) => None,
        Ok(Err(broken)) => Some(broken),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            Some(Broken { invariant: "nothing panics", text: text.unwrap_or_default() })
        }
    };
    let trace = world.map(|world: World| world.trace).unwrap_or_default();
    Run { trace, steps, broken }
}

fn live(seed: u64, slot: &mut Option<World>, steps: &mut u64) -> Held {
    let world = slot.insert(World::new(seed)?);
    world.settle_in()?;
    let count = STEPS_MIN + world.dice.below(STEPS_MORE);
    for _ in 0..count {
        world.step()?;
        *steps += 1;
    }
    world.come_to_rest()?;
    world.check()
}
