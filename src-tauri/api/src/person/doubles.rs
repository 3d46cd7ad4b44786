//! Records that may be one person, as far as anybody has not said yet: never decided by the machine.

use std::collections::{BTreeMap, BTreeSet};

use yuanba_core::tables::{member, transfer};
use yuanba_core::{Field, Id, IdNumber};
use yuanba_store::Record;

use super::{Double, DoubleFact, DoubleSide, DoubleWhy, Doubles, ListDoubles};
use crate::Api;
use crate::conflict::shown;
use crate::error::ApiError;
use crate::points;
use crate::roster_rows::Rows;
use crate::session::Session;

/// So many are described when nobody says how many.
const LIMIT: u32 = 20;
/// The most that are described at once.
const LIMIT_MAX: u32 = 200;
/// Of more than so many records of one number, each is compared with the first alone.
const PAIRS_AMONG: usize = 8;

/// What is compared.
const COMPARED: &[Field] = &[member::NAME, member::ID_NUMBER, member::BIRTH_DATE];

/// The facts that stand side by side.
const FACTS: &[Field] = &[
    member::NAME,
    member::ID_NUMBER,
    member::SEX,
    member::BIRTH_DATE,
    member::NATION,
    member::EDUCATION,
    member::KIND,
    member::PARTY_GROUP,
    member::PHONES,
    member::ADDRESS,
    member::JOINED_ON,
    member::CONFIRMED_ON,
];

/// Stands where nobody has written anything.
const NOT_WRITTEN: &str = "没有写";

/// What is known of somebody before the pairs are looked at.
struct Candidate {
    id: Id,
    org: Id,
    name: String,
    number: Option<String>,
    born: Option<String>,
}

fn candidates(session: &Session) -> Result<Vec<Candidate>, ApiError> {
    let mut list = Vec::new();
    session.glances(&member::TABLE, COMPARED, |glance| {
        let number: Option<IdNumber> =
            glance.text(member::ID_NUMBER).and_then(|text| IdNumber::read(text).ok().flatten());
        let born = glance.text(member::BIRTH_DATE).map(str::to_owned);
        let born = born.or_else(|| number.as_ref().map(|number| number.birth_date().to_string()));
        list.push(Candidate {
            id: glance.id,
            org: glance.org,
            name: glance.text(member::NAME).unwrap_or_default().to_owned(),
            number: number.map(|number| number.as_str().to_owned()),
            born: born.filter(|born| born.len() == 10),
        });
    })?;
    Ok(list)
}

/// Pairs of one group that may be one person, by their places.
fn pairs_of(group: &[usize]) -> Vec<(usize, usize)> {
    let among = if group.len() > PAIRS_AMONG { 1 } else { group.len() };
    let from = |at: usize| group[at + 1..].iter().map(move |other| (group[at], *other));
    (0..among).flat_map(from).collect()
}

/// Every pair that looks like one person, with the reason.
fn suspected(people: &[Candidate]) -> BTreeMap<(usize, usize), DoubleWhy> {
    let mut by_number: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut by_name: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (at, person) in people.iter().enumerate() {
        if let Some(number) = &person.number {
            by_number.entry(number).or_default().push(at);
        }
        if let Some(born) = person.born.as_ref().filter(|_| !person.name.is_empty()) {
            by_name.entry((&person.name, born)).or_default().push(at);
        }
    }
    let mut found = BTreeMap::new();
    for pair in by_name.values().flat_map(|group| pairs_of(group)) {
        // Two good numbers that differ are two people, however alike they are.
        let numbers = (&people[pair.0].number, &people[pair.1].number);
        if !matches!(numbers, (Some(one), Some(other)) if one != other) {
            found.insert(pair, DoubleWhy::NameAndBirth);
        }
    }
    for pair in by_number.values().flat_map(|group| pairs_of(group)) {
        found.insert(pair, DoubleWhy::Number);
    }
    found
}

