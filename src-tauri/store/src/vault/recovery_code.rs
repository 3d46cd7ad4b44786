//! The code on paper that opens a store when every passphrase is forgotten.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::Fill;
use super::passphrase::half_width;

/// 31 signs without 0 and O, 1, I and L: a prime number of them, so that the check below finds every single wrong sign
/// and every two signs that changed places.
const SIGNS: &[u8; 31] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
const GROUPS: usize = 8;
/// Four drawn signs and one check sign.
const GROUP_LEN: usize = 5;
const DRAWN: usize = GROUP_LEN - 1;

/// Eight groups of five signs, `ABCDE-…`; 158 random bits. The fifth sign of a group checks the four before it and the
/// group's place, so that a slip of the pen is found in its group before any key is tried. Wiped when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct RecoveryCode([u8; GROUPS * GROUP_LEN]);

/// Why a text is no recovery code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadRecoveryCode {
    /// Group `0` (counted from 1) was mistyped.
    #[error("group {0} of the recovery code is mistyped")]
    Group(usize),
    /// The text has another number of signs than eight groups of five.
    #[error("the recovery code has {found} signs, not 40")]
    Length {
        /// How many signs there are, spaces and hyphens not counted.
        found: usize,
    },
}

impl RecoveryCode {
    /// Draws a new code.
    pub fn draw(random: Fill<'_>) -> RecoveryCode {
        let mut code = RecoveryCode([0; GROUPS * GROUP_LEN]);
        for (place, group) in code.0.chunks_exact_mut(GROUP_LEN).enumerate() {
            for sign in &mut group[..DRAWN] {
                *sign = draw_sign(random);
            }
            group[DRAWN] = check(place, &group[..DRAWN]);
        }
        code
    }

    /// Reads what a person typed: any case, full-width or half-width, with any spaces and hyphens.
    ///
    /// # Errors
    /// The first group whose check sign does not agree, or the number of signs when it is not forty.
    pub fn parse(text: &str) -> Result<RecoveryCode, BadRecoveryCode> {
        let mut code = RecoveryCode([0; GROUPS * GROUP_LEN]);
        let mut found = 0;
        let mut first_wrong = None;
        for c in text.chars().map(half_width).filter(|c| !is_separator(*c)) {
            let sign = SIGNS.iter().position(|sign| *sign as char == c.to_ascii_uppercase());
            if let Some(slot) = code.0.get_mut(found) {
                *slot = sign.unwrap_or_default() as u8;
                if sign.is_none() {
                    first_wrong.get_or_insert(found / GROUP_LEN);
                }
            }
            found += 1;
        }
        if found != code.0.len() {
            return Err(BadRecoveryCode::Length { found });
        }
        let mismatch = code
            .0
            .chunks_exact(GROUP_LEN)
            .enumerate()
            .position(|(place, group)| group[DRAWN] != check(place, &group[..DRAWN]));
        match [first_wrong, mismatch].into_iter().flatten().min() {
            Some(place) => Err(BadRecoveryCode::Group(place + 1)),
            None => Ok(code),
        }
    }

    /// The code as it is printed: groups joined by hyphens.
    pub fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(GROUPS * (GROUP_LEN + 1)));
        for (place, group) in self.0.chunks_exact(GROUP_LEN).enumerate() {
            if place > 0 {
                text.push('-');
            }
            text.extend(group.iter().map(|sign| SIGNS[*sign as usize] as char));
        }
        text
    }
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '_' | '.' | '—' | '–' | '‐' | '‑' | '−' | '·')
}

/// One sign, each as likely as the other: a byte beyond the last whole multiple of 31 is drawn again.
fn draw_sign(random: Fill<'_>) -> u8 {
    let whole = 256 - 256 % SIGNS.len();
    loop {
        let mut byte = [0u8];
        random(&mut byte);
        if usize::from(byte[0]) < whole {
            return byte[0] % SIGNS.len() as u8;
        }
    }
}

/// Weighted sum modulo 31. The weights are different and none is 0, and the check sign's own weight is 1: one wrong
/// sign, or two that changed places, always changes the sum. The place moves it, so that groups cannot change places.
fn check(place: usize, drawn: &[u8]) -> u8 {
    let sum: usize = drawn.iter().zip(2..).map(|(sign, weight)| usize::from(*sign) * weight).sum();
    let modulus = SIGNS.len();
    ((modulus - (sum + place) % modulus) % modulus) as u8
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code_from(seed: u64) -> RecoveryCode {
        let mut stream = blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof();
        RecoveryCode::draw(&mut |bytes| stream.fill(bytes))
    }

    proptest! {
        #[test]
        fn a_code_reads_back_in_any_case_width_and_spacing(seed: u64) {
            let code = code_from(seed);
            let text = code.text();
            let wide: String = text.to_lowercase().replace('-', "　").chars()
                .map(|c| if c.is_ascii_graphic() { char::from_u32(c as u32 + 0xfee0).unwrap_or(c) } else { c })
                .collect();
            for typed in [text.to_string(), text.to_lowercase(), text.replace('-', ""), text.replace('-', " - "), wide] {
                prop_assert_eq!(RecoveryCode::parse(&typed), Ok(code.clone()), "{}", typed);
            }
        }

        #[test]
        fn one_wrong_sign_is_found_in_its_group(seed: u64, at in 0usize..40, wrong in "[0-9A-Z]") {
            let mut signs: Vec<char> = code_from(seed).text().replace('-', "").chars().collect();
            let wrong = wrong.chars().next().unwrap_or('0');
            prop_assume!(signs[at] != wrong);
            signs[at] = wrong;
            let typed: String = signs.into_iter().collect();
            prop_assert_eq!(RecoveryCode::parse(&typed), Err(BadRecoveryCode::Group(at / 5 + 1)));
        }

        #[test]
        fn two_signs_that_changed_places_are_found(seed: u64, group in 0usize..8, a in 0usize..5, b in 0usize..5) {
            let mut signs: Vec<char> = code_from(seed).text().replace('-', "").chars().collect();
            prop_assume!(signs[group * 5 + a] != signs[group * 5 + b]);
            signs.swap(group * 5 + a, group * 5 + b);
            let typed: String = signs.into_iter().collect();
            prop_assert_eq!(RecoveryCode::parse(&typed), Err(BadRecoveryCode::Group(group + 1)));
        }

        #[test]
        fn two_groups_that_changed_places_are_found(seed: u64, a in 0usize..8, b in 0usize..8) {
            prop_assume!(a != b);
            let text = code_from(seed).text().to_string();
            let mut groups: Vec<&str> = text.split('-').collect();
            groups.swap(a, b);
            prop_assert_eq!(RecoveryCode::parse(&groups.join("-")), Err(BadRecoveryCode::Group(a.min(b) + 1)));
        }

        #[test]
        fn any_text_is_read_or_refused(text in ".{0,80}") {
            let _ = RecoveryCode::parse(&text);
        }
    }

    #[test]
    fn a_code_of_the_pages_tests_is_read() {
        // They check by group before the store is asked, and must agree with it.
        assert!(RecoveryCode::parse("NASDA-URZV7-SPYJ8-2VGTR-Z9P3J-X75DE-HW9EE-K5M9Y").is_ok());
    }

    #[test]
    fn a_group_left_out_is_told_by_the_number_of_signs() {
        let text = code_from(7).text().to_string();
        assert_eq!(RecoveryCode::parse(&text[6..]), Err(BadRecoveryCode::Length { found: 35 }));
    }
}
