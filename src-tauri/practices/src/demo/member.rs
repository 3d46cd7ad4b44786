//! A made-up member.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use yuanba_core::{Education, IdNumber, MemberKind, Nation, Sex};

use super::calendar::{earlier, later, months_earlier, years_later};
use super::dice::Dice;
use super::name;
use super::people::Card;
use super::tables::{Skew, Tables};

/// A member of the roster (RULES §6).
#[derive(Debug, Clone, Serialize)]
pub struct Member<'a> {
    /// Unique in the county only by chance
    pub name: String,
    /// Sex
    pub sex: Sex,
    /// With a right check character; the birth number is from a block that registries hardly reach
    pub id_number: IdNumber,
    /// GB/T 3304
    pub nation: Nation,
    /// As in the ID number
    pub birth_date: NaiveDate,
    /// In whole years on the plan's last day
    pub age: u32,
    /// GB/T 4658
    pub education: Education,
    /// Full or probationary
    pub kind: MemberKind,
    /// At most one, in no one else's hands
    pub phone: Option<String>,
    /// 现居住地
    pub address: String,
    /// 户籍所在地
    pub household_place: String,
    /// As precise as old papers are: `1985`, `1985-07`, `1985-07-01`
    pub joined_on: String,
    /// 转正, as precise; `None` for probationary members
    pub confirmed_on: Option<String>,
    /// 工作岗位
    pub job: &'a str,
    /// 党内职务
    pub office: Option<&'a str>,
    /// Where to, for those away
    pub floating: Option<&'a str>,
    /// 失联
    pub out_of_contact: bool,
    /// 特长, may be empty
    pub skills: &'a str,
    /// 身体状况, may be empty
    pub health: &'a str,
    /// 党小组
    pub group: &'a str,
    /// Index of the courtyard
    pub courtyard: usize,
    /// Index of the household
    pub household: usize,
}

/// Numbers that no two people of a county share.
#[derive(Default)]
pub(super) struct Registry {
    born: HashMap<(NaiveDate, Sex), u32>,
    phones: u64,
}

impl Registry {
    fn id_number(&mut self, tables: &Tables, birth: NaiveDate, sex: Sex) -> IdNumber {
        let taken = self.born.entry((birth, sex)).or_default();
        let from = tables.county.id_sequence_from;
        let odd = u32::from(sex == Sex::Male);
        loop {
            // Wraps round into the lower numbers when the block is full.
            let sequence = (from + 2 * *taken + odd) % 1000;
            *taken += 1;
            let digits = format!("{}{}{sequence:03}", tables.county.area, birth.format("%Y%m%d"));
            if let Ok(number) = IdNumber::complete(&digits) {
                return number;
            }
        }
    }

    /// A number from the made-up ranges, none twice until all were given.
    pub fn phone(&mut self, tables: &Tables) -> String {
        let ranges = &tables.county.phones;
        let all = ranges.len() as u64 * 10_000;
        // A stride without a common divisor visits every number before it repeats one.
        let at = (self.phones * 7_919) % all;
        self.phones += 1;
        format!("{}{:04}", ranges[(at / 10_000) as usize], at % 10_000)
    }
}

