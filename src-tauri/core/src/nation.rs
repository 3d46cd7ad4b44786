//! The nations of China, GB/T 3304: codes 01 to 56.

use crate::two_digit_code;
use crate::width::without_blanks;

/// The names in the order of their codes, without 族.
const NAMES: [&str; 56] = [
    "汉",
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
];

two_digit_code! {
    /// A nation by its code.
    Nation,
    /// The text is no code from 01 to 56.
    UnknownNation = "not a nation code from 01 to 56"
}

impl Nation {
    /// The nation with this code, 1 to 56.
    pub fn from_code(code: u8) -> Option<Self> {
        (1..=NAMES.len() as u8).contains(&code).then_some(Self(code))
    }

    /// All nations in the order of their codes.
    pub fn all() -> impl Iterator<Item = Self> {
        (1..=NAMES.len() as u8).map(Self)
    }

    /// Reads what a roster writes: 汉, 汉族, 01, 1. `None` for anything else.
    pub fn read(text: &str) -> Option<Self> {
        let text = without_blanks(text);
        if !text.is_empty() && text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit()) {
            return Self::from_code(text.parse().ok()?);
        }
        let name = match text.strip_suffix('族').unwrap_or(&text) {
            "维" => "维吾尔",
            "蒙" => "蒙古",
            "哈萨" => "哈萨克",
            name => name,
        };
        NAMES.iter().position(|n| *n == name).map(|at| Self(at as u8 + 1))
    }

    /// The code, two digits.
    pub fn code(self) -> String {
        self.to_string()
    }

    /// The word for people: 汉族.
    pub fn label(self) -> String {
        format!("{}族", NAMES[usize::from(self.0) - 1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_nation_is_read_by_name_and_by_code() {
        assert_eq!(Nation::all().count(), 56);
        for nation in Nation::all() {
            assert_eq!(Nation::read(&nation.label()), Some(nation));
            assert_eq!(Nation::read(&nation.code()), Some(nation));
            assert_eq!(nation.to_string().parse(), Ok(nation));
        }
        // The two ends and one in the middle, by the standard itself.
        assert_eq!(Nation::read("汉").unwrap().code(), "01");
        assert_eq!(Nation::read("羌族").unwrap().code(), "33");
        assert_eq!(Nation::read("基诺族").unwrap().code(), "56");
    }

    #[test]
    fn what_is_no_nation_is_not_taken_for_one() {
        for text in ["+1", "1", "001", "00", "57", " 1"] {
            assert_eq!(text.parse::<Nation>(), Err(UnknownNation), "{text}");
        }
        for text in ["海昌族", "57", "0", "00", "族", ""] {
            assert_eq!(Nation::read(text), None, "{text}");
        }
    }
}
