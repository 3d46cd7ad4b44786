//! From what a person types to a key that wraps: Argon2id, at a price measured on the machine.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::VaultError;

/// Longest passphrase, in bytes of UTF-8.
pub const PASSPHRASE_BYTES_MAX: usize = 1024;

/// What it costs to try one passphrase. It stands beside each slot, so that a later version can ask for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Strength {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes (they run one after the other here).
    pub lanes: u32,
}

impl Default for Strength {
    /// 64 MiB, three passes: the second recommended set of RFC 9106 §4 with one lane, about a fifth of a second on an
    /// old office laptop.
    fn default() -> Strength {
        Strength { memory_kib: 64 * 1024, passes: 3, lanes: 1 }
    }
}

impl Strength {
    /// The most that a key file may ask for: a forged one must not take the machine's whole memory or an hour.
    pub const MAX: Strength = Strength { memory_kib: 256 * 1024, passes: 16, lanes: 4 };

    /// The least that Argon2 allows: nothing a store should have, but a simulator opens thousands of them.
    pub const LEAST: Strength = Strength { memory_kib: 8, passes: 1, lanes: 1 };

    /// How much work a try is: KiB times passes.
    fn work(&self) -> u64 {
        u64::from(self.memory_kib) * u64::from(self.passes)
    }

    /// What takes [`AIMED`] on a machine on which `self` took so long. Memory comes before passes, since that is what
    /// costs whoever guesses with many small chips; never less than the default, however slow the machine is.
    fn aimed(&self, took: Duration) -> Strength {
        let least = Strength::default();
        let nanos_a_try = took.as_nanos().max(1);
        let work = AIMED.as_nanos().saturating_mul(u128::from(self.work())) / nanos_a_try;
        let mut memory_kib = least.memory_kib;
        while memory_kib < Strength::MAX.memory_kib
            && work / u128::from(memory_kib) > u128::from(PASSES_ENOUGH)
        {
            memory_kib *= 2;
        }
        let passes = u32::try_from(work / u128::from(memory_kib)).unwrap_or(u32::MAX);
        Strength { memory_kib, passes: passes.clamp(least.passes, Strength::MAX.passes), lanes: 1 }
    }

    fn within_limits(&self) -> bool {
        self.memory_kib <= Strength::MAX.memory_kib
            && self.passes <= Strength::MAX.passes
            && self.lanes <= Strength::MAX.lanes
    }

    /// The 32-byte key that this passphrase and salt give. Takes the time it is meant to take.
    ///
    /// # Errors
    /// `Damaged` when the numbers are beyond [`Strength::MAX`] or below what Argon2 allows.
    pub(super) fn derive(&self, passphrase: &str, salt: &[u8]) -> Result<Zeroizing<[u8; 32]>, VaultError> {
        if !self.within_limits() {
            return Err(VaultError::Damaged("its numbers for Argon2 are beyond the limit"));
        }
        let wrong = |_| VaultError::Damaged("its numbers for Argon2 make no sense");
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).map_err(wrong)?;
        let mut key = Zeroizing::new([0u8; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(as_typed(passphrase).as_bytes(), salt, key.as_mut())
            .map_err(wrong)?;
        Ok(key)
    }
}

/// How long a right passphrase should take.
const AIMED: Duration = Duration::from_millis(700);
/// A slot whose passphrase took less than this is made dearer.
const TOO_CHEAP: Duration = Duration::from_millis(500);
/// With more passes than these, twice the memory is the better use of the time.
const PASSES_ENOUGH: u32 = 8;
/// In a program built for tests: `least` or `measured` instead of the default. A release does not look at it.
const PRICE_OF_TESTS: &str = "YUANBA_STRENGTH";

/// What a try of a slot that is made here shall cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Price {
    /// These numbers, whatever the machine
    Fixed(Strength),
    /// As much as takes 0.7 s here, measured once in the life of the program; at least the default
    Measured,
}

impl Price {
    /// What a person's store costs. Only a debug build can be told to take less (`YUANBA_STRENGTH=least`).
    pub fn real() -> Price {
        if !cfg!(debug_assertions) {
            return Price::Measured;
        }
        match std::env::var(PRICE_OF_TESTS).as_deref() {
            Ok("measured") => Price::Measured,
            Ok("least") => Price::Fixed(Strength::LEAST),
            _ => Price::Fixed(Strength::default()),
        }
    }

    /// The strength of a new slot of a person.
    pub(super) fn strength(self) -> Strength {
        static HERE: OnceLock<Strength> = OnceLock::new();
        match self {
            Price::Fixed(strength) => strength,
            Price::Measured => *HERE.get_or_init(|| {
                let tried = Strength::default();
                let began = Instant::now();
                let _ = tried.derive("how fast is this machine", &[0; 16]);
                tried.aimed(began.elapsed())
            }),
        }
    }

