//! Numbers from a seed; the simulator throws these dice too.

/// The same throws for the same seed.
pub struct Dice(blake3::OutputReader);

impl Dice {
    /// The dice of a seed.
    pub fn new(seed: u64) -> Dice {
        Dice(blake3::Hasher::new().update(&seed.to_be_bytes()).finalize_xof())
    }

    /// A number below `n`; 0 for nothing to choose from.
    pub fn below(&mut self, n: usize) -> usize {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        (u64::from_be_bytes(bytes) % n.max(1) as u64) as usize
    }

    /// One of a list.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.below(list.len()))
    }
}

/// The list in another order.
pub fn shuffled<T>(mut list: Vec<T>, dice: &mut Dice) -> Vec<T> {
    for at in (1..list.len()).rev() {
        list.swap(at, dice.below(at + 1));
    }
    list
}