pub(super) fn list(api: &Api, request: ListDoubles) -> Result<Doubles, ApiError> {
    let mut session = api.session()?;
    let people = candidates(&session)?;
    let moved = moved(&session)?;
    let mut open = Vec::new();
    for ((one, other), why) in suspected(&people) {
        let (one, other) = (&people[one], &people[other]);
        let known = moved.contains(&(one.id, other.id)) || moved.contains(&(other.id, one.id));
        if known || !session.may_join(one.org, other.org) || said(&session, one, other)? {
            continue;
        }
        open.push((one, other, why));
    }
    open.sort_by_key(|(one, other, _)| (one.id, other.id));
    let limit = request.limit.unwrap_or(LIMIT).min(LIMIT_MAX) as usize;
    let doubles = open
        .iter()
        .take(limit)
        .filter_map(|(one, other, why)| double(&mut session, one.id, other.id, *why).transpose())
        .collect::<Result<_, _>>()?;
    let count = u32::try_from(open.len()).unwrap_or(u32::MAX);
    let sentence = match count {
        0 => "没有看着像同一个人的了。".to_owned(),
        count => format!("还有 {count}\u{a0}对看着像同一个人，要您看一眼。机器自己不合。"),
    };
    Ok(Doubles { count, sentence, doubles })
}

/// Whether somebody has said of two what they are.
fn said(session: &Session, one: &Candidate, other: &Candidate) -> Result<bool, ApiError> {
    let store = &session.store;
    if store.said_of(one.id, other.id)?.iter().any(|said| !said.same) {
        return Ok(true);
    }
    Ok(store.dossiers(one.id)?.contains(&(other.org, other.id)))
}

/// The pairs that are the old and the new record of one transfer.
fn moved(session: &Session) -> Result<BTreeSet<(Id, Id)>, ApiError> {
    let mut pairs = BTreeSet::new();
    for record in session.live(&transfer::TABLE)? {
        if let (Some(here), Some(there)) = (record.id(transfer::MEMBER), record.id(transfer::OTHER_MEMBER)) {
            pairs.insert((session.store.representative(here)?, session.store.representative(there)?));
        }
    }
    Ok(pairs)
}

fn double(session: &mut Session, one: Id, other: Id, why: DoubleWhy) -> Result<Option<Double>, ApiError> {
    let find = |id| session.store.record(&member::TABLE, id);
    let (Some(one), Some(other)) = (find(one)?, find(other)?) else { return Ok(None) };
    let text = match (why, one.text(member::NAME) == other.text(member::NAME)) {
        (DoubleWhy::Number, true) => "名字和身份证号都一样",
        (DoubleWhy::Number, false) => "身份证号一样，名字不一样",
        (DoubleWhy::NameAndBirth, _) => "名字和出生日期一样",
    };
    let mut facts: Vec<DoubleFact> = FACTS
        .iter()
        .filter(|field| [&one, &other].iter().any(|record| fact(record, **field) != NOT_WRITTEN))
        .map(|field| {
            let (first, second) = (fact(&one, *field), fact(&other, *field));
            DoubleFact {
                label: field.label.to_owned(),
                same: one.get(*field) == other.get(*field) && one.set(*field) == other.set(*field),
                first,
                second,
            }
        })
        .collect();
    let more = {
        let mut rows = Rows::new(session);
        [rows.row(&one)?, rows.row(&other)?].map(|row| row.post_text.unwrap_or_else(|| "没有岗位".to_owned()))
    };
    let [first, second] = more;
    facts.push(DoubleFact { label: "岗位".to_owned(), same: first == second, first, second });
    let (first, second) = (points::earned(session, &one)?, points::earned(session, &other)?);
    facts.push(DoubleFact {
        label: "积分".to_owned(),
        first: format!("{first} 分"),
        second: format!("{second} 分"),
        same: first == second,
    });
    Ok(Some(Double {
        id: format!("{}-{}", one.id, other.id),
        why,
        text: text.to_owned(),
        first: side(session, &one)?,
        second: side(session, &other)?,
        facts,
    }))
}

/// A value as people read it, masked.
fn fact(record: &Record, field: Field) -> String {
    let values = match field.kind {
        yuanba_core::FieldKind::Set => record.set(field),
        yuanba_core::FieldKind::Register => vec![record.get(field)],
    };
    let known: Vec<String> = values
        .into_iter()
        .filter(|value| !value.is_null())
        .map(|value| shown(member::TABLE.number, field.number, value))
        .collect();
    if known.is_empty() { NOT_WRITTEN.to_owned() } else { known.join("、") }
}

fn side(session: &Session, record: &Record) -> Result<DoubleSide, ApiError> {
    Ok(DoubleSide {
        id: record.id.into(),
        org: record.org.into(),
        org_name: session.store.organisation_name(record.org)?,
        name: record.text(member::NAME).unwrap_or_default().to_owned(),
        status: record.text(member::STATUS).unwrap_or("正常").to_owned(),
    })
}
