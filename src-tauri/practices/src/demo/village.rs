//! A made-up village, and the county that hands them out.

use chrono::{Datelike, NaiveDate};
use serde::Serialize;
use yuanba_core::MemberKind;

use super::calendar::months_up_to;
use super::courtyard::{self, Courtyard, Household};
use super::dice::Dice;
use super::errand::{self, Errand, Numbers};
use super::member::{self, Member, Registry};
use super::note::{self, Note};
use super::people::{self, Card};
use super::plan::{BadPlan, Plan};
use super::points::{self, Entry, Granted};
use super::post::{self, Excused, Posted};
use super::tables::Tables;
use crate::errands::Errands;
use crate::practices::{Place, Practices};

/// A village with its people and its months.
#[derive(Debug, Clone, Serialize)]
pub struct Village<'a> {
    /// From 0, in the county's order
    pub number: u32,
    /// Unique in the county
    pub name: String,
    /// Twelve digits, in the manner of GB/T 10114
    pub code: String,
    /// The branch's name
    pub branch: String,
    /// From 0
    pub township_number: u32,
    /// Its name
    pub township: &'a str,
    /// Everybody on the roster
    pub members: Vec<Member<'a>>,
    /// The courtyards
    pub courtyards: Vec<Courtyard<'a>>,
    /// The households of the register
    pub households: Vec<Household>,
    /// Posts in force on the last day
    pub posts: Vec<Posted<'a>>,
    /// Members excused from posts
    pub excused: Vec<Excused>,
    /// What happened, oldest month first
    pub months: Vec<Month<'a>>,
}

/// A month of daily life.
#[derive(Debug, Clone, Serialize)]
pub struct Month<'a> {
    /// Its first day
    pub first: NaiveDate,
    /// By day
    pub notes: Vec<Note<'a>>,
    /// By the day they were taken
    pub errands: Vec<Errand<'a>>,
    /// By day
    pub points: Vec<Entry<'a>>,
}

/// What the months of one village play on.
pub(super) struct Scene<'a, 's> {
    pub tables: &'static Tables,
    pub practices: &'a Practices,
    pub place: &'a Place,
    pub errands: Option<&'a Errands>,
    pub until: NaiveDate,
    pub members: &'s [Member<'a>],
    pub courtyards: &'s [Courtyard<'a>],
    pub households: &'s [Household],
    /// Members who write notes and review points
    pub cadres: &'s [usize],
    /// Members who run errands
    pub agents: &'s [usize],
    /// Households by courtyard
    pub at_home: &'s [Vec<usize>],
}

/// All villages of a plan, one after the other.
pub struct County<'a> {
    tables: &'static Tables,
    practices: &'a Practices,
    place: &'a Place,
    plan: Plan,
    sizes: std::vec::IntoIter<u32>,
    names: Vec<String>,
    cards: std::vec::IntoIter<Card<'static>>,
    registry: Registry,
    number: u32,
    total: u32,
}

