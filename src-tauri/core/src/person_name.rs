//! A person's name as it is kept: without the blanks that rosters put into it, with one kind of dot.

use crate::width::half_width;

/// Longer names than this are no names; the longest in use have about 20 characters.
const CHARACTERS_MAX: usize = 60;

/// What stands in the place of a name that somebody did not have.
const NO_NAMES: [&str; 8] = ["无", "同上", "不详", "未知", "待定", "待查", "暂无", "空白"];

/// Reads a name: `张  三` and `李　四` lose their blanks, the dots • ． ‧ . between characters become `·`. Rare and traditional
/// characters stay as they are. A blank between Latin letters stays, as one space. `None` when no letter is left.
pub fn read_name(text: &str) -> Option<String> {
    if text.len() > 4096 {
        return None;
    }
    // Nearly every name is two to four Chinese characters and nothing else.
    if (6..=12).contains(&text.len()) && text.chars().all(|c| matches!(c, '\u{4e00}'..='\u{9fff}')) {
        return (!NO_NAMES.contains(&text)).then(|| text.to_owned());
    }
    let chars: Vec<char> = text.chars().filter_map(half_width).collect();
    let mut name = String::with_capacity(text.len());
    for (at, &c) in chars.iter().enumerate() {
        let last = name.chars().next_back();
        match c {
            ' ' => {
                let next = chars[at..].iter().find(|c| **c != ' ');
                let begins = next.is_some_and(char::is_ascii_alphabetic);
                if begins && last.is_some_and(|c| c.is_ascii_alphabetic() || c == '.') {
                    name.push(' ');
                }
            }
            // How a spreadsheet is told that a cell is text.
            '\'' if name.is_empty() => {}
            // An initial (`J. Smith`) keeps its point, a name of two parts gets its dot.
            '.' if last.is_some_and(|c| c.is_ascii_alphabetic()) => name.push('.'),
            '·' | '•' | '.' | '‧' | '∙' | '⋅' | '・' | '･' | '●' | '。' => {
                if last.is_some_and(|c| c != '·') {
                    name.push('·');
                }
            }
            c => name.push(c),
        }
    }
    let name = name.trim_end_matches('·');
    if NO_NAMES.contains(&name) {
        return None;
    }
    let count = name.chars().count();
    let written = name.chars().any(|c| c.is_alphabetic() || is_private(c));
    (written && count <= CHARACTERS_MAX).then(|| name.to_owned())
}

/// Characters of the private use area: how old machines wrote rare names. They are letters to those who typed them.
fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_dots_are_brought_to_one_form() {
        for (written, name) in [
            ("张  三", "张三"),
            ("李　四", "李四"),
            ("阿布都．热合曼", "阿布都·热合曼"),
            ("阿布都 • 热合曼", "阿布都·热合曼"),
            ("䶮㛃𬍛", "䶮㛃𬍛"),
            ("劉國華", "劉國華"),
            ("John  Smith", "John Smith"),
            ("王五\u{200b}", "王五"),
            ("＇'张三", "张三"),
            ("·'张三", "张三"),
            ("John .Smith", "John.Smith"),
        ] {
            assert_eq!(read_name(written).as_deref(), Some(name), "{written}");
            assert_eq!(read_name(name).as_deref(), Some(name), "{name} was read");
        }
    }

    #[test]
    fn a_cell_without_a_letter_is_no_name() {
        for text in ["", " 　", "·", "123", "/", "—", "无", " 同 上 ", "不详"] {
            assert_eq!(read_name(text), None, "{text}");
        }
    }
}
