//! From what a person types to a key that wraps: Argon2id.

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

    const QUICK: Strength = Strength { memory_kib: 8, passes: 1, lanes: 1 };

    #[test]
    fn a_passphrase_typed_with_full_width_keys_is_the_same_passphrase() -> Result<(), VaultError> {
        assert_eq!(QUICK.derive("ｙｕａｎ　１２！", &[1; 16])?, QUICK.derive("yuan 12!", &[1; 16])?);
        assert_ne!(QUICK.derive("yuan 12!", &[1; 16])?, QUICK.derive("yuan 12！!", &[1; 16])?);
        assert_ne!(QUICK.derive("yuan 12!", &[1; 16])?, QUICK.derive("yuan 12!", &[2; 16])?);
        Ok(())
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
