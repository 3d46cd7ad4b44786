//! What happened, in short lines that depend on nothing but the seed.

use std::collections::BTreeMap;

use yuanba_journal::Hash;

/// The lines of a run, and how often each thing occurred.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// What happened, step by step
    pub lines: Vec<String>,
    /// How often each thing occurred
    pub counts: BTreeMap<&'static str, u64>,
}

impl Trace {
    /// One more line.
    pub fn say(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    /// Adds to the last line.
    pub fn add(&mut self, more: &str) {
        match self.lines.last_mut() {
            Some(line) => line.push_str(more),
            None => self.say(more),
        }
    }

    /// Something occurred once more.
    pub fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    /// The hash of all lines.
    pub fn hash(&self) -> Hash {
        Hash::of(&self.lines.iter().flat_map(|line| [line.as_bytes(), b"\n"]).collect::<Vec<_>>())
    }
}
