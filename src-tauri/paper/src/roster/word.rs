//! The words that rosters use for their columns (IMPORT, "Header words").

use yuanba_core::width::without_blanks;

use super::Field;

/// What a header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// It names a field.
    Field(Field),
    /// It is a known header of something that is not kept, such as 序号 or 年龄.
    Other,
}

/// A word that is known as it stands, after stars, hints and blanks were taken off.
const WORDS: &[(Field, &[&str])] = &[
    (Field::Name, &["姓名", "党员姓名", "名字", "党员名单", "党员名字"]),
    (Field::Sex, &["性别"]),
    (
        Field::IdNumber,
        &[
            "公民身份号码",
            "公民身份证号码",
            "公民身份证号",
            "身份证号",
            "身份证号码",
            "身份证",
            "身份号码",
            "居民身份证号码",
            "居民身份证号",
            "居民身份证",
            "证件号码",
            "证件号",
            "身份号",
            "身份证件号码",
            "身份证件号",
        ],
    ),
    (Field::Nation, &["民族", "族别"]),
    (Field::BirthDate, &["出生日期", "出生年月", "生日", "出生时间", "出生年月日", "出生", "出生年份"]),
    (
        Field::Education,
        &["学历", "文化程度", "文化水平", "最高学历", "文化", "受教育程度", "学历层次", "现学历"],
    ),
    (Field::Degree, &["学位", "最高学位"]),
    (
        Field::Kind,
        &["人员类别", "党员类别", "正式/预备", "党员类型", "正式或预备", "正式预备", "预备/正式", "党员身份"],
    ),
    (
        Field::Branch,
        &[
            "所在党支部",
            "所属支部",
            "党组织",
            "所属党支部",
            "所在支部",
            "所属党组织",
            "所在党组织",
            "党支部",
            "支部",
            "支部名称",
            "党支部名称",
            "党组织名称",
            "所在党支部名称",
            "所在党组织名称",
            "所属党组织名称",
            "组织关系所在党支部",
            "组织关系所在支部",
        ],
    ),
    (Field::PartyGroup, &["党小组", "所在党小组", "所属党小组", "党小组名称"]),
    (
        Field::Phones,
        &[
            "手机号码",
            "联系电话",
            "电话",
            "手机",
            "手机号",
            "联系方式",
            "电话号码",
            "联系号码",
            "本人电话",
            "移动电话",
            "联系手机",
            "本人联系电话",
        ],
    ),
    (
        Field::JoinedOn,
        &[
            "入党日期",
            "入党时间",
            "入党年月",
            "加入党组织日期",
            "加入党组织时间",
            "加入中共组织日期",
            "加入中国共产党日期",
            "加入中国共产党时间",
            "入党年月日",
            "何时入党",
        ],
    ),
    (
        Field::ConfirmedOn,
        &[
            "转正日期",
            "转正时间",
            "转正年月",
            "转为正式党员日期",
            "转为正式党员时间",
            "转正年月日",
            "何时转正",
            "预备转正日期",
        ],
    ),
    (Field::PartyAgeCorrectionMonths, &["党龄校正值", "党龄校正"]),
    (Field::Job, &["工作岗位", "岗位", "现岗位", "从事工作", "职业"]),
    (Field::ProfessionalTitle, &["专业技术职务", "职称", "专业技术职称"]),
    (Field::NewStratum, &["新社会阶层类型", "新社会阶层", "新的社会阶层"]),
    (Field::MigrantWorker, &["是否农民工", "农民工"]),
    (
        Field::Address,
        &[
            "现居住地",
            "家庭住址",
            "住址",
            "现住址",
            "居住地址",
            "家庭地址",
            "现居住地址",
            "常住地址",
            "地址",
            "居住地",
            "详细地址",
            "家庭详细住址",
            "现家庭住址",
            "通讯地址",
        ],
    ),
    (Field::HouseholdPlace, &["户籍所在地", "户籍地", "户口所在地", "户籍地址", "户籍", "户籍住址"]),
    (Field::OutOfContact, &["是否失联", "失联党员", "是否失联党员", "是否为失联党员", "失联"]),
    (Field::Floating, &["是否流动", "流动党员", "是否流动党员", "是否为流动党员", "是否流出"]),
    (
        Field::FloatingPlace,
        &["流动去向", "外出地点", "外出流向", "流入地", "外出务工地点", "流动地点", "流出地"],
    ),
    (
        Field::AppliedOn,
        &[
            "申请入党日期",
            "申请入党时间",
            "递交入党申请书日期",
            "递交入党申请书时间",
            "递交入党申请时间",
            "入党申请时间",
            "入党申请日期",
        ],
    ),
    (Field::JoinedBranch, &["入党时所在支部", "入党时所在党支部"]),
    (Field::Office, &["党内职务", "党内任职"]),
    (Field::Skills, &["特长", "技能特长", "专长"]),
    (Field::Health, &["身体状况", "健康状况"]),
    (Field::Notes, &["备注", "说明", "备考"]),
];

