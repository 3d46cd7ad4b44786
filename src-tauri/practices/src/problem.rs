//! Why a declaration is refused.

use std::fmt;

use serde::Serialize;

/// Where in which file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Spot {
    /// Path inside `assets`
    pub file: String,
    /// Line, from 1; `None` when the whole file is meant
    pub line: Option<usize>,
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{} 第 {line} 行", self.file),
            None => write!(f, "{}", self.file),
        }
    }
}

/// What a caller can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// A file that the program needs is not there
    FileMissing,
    /// The file is larger than a declaration can be
    TooLarge,
    /// Not TOML, or a word that the shape does not have
    Unreadable,
    /// A shape that this version does not know
    UnknownShape,
    /// The same id, name, tier or day stands twice
    Twice,
    /// Two statements cannot both hold
    Contradiction,
    /// A number or a text is outside its bounds
    OutOfRange,
    /// A name points at nothing
    DanglingReference,
    /// A points rule would penalise a lawful complaint or petition (RULES §7)
    PenalisesComplaint,
    /// A black list under any name (RULES §7)
    BlackList,
}

/// One reason for refusing, with both culprits where there are two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What kind
    pub code: Code,
    /// Where
    pub at: Spot,
    /// The other place that it disagrees with
    pub with: Option<Spot>,
    /// What is wrong, in plain Chinese, without the place
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.with {
            Some(with) if with.file == self.at.file => match (self.at.line, with.line) {
                (Some(a), Some(b)) => {
                    write!(f, "{} 第 {} 行和第 {} 行：{}", self.at.file, a.min(b), a.max(b), self.text)
                }
                _ => write!(f, "{}：{}", self.at, self.text),
            },
            Some(with) => write!(f, "{with}，和{}：{}", self.at, self.text),
            None => write!(f, "{}：{}", self.at, self.text),
        }
    }
}

/// All that was wrong. Nothing of the files is used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// At least one
    pub problems: Vec<Problem>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.problems.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}
