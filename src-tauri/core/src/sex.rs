//! Sex, GB/T 2261.1.

use serde::{Deserialize, Serialize};

use crate::width::without_blanks;

/// Male or female; 0 (unknown) and 9 (unstated) of the standard are the absence of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// 男, code 1.
    Male,
    /// 女, code 2.
    Female,
}

impl Sex {
    /// Reads what a roster writes: 男 / 男性 / 1 / M, 女 / 女性 / 2 / F. `None` for anything else.
    pub fn read(text: &str) -> Option<Self> {
        match &*without_blanks(text) {
            "男" | "男性" | "1" | "m" | "M" | "male" | "Male" | "MALE" | "♂" | "男士" | "先生" => {
                Some(Self::Male)
            }
            "女" | "女性" | "2" | "f" | "F" | "female" | "Female" | "FEMALE" | "♀" | "女士" => {
                Some(Self::Female)
            }
            _ => None,
        }
    }

    /// The code of GB/T 2261.1.
    pub fn code(self) -> &'static str {
        match self {
            Self::Male => "1",
            Self::Female => "2",
        }
    }

    /// The name in serialised values: `male`, `female`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Male => "male",
            Self::Female => "female",
        }
    }

    /// The word for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Male => "男",
            Self::Female => "女",
        }
    }
}