/// Headers of what is not kept: counted, computed, or somebody else's.
const OTHERS: &[&str] = &[
    "序号",
    "编号",
    "序",
    "号",
    "年龄",
    "党龄",
    "籍贯",
    "政治面貌",
    "婚姻状况",
    "毕业院校",
    "毕业院校及专业",
    "专业",
    "职务",
    "单位及职务",
    "工作单位",
    "入党介绍人",
    "培养联系人",
    "转正情况",
    "入党类型",
    "延长预备期时间",
    "村",
    "村名",
    "组别",
    "村民小组",
    "乡镇",
    "照片",
    "户主",
    "进入日期",
    "离开日期",
    "党费",
    "月工资",
];

/// Parts of a header that name a field when no whole word does: what it holds, what it must not hold.
const PARTS: &[(Field, &[&str], &[&str])] = &[
    (Field::IdNumber, &["身份证"], &["地址", "住址", "配偶", "户主", "照片", "复印", "有效"]),
    (Field::BirthDate, &["出生"], &["地", "证"]),
    (Field::AppliedOn, &["申请", "入党"], &["人", "批准"]),
    (Field::JoinedOn, &["入党", "日期"], &["申请", "介绍", "支部", "志愿", "批准"]),
    (Field::JoinedOn, &["入党", "时间"], &["申请", "介绍", "支部", "志愿", "批准"]),
    (Field::ConfirmedOn, &["转正", "日期"], &["申请", "情况", "应"]),
    (Field::ConfirmedOn, &["转正", "时间"], &["申请", "情况", "应"]),
    (Field::Phones, &["电话"], &["紧急", "家属", "监督", "办公", "联系人", "单位", "子女"]),
    (Field::Phones, &["手机"], &["紧急", "家属", "监督", "联系人", "子女", "是否"]),
    (Field::Education, &["学历"], &["院", "专业", "学位", "证"]),
    (Field::Education, &["文化程度"], &[]),
    (Field::Floating, &["是否", "流动"], &[]),
    (Field::OutOfContact, &["是否", "失联"], &[]),
    (
        Field::Branch,
        &["支部"],
        &["书记", "入党时", "职务", "编码", "代码", "意见", "转", "时间", "日期", "联系"],
    ),
    (
        Field::Branch,
        &["党组织"],
        &["书记", "入党时", "职务", "编码", "代码", "意见", "转", "时间", "日期", "联系"],
    ),
    (Field::HouseholdPlace, &["户籍"], &["性质", "类型"]),
    (Field::HouseholdPlace, &["户口"], &["性质", "类型", "本"]),
    (Field::Address, &["住址"], &["身份证", "户籍"]),
    (Field::Address, &["居住"], &["证", "是否", "情况"]),
    (
        Field::Name,
        &["姓名"],
        &[
            "父", "母", "配偶", "户主", "介绍", "联系", "曾用", "子女", "监护", "家庭", "帮", "书记", "填",
            "审",
        ],
    ),
    (Field::Sex, &["性别"], &[]),
    (Field::Nation, &["民族"], &[]),
    (Field::Kind, &["正式", "预备"], &["日期", "时间"]),
    (Field::Notes, &["备注"], &[]),
];

