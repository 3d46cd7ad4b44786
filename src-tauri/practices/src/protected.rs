//! What no points rule may touch: a lawful complaint or petition, and black lists under any name (RULES §7).

use std::sync::OnceLock;

use serde::Deserialize;

use crate::document::Document;
use crate::files::Files;
use crate::problem::Code;

/// How many characters before a complaint word a word such as 无 or 不 turns it into "no complaints".
const ABSENCE_REACH: usize = 8;

/// The words, from `assets/rules/protected.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protected {
    #[serde(rename = "shape")]
    _shape: String,
    complaint_words: Vec<String>,
    absence_words: Vec<String>,
    black_list_words: Vec<String>,
}

impl Protected {
    /// The built-in words. They are never overlaid by a folder.
    ///
    /// # Panics
    /// When the built-in file cannot be read, which a test rules out.
    pub fn built_in() -> &'static Protected {
        static BUILT_IN: OnceLock<Protected> = OnceLock::new();
        BUILT_IN.get_or_init(|| {
            let files = Files::embedded();
            let text = files.get("rules/protected.toml").unwrap_or_default();
            let mut document = Document::new("rules/protected.toml", text);
            document.parse().unwrap_or_else(|| panic!("{:?}", document.problems))
        })
    }

    /// Notes a rule of that wording that penalises a complaint: a deduction for one, or a reward for there being none.
    pub(crate) fn check(&self, document: &mut Document<'_>, line: usize, wording: &[&str], deducts: bool) {
        let squeezed = wording.iter().map(|text| squeeze(text));
        for text in squeezed {
            let complaint = self.complaint_words.iter().find(|w| text.contains(w.as_str()));
            if let Some(word) = complaint.filter(|word| deducts || self.speaks_of_absence(&text, word)) {
                let said =
                    format!("这条会让反映问题的人吃亏（「{word}」）。依法反映问题是权利，积分规则不收");
                document.problem(Code::PenalisesComplaint, Some(line), said);
            }
            if let Some(word) = self.black_list_words.iter().find(|w| text.contains(w.as_str())) {
                document.problem(Code::BlackList, Some(line), format!("「{word}」不收，这里没有黑名单"));
            }
        }
    }

    fn speaks_of_absence(&self, text: &str, word: &str) -> bool {
        text.match_indices(word).any(|(at, _)| {
            let before: Vec<char> = text[..at].chars().rev().take(ABSENCE_REACH).collect();
            let before: String = before.into_iter().rev().collect();
            self.absence_words.iter().any(|a| before.contains(a.as_str()))
        })
    }
}

/// Without the blanks and marks that could hide a word.
fn squeeze(text: &str) -> String {
    text.to_lowercase().chars().filter(|c| c.is_alphanumeric() || *c == '-').collect()
}
