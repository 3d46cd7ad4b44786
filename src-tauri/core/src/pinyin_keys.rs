//! What a person types to find a name: the initials and the full spelling of its pinyin, in every reading it may have.

use pinyin::ToPinyinMulti;

/// The keys of one name, lower-case ASCII, no blanks; ü is written v, as input methods do.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PinyinKeys {
    /// `zs` for 张三; one entry a reading that differs.
    pub initials: Vec<String>,
    /// `zhangsan` for 张三; one entry a reading that differs.
    pub spellings: Vec<String>,
}

/// A name of many readings has at most this many of each key; the likeliest come first.
const READINGS_MAX: usize = 16;

/// Family names that are read otherwise than the character alone, the reading as a family name first, then what people
/// type all the same.
const SURNAMES: [(&str, &[&str]); 41] = [
    ("曾", &["zeng", "ceng"]),
    ("单", &["shan", "dan"]),
    ("单于", &["chanyu", "shanyu", "danyu"]),
    ("解", &["xie", "jie"]),
    ("查", &["zha", "cha"]),
    ("仇", &["qiu", "chou"]),
    ("区", &["ou", "qu"]),
    ("尉迟", &["yuchi", "weichi"]),
    ("尉", &["wei", "yu"]),
    ("万俟", &["moqi", "wanqi", "wansi"]),
    ("澹台", &["tantai", "dantai"]),
    ("朴", &["piao", "pu", "po"]),
    ("任", &["ren"]),
    ("华", &["hua"]),
    ("召", &["shao", "zhao"]),
    ("盖", &["ge", "gai"]),
    ("缪", &["miao", "mou"]),
    ("繁", &["po", "fan"]),
    ("乐", &["yue", "le"]),
    ("员", &["yun", "yuan"]),
    ("洗", &["xian", "xi"]),
    ("冼", &["xian"]),
    ("折", &["she", "zhe"]),
    ("黑", &["he", "hei"]),
    ("翟", &["zhai", "di"]),
    ("秘", &["bi", "mi"]),
    ("种", &["chong", "zhong"]),
    ("重", &["chong", "zhong"]),
    ("盛", &["sheng", "cheng"]),
    ("晟", &["cheng", "sheng"]),
    ("隗", &["wei", "kui"]),
    ("覃", &["qin", "tan"]),
    ("谌", &["chen", "shen"]),
    ("纪", &["ji"]),
    ("撒", &["sa"]),
    ("句", &["gou", "ju"]),
    ("逄", &["pang"]),
    ("佴", &["nai", "er"]),
    ("阚", &["kan", "han"]),
    ("么", &["yao", "me"]),
    ("曲", &["qu"]),
];

/// The keys of a name. A character without pinyin stands for itself (Latin letters in lower case), dots are left out.
pub fn pinyin_keys(name: &str) -> PinyinKeys {
    let mut readings: Vec<Vec<Vec<String>>> = Vec::new();
    let surname = SURNAMES.iter().filter(|(s, _)| name.starts_with(s)).max_by_key(|(s, _)| s.len());
    let mut rest = name;
    if let Some((characters, spellings)) = surname {
        let count = characters.chars().count();
        readings.push(spellings.iter().map(|s| syllables(s, count)).collect());
        rest = &name[characters.len()..];
    }
    readings.extend(
        rest.chars().filter_map(of_character).map(|all| all.into_iter().map(|one| vec![one]).collect()),
    );

    let mut combined: Vec<Vec<String>> = vec![Vec::new()];
    for choices in readings.iter().take(40) {
        // The first reading of every character is kept in the first entry; others are added until the limit.
        let mut next = Vec::with_capacity(combined.len() * choices.len());
        for choice in choices {
            next.extend(combined.iter().map(|start| start.iter().chain(choice).cloned().collect::<Vec<_>>()));
        }
        next.truncate(READINGS_MAX);
        combined = next;
    }
    let mut keys = PinyinKeys::default();
    for syllables in combined.iter().filter(|s| !s.is_empty()) {
        let initials: String = syllables.iter().filter_map(|s| s.chars().next()).collect();
        if !keys.initials.contains(&initials) {
            keys.initials.push(initials);
        }
        let spelling = syllables.concat();
        if !keys.spellings.contains(&spelling) {
            keys.spellings.push(spelling);
        }
    }
    keys
}