/// Groups of a two-row header whose columns are about somebody else.
const OTHER_PEOPLE: &[&str] =
    &["介绍人", "联系人", "配偶", "父亲", "母亲", "子女", "家庭成员", "户主", "监护人", "负责人"];

/// A header as it is compared: half-width, without blanks, stars, hints in brackets and colons.
pub(super) fn plain(header: &str) -> String {
    let end = header.char_indices().nth(200).map_or(header.len(), |(at, _)| at);
    let text = without_blanks(&header[..end]);
    let mut plain = String::with_capacity(text.len());
    let mut depth = 0u32;
    for c in text.chars() {
        match c {
            '(' | '[' | '【' | '〔' => depth += 1,
            ')' | ']' | '】' | '〕' => depth = depth.saturating_sub(1),
            '*' | '★' | '☆' | '※' | ':' | '：' | '"' | '\'' => {}
            c if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    plain
}

/// What a header says, with how certain that is (0 to 1). `group` is the upper header of a two-row one.
pub(super) fn meaning(group: &str, header: &str) -> Option<(Word, f32)> {
    let (group, header) = (plain(group), plain(header));
    if OTHER_PEOPLE.iter().any(|other| group.contains(other)) {
        return Some((Word::Other, 1.0));
    }
    let whole = |text: &str| {
        let field =
            WORDS.iter().find(|(_, words)| words.contains(&text)).map(|(field, _)| Word::Field(*field));
        field.or_else(|| OTHERS.contains(&text).then_some(Word::Other))
    };
    let part = |text: &str| {
        let holds = |words: &[&str]| words.iter().any(|word| text.contains(word));
        PARTS
            .iter()
            .find(|(_, all, none)| all.iter().all(|word| text.contains(word)) && !holds(none))
            .map(|(field, ..)| Word::Field(*field))
    };
    if header.is_empty() && group.is_empty() {
        return None;
    }
    let both = format!("{group}{header}");
    whole(&header)
        .or_else(|| whole(&both))
        .map(|word| (word, 1.0))
        .or_else(|| whole(&group).map(|word| (word, 0.9)))
        .or_else(|| (both.chars().count() <= 20).then(|| part(&both)).flatten().map(|word| (word, 0.7)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(group: &str, header: &str) -> Option<Field> {
        match meaning(group, header) {
            Some((Word::Field(field), _)) => Some(field),
            _ => None,
        }
    }

    #[test]
    fn no_word_names_two_fields_and_every_label_names_its_own() {
        let mut seen = Vec::new();
        for word in WORDS.iter().flat_map(|(_, words)| words.iter()).chain(OTHERS) {
            assert!(!seen.contains(word), "{word}");
            seen.push(word);
        }
        for known in Field::ALL {
            assert_eq!(field("", known.label()), Some(known));
        }
    }

    #[test]
    fn stars_hints_blanks_and_line_breaks_do_not_hide_a_header() {
        assert_eq!(field("", "姓名*"), Some(Field::Name));
        assert_eq!(field("", "出生年月\n(yyyy-MM)"), Some(Field::BirthDate));
        assert_eq!(field("", "岗  位"), Some(Field::Job));
        assert_eq!(field("", "是否流动（是/否）"), Some(Field::Floating));
        assert_eq!(field("户籍所在地", "省"), Some(Field::HouseholdPlace));
        assert_eq!(field("", "本人身份证号码信息"), Some(Field::IdNumber));
    }

    #[test]
    fn what_belongs_to_somebody_else_is_left_alone() {
        assert_eq!(field("入党介绍人", "姓名"), None);
        assert_eq!(field("", "户主姓名"), None);
        assert_eq!(field("", "紧急联系人电话"), None);
        assert_eq!(field("", "党龄(年)"), None);
        assert_eq!(field("", "申请入党日期"), Some(Field::AppliedOn));
    }
}
