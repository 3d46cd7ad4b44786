//! Made-up courtyards, their households and who looks after them.

use chrono::NaiveDate;
use serde::Serialize;
use yuanba_core::Sex;

use super::dice::Dice;
use super::member::{Member, Registry};
use super::name;
use super::tables::Tables;

/// A courtyard.
#[derive(Debug, Clone, Serialize)]
pub struct Courtyard<'a> {
    /// Unique in its village
    pub name: &'a str,
    /// 党小组
    pub group: &'a str,
    /// How many households of the register
    pub households: u32,
    /// How many people live there
    pub people: u32,
    /// Place on the village's map, 0 to 1000 from the left and from the top
    pub x: u32,
    /// Likewise
    pub y: u32,
    /// Who looks after it
    pub liaison: Liaison<'a>,
}

/// A liaison with the numbers of the notice board.
#[derive(Debug, Clone, Serialize)]
pub struct Liaison<'a> {
    /// Index of the member
    pub member: usize,
    /// His or her number
    pub phone: Option<String>,
    /// Where to complain
    pub supervision_phone: &'a str,
    /// First day
    pub from: NaiveDate,
}

/// A household, which holds the points account of ordinary villagers.
#[derive(Debug, Clone, Serialize)]
pub struct Household {
    /// The head's name
    pub name: String,
    /// The head's surname, for 谢婆婆
    #[serde(skip)]
    pub(super) surname_bytes: usize,
    /// Index of the courtyard
    pub courtyard: usize,
    /// How many people
    pub people: u32,
    /// 特困
    pub hardship: bool,
    /// The head's number
    pub phone: Option<String>,
}

impl Household {
    /// The head's surname.
    pub(super) fn surname(&self) -> &str {
        &self.name[..self.surname_bytes]
    }
}

/// Lays out the households: some headed by members, the others by neighbours with made-up names; then gives every
/// member a household, a courtyard and a party group.
pub(super) fn settle<'a>(
    tables: &'a Tables,
    members: &mut [Member<'a>],
    surnames: &[&str],
    registry: &mut Registry,
    dice: &mut Dice,
) -> (Vec<Courtyard<'a>>, Vec<Household>) {
    let county = &tables.county;
    let count = (members.len() * county.households_percent / 100).max(3);
    let courtyards = (count / county.households_per_courtyard).clamp(1, county.courtyards.len());
    let groups =
        members.len().div_ceil(county.members_per_group).clamp(1, county.groups.len().min(courtyards));
    // Members' households first in a shuffled order of places, so that heads who are members live everywhere.
    let mut places: Vec<usize> = (0..count).map(|at| at * courtyards / count).collect();
    dice.shuffle(&mut places);
    let headed = members.len() * 2 / 3;
    let mut households: Vec<Household> = Vec::with_capacity(count);
    for (at, courtyard) in places.iter().copied().enumerate() {
        let people = 1 + [0, 1, 1, 2, 2, 3, 3, 4, 5][dice.index(9)];
        let hardship = dice.chance(county.hardship_permille);
        let household = if at < headed {
            let head = &members[at];
            Household {
                name: head.name.clone(),
                surname_bytes: surnames[at].len(),
                courtyard,
                people,
                hardship,
                phone: head.phone.clone(),
            }
        } else {
            let sex = if dice.chance(720) { Sex::Male } else { Sex::Female };
            let head = name::make(tables, sex, dice.between(1938, 1992) as i32, dice);
            Household {
                name: head.full(),
                surname_bytes: head.surname.len(),
                courtyard,
                people,
                hardship,
                phone: dice.chance(400).then(|| registry.phone(tables)),
            }
        };
        households.push(household);
    }
    for (at, member) in members.iter_mut().enumerate() {
        member.household = if at < headed { at } else { dice.index(count) };
        member.courtyard = households[member.household].courtyard;
        member.group = &county.groups[member.courtyard * groups / courtyards];
    }
    let mut names: Vec<&str> = county.courtyards.iter().map(String::as_str).collect();
    dice.shuffle(&mut names);
    let list = (0..courtyards)
        .map(|at| {
            let here = households.iter().filter(|h| h.courtyard == at);
            let (x, y) = spot(at, courtyards, [dice.between(0, 1000), dice.between(0, 1000)]);
            Courtyard {
                name: names[at],
                group: &county.groups[at * groups / courtyards],
                households: here.clone().count() as u32,
                people: here.map(|h| h.people).sum(),
                x,
                y,
                liaison: Liaison {
                    member: 0,
                    phone: None,
                    supervision_phone: &county.supervision_phone,
                    from: NaiveDate::default(),
                },
            }
        })
        .collect();
    (list, households)
}

/// Where on the sketch a courtyard lies, 0 to 1000 both ways: its place of a grid, and what the dice move it by. Two never
/// come so near that the name of one covers the houses of the other.
fn spot(at: usize, of: usize, dice: [u32; 2]) -> (u32, u32) {
    /// What a courtyard and the two lines under it take of the height.
    const HEIGHT: u32 = 260;
    let columns = match of {
        0..=4 => 2,
        5..=15 => 3,
        _ => 4,
    };
    let rows = of.div_ceil(columns);
    let (row, column) = (at / columns, at % columns);
    // The last row is rarely full; what is in it stands in the middle.
    let in_row = if row + 1 == rows { of - row * columns } else { columns };
    let of_width = |parts: usize| (1000 * parts / (2 * columns)) as u32;
    let x = of_width(2 * column + 1 + columns - in_row);
    let gap = 880 / (rows.max(2) - 1) as u32;
    let y = if rows == 1 { 500 } else { 60 + row as u32 * gap };
    let moved =
        |centre: u32, most: u32, die: u32| (centre + 2 * most * die / 1000).saturating_sub(most).min(1000);
    (moved(x, 30, dice[0]), moved(y, gap.saturating_sub(HEIGHT) / 2, dice[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_courtyard_lies_under_the_name_of_another() {
        let corners = [[0, 0], [0, 1000], [1000, 0], [1000, 1000]];
        for of in 2..=12 {
            for a in 0..of {
                for b in 0..a {
                    for (one, other) in corners.iter().flat_map(|one| corners.map(|other| (*one, other))) {
                        let ((ax, ay), (bx, by)) = (spot(a, of, one), spot(b, of, other));
                        assert!(ax <= 1000 && ay <= 1000 && bx <= 1000 && by <= 1000);
                        let apart = ax.abs_diff(bx) >= 240 || ay.abs_diff(by) >= 240;
                        assert!(apart, "{a} and {b} of {of}: {ax},{ay} and {bx},{by}");
                    }
                }
            }
        }
    }
}
