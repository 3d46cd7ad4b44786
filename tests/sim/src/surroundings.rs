//! Clock, randomness and machine of a laptop, and the moment at which its power is cut.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use yuanba_store::vault::{Price, Strength};
use yuanba_store::{Randomness, Surroundings, WallClock};

use crate::folder;

/// When every world begins, ms since 1970: a June morning.
pub const MORNING_MS: i64 = 1_781_000_000_000;
const BUILT_MS: i64 = 1_767_000_000_000;

/// The true time of a world, ms since 1970.
#[derive(Clone)]
pub struct WorldTime(Arc<AtomicI64>);

impl Default for WorldTime {
    fn default() -> WorldTime {
        WorldTime(Arc::new(AtomicI64::new(MORNING_MS)))
    }
}

impl WorldTime {
    /// Time passes.
    pub fn pass(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::Relaxed);
    }

    /// The true time.
    pub fn now_ms(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// What a laptop believes about time: it is off by so much, and goes on a little whenever somebody looks.
pub struct LaptopClock {
    world: WorldTime,
    off_by_ms: AtomicI64,
    looks: AtomicI64,
    power: Arc<Power>,
}

impl LaptopClock {
    /// Sets it to be off by so much.
    pub fn set_off_by(&self, ms: i64) {
        self.off_by_ms.store(ms, Ordering::Relaxed);
    }
}

impl WallClock for LaptopClock {
    fn now_ms(&self) -> i64 {
        self.power.moment();
        let looks = self.looks.fetch_add(1, Ordering::Relaxed);
        self.world.now_ms() + self.off_by_ms.load(Ordering::Relaxed) + looks
    }
}

struct LaptopRandomness {
    drawn: Mutex<blake3::OutputReader>,
    power: Arc<Power>,
}

impl Randomness for LaptopRandomness {
    fn fill(&self, bytes: &mut [u8]) {
        self.power.moment();
        locked(&self.drawn).fill(bytes);
    }
}

/// The power of a laptop. When it is to be cut, what the disk holds at that moment is kept; the program does not know and
/// goes on, and whatever it wrote afterwards is thrown away with it.
#[derive(Default)]
pub struct Power(Mutex<Option<Cut>>);

struct Cut {
    moments_left: usize,
    folder: PathBuf,
    kept: PathBuf,
    happened: bool,
}

impl Power {
    /// The power will be cut when the program has looked at the clock or drawn randomness so often.
    pub fn cut_after(&self, moments: usize, folder: &Path, kept: &Path) {
        let (folder, kept) = (folder.to_owned(), kept.to_owned());
        *locked(&self.0) = Some(Cut { moments_left: moments, folder, kept, happened: false });
    }

    /// No cut any more; answers whether there was one.
    pub fn on_again(&self) -> bool {
        locked(&self.0).take().is_some_and(|cut| cut.happened)
    }

    fn moment(&self) {
        let mut plan = locked(&self.0);
        let Some(cut) = plan.as_mut().filter(|cut| !cut.happened) else { return };
        if cut.moments_left > 0 {
            cut.moments_left -= 1;
            return;
        }
        folder::copy(&cut.folder, &cut.kept);
        cut.happened = true;
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// What one laptop is given from outside.
pub struct LaptopSurroundings {
    /// Its clock
    pub clock: Arc<LaptopClock>,
    /// Its power
    pub power: Arc<Power>,
    random: Arc<LaptopRandomness>,
}

impl LaptopSurroundings {
    /// The same for the same seed and number.
    pub fn new(seed: u64, number: usize, world: &WorldTime) -> LaptopSurroundings {
        let power = Arc::new(Power::default());
        let clock = LaptopClock {
            world: world.clone(),
            off_by_ms: AtomicI64::new(0),
            looks: AtomicI64::new(0),
            power: power.clone(),
        };
        let mut drawn = blake3::Hasher::new_derive_key("yuanba simulator 2026 randomness of a laptop");
        drawn.update(&seed.to_be_bytes()).update(&(number as u64).to_be_bytes());
        let random = LaptopRandomness { drawn: Mutex::new(drawn.finalize_xof()), power: power.clone() };
        LaptopSurroundings { clock: Arc::new(clock), power, random: Arc::new(random) }
    }

    /// As a store takes them, on a machine.
    pub fn on(&self, machine: &str) -> Surroundings {
        Surroundings {
            clock: self.clock.clone(),
            random: self.random.clone(),
            machine: Some(machine.to_owned()),
            built_ms: BUILT_MS,
            price: Price::Fixed(Strength::LEAST),
        }
    }
}
