//! Who holds which post in a made-up village, and who is excused.

use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use super::calendar::earlier;
use super::dice::Dice;
use super::member::Member;
use crate::posts::{Person, Post, Posts};

/// A member holds a post.
#[derive(Debug, Clone, Serialize)]
pub struct Posted<'a> {
    /// Index of the member
    pub member: usize,
    /// Id of the post
    pub post: &'a str,
    /// Its name
    pub post_name: &'a str,
    /// Its duties
    pub duties: &'a [String],
    /// First day
    pub from: NaiveDate,
    /// Last day
    pub until: NaiveDate,
    /// When the branch decided
    pub decided_on: NaiveDate,
    /// Which meeting decided
    pub decided_by: &'static str,
}

/// A member is excused.
#[derive(Debug, Clone, Serialize)]
pub struct Excused {
    /// Index of the member
    pub member: usize,
    /// Why
    pub reason: String,
    /// When the branch decided
    pub decided_on: NaiveDate,
    /// Which meeting decided
    pub decided_by: &'static str,
}

/// The meeting that decides on posts.
const MEETING: &str = "支委会";

/// Gives posts for the year of `until`: to each the best suited place that is free; a few are left for the reader of the
/// demo to give.
pub(super) fn assign<'a>(
    posts: &'a Posts,
    members: &[Member<'_>],
    until: NaiveDate,
    dice: &mut Dice,
) -> (Vec<Posted<'a>>, Vec<Excused>) {
    let from = NaiveDate::from_ymd_opt(until.year(), 1, 1).unwrap_or(until);
    let last = from + chrono::Months::new(posts.term_months) - chrono::Days::new(1);
    let decided_on = earlier(from, dice.between(8, 20));
    let mut free: Vec<u32> = posts.posts.iter().map(|p| p.places).collect();
    let (mut posted, mut excused) = (Vec::new(), Vec::new());
    let mut order: Vec<usize> = (0..members.len()).filter(|at| members[*at].office.is_none()).collect();
    dice.shuffle(&mut order);
    for member in order {
        let person = person(&members[member]);
        if let Some(excuse) = posts.excusable(&person).first() {
            if dice.chance(800) {
                let reason = excuse.reason.clone();
                excused.push(Excused { member, reason, decided_on, decided_by: MEETING });
            }
            continue;
        }
        if dice.chance(90) {
            continue;
        }
        let suited = posts.suggest(&person);
        let wanted = suited.iter().filter_map(|s| posts.posts.iter().position(|p| p.id == s.post));
        let any = (0..free.len()).map(|step| (step + member) % free.len());
        let Some(place) = wanted.chain(any).find(|at| free[*at] > 0) else { break };
        free[place] -= 1;
        let post: &Post = &posts.posts[place];
        posted.push(Posted {
            member,
            post: &post.id,
            post_name: &post.name,
            duties: &post.duties,
            from,
            until: last,
            decided_on,
            decided_by: MEETING,
        });
    }
    (posted, excused)
}

fn person<'m>(member: &'m Member<'_>) -> Person<'m> {
    Person {
        age: Some(member.age),
        sex: Some(member.sex),
        skills: member.skills,
        health: Some(member.health),
        floating: member.floating.is_some(),
    }
}
