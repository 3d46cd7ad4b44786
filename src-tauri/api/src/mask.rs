//! Numbers and addresses as they show to whoever has not said what for (RULES §7).

use std::borrow::Cow;

use yuanba_core::{IdNumber, Phone};

/// `511722********0018`. What is no ID number shows its last character at most.
pub(crate) fn id_number(text: &str) -> String {
    match IdNumber::read(text) {
        Ok(Some(id)) => id.mask(),
        _ => hidden(text),
    }
}

/// `138****0000`.
pub(crate) fn phone(text: &str) -> String {
    match Phone::read(text) {
        Ok(phone) => phone.mask(),
        Err(_) => hidden(text),
    }
}

/// An address without the numbers of houses and groups.
pub(crate) fn address(text: &str) -> String {
    text.chars().map(|c| if c.is_numeric() { '*' } else { c }).collect()
}

/// A text with every run of at least seven digits hidden: free text may carry numbers of people too.
pub(crate) fn text(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars().chain(std::iter::once('\0')) {
        if c.is_ascii_digit() || (matches!(c, 'x' | 'X') && run.len() == 17) {
            run.push(c);
            continue;
        }
        match run.len() {
            0..7 => shown.push_str(&run),
            11 => shown.push_str(&phone(&run)),
            _ => shown.push_str(&hidden(&run)),
        }
        run.clear();
        if c != '\0' {
            shown.push(c);
        }
    }
    shown
}

/// A text in which whole ID numbers and mobile telephones are masked and everything else stands as it is: what every answer
/// and every sentence about a failure goes through. Numbers written in full width or in groups (`138 0000 0000`) count too;
/// what stands between letters is no number but a part of an id.
pub(crate) fn numbers(text: &str) -> Cow<'_, str> {
    let mut shown: Option<String> = None;
    let mut done = 0;
    for (from, to, masked) in found(text) {
        let shown = shown.get_or_insert_with(|| String::with_capacity(text.len()));
        shown.push_str(&text[done..from]);
        shown.push_str(&masked);
        done = to;
    }
    match shown {
        None => Cow::Borrowed(text),
        Some(mut shown) => {
            shown.push_str(&text[done..]);
            Cow::Owned(shown)
        }
    }
}

/// Under these keys stand ids that the program made, of which one may happen to be all digits.
const IDS: &[&str] = &["id", "ids", "key", "session", "group", "heads", "conflict", "record", "fingerprint"];

/// Every text of an answer as [`numbers`] gives it, but for what stands under the keys that show whole.
pub(crate) fn answer(value: &mut serde_json::Value, whole: &[String]) {
    match value {
        serde_json::Value::String(text) => {
            if let Cow::Owned(masked) = numbers(text) {
                *text = masked;
            }
        }
        serde_json::Value::Array(list) => list.iter_mut().for_each(|value| answer(value, whole)),
        serde_json::Value::Object(map) => {
            let stands = |key: &String| whole.contains(key) || IDS.contains(&key.as_str());
            for (_, value) in map.iter_mut().filter(|(key, _)| !stands(key)) {
                answer(value, whole);
            }
        }
        _ => {}
    }
}

/// A text that somebody changed in a form which showed it masked: what is still masked is what was held. `None` when
/// something masked was typed that nothing held answers to.
pub(crate) fn filled_in(typed: &str, held: &str) -> Option<String> {
    let mut whole: Vec<(String, &str)> =
        found(held).into_iter().map(|(from, to, masked)| (masked, &held[from..to])).collect();
    let mut filled = typed.to_owned();
    let mut from = 0;
    while let Some((at, place)) = whole
        .iter()
        .enumerate()
        .filter_map(|(place, (masked, _))| Some((filled[from..].find(masked)? + from, place)))
        .min()
    {
        let (masked, number) = whole.remove(place);
        filled.replace_range(at..at + masked.len(), number);
        from = at + number.len();
    }
    let covered = |text: &str| text.contains("****");
    (!covered(&filled) || covered(held)).then_some(filled)
}

