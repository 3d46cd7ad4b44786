//! What is wrong with a cell, in a code for programs and a sentence for people.

use serde::Serialize;

use super::Field;

/// The codes of `CLI.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Digits lost to a spreadsheet.
    IdDamaged,
    /// Neither 18 nor 15 digits.
    IdLength,
    /// The last character does not fit.
    IdChecksum,
    /// A birth date that the calendar does not have, or that is still to come.
    IdImpossibleDate,
    /// Another birth date than the file's own.
    IdBirthDiffers,
    /// Another sex than the file's own.
    IdSexDiffers,
    /// No date.
    DateUnreadable,
    /// A date that the calendar does not have.
    DateImpossible,
    /// A date still to come.
    DateInFuture,
    /// Joined before 18 years of age, 转正 before joining.
    DatesOutOfOrder,
    /// No telephone number.
    PhoneUnreadable,
    /// A word that no list has.
    UnknownValue,
    /// A mask of something other than what is held.
    ValueMasked,
    /// A person who stands twice in the file.
    DuplicateInFile,
    /// No name: it cannot be a person.
    NameMissing,
}

/// One problem of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The field it lies in.
    pub field: Field,
    /// What it is.
    pub code: Code,
    /// The same in plain Chinese.
    pub text: String,
}

impl Problem {
    /// A problem with its sentence; `raw` is what stands in the cell.
    pub fn new(field: Field, code: Code, raw: &str) -> Self {
        let label = field.label();
        let raw: String = raw.chars().take(60).collect();
        let text = match code {
            Code::IdDamaged => format!("证件号码后几位被表格软件弄丢了（表里是“{raw}”），要照证件重填。"),
            Code::IdLength => format!("证件号码位数不对（表里是“{raw}”），应当是 18 位。"),
            Code::IdChecksum => format!("证件号码最后一位和前面对不上（表里是“{raw}”），多半抄错了一位。"),
            Code::IdImpossibleDate => format!("证件号码里的出生日期没有这一天（表里是“{raw}”）。"),
            Code::IdBirthDiffers => {
                format!("证件号码里的出生日期和表里写的不一样（{raw}），两个都留着，以档案为准。")
            }
            Code::IdSexDiffers => format!("证件号码里的性别和表里写的不一样（{raw}），请核对。"),
            Code::DateUnreadable => format!("{label}看不懂（表里是“{raw}”）。"),
            Code::DateImpossible => format!("{label}没有这一天（表里是“{raw}”）。"),
            Code::DateInFuture => format!("{label}还没到（表里是“{raw}”），请核对。"),
            Code::DatesOutOfOrder if field == Field::ConfirmedOn => {
                format!("转正在入党以前（{raw}），请核对。")
            }
            Code::DatesOutOfOrder => format!("入党时不满 18 岁（{raw}），请核对。"),
            Code::PhoneUnreadable => format!("电话号码不全或者不对（表里是“{raw}”）。"),
            Code::UnknownValue => format!("{label}写的“{raw}”认不出来。"),
            Code::ValueMasked => format!("{label}遮住了一部分（表里是“{raw}”），没有写进名册。"),
            Code::DuplicateInFile => format!("这个人在表里不止一行（{raw}），请您定留哪一行。"),
            Code::NameMissing if raw.is_empty() => "没有姓名，认不出是谁。".to_owned(),
            Code::NameMissing => format!("姓名写的“{raw}”不像姓名，认不出是谁。"),
        };
        Self { field, code, text }
    }
}
