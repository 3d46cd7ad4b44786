//! Chance from a seed. The generator is `rand_pcg`'s, whose stream is fixed by its specification; what is made of it here
//! is fixed too, so that a newer library cannot change a demo village.

use rand_pcg::Pcg64;
use rand_pcg::rand_core::Rng;
use serde::Deserialize;

/// Dice of one purpose.
pub(super) struct Dice(Pcg64);

impl Dice {
    /// Dice for one purpose (`stream`) of one thing (`number`) under a seed; independent of all others.
    pub fn new(seed: u64, stream: u32, number: u32) -> Dice {
        let stream = (u128::from(stream) << 32) | u128::from(number);
        let mut dice = Dice(Pcg64::new(u128::from(seed) << 64 | u128::from(seed), stream));
        // The first steps of neighbouring streams resemble each other.
        for _ in 0..4 {
            dice.0.next_u64();
        }
        dice
    }

    /// A whole number below `n`, which is at least 1.
    pub fn below(&mut self, n: u64) -> u64 {
        debug_assert!(n > 0);
        ((u128::from(self.0.next_u64()) * u128::from(n)) >> 64) as u64
    }

    /// A whole number in `least..=most`.
    pub fn between(&mut self, least: u32, most: u32) -> u32 {
        debug_assert!(least <= most);
        least + self.below(u64::from(most - least) + 1) as u32
    }

    /// An index into a list of that length.
    pub fn index(&mut self, length: usize) -> usize {
        self.below(length.max(1) as u64) as usize
    }

    /// Yes in so many of a thousand cases.
    pub fn chance(&mut self, permille: u32) -> bool {
        self.below(1000) < u64::from(permille)
    }

    /// One of a list that is not empty.
    pub fn pick<'t, T>(&mut self, list: &'t [T]) -> &'t T {
        &list[self.index(list.len())]
    }

    /// One text of a list that is not empty.
    pub fn word<'t>(&mut self, list: &'t [String]) -> &'t str {
        &list[self.index(list.len())]
    }

    /// Puts a list into a random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            let other = self.index(end + 1);
            list.swap(end, other);
        }
    }
}

/// Things with whole-number weights.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Vec<(T, u32)>", bound(deserialize = "T: Deserialize<'de>"))]
pub(super) struct Weighted<T> {
    /// Each with the sum of the weights up to it
    things: Vec<(u64, T)>,
    total: u64,
}

impl<T> TryFrom<Vec<(T, u32)>> for Weighted<T> {
    type Error = &'static str;

    fn try_from(list: Vec<(T, u32)>) -> Result<Self, Self::Error> {
        let mut total = 0;
        let mut things = Vec::with_capacity(list.len());
        for (thing, weight) in list {
            total += u64::from(weight);
            things.push((total, thing));
        }
        if total == 0 { Err("all weights are 0") } else { Ok(Weighted { things, total }) }
    }
}

impl<T> Weighted<T> {
    /// One of them, by weight.
    pub fn pick(&self, dice: &mut Dice) -> &T {
        let at = dice.below(self.total);
        &self.things[self.things.partition_point(|(sum, _)| *sum <= at)].1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dice_fall_the_same_on_every_machine() {
        let mut dice = Dice::new(1, 2, 3);
        let thrown: Vec<u64> = (0..6).map(|_| dice.below(1000)).collect();
        assert_eq!(thrown, [826, 360, 227, 429, 396, 460]);
    }

    #[test]
    fn weights_are_kept_within_a_percent() {
        let weighted = Weighted::try_from(vec![("a", 1), ("b", 0), ("c", 3)]).unwrap();
        let mut dice = Dice::new(9, 0, 0);
        let c = (0..40_000).filter(|_| *weighted.pick(&mut dice) == "c").count();
        assert!((29_600..30_400).contains(&c), "{c}");
        assert!(Weighted::try_from(vec![((), 0)]).is_err());
    }
}