/// The numbers of a text: where each begins and ends, and how it shows.
fn found(text: &str) -> Vec<(usize, usize, String)> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let end = |at: usize| chars.get(at).map_or(text.len(), |(place, _)| *place);
    let mut numbers = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let Some(first) = digit(chars[at].1) else {
            at += 1;
            continue;
        };
        // Groups of digits with one blank or hyphen between them.
        let (begin, mut digits, mut groups) = (at, vec![first], vec![1_usize]);
        at += 1;
        let mut plain_to = at;
        while let Some((_, c)) = chars.get(at) {
            let next = chars.get(at + 1).and_then(|(_, c)| digit(*c));
            match (digit(*c), matches!(c, ' ' | '-' | '\u{a0}')) {
                (Some(digit), _) => {
                    digits.push(digit);
                    *groups.last_mut().expect("begun with one") += 1;
                }
                (None, true) if next.is_some() => groups.push(0),
                _ => break,
            }
            at += 1;
            if groups.len() == 1 {
                plain_to = at;
            }
        }
        let before = begin.checked_sub(1).map(|at| chars[at].1);
        let grouped = matches!(*groups, [3, 4, 4] | [6, 8, 4]);
        let (mut to, mut count) = if grouped { (at, digits.len()) } else { (plain_to, groups[0]) };
        at = to;
        let check = |c: char| matches!(c, 'x' | 'X' | 'ｘ' | 'Ｘ');
        let mut said: String = digits[..count].iter().collect();
        if count == 17
            && let Some((_, c)) = chars.get(to).filter(|(_, c)| check(*c))
        {
            said.push(if c.is_uppercase() { 'X' } else { 'x' });
            (to, count) = (to + 1, count + 1);
            at = to;
        }
        let after = chars.get(to).map(|(_, c)| *c);
        let inside = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
        // No number of a person begins with a nought.
        if inside(before) || inside(after) || said.starts_with('0') {
            continue;
        }
        let masked = match count {
            11 if said.starts_with('1') => format!("{}****{}", &said[..3], &said[7..]),
            13 if said.starts_with("861") => format!("86{}****{}", &said[2..5], &said[9..]),
            15 => format!("{}*******{}", &said[..6], &said[13..]),
            // One digit too few or too many is still somebody's number; cards of banks have as many.
            16..=19 => format!("{}{}{}", &said[..6], "*".repeat(count - 10), &said[count - 4..]),
            _ => continue,
        };
        numbers.push((end(begin), end(to), masked));
    }
    numbers
}

/// A digit, written in half or full width.
fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '０'..='９' => char::from_digit(c as u32 - '０' as u32, 10),
        _ => None,
    }
}

/// What has the length of an ID number, masked as one, whether it is good or not: of two that stand against each other
/// often one is not.
pub(crate) fn id_shape(text: &str) -> String {
    const SHOWN: (usize, usize) = (6, 14);
    match text.chars().count() == 18 && text.is_ascii() {
        true => format!("{}********{}", &text[..SHOWN.0], &text[SHOWN.1..]),
        false => id_number(text),
    }
}

/// At most so many hidden characters are shown to tell numbers apart; the rest needs a purpose.
const SHOWN_APART_MAX: usize = 4;

/// Masks values that stand against each other so that they still can be told apart: of those of one length the hidden
/// characters that differ show, those first that are needed to tell two of them apart, and never more than a few.
pub(crate) fn apart(values: &[&str], masked: fn(&str) -> String) -> Vec<String> {
    let whole: Vec<Vec<char>> = values.iter().map(|value| value.chars().collect()).collect();
    let mut shown: Vec<Vec<char>> = values.iter().map(|value| masked(value).chars().collect()).collect();
    let alike = |a: usize, b: usize| {
        whole[a].len() == whole[b].len()
            && shown_fits(&shown[a], &whole[a])
            && shown_fits(&shown[b], &whole[b])
    };
    let pairs: Vec<(usize, usize)> = (0..whole.len())
        .flat_map(|a| (a + 1..whole.len()).map(move |b| (a, b)))
        .filter(|(a, b)| alike(*a, *b))
        .collect();
    let longest = whole.iter().map(Vec::len).max().unwrap_or(0);
    let differs = |at: usize, (a, b): (usize, usize)| at < whole[a].len() && whole[a][at] != whole[b][at];
    let hides = |shown: &[Vec<char>], at: usize, (a, b): (usize, usize)| {
        differs(at, (a, b)) && (shown[a][at] != whole[a][at] || shown[b][at] != whole[b][at])
    };
    let mut given = 0;
    // Needed ones first, then what else differs.
    for needed in [true, false] {
        for at in 0..longest {
            let wanted =
                pairs.iter().any(|(a, b)| hides(&shown, at, (*a, *b)) && (!needed || shown[*a] == shown[*b]));
            if wanted && given < SHOWN_APART_MAX {
                given += 1;
                for (a, b) in pairs.iter().filter(|pair| differs(at, **pair)) {
                    shown[*a][at] = whole[*a][at];
                    shown[*b][at] = whole[*b][at];
                }
            }
        }
    }
    shown.into_iter().map(|chars| chars.into_iter().collect()).collect()
}

