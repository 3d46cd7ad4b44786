//! Made-up field notes.

use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use super::calendar::some_day;
use super::dice::Dice;
use super::tables::NoteTemplate;
use super::village::Scene;

/// A field note (院坝手记).
#[derive(Debug, Clone, Serialize)]
pub struct Note<'a> {
    /// Index of the courtyard
    pub courtyard: usize,
    /// The day
    pub date: NaiveDate,
    /// Index of the member who wrote it
    pub author: usize,
    /// Names of who was there
    pub present: Vec<String>,
    /// What was heard
    pub text: String,
    /// 事项
    pub tags: &'a [String],
    /// The household that it speaks of
    #[serde(skip)]
    pub(super) household: usize,
    /// The matter of the catalogue that it speaks of
    #[serde(skip)]
    pub(super) matter: Option<&'a str>,
}

/// The notes of a month: most courtyards are visited, some are not, which is what the home page reminds of.
pub(super) fn write<'a>(scene: &Scene<'a, '_>, month: NaiveDate, dice: &mut Dice) -> Vec<Note<'a>> {
    let all = &scene.tables.notes.notes;
    let in_season = |n: &&NoteTemplate| n.months.is_empty() || n.months.contains(&month.month());
    let templates: Vec<&'a NoteTemplate> = all.iter().filter(in_season).collect();
    let mut notes = Vec::new();
    for courtyard in 0..scene.courtyards.len() {
        if scene.at_home[courtyard].is_empty() || !dice.chance(scene.tables.county.life.note_of_courtyard) {
            continue;
        }
        let date = some_day(month, dice);
        if date <= scene.until {
            let template = *dice.pick(&templates);
            notes.push(note(scene, courtyard, date, template, dice));
        }
    }
    notes.sort_by_key(|n| n.date);
    notes
}

fn note<'a>(
    scene: &Scene<'a, '_>,
    courtyard: usize,
    date: NaiveDate,
    template: &'a NoteTemplate,
    dice: &mut Dice,
) -> Note<'a> {
    let here = &scene.at_home[courtyard];
    let household = *dice.pick(here);
    let neighbour = here[(here.iter().position(|h| *h == household).unwrap_or(0) + 1) % here.len()];
    let elder = *dice.pick(here);
    let words = &scene.tables.notes;
    let name = |at: usize| scene.households[at].name.as_str();
    let mut text = String::with_capacity(template.text.len() + 96);
    text.push_str(dice.word(&words.openings));
    let mut rest = template.text.as_str();
    while let Some(open) = rest.find('{') {
        text.push_str(&rest[..open]);
        let Some(close) = rest[open..].find('}') else { break };
        match &rest[open + 1..open + close] {
            "villager" => text.push_str(name(household)),
            "neighbour" if neighbour == household => text.push_str("隔壁"),
            "neighbour" => text.push_str(name(neighbour)),
            "elder" => {
                text.push_str(scene.households[elder].surname());
                text.push_str(dice.word(&words.elders));
            }
            "child" => text.push_str(dice.word(&words.children)),
            "crop" => text.push_str(dice.word(&words.crops)),
            "beast" => text.push_str(dice.word(&words.beasts)),
            "spot" => text.push_str(dice.word(&words.spots)),
            "n" => text.push_str(&dice.between(2, 12).to_string()),
            "yuan" => text.push_str(&(dice.between(4, 90) * 100).to_string()),
            _ => {}
        }
        rest = &rest[open + close + 1..];
    }
    text.push_str(rest);
    text.push_str(dice.word(&words.closings));
    let mut present = vec![name(household).to_owned()];
    if template.text.contains("{neighbour}") && neighbour != household {
        present.push(name(neighbour).to_owned());
    } else if dice.chance(350) {
        let other = *dice.pick(here);
        if other != household {
            present.push(name(other).to_owned());
        }
    }
    let author =
        if dice.chance(750) { scene.courtyards[courtyard].liaison.member } else { *dice.pick(scene.cadres) };
    let matter = template.matter.as_deref();
    Note { courtyard, date, author, present, text, tags: &template.tags, household, matter }
}
