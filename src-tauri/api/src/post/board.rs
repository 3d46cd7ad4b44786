//! The board: every post with its holders, and the members without office who have neither a post nor an excuse.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use yuanba_core::tables::{member, post_assignment, post_excuse};
use yuanba_core::{Field, Id, MemberKind, Sex};
use yuanba_practices::age::age_on;
use yuanba_practices::posts::{Person, Posts};
use yuanba_store::Record;

use super::{Excused, Holder, Post, PostBoard, PostCategory, PostSuggestion, Unplaced};
use crate::Api;
use crate::dto::Nothing;
use crate::error::ApiError;
use crate::mask;
use crate::people::{is_here, is_over};

/// What the board shows of an assignment.
const HELD: &[Field] = &[
    post_assignment::MEMBER,
    post_assignment::POST,
    post_assignment::FROM,
    post_assignment::UNTIL,
    post_assignment::ENDED_ON,
];
/// How many posts are suggested to one person.
const SUGGESTIONS_MAX: usize = 3;

pub(super) fn board(api: &Api, _: Nothing) -> Result<PostBoard, ApiError> {
    let mut session = api.session()?;
    let names = session.member_names()?;
    let posts = super::posts(&session)?;
    let store = &session.store;
    let today = store.today();
    let mut holders: HashMap<String, Vec<Holder>> = HashMap::new();
    let mut placed: HashSet<Id> = HashSet::new();
    let aliases = store.all_aliases()?;
    let shown = |member: Id| aliases.get(&member).copied().unwrap_or(member);
    let mut held = Vec::new();
    session.glances(&post_assignment::TABLE, HELD, |record| {
        if !is_over(record.text(post_assignment::ENDED_ON), &today.to_string()) {
            held.push(record);
        }
    })?;
    for record in held {
        let Some(member) = record.id(post_assignment::MEMBER) else { continue };
        placed.insert(shown(member));
        let text = |field| record.text(field).map(str::to_owned);
        holders.entry(text(post_assignment::POST).unwrap_or_default()).or_default().push(Holder {
            assignment: record.id.into(),
            member: member.into(),
            name: names.of(store, member)?,
            since: text(post_assignment::FROM).unwrap_or_default(),
            until: text(post_assignment::UNTIL),
        });
    }
    let mut excused = Vec::new();
    let mut let_off: HashSet<Id> = HashSet::new();
    for record in session.live(&post_excuse::TABLE)? {
        let Some(member) = record.id(post_excuse::MEMBER) else { continue };
        let_off.insert(shown(member));
        excused.push(Excused {
            excuse: record.id.into(),
            member: member.into(),
            name: names.of(store, member)?,
            reason: record.text(post_excuse::REASON).unwrap_or_default().to_owned(),
            decided_on: record.text(post_excuse::DECIDED_ON).map(str::to_owned),
        });
    }
    let categories = categories(posts, holders);
    let free: HashSet<&str> =
        categories.iter().flat_map(|c| &c.posts).filter(|p| p.vacant > 0).map(|p| p.id.as_str()).collect();
    // Who has no post is each village's own to know: above it the list would be the whole county.
    let plain: Vec<Record> =
        session.own(&member::TABLE)?.into_iter().filter(|record| is_plain(posts, record)).collect();
    let count = |of: &HashSet<Id>| plain.iter().filter(|record| of.contains(&record.id)).count();
    let (with_post, with_excuse) = (count(&placed), count(&let_off));
    let unplaced: Vec<Unplaced> = plain
        .iter()
        .filter(|record| !placed.contains(&record.id) && !let_off.contains(&record.id))
        .map(|record| unplaced(posts, record, &free, today))
        .collect();
    let sentence = sentence(&categories, plain.len(), with_post, with_excuse, unplaced.len());
    Ok(PostBoard { sentence, categories, unplaced, excused })
}