impl<'a> County<'a> {
    /// A county after a plan, with the posts, errands and points of a place.
    pub fn new(plan: Plan, practices: &'a Practices, place: &'a Place) -> Result<County<'a>, BadPlan> {
        let tables = Tables::built_in();
        let total = plan.total(tables)?;
        let young = practices.roster.on(plan.until).map_or(0, |r| r.young_at_most_years);
        Ok(County {
            tables,
            practices,
            place,
            plan,
            sizes: plan.sizes(tables, total).into_iter(),
            names: village_names(tables, plan),
            cards: people::deal(tables, total, young, plan.seed).into_iter(),
            registry: Registry::default(),
            number: 0,
            total,
        })
    }

    /// Members of all villages together.
    pub fn members(&self) -> u32 {
        self.total
    }

    /// The county's made-up name.
    pub fn name(&self) -> &'static str {
        &self.tables.county.county
    }

    /// The names of its townships, by [`Village::township_number`].
    pub fn townships(&self) -> Vec<&'static str> {
        let count = self.township_count() as usize;
        self.tables.county.townships.iter().take(count).map(String::as_str).collect()
    }

    fn township_count(&self) -> u32 {
        let (all, county) = (self.tables.county.townships.len() as u32, &self.tables.county);
        (self.plan.villages * all / county.villages).clamp(1, all)
    }

    fn village(&mut self, size: u32) -> Village<'a> {
        let (number, plan, tables) = (self.number, self.plan, self.tables);
        self.number += 1;
        let mut dice = Dice::new(plan.seed, 3, number);
        let township_number =
            (u64::from(number) * u64::from(self.township_count()) / u64::from(plan.villages)) as u32;
        let township: &str = &tables.county.townships[township_number as usize];
        let name = self.names[number as usize].clone();
        let (mut members, mut surnames) = (Vec::new(), Vec::new());
        for card in self.cards.by_ref().take(size as usize) {
            let (member, surname) = member::make(tables, card, plan.until, &mut self.registry, &mut dice);
            members.push(member);
            surnames.push(surname);
        }
        let (mut courtyards, households) =
            courtyard::settle(tables, &mut members, &surnames, &mut self.registry, &mut dice);
        let cadres = appoint(tables, &mut members, &mut dice);
        let since = NaiveDate::from_ymd_opt(plan.until.year() - 1, 1, 1).unwrap_or(plan.until);
        for (at, courtyard) in courtyards.iter_mut().enumerate() {
            let liaison = &mut courtyard.liaison;
            liaison.member = cadres[at % cadres.len()];
            liaison.phone = members[liaison.member].phone.clone();
            liaison.from = since;
        }
        address(tables, township, &name, &mut members, &courtyards);
        let posts = self.place.posts_on(plan.until);
        let (posts, excused) =
            posts.map(|p| post::assign(p, &members, plan.until, &mut dice)).unwrap_or_default();
        let mut village = Village {
            number,
            code: format!("{}{:03}{:03}", tables.county.area, 100 + township_number, 200 + number % 800),
            branch: format!("{name}党支部"),
            name,
            township_number,
            township,
            members,
            courtyards,
            households,
            posts,
            excused,
            months: Vec::new(),
        };
        village.months = self.live(&village, &cadres);
        village
    }

    fn live(&self, village: &Village<'a>, cadres: &[usize]) -> Vec<Month<'a>> {
        let mut at_home = vec![Vec::new(); village.courtyards.len()];
        for (at, household) in village.households.iter().enumerate() {
            at_home[household.courtyard].push(at);
        }
        // Whoever holds a service post runs errands, and the cadres do.
        let mut agents: Vec<usize> = cadres.to_vec();
        agents.extend(village.posts.iter().filter(|p| p.post == "errand-service").map(|p| p.member));
        let scene = Scene {
            tables: self.tables,
            practices: self.practices,
            place: self.place,
            errands: self.place.errands_on(self.plan.until),
            until: self.plan.until,
            members: &village.members,
            courtyards: &village.courtyards,
            households: &village.households,
            cadres,
            agents: &agents,
            at_home: &at_home,
        };
        let mut dice = Dice::new(self.plan.seed, 4, village.number);
        let (mut numbers, mut granted) = (Numbers::default(), Granted::default());
        months_up_to(self.plan.until, self.plan.months)
            .into_iter()
            .map(|first| {
                let notes = note::write(&scene, first, &mut dice);
                let errands = errand::run(&scene, first, &notes, &mut numbers, &mut dice);
                let points = points::post(&scene, first, &errands, &mut granted, &mut dice);
                Month { first, notes, errands, points }
            })
            .collect()
    }
}

impl<'a> Iterator for County<'a> {
    type Item = Village<'a>;

    fn next(&mut self) -> Option<Village<'a>> {
        let size = self.sizes.next()?;
        Some(self.village(size))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.sizes.size_hint()
    }
}

impl ExactSizeIterator for County<'_> {}

fn village_names(tables: &Tables, plan: Plan) -> Vec<String> {
    let county = &tables.county;
    let mut names: Vec<String> = Vec::new();
    let blocks = std::iter::once("").chain(county.village_more.iter().map(String::as_str));
    for (at, more) in (0u32..).zip(blocks) {
        if names.len() >= plan.villages as usize {
            break;
        }
        let pairs =
            county.village_first.iter().flat_map(|f| county.village_second.iter().map(move |s| (f, s)));
        let mut block: Vec<String> = pairs.map(|(first, second)| format!("{more}{first}{second}")).collect();
        Dice::new(plan.seed, 2, at).shuffle(&mut block);
        names.append(&mut block);
    }
    names
}

/// Fills the offices and returns the cadres: those in office first, then others who look after courtyards.
fn appoint<'a>(tables: &'a Tables, members: &mut [Member<'a>], dice: &mut Dice) -> Vec<usize> {
    let county = &tables.county;
    let full = |m: &Member<'_>| m.kind == MemberKind::Full;
    let able = |m: &Member<'_>| {
        full(m) && m.floating.is_none() && (county.office_from..=county.office_to).contains(&m.age)
    };
    let mut order: Vec<usize> = (0..members.len()).collect();
    dice.shuffle(&mut order);
    // Able ones first; a village of pensioners has a secretary all the same.
    order.sort_by_key(|at| (!able(&members[*at]), !full(&members[*at]), members[*at].floating.is_some()));
    let offices = match members.len() {
        0..7 => 1,
        7..50 => 3,
        _ => county.offices.len(),
    };
    for (at, office) in order.iter().zip(county.offices.iter().take(offices)) {
        members[*at].office = Some(office);
    }
    let wanted = offices * (1 + county.liaisons_per_office);
    let cadres = order.iter().copied().enumerate();
    cadres.take(wanted).filter(|(rank, at)| *rank < 3 || able(&members[*at])).map(|(_, at)| at).collect()
}

fn address(
    tables: &Tables,
    township: &str,
    village: &str,
    members: &mut [Member<'_>],
    courtyards: &[Courtyard<'_>],
) {
    let county = &tables.county;
    for member in members {
        let courtyard = &courtyards[member.courtyard];
        member.household_place = format!("{}{}{township}{village}", county.province, county.county);
        member.address = match member.floating {
            Some(place) => place.to_owned(),
            None => format!("{township}{village}{}", courtyard.name),
        };
    }
}