/// One person for a card. Courtyard, household, office and addresses are given by the village.
pub(super) fn make<'a>(
    tables: &'a Tables,
    card: Card<'a>,
    until: NaiveDate,
    registry: &mut Registry,
    dice: &mut Dice,
) -> (Member<'a>, &'a str) {
    let people = &tables.people;
    let age = age(card, dice);
    let birth_date = earlier(months_earlier(until, 12 * age), dice.below(365) as u32);
    let name = name::make(tables, card.sex, birth_date.year(), dice);
    // Below twenty nobody can have been a full member for a year.
    let probationary = age < 20 || dice.chance(card.band.probationary_permille);
    let (joined_on, confirmed_on) = joined(tables, birth_date, age, probationary, until, dice);
    let floating = dice.chance(card.band.floating_permille);
    let ill = dice.chance(card.band.ill_permille);
    let has_phone = dice.chance(if age > 75 {
        560
    } else if age > 65 {
        830
    } else {
        985
    });
    let job = match (floating, age >= people.jobs.old_from) {
        (true, _) => people.jobs.away.pick(dice),
        (false, true) => people.jobs.old.pick(dice),
        (false, false) => people.jobs.home.pick(dice),
    };
    let surname = name.surname;
    let member = Member {
        name: name.full(),
        sex: card.sex,
        id_number: registry.id_number(tables, birth_date, card.sex),
        nation: people.nations.weights.pick(dice).0,
        birth_date,
        age,
        education: card.education.codes.pick(dice).0,
        kind: if probationary { MemberKind::Probationary } else { MemberKind::Full },
        phone: has_phone.then(|| registry.phone(tables)),
        address: String::new(),
        household_place: String::new(),
        joined_on,
        confirmed_on,
        job,
        office: None,
        floating: floating.then(|| people.away.places.pick(dice).as_str()),
        out_of_contact: floating && dice.chance(people.away.out_of_contact_permille),
        skills: skills(tables, card, age, dice),
        health: if ill { people.health.ill.pick(dice) } else { people.health.well.pick(dice) },
        group: "",
        courtyard: 0,
        household: 0,
    };
    (member, surname)
}

fn age(card: Card<'_>, dice: &mut Dice) -> u32 {
    let from = card.band.from.max(card.education.youngest.min(card.band.to));
    let (one, other) = (dice.between(from, card.band.to), dice.between(from, card.band.to));
    match card.band.skew {
        Skew::Even => one,
        Skew::Young => one.min(other),
        Skew::Old => one.max(other),
    }
}

/// The days of joining and of 转正, as papers of their time tell them.
fn joined(
    tables: &Tables,
    birth: NaiveDate,
    age: u32,
    probationary: bool,
    until: NaiveDate,
    dice: &mut Dice,
) -> (String, Option<String>) {
    let of_age = years_later(birth, 18);
    if probationary {
        let day = earlier(until, 20 + dice.below(300) as u32).max(of_age).min(until);
        return (day.to_string(), None);
    }
    let table = &tables.people.joined;
    // A year on probation must have passed, so at the latest thirteen months ago.
    let latest = months_earlier(until, 13);
    let at_age = (*table.ages.pick(dice)).min(age.saturating_sub(1)).max(18);
    let mut day = later(years_later(birth, at_age), dice.below(365) as u32);
    if dice.chance(table.july_first_permille) {
        day = NaiveDate::from_ymd_opt(day.year(), 7, 1).unwrap_or(day);
    }
    if day > latest {
        let days = latest.signed_duration_since(of_age).num_days().max(0) as u64;
        day = earlier(latest, dice.below(days + 1) as u32);
    }
    let day = day.max(of_age);
    let confirmed = years_later(day, 1);
    let known = table.precision.iter().find(|p| day.year() < p.before);
    let roll = dice.below(1000) as u32;
    let form = match known {
        Some(known) if roll < known.year_permille => "%Y",
        Some(known) if roll < known.year_permille + known.month_permille => "%Y-%m",
        _ => "%Y-%m-%d",
    };
    (day.format(form).to_string(), Some(confirmed.format(form).to_string()))
}

fn skills<'a>(tables: &'a Tables, card: Card<'_>, age: u32, dice: &mut Dice) -> &'a str {
    if !dice.chance(card.band.skill_permille) {
        return "";
    }
    let suits = |s: &&super::tables::SkillOf| {
        s.from <= age
            && age <= s.to
            && s.sex.is_none_or(|sex| sex == card.sex)
            && (s.education.is_empty() || s.education.contains(&card.education.id))
    };
    let total: u64 = tables.people.skills.iter().filter(suits).map(|s| u64::from(s.weight)).sum();
    let mut at = dice.below(total.max(1));
    for skill in tables.people.skills.iter().filter(suits) {
        let weight = u64::from(skill.weight);
        if at < weight {
            return &skill.text;
        }
        at -= weight;
    }
    ""
}
