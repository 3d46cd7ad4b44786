//! Made-up errands: asked, taken, done, rated.

use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use super::calendar::{later, some_day};
use super::dice::Dice;
use super::note::Note;
use super::village::Scene;
use crate::errands::Matter;

/// An errand (代办).
#[derive(Debug, Clone, Serialize)]
pub struct Errand<'a> {
    /// `2026-014`, by the day it was taken
    pub number: String,
    /// Index of the courtyard
    pub courtyard: usize,
    /// Index of the household
    pub household: usize,
    /// Who asked
    pub person: String,
    /// Id of the matter in the catalogue
    pub matter: &'a str,
    /// Its name
    pub matter_name: &'a str,
    /// Index of the member who runs it
    pub agent: usize,
    /// Papers that were brought
    pub papers: Vec<&'a str>,
    /// Taken
    pub opened_on: NaiveDate,
    /// Promised, by the catalogue and the holidays
    pub promised_on: NaiveDate,
    /// Done, `None` while it is still open on the plan's last day
    pub done_on: Option<NaiveDate>,
    /// What came of it
    pub result: Option<&'a str>,
    /// Attitude, quality and efficiency from 1 to 5, when somebody has been asked
    pub rating: Option<[u8; 3]>,
    /// Index of the note of the same month that it came from
    pub note: Option<usize>,
}

/// The errands of a month, in the order they were taken. `numbers` counts on from month to month.
pub(super) fn run<'a>(
    scene: &Scene<'a, '_>,
    month: NaiveDate,
    notes: &[Note<'a>],
    numbers: &mut Numbers,
    dice: &mut Dice,
) -> Vec<Errand<'a>> {
    let Some(catalogue) = scene.errands else { return Vec::new() };
    let life = &scene.tables.county.life;
    let mut asked: Vec<(NaiveDate, usize, &'a Matter, Option<usize>)> = Vec::new();
    for (at, note) in notes.iter().enumerate() {
        let matter = note.matter.and_then(|id| catalogue.matter(id));
        if let Some(matter) = matter.filter(|_| dice.chance(life.errand_of_note)) {
            asked.push((note.date, note.household, matter, Some(at)));
        }
    }
    let others =
        life.errands_without_note / 100 + u32::from(dice.chance(life.errands_without_note % 100 * 10));
    for _ in 0..others {
        let date = some_day(month, dice);
        if date <= scene.until {
            asked.push((date, dice.index(scene.households.len()), dice.pick(&catalogue.matters), None));
        }
    }
    asked.sort_by_key(|(date, household, ..)| (*date, *household));
    asked
        .into_iter()
        .map(|(date, household, matter, note)| {
            errand(scene, date, household, matter, note, numbers.next(date), dice)
        })
        .collect()
}

fn errand<'a>(
    scene: &Scene<'a, '_>,
    opened_on: NaiveDate,
    household: usize,
    matter: &'a Matter,
    note: Option<usize>,
    number: String,
    dice: &mut Dice,
) -> Errand<'a> {
    let asks = &scene.households[household];
    let promised_on = matter.promise(opened_on, &scene.practices.holidays).map_or(opened_on, |p| p.on);
    let span = promised_on.signed_duration_since(opened_on).num_days().max(0) as u32;
    // Nine in ten in time; some late; a few still lie about.
    let days = match dice.below(100) {
        0..=88 => dice.between(span.div_ceil(3), span),
        89..=96 => span + dice.between(1, 6),
        _ => span + dice.between(10, 60),
    };
    let done_on = Some(later(opened_on, days)).filter(|day| *day <= scene.until);
    let complete = done_on.is_some() || dice.chance(500);
    let papers = matter.papers.iter().filter(|_| complete || dice.chance(700)).map(String::as_str).collect();
    let results = &scene.tables.life.results;
    let result = done_on.and_then(|_| {
        let known = results.get(&matter.category).or_else(|| results.get("other"));
        known.map(|list| dice.pick(list).as_str())
    });
    let late = done_on.is_some_and(|day| day > promised_on);
    let rating = done_on.filter(|_| dice.chance(930)).map(|_| {
        let mut mark = |late: bool| match dice.below(100) {
            0..=1 => 2,
            2..=7 => 3,
            8..=37 => {
                if late {
                    3
                } else {
                    4
                }
            }
            _ => {
                if late {
                    4
                } else {
                    5
                }
            }
        };
        [mark(false), mark(false), mark(late)]
    });
    Errand {
        number,
        courtyard: asks.courtyard,
        household,
        person: asks.name.clone(),
        matter: &matter.id,
        matter_name: &matter.name,
        agent: *dice.pick(scene.agents),
        papers,
        opened_on,
        promised_on,
        done_on,
        result,
        rating,
        note,
    }
}

/// Numbers of errands, from 1 again each year.
#[derive(Default)]
pub(super) struct Numbers {
    year: i32,
    last: u32,
}

impl Numbers {
    fn next(&mut self, day: NaiveDate) -> String {
        if self.year != day.year() {
            (self.year, self.last) = (day.year(), 0);
        }
        self.last += 1;
        format!("{}-{:03}", self.year, self.last)
    }
}
