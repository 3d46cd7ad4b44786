//! `person.*`: the same person entered twice, and two who were taken for one (JOURNAL §4). What a person has said of two
//! records is an edge between them. Within one organisation its own laptops say so; across organisations only who stands
//! above both, one change in each.

mod doubles;

use std::collections::{BTreeMap, BTreeSet};

use yuanba_core::record::VOIDED;
use yuanba_core::tables::{member, person_edge};
use yuanba_core::{Id, Value};
use yuanba_journal::Hash;
use yuanba_store::{Intent, Record};

use crate::Api;
use crate::dto::{JustDone, RecordId, answer, request, words};
use crate::entered::{self, SHORT_MAX};
use crate::error::ApiError;
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::session::Session;

words! {
    /// Why two records may be one person.
    pub enum DoubleWhy { Number, NameAndBirth }
}

request! {
    /// Two records of persons.
    pub struct TwoPersons { pub first: RecordId, pub second: RecordId, pub reason: Option<String> }

    /// Suspected doubles, the first so many.
    pub struct ListDoubles { pub limit: Option<u32> }
}

answer! {
    /// One of two records that may be one person.
    pub struct DoubleSide {
        pub id: RecordId,
        pub org: RecordId,
        pub org_name: String,
        pub name: String,
        /// 正常 and the other states of RULES §6
        pub status: String,
    }

    /// A fact of both, numbers masked.
    pub struct DoubleFact { pub label: String, pub first: String, pub second: String, pub same: bool }

    /// Two records that may be one person.
    pub struct Double {
        /// The two ids, joined by a hyphen
        pub id: String,
        pub why: DoubleWhy,
        /// 身份证号一样，名字不一样
        pub text: String,
        pub first: DoubleSide,
        pub second: DoubleSide,
        pub facts: Vec<DoubleFact>,
    }

    /// How many wait for a word, and the first of them.
    pub struct Doubles { pub count: u32, pub sentence: String, pub doubles: Vec<Double> }
}

commands! {
    /// Says that two records are the same person
    "person.join" (TwoPersons) -> JustDone, join;
    /// Says that two records are not the same person, which is remembered
    "person.part" (TwoPersons) -> JustDone, part;
    /// Records that may be the same person, until somebody says
    "person.doubles" (ListDoubles) -> Doubles, doubles::list;
}

impl Session {
    /// Whether this seat may say of two organisations' records what is one person: the organisation's own, or a laptop that
    /// stands above both.
    pub(crate) fn may_join(&self, one: Id, other: Id) -> bool {
        let (tree, replica) = (self.store.authority(), self.store.replica().id());
        match one == other {
            true => tree.covers(self.store.org(), one),
            false => tree.certified_above(replica, one) && tree.certified_above(replica, other),
        }
    }
}

/// The edge of two records in an organisation has an id of its own, so that two laptops' words about them meet.
fn edge_id(org: Id, one: Id, other: Id) -> Id {
    Hash::of(&[b"person edge", &org.0, &one.min(other).0, &one.max(other).0]).id()
}

/// Writes into an organisation's record whether two ids are one person. What was said of just these two before is
/// brought into line, whoever said it.
pub(crate) fn say(
    session: &Session,
    intent: &mut Intent,
    org: Id,
    (one, other): (Id, Id),
    same: bool,
    reason: Option<&str>,
) -> Result<(), ApiError> {
    let usual = edge_id(org, one, other);
    let mut edges: BTreeSet<Id> = BTreeSet::from([usual]);
    for said in session.store.said_of(one, other)? {
        if said.org == org && BTreeSet::from([said.first, said.second]) == BTreeSet::from([one, other]) {
            edges.insert(said.edge);
        }
    }
    for edge in edges {
        let known = session.store.record(&person_edge::TABLE, edge)?;
        if known.is_none() && edge != usual {
            continue;
        }
        let draft = match &known {
            Some(record) => intent.edit(record),
            None => intent.create(&person_edge::TABLE, edge),
        };
        draft
            .put(person_edge::FIRST, one.min(other))
            .put(person_edge::SECOND, one.max(other))
            .put(person_edge::SAME, same)
            .put_some(person_edge::REASON, reason);
        if known.is_some_and(|record| record.voided()) {
            draft.put(VOIDED, Value::Null);
        }
    }
    Ok(())
}

