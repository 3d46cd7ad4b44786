//! Numbers and addresses as they show to whoever has not said what for (RULES §7).

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
