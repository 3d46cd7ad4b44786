//! The stages of a person's membership (GLOSSARY).

use serde::{Deserialize, Serialize};

use crate::width::without_blanks;

/// The stage a person has reached, from the written application to full membership.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MemberKind {
    /// 入党申请人
    Applicant,
    /// 入党积极分子
    Activist,
    /// 发展对象
    Candidate,
    /// 预备党员
    Probationary,
    /// 正式党员
    Full,
}

impl MemberKind {
    /// All stages, in the order in which a person passes them.
    pub const ALL: [Self; 5] =
        [Self::Applicant, Self::Activist, Self::Candidate, Self::Probationary, Self::Full];

    /// Reads what a roster writes; `None` for anything else.
    pub fn read(text: &str) -> Option<Self> {
        match &*without_blanks(text) {
            "正式党员" | "正式" | "中共正式党员" | "中共党员" | "full" => Some(Self::Full),
            "预备党员" | "预备" | "中共预备党员" | "预备期" | "probationary" => {
                Some(Self::Probationary)
            }
            "发展对象" | "重点发展对象" | "党员发展对象" | "candidate" => {
                Some(Self::Candidate)
            }
            "入党积极分子" | "积极分子" | "activist" => Some(Self::Activist),
            "入党申请人" | "申请人" | "申请入党人员" | "入党申请" | "入党申请者" | "applicant" => {
                Some(Self::Applicant)
            }
            _ => None,
        }
    }

    /// The name in serialised values.
    pub fn name(self) -> &'static str {
        match self {
            Self::Applicant => "applicant",
            Self::Activist => "activist",
            Self::Candidate => "candidate",
            Self::Probationary => "probationary",
            Self::Full => "full",
        }
    }

    /// The word for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Applicant => "入党申请人",
            Self::Activist => "入党积极分子",
            Self::Candidate => "发展对象",
            Self::Probationary => "预备党员",
            Self::Full => "正式党员",
        }
    }
}
