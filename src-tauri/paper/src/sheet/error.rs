//! Why a file is refused whole. Nothing of it is read then.

use crate::Cancelled;

/// A file that cannot be read as a table at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SheetError {
    /// There is nothing in the file.
    #[error("the file is empty")]
    Empty,
    /// It is another kind of file; the word names the kind.
    #[error("the file is no table but {0}")]
    NotATable(&'static str),
    /// It is a table in a form that is not read; the word names the form.
    #[error("tables of the form {0} are not read")]
    Unsupported(&'static str),
    /// A password lies on it.
    #[error("the workbook is locked with a password")]
    Password,
    /// Its bytes are cut off or changed.
    #[error("the file is damaged: {0}")]
    Damaged(String),
    /// It is larger than any roster, or becomes so when unpacked.
    #[error("the file exceeds a limit: {0}")]
    TooLarge(&'static str),
    /// Every sheet is empty or hidden.
    #[error("no visible sheet holds anything")]
    NoSheet,
    /// There is no sheet of the name asked for.
    #[error("there is no visible sheet of that name")]
    SheetMissing,
    /// Somebody stopped the reading.
    #[error("stopped from outside")]
    Cancelled,
}

impl From<Cancelled> for SheetError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl SheetError {
    /// The code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "file_empty",
            Self::NotATable(_) => "file_not_a_table",
            Self::Unsupported(_) => "file_unsupported",
            Self::Password => "file_password",
            Self::Damaged(_) => "file_damaged",
            Self::TooLarge(_) => "file_too_large",
            Self::NoSheet => "file_no_sheet",
            Self::SheetMissing => "sheet_missing",
            Self::Cancelled => "cancelled",
        }
    }

    /// What happened and whether the data is safe, in plain Chinese.
    pub fn message(&self) -> String {
        let what = match self {
            Self::Empty => "这个文件是空的，里面什么也没有。".to_owned(),
            Self::NotATable(kind) => format!("这个文件是{kind}，不是表格。"),
            Self::Unsupported(form) => format!("这个文件是{form}，这里读不了。"),
            Self::Password => "这个表格设了打开密码，读不出来。".to_owned(),
            Self::Damaged(_) => "这个文件坏了，可能没有拷完整，读不出来。".to_owned(),
            Self::TooLarge(_) => "这个文件太大，不像是一份花名册，没有读。".to_owned(),
            Self::NoSheet => "这个表格里每一页都是空的，或者藏起来了。".to_owned(),
            Self::SheetMissing => "表格里没有这一页，或者这一页藏起来了。".to_owned(),
            Self::Cancelled => "已经停下，没有读完。".to_owned(),
        };
        format!("{what}名册没有改动。")
    }

    /// What to do next, in plain Chinese.
    pub fn next_step(&self) -> &'static str {
        match self {
            Self::Empty | Self::NotATable(_) => "请另选一个表格文件（xls、xlsx 或 csv）。",
            Self::Unsupported(_) => "请在表格软件里打开它，另存为 xlsx 后再来。",
            Self::Password => "请在表格软件里打开它，去掉打开密码，保存后再来。",
            Self::Damaged(_) => "请从原来的地方重新拷一份；打得开的话，另存为 xlsx 后再来。",
            Self::TooLarge(_) => "请把名册那一页单独复制到新表格里，保存后再来。",
            Self::NoSheet | Self::SheetMissing => "请打开表格看一看，把名册那一页显示出来，保存后再来。",
            Self::Cancelled => "要接着做，请重新选这个文件。",
        }
    }
}
