//! The levels of the organisation tree.

use serde::{Deserialize, Serialize};

/// A label on an organisation; the depth of the tree is data and may be anything up to [`MAX_DEPTH`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// 村 (a branch and what belongs to it)
    Village,
    /// 乡镇
    Township,
    /// 县
    County,
}

/// The deepest tree that is read (prefecture, county, township, 总支, branch …).
pub const MAX_DEPTH: usize = 8;

impl Level {
    /// The number that stands in certificates.
    pub fn number(self) -> u8 {
        match self {
            Level::Village => 1,
            Level::Township => 2,
            Level::County => 3,
        }
    }

    /// The level of a number in a certificate, or `None` for one that this version does not know.
    pub fn from_number(number: u8) -> Option<Level> {
        [Level::Village, Level::Township, Level::County].into_iter().find(|l| l.number() == number)
    }

    /// 村, 镇, 县.
    pub fn word(self) -> &'static str {
        match self {
            Level::Village => "村",
            Level::Township => "镇",
            Level::County => "县",
        }
    }
}
