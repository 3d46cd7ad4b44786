//! Why an update was not read or not written.

use std::io;
use std::path::PathBuf;

use crate::Refusal;

/// Why an update was not read or not written. In every case nothing of it was used, and nothing is left behind.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// It does not begin as an update does
    #[error("the file is no update")]
    NotAnUpdate,
    /// Cut, continued or altered
    #[error("the update is damaged: {0}")]
    Damaged(&'static str),
    /// It names a known key, which did not sign it
    #[error("the update is forged")]
    Forged,
    /// No key is in the list of this program
    #[error("this program trusts no release key")]
    NoKeys,
    /// The key that it names is not in the list
    #[error("the update is signed with a key that is not known")]
    UnknownKey,
    /// The key is known, but not for such contents or not for that day
    #[error("the release key does not sign this")]
    KeyDoesNotSign {
        /// Whose key it is
        name: String,
    },
    /// A format that only a newer program reads
    #[error("the update has the newer format {0}")]
    NewerFormat(u64),
    /// A limit of this module was passed
    #[error("the update is too large: {0}")]
    TooLarge(&'static str),
    /// Something that cannot stand in an update was to be written into one
    #[error("{0}")]
    CannotBeMade(String),
    /// The person stopped it
    #[error("stopped")]
    Cancelled,
    /// The operating system refused a file operation
    #[error("{path}: {source}")]
    Io {
        /// The file concerned
        path: PathBuf,
        /// What the operating system said
        source: io::Error,
    },
}

impl UpdateError {
    /// Wraps an error of the operating system with the path it is about.
    pub(super) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> UpdateError {
        let path = path.into();
        move |source| UpdateError::Io { path, source }
    }

    /// Whether there was no room for what was to be written.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, UpdateError::Io { source, .. }
            if matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded))
    }

    /// What people are told.
    pub fn refusal(&self) -> Refusal {
        match self {
            UpdateError::NotAnUpdate => Refusal::new(
                "not_an_update",
                "这不是院坝的升级包，没有装，数据没有动。",
                "请选名字以「yuanba-update」结尾的文件。",
            ),
            UpdateError::Damaged(_) => Refusal::new(
                "damaged",
                "没有装：这个升级包坏了一截。现在的程序和数据都没有动。",
                "请给包的人再拷一份。",
            ),
            UpdateError::Forged => Refusal::new(
                "forged",
                "没有装：这个升级包被人动过，签名对不上。现在的程序和数据都没有动。",
                "请当面向镇里要一份，来路不明的不要装。",
            ),
            UpdateError::NoKeys => Refusal::new(
                "no_keys",
                "没有装：这一版程序不认 U 盘上的升级包。现在的程序和数据都没有动。",
                "新版请镇里带来，用电脑自己的安装程序装。",
            ),
            UpdateError::UnknownKey => Refusal::new(
                "unknown_key",
                "没有装：这个升级包不是这个程序认得的单位做的。现在的程序和数据都没有动。",
                "请当面向镇里要一份，来路不明的不要装。",
            ),
            UpdateError::KeyDoesNotSign { name } => Refusal::new(
                "key_does_not_sign",
                format!(
                    "没有装：{name}的签名不能用在这样的升级包上，或者已经过期。现在的程序和数据都没有动。"
                ),
                "请向镇里要一份新的。",
            ),
            UpdateError::NewerFormat(_) => Refusal::new(
                "newer_format",
                "这个升级包是给更新的程序用的，这里还认不全，没有装，数据没有动。",
                "请向镇里要一份这一版能装的。",
            ),
            UpdateError::TooLarge(_) => Refusal::new(
                "too_large",
                "没有装：这个升级包大得不合常理。现在的程序和数据都没有动。",
                "请向镇里重新要一份。",
            ),
            UpdateError::CannotBeMade(text) => {
                Refusal::new("cannot_be_made", format!("{text}没有做成，什么也没有动。"), "改好再来。")
            }
            UpdateError::Cancelled => {
                Refusal::new("cancelled", "停下了，没有装，数据没有动。", "想装的时候再来。")
            }
            UpdateError::Io { .. } if self.is_disk_full() => Refusal::new(
                "disk_full",
                "电脑的盘放不下这个升级包，没有装，半截的已经清掉，数据没有动。",
                "腾一点地方再来。",
            ),
            UpdateError::Io { .. } => Refusal::new(
                "unreadable",
                "这个文件读不出来，U 盘可能松了或者坏了。没有装，数据没有动。",
                "请拔下来重新插好再来一次。",
            ),
        }
    }
}