/// A surname's spelling cut into as many syllables as it has characters (the double surnames of the table).
fn syllables(spelling: &str, count: usize) -> Vec<String> {
    if count == 2 {
        let cut = spelling
            .char_indices()
            .skip(2)
            .find(|(at, c)| !matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'n' | 'g') && *at < spelling.len())
            .map_or(spelling.len(), |(at, _)| at);
        return vec![spelling[..cut].to_owned(), spelling[cut..].to_owned()];
    }
    vec![spelling.to_owned()]
}

/// The readings of one character, without tones, the commonest first. `None` for blanks and marks.
fn of_character(character: char) -> Option<Vec<String>> {
    let mut readings: Vec<String> = Vec::new();
    if let Some(all) = character.to_pinyin_multi() {
        for reading in all {
            let plain = typed(reading.plain());
            if !plain.is_empty() && !readings.contains(&plain) {
                readings.push(plain);
            }
        }
    }
    if readings.is_empty() {
        readings.extend(character.is_alphanumeric().then(|| character.to_lowercase().collect()));
    }
    (!readings.is_empty()).then_some(readings)
}

/// As it is typed: ü is v, and what else is no ASCII letter (ê, ḿ) without its mark.
fn typed(plain: &str) -> String {
    plain
        .chars()
        .filter_map(|c| match c {
            'ü' => Some('v'),
            'ê' => Some('e'),
            'ḿ' => Some('m'),
            'ń' | 'ň' | 'ǹ' => Some('n'),
            c => c.is_ascii_alphabetic().then_some(c),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn has(name: &str, initials: &str, spelling: &str) {
        let keys = pinyin_keys(name);
        assert!(keys.initials.iter().any(|i| i == initials), "{name}: {initials} in {keys:?}");
        assert!(keys.spellings.iter().any(|s| s == spelling), "{name}: {spelling} in {keys:?}");
    }

    #[test]
    fn a_name_is_found_by_initials_and_by_full_pinyin() {
        has("张三", "zs", "zhangsan");
        has("古丽·帕夏", "glpx", "gulipaxia");
        has("吕布", "lb", "lvbu");
        has("欧阳修", "oyx", "ouyangxiu");
    }

    #[test]
    fn a_surname_is_found_by_its_own_reading_and_by_the_common_one() {
        has("曾国藩", "zgf", "zengguofan");
        has("曾国藩", "cgf", "cengguofan");
        has("单雄信", "sxx", "shanxiongxin");
        has("解缙", "xj", "xiejin");
        has("查良镛", "zly", "zhaliangyong");
        has("仇英", "qy", "qiuying");
        has("区寄", "oj", "ouji");
        has("尉迟恭", "ycg", "yuchigong");
        has("万俟卨", "mqx", "moqixie");
        has("澹台明", "ttm", "tantaiming");
    }

    #[test]
    fn the_first_key_is_the_surnames_own_reading() {
        assert_eq!(pinyin_keys("曾文").spellings[0], "zengwen");
        assert_eq!(pinyin_keys("单于丹").spellings[0], "chanyudan");
    }

    #[test]
    fn a_name_of_many_readings_stays_within_the_limit() {
        let keys = pinyin_keys(&"和行重乐中朝".repeat(20));
        assert!(keys.spellings.len() <= READINGS_MAX && keys.initials.len() <= READINGS_MAX);
        assert_eq!(pinyin_keys("·"), PinyinKeys::default());
    }
}