/// The intents of one act about persons of several organisations, the first one's first.
struct Words {
    said: String,
    reason: Option<String>,
    by_org: BTreeMap<Id, Intent>,
}

impl Words {
    fn new(said: String, reason: Option<String>) -> Words {
        Words { said, reason, by_org: BTreeMap::new() }
    }

    /// Says it of two records: once where they are of one organisation, else in each.
    fn say(
        &mut self,
        session: &Session,
        (one_org, one): (Id, Id),
        (other_org, other): (Id, Id),
        same: bool,
    ) -> Result<(), ApiError> {
        if !session.may_join(one_org, other_org) {
            return Err(Trouble::NotBelow.into());
        }
        for org in BTreeSet::from([one_org, other_org]) {
            let intent = self.by_org.entry(org).or_insert_with(|| Intent::new(self.said.clone()).of(org));
            say(session, intent, org, (one, other), same, self.reason.as_deref())?;
        }
        Ok(())
    }

    fn done(self, session: &mut Session) -> Result<JustDone, ApiError> {
        Ok(JustDone { done: session.commit_together(self.by_org.into_values().collect())? })
    }
}

/// 王秀英, with the organisation where the other is of another one.
fn called(session: &Session, record: &Record, other: &Record) -> Result<String, ApiError> {
    let name = record.text(member::NAME).unwrap_or("没有名字的人");
    Ok(match record.org == other.org {
        true => name.to_owned(),
        false => format!("{}的{name}", session.store.organisation_name(record.org)?),
    })
}

fn reason(request: &TwoPersons) -> Result<Option<String>, ApiError> {
    Ok(entered::optional("reason", "理由", request.reason.as_deref(), SHORT_MAX)?)
}

fn refuse(field: &'static str, text: &str) -> ApiError {
    Trouble::BadValue { field, text: text.to_owned() }.into()
}

fn join(api: &Api, request: TwoPersons) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let (one, other) = (session.member(request.first)?, session.member(request.second)?);
    if one.voided() || other.voided() {
        return Err(refuse("second", "作废的记录不能和别的算成一个人。"));
    }
    if one.id == other.id {
        return Err(refuse("second", "这两条已经是同一个人了，用不着再合。"));
    }
    let said = match one.text(member::NAME) == other.text(member::NAME) && one.org == other.org {
        true => format!("把{}的两条记录合成了一个人", called(&session, &one, &other)?),
        false => format!(
            "把{}和{}记成了同一个人",
            called(&session, &one, &other)?,
            called(&session, &other, &one)?
        ),
    };
    let mut words = Words::new(said, reason(&request)?);
    words.say(&session, (one.org, one.id), (other.org, other.id), true)?;
    words.done(&mut session)
}

fn part(api: &Api, request: TwoPersons) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    if request.first == request.second {
        return Err(refuse("second", "两条是同一条记录，分不开。"));
    }
    let (one, other) = (session.member(request.first)?, session.member(request.second)?);
    let reason = reason(&request)?;
    // Of those that show as one, the second leaves all the others; else it is the two that are no pair.
    let away = request.second.0;
    let said = match one.id == other.id {
        true => format!("把{}的记录分开了", called(&session, &one, &other)?),
        false => format!(
            "记下了：{}和{}不是同一个人",
            called(&session, &one, &other)?,
            called(&session, &other, &one)?
        ),
    };
    let mut words = Words::new(said, reason);
    if one.id == other.id {
        for (id, _) in session.store.apart(one.id)?.into_iter().filter(|(id, _)| *id != away) {
            words.say(&session, (one.org, id), (one.org, away), false)?;
        }
    } else {
        words.say(&session, (one.org, one.id), (other.org, other.id), false)?;
        for (org, id) in session.store.dossiers(other.id)? {
            if org != other.org && id != one.id {
                words.say(&session, (org, id), (other.org, other.id), false)?;
            }
        }
        // What an edge said of a record that is shown under another now, is taken back where it was said.
        for said in session.store.said_of(one.id, other.id)?.into_iter().filter(|said| said.same) {
            if BTreeSet::from([said.first, said.second]) == BTreeSet::from([one.id, other.id]) {
                continue;
            }
            let org = session.store.authority().canonical(said.org);
            if let Some(intent) = words.by_org.get_mut(&org) {
                say(&session, intent, org, (said.first, said.second), false, None)?;
            }
        }
    }
    words.done(&mut session)
}
