//! Schooling, GB/T 4658 (2006).

use crate::two_digit_code;
use crate::width::without_blanks;

/// The codes of the standard with the words a form shows.
const LEVELS: [(u8, &str); 33] = [
    (10, "研究生"),
    (11, "博士研究生"),
    (12, "博士研究生结业"),
    (13, "博士研究生肄业"),
    (14, "硕士研究生"),
    (15, "硕士研究生结业"),
    (16, "硕士研究生肄业"),
    (17, "研究生班"),
    (18, "研究生班结业"),
    (19, "研究生班肄业"),
    (20, "大学本科教育"),
    (21, "大学本科"),
    (22, "大学本科结业"),
    (23, "大学本科肄业"),
    (28, "大学普通班"),
    (30, "大学专科教育"),
    (31, "大学专科"),
    (32, "大学专科结业"),
    (33, "大学专科肄业"),
    (40, "中等职业教育"),
    (41, "中等专科"),
    (42, "中等专科结业"),
    (43, "中等专科肄业"),
    (44, "职业高中"),
    (47, "技工学校"),
    (60, "普通高级中学教育"),
    (61, "高中"),
    (62, "高中结业"),
    (63, "高中肄业"),
    (71, "初中"),
    (73, "初中肄业"),
    (81, "小学"),
    (90, "其他"),
];

two_digit_code! {
    /// A level of schooling by its code.
    Education,
    /// The text is no code of GB/T 4658.
    UnknownEducation = "not a code of GB/T 4658"
}

impl Education {
    /// The level with this code.
    pub fn from_code(code: u8) -> Option<Self> {
        LEVELS.iter().any(|(c, _)| *c == code).then_some(Self(code))
    }

    /// All levels, the highest first.
    pub fn all() -> impl Iterator<Item = Self> {
        LEVELS.iter().map(|(code, _)| Self(*code))
    }

    /// Reads what a roster writes: 大专 / 专科 / 大学专科 / 31 and so on. `None` for anything else.
    pub fn read(text: &str) -> Option<Self> {
        let text = without_blanks(text);
        if text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit()) {
            return Self::from_code(text.parse().ok()?);
        }
        // The way of studying (在职, 函授) is no part of the level.
        let mut word = &*text;
        for prefix in [
            "全日制",
            "在职",
            "非全日制",
            "函授",
            "自考",
            "成人",
            "中央党校",
            "省委党校",
            "党校",
            "电大",
            "网络教育",
        ] {
            word = word.strip_prefix(prefix).filter(|rest| !rest.is_empty()).unwrap_or(word);
        }
        let word = word.strip_suffix("毕业").or_else(|| word.strip_suffix("学历")).unwrap_or(word);
        let word = word.strip_suffix("文化").or_else(|| word.strip_suffix("文化程度")).unwrap_or(word);
        let code = match word {
            "博士" | "博士生" => 11,
            "硕士" | "硕士生" => 14,
            "研究生及以上" | "研究生教育" => 10,
            "本科" | "大学" | "大本" | "学士" | "大学及以上" | "本科及以上" => 21,
            "大专" | "专科" | "高职" | "高职高专" | "大学专科(高职)" | "大普" => 31,
            "中专" | "中等专业学校" | "中等专业" | "中职" | "中师" | "中专(中技)" | "中专中技" => {
                41
            }
            "职高" | "职业中学" | "职中" => 44,
            "技校" | "中技" | "技工" => 47,
            "普通高中" | "高级中学" | "普高" => 61,
            "初级中学" | "普通初中" => 71,
            "文盲" | "半文盲" | "文盲或半文盲" | "文盲半文盲" | "未上学" | "扫盲班" | "不识字" => {
                90
            }
            word => return LEVELS.iter().find(|(_, label)| *label == word).map(|(code, _)| Self(*code)),
        };
        Some(Self(code))
    }

    /// The word for people.
    pub fn label(self) -> &'static str {
        LEVELS.iter().find(|(code, _)| *code == self.0).map_or("", |(_, label)| label)
    }

    /// Whether the level is 大专 or above, as statistics ask.
    pub fn is_tertiary(self) -> bool {
        self.0 < 40
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_rosters_give_the_codes_of_the_standard() {
        for (words, code) in [
            ("大专", "31"),
            ("专科", "31"),
            ("大学专科", "31"),
            ("在职大专", "31"),
            ("本科", "21"),
            ("大学本科", "21"),
            ("初中文化", "71"),
            ("高中毕业", "61"),
            ("中专", "41"),
            ("硕士研究生", "14"),
            ("小　学", "81"),
        ] {
            assert_eq!(Education::read(words).map(|e| e.to_string()).as_deref(), Some(code), "{words}");
        }
        assert_eq!(Education::read("学过一点"), None);
    }

    #[test]
    fn every_label_is_read_back_as_its_code() {
        for level in Education::all() {
            assert_eq!(Education::read(level.label()), Some(level), "{}", level.label());
        }
    }
}
