//! A county in one process, driven by one seed.
//!
//! Villages (some with two laptops), townships and a county office work with their real stores and the real exchange; most
//! counties have the real server on SQLite as well. Clock, randomness, machine, power, sticks and lines are passed in, and
//! one seed draws what happens: people's work, sticks written, lost, damaged and read in any order, calls over lines that
//! break, copies, restores, broken disks, wrong clocks, newer programs, revocations, a village that moves. Then faults stop,
//! everybody exchanges until nothing is new (over the network, or by sticks alone), and [`run`] checks what must hold.
//! `./dev sim` runs seeds; the trace of a seed depends on nothing else. Only what age draws by itself, the bytes of sealed
//! files and wrapped keys, differs from run to run, so no length and no hash of the lane `down` enters the trace.
//!
//! # What must hold
//!
//! 1. Equal sets fold equal, and `verify` is clean.
//! 2. No acknowledged change is lost: the simulator keeps its own list of what each laptop wrote or took in, and whatever a
//!    laptop that is still at work must hold, everybody holds who may. What waited for a gap is held or still waits.
//! 3. Ledgers add up to what a second, naive fold of the entries says.
//! 4. Every change held stands on a chain to a signed head, or is set aside with a reason that is one.
//! 5. Nothing is held outside its scope, nor anything new of a village that has gone elsewhere.
//! 6. Reading and writing never half-apply: what was refused or failed leaves digest, waiting and what is believed of others
//!    as they were.
//! 7. A conflict is seen and no value disappears, by the naive fold; what was erased is gone, and nothing else.
//! 8. A copied or restored laptop goes on as a new one: no place in a stream is written by two machines, nor by one that
//!    knew of the other.
//! 9. What is right is read, whoever is certified is served, a lost stick leaves no gap, the server holds all that the
//!    county holds.
//!
//! # It can fail
//!
//! Each of these was broken by hand, and the first seed that caught it noted:
//!
//! | Broken | Seed | Caught by |
//! |---|---|---|
//! | a second change at one place of a stream is ignored (`INSERT OR IGNORE`) | 9 | a copied or restored laptop … |
//! | what was sent is remembered as held | 0 | reading and writing never half-apply |
//! | what the writer says is kept before its file is checked | 6 | reading and writing never half-apply |
//! | a file is taken in before it is checked against the tree | 9 | a copied or restored laptop … |
//! | a segment that waits for a gap is thrown away | 26 | no acknowledged change is lost |
//! | what waits is not tried again | 3 | every change held is reachable or explained |
//! | a commit is acknowledged and not written, one in sixteen | 0 | work goes on |
//! | entries of one key fold in the order of arrival | 28 | equal sets fold equal |
//! | values of one field fold in the order of arrival | 2 | equal sets fold equal |
//! | the loser of a conflict is dropped | 2 | a conflict is seen and no value disappears |
//! | a retraction is ignored | 1 | a conflict is seen and no value disappears |
//! | a reversal is ignored | 7 | ledgers add up |
//! | a revocation is ignored | 67 | every change held is reachable or explained |
//! | an erasure is skipped | 1 | what was erased is gone |
//! | an old stick brings erased words back | 1 | equal sets fold equal |
//! | the writer does not look at the scope | 0 | a stick that is right is read |
//! | the reader does not look at the scope | 9 | nothing outside its scope |
//! | neither does | 0 | nothing outside its scope |
//! | a copied folder does not know that it was copied | 13 | a copied or restored laptop … |
//! | a store that finds its streams grown elsewhere goes on | 9 | a copied or restored laptop … |
//! | the server keeps erased words | 1 | what was erased is gone |
//! | the server hands out everything | 0 | whoever is certified is served |
//!
//! A server that does not name the gaps it found is not caught by 300 seeds: the caller sees that both are not even, asks what
//! the server holds, and sends what is missing.

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