    /// The strength of a slot of the recovery code. Its 158 random bits are never guessed, so that nothing is gained by a
    /// person's waiting for it.
    pub(super) fn of_recovery(self) -> Strength {
        match self {
            Price::Fixed(strength) => strength,
            Price::Measured => Strength::default(),
        }
    }

    /// What a slot should be strengthened to whose passphrase took so long just now; `None` when it is dear enough.
    /// Nothing is ever weakened: a slow moment of the machine is no reason.
    pub(super) fn dearer(self, slot: Strength, took: Duration) -> Option<Strength> {
        let wanted = match self {
            Price::Fixed(strength) => strength,
            Price::Measured if took < TOO_CHEAP || slot.memory_kib < Strength::default().memory_kib => {
                slot.aimed(took)
            }
            Price::Measured => return None,
        };
        (wanted.memory_kib >= slot.memory_kib && wanted.work() > slot.work()).then_some(wanted)
    }
}

/// Refuses a passphrase that is empty or longer than [`PASSPHRASE_BYTES_MAX`]. How long a good one is, is the caller's
/// matter.
pub(super) fn check_length(passphrase: &str) -> Result<(), VaultError> {
    match passphrase.len() {
        1..=PASSPHRASE_BYTES_MAX => Ok(()),
        _ => Err(VaultError::BadLength("the passphrase")),
    }
}

/// The passphrase with full-width letters, digits and signs as their half-width twins: the key that switches a Chinese
/// input method between them is pressed by accident, and nobody sees it behind dots.
fn as_typed(passphrase: &str) -> Zeroizing<String> {
    // Every replacement is shorter than what it replaces, so the string never moves and leaves no copy behind.
    let mut half = Zeroizing::new(String::with_capacity(passphrase.len()));
    half.extend(passphrase.chars().map(half_width));
    half
}

/// The half-width twin of a full-width character, and any other character as it is.
pub(super) fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUICK: Strength = Strength::LEAST;

    #[test]
    fn a_passphrase_typed_with_full_width_keys_is_the_same_passphrase() -> Result<(), VaultError> {
        assert_eq!(QUICK.derive("ｙｕａｎ　１２！", &[1; 16])?, QUICK.derive("yuan 12!", &[1; 16])?);
        assert_ne!(QUICK.derive("yuan 12!", &[1; 16])?, QUICK.derive("yuan 12！!", &[1; 16])?);
        assert_ne!(QUICK.derive("yuan 12!", &[1; 16])?, QUICK.derive("yuan 12!", &[2; 16])?);
        Ok(())
    }

    #[test]
    fn the_price_follows_the_machine_and_never_falls_below_the_default() {
        let tried = Strength::default();
        let at = |ms| tried.aimed(Duration::from_millis(ms));
        let takes = |strength: Strength, ms: u64| ms as f64 * strength.work() as f64 / tried.work() as f64;
        // A fast machine, an office laptop, an old one: half a second to a second.
        for ms in [45, 100, 200, 350, 600] {
            let aimed = at(ms);
            assert!((500.0..=1000.0).contains(&takes(aimed, ms)), "{ms} ms: {aimed:?}");
            assert!(
                aimed.within_limits() && aimed.memory_kib >= tried.memory_kib && aimed.passes >= tried.passes
            );
        }
        assert_eq!(at(5_000), tried, "however slow");
        assert!(at(0).within_limits() && at(1).work() == Strength { lanes: 1, ..Strength::MAX }.work());
        assert!(at(45).memory_kib > tried.memory_kib, "memory before passes");
    }

    #[test]
    fn a_cheap_slot_is_made_dearer_and_none_is_made_cheaper() {
        let slot = Strength::default();
        let cheap = Duration::from_millis(200);
        let dearer = Price::Measured.dearer(slot, cheap).expect("too cheap");
        assert!(dearer.work() > 3 * slot.work());
        assert_eq!(Price::Measured.dearer(dearer, Duration::from_millis(650)), None);
        assert_eq!(Price::Measured.dearer(slot, Duration::from_secs(4)), None);
        assert_eq!(Price::Fixed(Strength::LEAST).dearer(slot, cheap), None, "never downwards");
        assert_eq!(Price::Fixed(slot).dearer(Strength::LEAST, cheap), Some(slot));
        assert!(Price::Measured.dearer(QUICK, Duration::from_micros(20)).is_some());
    }

    #[test]
    fn numbers_that_would_exhaust_the_machine_are_refused() {
        for forged in [
            Strength { memory_kib: u32::MAX, ..QUICK },
            Strength { passes: u32::MAX, ..QUICK },
            Strength { lanes: u32::MAX, ..QUICK },
            Strength { memory_kib: 0, ..QUICK },
            Strength { passes: 0, ..QUICK },
            Strength { lanes: 0, ..QUICK },
        ] {
            assert!(matches!(forged.derive("x", &[0; 16]), Err(VaultError::Damaged(_))), "{forged:?}");
        }
    }
}
