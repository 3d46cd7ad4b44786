//! Kinds of change, and where each may stand (JOURNAL §6).

use yuanba_core::Level;

use crate::Lane;

/// What a change is. Numbers are frozen; unknown ones are kept, forwarded and folded after an upgrade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Writes to the fields of a record
    Record,
    /// An entry of a ledger
    Entry,
    /// A reversal of a ledger entry's key
    Reversal,
    /// A person names which of two entries of one key stands
    Choice,
    /// Takes back a group
    Retract,
    /// Erases bodies everywhere
    Redaction,
    /// A certificate of the tree
    Certificate,
    /// A replica's streams stop counting
    Revocation,
    /// An organisation's age key, wrapped to those who may read what is addressed to it
    OrgKey,
    /// Reserved: a checkpoint; known and without effect
    Checkpoint,
    /// Brought by a newer version
    Unknown(u64),
}

const KNOWN: [(u64, Kind); 10] = [
    (1, Kind::Record),
    (2, Kind::Entry),
    (3, Kind::Reversal),
    (4, Kind::Choice),
    (5, Kind::Retract),
    (6, Kind::Redaction),
    (7, Kind::Certificate),
    (8, Kind::Revocation),
    (9, Kind::OrgKey),
    (10, Kind::Checkpoint),
];

impl Kind {
    /// The number in the header.
    pub fn number(self) -> u64 {
        match self {
            Kind::Unknown(number) => number,
            known => KNOWN.iter().find(|(_, k)| *k == known).map_or(0, |(n, _)| *n),
        }
    }

    /// The lowest level whose laptops may write it, and the lane it must stand in, if only one will do. Whoever writes
    /// must be certified for the organisation or an ancestor besides. A certificate proves itself and is taken from
    /// wherever it came.
    pub fn rule(self) -> (Level, Option<Lane>) {
        match self {
            Kind::Redaction => (Level::Township, None),
            Kind::Certificate | Kind::Revocation | Kind::OrgKey => (Level::Village, Some(Lane::Down)),
            _ => (Level::Village, None),
        }
    }

    /// Whether it may stand in a lane.
    pub fn fits(self, lane: Lane) -> bool {
        self.rule().1.is_none_or(|only| only == lane)
    }

    /// The kind of a number.
    pub fn from_number(number: u64) -> Kind {
        KNOWN.iter().find(|(n, _)| *n == number).map_or(Kind::Unknown(number), |(_, k)| *k)
    }
}