/// A mask that kept the length.
fn shown_fits(shown: &[char], whole: &[char]) -> bool {
    shown.len() == whole.len()
}

fn hidden(text: &str) -> String {
    let count = text.chars().count();
    let last: String = text.chars().skip(count.saturating_sub(1)).collect();
    format!("{}{last}", "*".repeat(count.saturating_sub(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_a_number_never_shows() {
        assert_eq!(id_number("511722198507010018"), "511722********0018");
        assert_eq!(phone("13800000000"), "138****0000");
        assert_eq!(id_number("51172219850701"), "*************1");
        assert_eq!(text("电话13800000000，欠条 12 张"), "电话138****0000，欠条 12 张");
        assert_eq!(address("石河村3组12号"), "石河村*组**号");
    }

    #[test]
    fn numbers_are_masked_wherever_they_stand_and_nothing_else_is() {
        for (text, shown) in [
            ("电话13800000000。", "电话138****0000。"),
            ("138 0000 0000", "138****0000"),
            ("138-0000-0000", "138****0000"),
            ("+8613800000000", "+86138****0000"),
            ("１３８０００００００１", "138****0001"),
            ("511722198507010018，", "511722********0018，"),
            ("51172219850701001x", "511722********001x"),
            ("511722 19850701 0018", "511722********0018"),
            ("511722850701001", "511722*******01"),
            ("51172219850701001", "511722*******1001"),
            ("6222021234567890123", "622202*********0123"),
        ] {
            assert_eq!(numbers(text), shown);
        }
        for plain in [
            "2026-06-12T10:00:00+08:00",
            "0197613800000000abcdef0123456789",
            "册20260612.xlsx",
            "1985-07-01",
            "欠 12 张，15 户",
            "0818-1234567",
            "138****0000",
            "12345678901234567890",
            "B2026000012",
        ] {
            assert_eq!(numbers(plain), plain);
        }
    }

    #[test]
    fn what_a_form_showed_masked_is_held_again_when_it_is_saved() {
        let held = "回 13800000000 的话，还有 13900000117";
        let shown = numbers(held).into_owned();
        assert_eq!(filled_in(&shown, held).as_deref(), Some(held));
        let typed = shown.replace("还有", "再问") + "，别忘了";
        assert_eq!(filled_in(&typed, held).unwrap(), "回 13800000000 的话，再问 13900000117，别忘了");
        assert_eq!(filled_in("只回 139****0117", held).unwrap(), "只回 13900000117");
        assert_eq!(filled_in("回 137****1111", held), None);
    }

    #[test]
    fn two_numbers_that_stand_against_each_other_can_be_told_apart() {
        let two = ["511722197501030013", "511722197501300013"];
        assert_eq!(apart(&two, id_shape), ["511722******030013", "511722******300013"]);
        let three = ["511722197501030013", "511722197501300013", "511722197601030013"];
        let shown = apart(&three, id_shape);
        assert!(shown[0] != shown[1] && shown[0] != shown[2] && shown[1] != shown[2], "{shown:?}");
        // Another person's number altogether: the ends tell, and the birth date stays covered.
        let strangers = apart(&["511722197501030013", "511722198812294024"], id_shape);
        assert_eq!(strangers[0].matches('*').count(), 4, "{strangers:?}");
        // Of another length, and the same: nothing more shows.
        assert_eq!(apart(&["511722197501030013", "51172219750103001"], id_shape)[0], "511722********0013");
        assert_eq!(apart(&["13900000117", "13900010117"], phone), ["139***00117", "139***10117"]);
    }
}
