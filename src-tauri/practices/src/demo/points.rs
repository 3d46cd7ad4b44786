//! Made-up points entries, each granted by the real rules under their caps.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use super::calendar::{later, some_day, spoken};
use super::dice::Dice;
use super::errand::Errand;
use super::village::Scene;
use crate::points::{Already, Amount, Book, Group};

/// Whose points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// Index of the member
    Member(usize),
    /// Index of the household
    Household(usize),
}

/// One entry of a points ledger. Claims that a cap makes worth nothing are left out.
#[derive(Debug, Clone, Serialize)]
pub struct Entry<'a> {
    /// Whose
    pub account: Account,
    /// Which group's book
    pub group: Group,
    /// Id of the book
    pub book: &'a str,
    /// Its version
    pub version: &'a str,
    /// Id of the rule
    pub rule: &'a str,
    /// The day it was earned; with account, rule and event it is never twice
    pub date: NaiveDate,
    /// Times, hours or a score
    pub times: i64,
    /// By the rule alone
    pub asked: i64,
    /// After the cap
    pub granted: i64,
    /// For what
    pub event: String,
    /// Index of the member who claimed it
    pub proposer: usize,
    /// Index of the member who reviewed it, never the proposer nor the holder of the account
    pub reviewer: usize,
    /// `None` while the review is still to come on the plan's last day
    pub reviewed_on: Option<NaiveDate>,
}

/// What accounts have been granted so far in the year.
#[derive(Default)]
pub(super) struct Granted<'a> {
    year: i32,
    by_rule: HashMap<(Account, &'a str), Already>,
}

/// The entries of a month, by day.
pub(super) fn post<'a>(
    scene: &Scene<'a, '_>,
    month: NaiveDate,
    errands: &[Errand<'a>],
    granted: &mut Granted<'a>,
    dice: &mut Dice,
) -> Vec<Entry<'a>> {
    // Those who can review each other's claims; a branch of so few has no ledger.
    if scene.cadres.len() < 3 {
        return Vec::new();
    }
    let opens = granted.year != month.year();
    if opens {
        *granted = Granted { year: month.year(), by_rule: HashMap::new() };
    }
    let mut ledger = Ledger { scene, granted, entries: Vec::new() };
    if let Some(book) = scene.place.book_on(Group::Members, month) {
        members(&mut ledger, book, month, errands, dice);
    }
    for at in 0..scene.households.len() {
        let hardship = scene.households[at].hardship;
        let group = if hardship { Group::Hardship } else { Group::Households };
        if let Some(book) = scene.place.book_on(group, month) {
            household(&mut ledger, book, at, month, opens, dice);
        }
    }
    let mut entries = ledger.entries;
    entries.sort_by_key(|e| e.date);
    entries
}

struct Ledger<'a, 's, 'g> {
    scene: &'s Scene<'a, 's>,
    granted: &'g mut Granted<'a>,
    entries: Vec<Entry<'a>>,
}

impl<'a> Ledger<'a, '_, '_> {
    #[allow(clippy::too_many_arguments, reason = "the columns of an entry")]
    fn claim(
        &mut self,
        book: &'a Book,
        account: Account,
        rule: &str,
        date: NaiveDate,
        times: i64,
        event: String,
        dice: &mut Dice,
    ) {
        let Some(rule) = book.rule(rule).filter(|_| date <= self.scene.until) else { return };
        let already = self.granted.by_rule.entry((account, &rule.id)).or_default();
        let Ok(grant) = rule.grant(*already, times) else { return };
        already.count += times;
        if grant.granted == 0 {
            return;
        }
        already.points += grant.granted;
        let cadres = self.scene.cadres;
        let proposer = dice.index(cadres.len());
        let of_account = |at: usize| account == Account::Member(cadres[at]);
        let mut reviewer = (proposer + 1) % cadres.len();
        while reviewer == proposer || of_account(reviewer) {
            reviewer = (reviewer + 1) % cadres.len();
        }
        let reviewed_on = later(date, dice.between(3, 12));
        self.entries.push(Entry {
            account,
            group: book.group,
            book: &book.id,
            version: &book.version,
            rule: &rule.id,
            date,
            times,
            asked: grant.asked,
            granted: grant.granted,
            event,
            proposer: cadres[proposer],
            reviewer: cadres[reviewer],
            reviewed_on: (reviewed_on <= self.scene.until).then_some(reviewed_on),
        });
    }
}

