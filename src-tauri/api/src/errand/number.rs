//! The number on an errand's paper: year, letter of the laptop, running number (`2026A0012`). Two laptops of a village
//! never give the same one, and a number that stood on paper once is never given again.

use chrono::{Datelike, NaiveDate};
use yuanba_core::tables::errand;

use crate::error::ApiError;
use crate::session::Session;

/// Letters of laptops.
const LETTERS: u16 = 26;

/// A, B … Z, AA …
fn letters(mut letter: u16) -> String {
    let mut text = String::new();
    loop {
        text.insert(0, (b'A' + (letter % LETTERS) as u8) as char);
        letter /= LETTERS;
        if letter == 0 {
            return text;
        }
        letter -= 1;
    }
}

/// Takes the next number of this laptop in the year of that day.
pub(super) fn next(session: &mut Session, on: NaiveDate) -> Result<String, ApiError> {
    let store = &mut session.store;
    let letter = store.authority().letter(store.replica().id(), store.founded_org()).unwrap_or(0);
    let prefix = format!("{}{}", on.year(), letters(letter));
    // The counter is kept beside the journal, so that an errand which was taken back keeps its number to itself. Where
    // there is none yet, the records say how far it is.
    let key = format!("errand/number/{prefix}");
    let given = match store.local_get(&key)?.and_then(|(value, _)| value.as_u64()) {
        Some(given) => given,
        None => store
            .records(&errand::TABLE)?
            .iter()
            .filter_map(|record| record.text(errand::NUMBER)?.strip_prefix(&prefix)?.parse::<u64>().ok())
            .max()
            .unwrap_or(0),
    };
    let next = given + 1;
    store.local_put(&key, &next.into())?;
    Ok(format!("{prefix}{next:04}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_laptop_has_letters_of_its_own() {
        let all: Vec<String> = (0..800).map(letters).collect();
        assert_eq!((all[0].as_str(), all[25].as_str(), all[26].as_str()), ("A", "Z", "AA"));
        let mut once = all.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), all.len());
    }
}