/// A member of the kinds that hold posts, here, without a Party office.
fn is_plain(posts: &Posts, record: &Record) -> bool {
    let kind = record.text(member::KIND).and_then(MemberKind::read);
    let office = record.text(member::OFFICE).unwrap_or_default();
    kind.is_some_and(|kind| posts.for_kinds.iter().any(|k| k == kind.name()))
        && is_here(record.text(member::STATUS))
        && (office.is_empty() || office == "无")
}

fn categories(posts: &Posts, mut holders: HashMap<String, Vec<Holder>>) -> Vec<PostCategory> {
    let post = |post: &yuanba_practices::posts::Post, holders: Vec<Holder>| Post {
        id: post.id.clone(),
        name: post.name.clone(),
        duties: post.duties.clone(),
        frequency: Some(post.frequency.clone()),
        evidence: Some(post.evidence.join("、")),
        places: post.places,
        vacant: post.places.saturating_sub(holders.len() as u32),
        holders,
    };
    posts
        .categories
        .iter()
        .map(|category| PostCategory {
            id: category.id.clone(),
            name: category.name.clone(),
            posts: posts
                .posts
                .iter()
                .filter(|p| p.category == category.id)
                .map(|p| post(p, holders.remove(&p.id).unwrap_or_default()))
                .collect(),
        })
        .collect()
}

fn unplaced(posts: &Posts, record: &Record, free: &HashSet<&str>, today: NaiveDate) -> Unplaced {
    let sex = record.text(member::SEX).and_then(Sex::read);
    let age = record.text(member::BIRTH_DATE).and_then(|born| age_on(born, today)).map(|age| age.least);
    let known: Vec<&str> =
        [member::SKILLS, member::TITLE, member::JOB].into_iter().filter_map(|f| record.text(f)).collect();
    let skills = known.join("，");
    let (health, floating) = (record.text(member::HEALTH), record.bool(member::FLOATING) == Some(true));
    let person = Person { age, sex, skills: &skills, health, floating };
    let suggestions = posts
        .suggest(&person)
        .into_iter()
        .filter(|suggested| free.contains(suggested.post.as_str()))
        .take(SUGGESTIONS_MAX)
        .map(|suggested| PostSuggestion {
            name: super::post_name(Some(posts), &suggested.post),
            post: suggested.post,
            reason: suggested.reasons.join("，"),
        })
        .collect();
    let away = floating.then(|| match record.text(member::FLOATING_PLACE).map(mask::address) {
        Some(place) => format!("流动：{place}"),
        None => "流动在外".to_owned(),
    });
    let said: Vec<String> = (!skills.is_empty())
        .then(|| skills.clone())
        .into_iter()
        .chain(away)
        .chain(health.filter(|health| !posts.fit_words.iter().any(|fit| fit == health)).map(str::to_owned))
        .collect();
    let text = |field| record.text(field).map(str::to_owned);
    Unplaced {
        member: record.id.into(),
        name: text(member::NAME).unwrap_or_default(),
        age,
        sex: text(member::SEX),
        party_group: text(member::PARTY_GROUP),
        about: (!said.is_empty()).then(|| said.join("，")),
        suggestions,
        excusable: posts.excusable(&person).first().map(|excusable| excusable.reason.clone()),
    }
}

fn sentence(
    categories: &[PostCategory],
    plain: usize,
    with_post: usize,
    excused: usize,
    unplaced: usize,
) -> String {
    let posts: Vec<&Post> = categories.iter().flat_map(|c| &c.posts).collect();
    let vacant: u32 = posts.iter().map(|post| post.vacant).sum();
    let places = match vacant {
        0 => format!("{} 个岗都满了。", posts.len()),
        vacant => format!("{} 个岗空着 {vacant} 个位子。", posts.len()),
    };
    if plain == 0 {
        return places;
    }
    let mut parts = vec![format!("{with_post} 人有岗")];
    if excused > 0 {
        parts.push(format!("{excused} 人免岗"));
    }
    parts.push(match unplaced {
        0 => "都定了".to_owned(),
        unplaced => format!("还有 {unplaced} 人没定"),
    });
    format!("无职党员 {plain} 人：{}。{places}", parts.join("，"))
}
