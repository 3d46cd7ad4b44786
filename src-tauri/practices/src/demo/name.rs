//! Made-up names.

use yuanba_core::Sex;

use super::dice::Dice;
use super::tables::Tables;

/// A surname and a given name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name<'a> {
    pub surname: &'a str,
    pub given: String,
}

impl Name<'_> {
    pub fn full(&self) -> String {
        format!("{}{}", self.surname, self.given)
    }
}

/// A name as people of that sex got it in that year.
pub(super) fn make<'a>(tables: &'a Tables, sex: Sex, born: i32, dice: &mut Dice) -> Name<'a> {
    let names = &tables.names;
    let surname = names.surnames.pick(dice);
    let last = names.decades.len() - 1;
    let decade = &names.decades[names.decades.iter().position(|d| born <= d.to).unwrap_or(last)];
    let (first, second, one) = match sex {
        Sex::Male => (&decade.male_first, &decade.male_second, &decade.male_one),
        Sex::Female => (&decade.female_first, &decade.female_second, &decade.female_one),
    };
    let rare = dice.below(10_000) < u64::from(names.rare.permyriad);
    let mut given = String::new();
    if !dice.chance(decade.one_permille) {
        given.push_str(dice.word(&first.0));
    } else if !rare {
        given.push_str(dice.word(&one.0));
        return Name { surname, given };
    }
    let mut second = dice.pick(if rare { &names.rare.characters.0 } else { &second.0 });
    if given == *second {
        // 平平 and 明明 are pet names.
        second = dice.pick(&one.0);
    }
    given.push_str(second);
    Name { surname, given }
}
