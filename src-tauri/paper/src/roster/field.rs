//! The fields of a member's record that a roster can hold (RULES §6), in the national column order.

use serde::{Deserialize, Serialize};

/// A field of a member's record. Serialised by its name in `CLI.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// 姓名
    Name,
    /// 性别
    Sex,
    /// 公民身份号码
    IdNumber,
    /// 民族
    Nation,
    /// 出生日期
    BirthDate,
    /// 学历
    Education,
    /// 学位
    Degree,
    /// 人员类别
    Kind,
    /// 所在党支部
    Branch,
    /// 党小组
    PartyGroup,
    /// 手机号码
    Phones,
    /// 入党日期
    JoinedOn,
    /// 转正日期
    ConfirmedOn,
    /// 党龄校正值(月)
    PartyAgeCorrectionMonths,
    /// 工作岗位
    Job,
    /// 专业技术职务
    ProfessionalTitle,
    /// 新社会阶层类型
    NewStratum,
    /// 是否农民工
    MigrantWorker,
    /// 现居住地
    Address,
    /// 户籍所在地
    HouseholdPlace,
    /// 是否失联
    OutOfContact,
    /// 是否流动
    Floating,
    /// 流动去向
    FloatingPlace,
    /// 申请入党日期
    AppliedOn,
    /// 入党时所在支部
    JoinedBranch,
    /// 党内职务
    Office,
    /// 特长
    Skills,
    /// 身体状况
    Health,
    /// 备注
    Notes,
}

impl Field {
    /// All fields in the national column order.
    pub const ALL: [Self; 29] = [
        Self::Name,
        Self::Sex,
        Self::IdNumber,
        Self::Nation,
        Self::BirthDate,
        Self::Education,
        Self::Degree,
        Self::Kind,
        Self::Branch,
        Self::PartyGroup,
        Self::Phones,
        Self::JoinedOn,
        Self::ConfirmedOn,
        Self::PartyAgeCorrectionMonths,
        Self::Job,
        Self::ProfessionalTitle,
        Self::NewStratum,
        Self::MigrantWorker,
        Self::Address,
        Self::HouseholdPlace,
        Self::OutOfContact,
        Self::Floating,
        Self::FloatingPlace,
        Self::AppliedOn,
        Self::JoinedBranch,
        Self::Office,
        Self::Skills,
        Self::Health,
        Self::Notes,
    ];

    /// The name in JSON and in the tables of the store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Sex => "sex",
            Self::IdNumber => "id_number",
            Self::Nation => "nation",
            Self::BirthDate => "birth_date",
            Self::Education => "education",
            Self::Degree => "degree",
            Self::Kind => "kind",
            Self::Branch => "branch",
            Self::PartyGroup => "party_group",
            Self::Phones => "phones",
            Self::JoinedOn => "joined_on",
            Self::ConfirmedOn => "confirmed_on",
            Self::PartyAgeCorrectionMonths => "party_age_correction_months",
            Self::Job => "job",
            Self::ProfessionalTitle => "professional_title",
            Self::NewStratum => "new_stratum",
            Self::MigrantWorker => "migrant_worker",
            Self::Address => "address",
            Self::HouseholdPlace => "household_place",
            Self::OutOfContact => "out_of_contact",
            Self::Floating => "floating",
            Self::FloatingPlace => "floating_place",
            Self::AppliedOn => "applied_on",
            Self::JoinedBranch => "joined_branch",
            Self::Office => "office",
            Self::Skills => "skills",
            Self::Health => "health",
            Self::Notes => "notes",
        }
    }

    /// The word for people: the header of its column in an export.
    pub fn label(self) -> &'static str {
        match self {
            Self::Name => "姓名",
            Self::Sex => "性别",
            Self::IdNumber => "公民身份号码",
            Self::Nation => "民族",
            Self::BirthDate => "出生日期",
            Self::Education => "学历",
            Self::Degree => "学位",
            Self::Kind => "人员类别",
            Self::Branch => "所在党支部",
            Self::PartyGroup => "党小组",
            Self::Phones => "手机号码",
            Self::JoinedOn => "入党日期",
            Self::ConfirmedOn => "转正日期",
            Self::PartyAgeCorrectionMonths => "党龄校正值(月)",
            Self::Job => "工作岗位",
            Self::ProfessionalTitle => "专业技术职务",
            Self::NewStratum => "新社会阶层类型",
            Self::MigrantWorker => "是否农民工",
            Self::Address => "现居住地",
            Self::HouseholdPlace => "户籍所在地",
            Self::OutOfContact => "是否失联",
            Self::Floating => "是否流动",
            Self::FloatingPlace => "流动去向",
            Self::AppliedOn => "申请入党日期",
            Self::JoinedBranch => "入党时所在支部",
            Self::Office => "党内职务",
            Self::Skills => "特长",
            Self::Health => "身体状况",
            Self::Notes => "备注",
        }
    }

    /// The field of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// What stands in the field.
    pub fn content(self) -> Content {
        match self {
            Self::Name => Content::Name,
            Self::Sex => Content::Sex,
            Self::IdNumber => Content::IdNumber,
            Self::Nation => Content::Nation,
            Self::Education => Content::Education,
            Self::Kind => Content::Kind,
            Self::Phones => Content::Phones,
            Self::BirthDate | Self::JoinedOn | Self::ConfirmedOn | Self::AppliedOn => Content::Date,
            Self::OutOfContact | Self::Floating | Self::MigrantWorker => Content::Flag,
            Self::PartyAgeCorrectionMonths => Content::Months,
            _ => Content::Text,
        }
    }

    /// Whether it says where somebody lives: exports without a purpose leave the numbers of houses out.
    pub(super) fn is_place(self) -> bool {
        matches!(self, Self::Address | Self::HouseholdPlace | Self::FloatingPlace)
    }

    /// Whether several columns may be one value (省, 市, 县 of a place).
    pub(super) fn is_joined(self) -> bool {
        matches!(self, Self::Address | Self::HouseholdPlace)
    }
}

/// What can stand in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// A person's name.
    Name,
    /// Male or female.
    Sex,
    /// An identity number.
    IdNumber,
    /// A nation.
    Nation,
    /// A level of schooling.
    Education,
    /// A stage of membership.
    Kind,
    /// Telephone numbers.
    Phones,
    /// A date.
    Date,
    /// Yes or no.
    Flag,
    /// A number of months, which may be negative.
    Months,
    /// Any text.
    Text,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_one_name_which_is_the_one_it_is_serialised_by() {
        for (at, field) in Field::ALL.into_iter().enumerate() {
            assert_eq!(serde_json::to_value(field).unwrap(), field.name());
            assert_eq!(Field::from_name(field.name()), Some(field));
            assert!(Field::ALL[..at].iter().all(|other| other < &field && other.label() != field.label()));
        }
    }
}