fn members<'a>(
    ledger: &mut Ledger<'a, '_, '_>,
    book: &'a Book,
    month: NaiveDate,
    errands: &[Errand<'a>],
    dice: &mut Dice,
) {
    let scene = ledger.scene;
    let (life, rates) = (&scene.tables.life, &scene.tables.life.member_points);
    let day = |day: u32| month.with_day(day).unwrap_or(month);
    let quarter_end = month.month().is_multiple_of(3);
    let theme = day(life.theme_days.day);
    let topics = &life.theme_days.topics;
    let in_season: Vec<&str> = topics
        .iter()
        .filter(|(_, months)| months.is_empty() || months.contains(&month.month()))
        .map(|(topic, _)| topic.as_str())
        .collect();
    let theme_event = format!("{}主题党日：{}", spoken(theme), dice.pick(&in_season));
    let study = day(dice.between(12, 18));
    let study_event = format!("{}集中学习：{}", spoken(study), dice.pick(&life.study.topics));
    let meeting = day(dice.between(20, 26));
    let meeting_event = format!("{}{}", spoken(meeting), dice.pick(&life.meetings.topics));
    let quarter = format!("{} 年 {} 季度", month.year(), (month.month() - 1) / 3 + 1);
    for (at, member) in scene.members.iter().enumerate() {
        let account = Account::Member(at);
        // Those away join by telephone now and then; the very old come less often.
        let come = |permille: u32| match (member.floating, member.age) {
            (Some(_), _) => permille / 10,
            (None, 76..) => permille / 2,
            _ => permille,
        };
        if dice.chance(come(rates.theme_day)) {
            ledger.claim(book, account, "theme-day", theme, 1, theme_event.clone(), dice);
        }
        if dice.chance(come(rates.study_session)) {
            ledger.claim(book, account, "study-session", study, 1, study_event.clone(), dice);
        }
        if quarter_end && dice.chance(come(rates.three_meetings) * 2) {
            ledger.claim(book, account, "three-meetings", meeting, 1, meeting_event.clone(), dice);
        }
        if quarter_end && dice.chance(come(rates.study_notes)) {
            ledger.claim(book, account, "study-notes", day(25), 1, format!("{quarter}学习笔记"), dice);
        }
        if quarter_end && dice.chance(come(rates.study_essay)) {
            ledger.claim(book, account, "study-essay", day(26), 1, format!("{quarter}学习心得"), dice);
        }
        if dice.chance(come(rates.volunteer)) {
            let hours = i64::from(dice.between(3, 14));
            let on = some_day(month, dice);
            ledger.claim(book, account, "volunteer-hours", on, hours, format!("志愿服务 {hours} 小时"), dice);
        }
        if dice.chance(come(rates.dispute)) {
            let on = some_day(month, dice);
            ledger.claim(book, account, "dispute-settled", on, 1, "劝和两家邻居".to_owned(), dice);
        }
        if matches!(month.month(), 5..=9) && dice.chance(come(rates.relief)) {
            let on = some_day(month, dice);
            ledger.claim(book, account, "disaster-relief", on, 1, "大雨夜里转移群众".to_owned(), dice);
        }
        if dice.chance(rates.dues_late) {
            let event = format!("{} 月党费没按时交", month.month());
            ledger.claim(book, account, "dues-late", day(28), 1, event, dice);
        }
    }
    for errand in errands {
        let Some(done) = errand.done_on else { continue };
        if done.month() == month.month() && dice.chance(scene.tables.county.life.agent_errand_points) {
            let event = format!("代办 {}：{}", errand.number, errand.matter_name);
            ledger.claim(book, Account::Member(errand.agent), "errand-helped", done, 1, event, dice);
        }
    }
}

fn household<'a>(
    ledger: &mut Ledger<'a, '_, '_>,
    book: &'a Book,
    at: usize,
    month: NaiveDate,
    opens: bool,
    dice: &mut Dice,
) {
    let account = Account::Household(at);
    if let Some(rule) = book.opening_rule.as_deref().filter(|_| opens) {
        ledger.claim(book, account, rule, month, 1, format!("{} 年初开账", month.year()), dice);
    }
    let events = &ledger.scene.tables.life.household_events;
    if !dice.chance(events.permille) {
        return;
    }
    let of_book = |(rule, ..): &&(String, u32, String)| book.rule(rule).is_some();
    let total: u64 = events.list.iter().filter(of_book).map(|(_, weight, _)| u64::from(*weight)).sum();
    let mut roll = dice.below(total.max(1));
    for (id, weight, event) in events.list.iter().filter(of_book) {
        if roll < u64::from(*weight) {
            let times = match book.rule(id).map(|r| &r.amount) {
                Some(Amount::Scored(most)) => 1 + dice.below((*most).max(1) as u64) as i64,
                _ => 1,
            };
            let on = some_day(month, dice);
            ledger.claim(book, account, id, on, times, event.clone(), dice);
            return;
        }
        roll -= u64::from(*weight);
    }
}
