//! Who lives in the county: the table of ages, education and sex, dealt out like cards.

use yuanba_core::Sex;

use super::dice::Dice;
use super::tables::{Band, EducationBand, Tables};

/// The card of one person.
#[derive(Clone, Copy)]
pub(super) struct Card<'a> {
    pub band: &'a Band,
    pub education: &'a EducationBand,
    pub sex: Sex,
}

/// `total` cards in the proportion of the table, in random order. The shares of the young and of those with 大专 or above
/// are each exact to one person, whatever the total: the cells are laid out so that both are neighbours, and cards are
/// taken at even distances.
pub(super) fn deal(tables: &Tables, total: u32, young_at_most: u32, seed: u64) -> Vec<Card<'_>> {
    let mut cells: Vec<(Card<'_>, u64)> = Vec::new();
    for band in &tables.people.bands {
        for (id, men, women) in &band.cells {
            let Some(education) = tables.people.education.iter().find(|e| e.id == *id) else { continue };
            cells.push((Card { band, education, sex: Sex::Male }, *men));
            cells.push((Card { band, education, sex: Sex::Female }, *women));
        }
    }
    // Young without 大专, young with, older with, older without.
    let quarter = |card: &Card<'_>| match (card.band.to <= young_at_most, card.education.tertiary) {
        (true, false) => 0,
        (true, true) => 1,
        (false, true) => 2,
        (false, false) => 3,
    };
    cells.sort_by_key(|(card, _)| quarter(card));
    let sum: u64 = cells.iter().map(|(_, count)| count).sum();
    let mut cards = Vec::with_capacity(total as usize);
    let (mut at, mut passed) = (0, cells[0].1);
    for k in 0..u64::from(total) {
        let position = (2 * k + 1) * sum / (2 * u64::from(total));
        while position >= passed {
            at += 1;
            passed += cells[at].1;
        }
        cards.push(cells[at].0);
    }
    Dice::new(seed, 1, 0).shuffle(&mut cards);
    cards
}
