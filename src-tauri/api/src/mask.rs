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
}
