//! Why a file was refused or a thing not done, in the words of the house.

use std::fmt;

use yuanba_core::Level;

use crate::container::BundleError;

/// A refusal: a code for programs, and for people what happened, that their data is safe, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Stable, for programs
    pub code: &'static str,
    /// What happened, and that nothing was lost
    pub message: String,
    /// What to do next
    pub next_step: String,
}

impl Refusal {
    /// A refusal.
    pub fn new(code: &'static str, message: impl Into<String>, next_step: impl Into<String>) -> Refusal {
        Refusal { code, message: message.into(), next_step: next_step.into() }
    }

    /// What a bundle's container says, for a store of a level, the writer's name being known or not.
    pub(crate) fn of_container(error: &BundleError, here: Option<Level>, from: &str) -> Refusal {
        let untouched = untouched(here);
        match error {
            BundleError::NewerFormat(_) => Refusal::newer(),
            BundleError::NotForUs => Refusal::new(
                "not_for_us",
                format!("{from}的这个文件是写给别处的，这里打不开。{untouched}"),
                "请交给它该去的地方，或者请对方重新写一个给这里的。",
            ),
            BundleError::Forged(_) => Refusal::new(
                "forged",
                format!("没读进来：这个文件被人动过，签名对不上。{untouched}"),
                format!("请{from}再写一个，当面交。"),
            ),
            BundleError::TooLarge(_) => Refusal::new(
                "too_large",
                format!("没读进来：这个文件大得不合常理。{untouched}"),
                format!("请{from}再写一个。"),
            ),
            BundleError::Io { .. } => Refusal::new(
                "unreadable",
                format!("这个文件读不出来，U 盘可能松了或者坏了。{untouched}"),
                "请拔下来重新插好再读一次。",
            ),
            _ => Refusal::damaged(here, from),
        }
    }

    pub(crate) fn damaged(here: Option<Level>, from: &str) -> Refusal {
        Refusal::new(
            "damaged",
            format!(
                "没读进来：{from}的文件坏了一截。{}，{from}那份也还在。",
                untouched(here).trim_end_matches('。')
            ),
            format!("请{from}再写一个。"),
        )
    }

    pub(crate) fn newer() -> Refusal {
        Refusal::new(
            "newer_format",
            "这是新版程序写的，这里还认不全，一条也没动。",
            "文件留在 U 盘上，升级以后再读一次就行。",
        )
    }

    /// What people read: all of it.
    pub fn text(&self) -> String {
        format!("{}{}", self.message, self.next_step)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.message, self.next_step)
    }
}

/// That nothing here was touched.
pub(crate) fn untouched(here: Option<Level>) -> String {
    format!("{}里的数据一条也没动。", here.map_or("这", Level::word))
}
