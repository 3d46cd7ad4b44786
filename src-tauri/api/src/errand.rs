//! `errand.*`: 代办, asked → taken → done → rated.

mod list;
mod number;
mod steps;

use chrono::NaiveDate;
use yuanba_core::tables::{errand, member, user};
use yuanba_core::{Id, Value};
use yuanba_practices::errands as catalogue;
use yuanba_practices::promise::DayKind;
use yuanba_store::Intent;

use crate::Api;
use crate::courtyard;
use crate::dto::{Done, JustDone, Nothing, OutFile, RecordId, Written, answer, request, words};
use crate::entered::{self, SHORT_MAX};
use crate::error::ApiError;
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::session::Session;

pub(crate) use list::{Errands, for_whom};

words! {
    /// Which errands a list shows.
    pub enum ErrandFilter { Open, Done, All }

    /// Where an errand stands.
    pub enum ErrandState { Open, Done, Refused, HandedUp }
}

request! {
    /// When a matter taken on a day is promised.
    pub struct PromiseOf { pub matter: String, pub from: String }

    /// An errand to be taken on.
    pub struct OpenErrand {
        pub courtyard: Option<RecordId>,
        pub person: String,
        pub matter: String,
        pub agent: Option<RecordId>,
        #[serde(default)]
        pub papers: Vec<String>,
        pub promised_on: Option<String>,
        pub note: Option<RecordId>,
        /// Left out: today
        pub opened_on: Option<String>,
    }

    /// Which errands.
    pub struct ListErrands { pub state: Option<ErrandFilter>, pub courtyard: Option<RecordId> }

    /// An errand is done.
    pub struct FinishErrand { pub id: RecordId, pub on: String, pub result: String }

    /// An errand cannot be taken on.
    pub struct RefuseErrand { pub id: RecordId, pub on: String, pub reason: String }

    /// An errand goes to the level above.
    pub struct HandUpErrand { pub id: RecordId, pub on: String, pub to: String }

    /// 一件一评价: 1 to 5 each, the words are data.
    pub struct RateErrand { pub id: RecordId, pub attitude: u8, pub quality: u8, pub efficiency: u8 }
}

answer! {
    /// How long a matter may take.
    pub struct PromiseRule {
        pub days: u32,
        /// Working days
        pub working: bool,
    }

    /// A matter of the catalogue.
    pub struct Matter {
        pub id: String,
        pub name: String,
        pub category: String,
        /// Where it is done
        pub office: String,
        pub papers: Vec<String>,
        /// Words in a note that speak of it
        pub words: Vec<String>,
        pub promise: PromiseRule,
        /// If it were taken on today
        pub promised_on: String,
        pub explained: String,
    }

    /// A promised day and how it was counted.
    pub struct PromisedDay {
        pub promised_on: String,
        /// 5 个工作日，已跳过周末和端午（6 月 19 日）
        pub explained: String,
    }

    /// What people are asked about an errand, and what each mark is called.
    pub struct RatingAspect {
        /// attitude, quality or efficiency
        pub id: String,
        pub name: String,
        pub question: String,
        /// What the marks from 1 on are called
        pub labels: Vec<String>,
    }

    /// 一件一评价 as the practice in force declares it.
    pub struct RatingForm { pub name: String, pub aspects: Vec<RatingAspect> }

    /// An errand was taken on.
    pub struct ErrandOpened { pub id: RecordId, pub number: String, pub done: Done }

    /// An errand that a note brought.
    pub struct OpenedErrand { pub id: RecordId, pub number: String, pub promised_on: String }

    /// What the person said of it, 1 to 5 each.
    pub struct Rating { pub attitude: u8, pub quality: u8, pub efficiency: u8 }

    /// An errand.
    pub struct Errand {
        pub id: RecordId,
        pub number: String,
        pub person: String,
        pub matter: String,
        pub matter_name: String,
        pub agent: Option<RecordId>,
        pub agent_name: Option<String>,
        /// What was brought
        pub papers: Vec<String>,
        pub opened_on: String,
        pub promised_on: Option<String>,
        pub done_on: Option<String>,
        pub result: Option<String>,
        pub days_late: Option<u32>,
        pub rating: Option<Rating>,
        pub courtyard: Option<RecordId>,
        pub courtyard_name: Option<String>,
        pub state: ErrandState,
    }
}

commands! {
    /// What can be asked for
    "errand.catalogue" (Nothing) -> Vec<Matter>, offered;
    /// When a matter is promised
    "errand.promise" (PromiseOf) -> PromisedDay, promise;
    /// Takes an errand on
    "errand.open" (OpenErrand) -> ErrandOpened, open;
    /// Errands
    "errand.list" (ListErrands) -> Vec<Errand>, list::list;
    /// An errand is done
    "errand.finish" (FinishErrand) -> JustDone, steps::finish;
    /// An errand cannot be taken on
    "errand.refuse" (RefuseErrand) -> JustDone, steps::refuse;
    /// An errand goes to the level above
    "errand.hand_up" (HandUpErrand) -> JustDone, steps::hand_up;
    /// What is asked when an errand is rated, in the words of the practice
    "errand.rating_form" (Nothing) -> RatingForm, rating_form;
    /// Rates an errand
    "errand.rate" (RateErrand) -> JustDone, steps::rate;
    /// Writes the errands to a workbook
    "errand.export" (OutFile) -> Written, list::export;
}

/// The words of the record's state.
pub(crate) const OPEN: &str = "open";
pub(crate) const DONE: &str = "done";
pub(crate) const REFUSED: &str = "refused";
pub(crate) const HANDED_UP: &str = "handed_up";

/// The most papers of one errand.
const PAPERS_MAX: usize = 50;

/// An errand to be written, by itself or with the note that it comes out of.
pub(crate) struct NewErrand<'a> {
    pub(crate) courtyard: Option<Id>,
    pub(crate) person: &'a str,
    pub(crate) matter: &'a str,
    pub(crate) agent: Option<RecordId>,
    pub(crate) papers: &'a [String],
    pub(crate) promised_on: Option<&'a str>,
    pub(crate) note: Option<Id>,
    /// The day it is taken on
    pub(crate) on: NaiveDate,
}

/// An errand that is part of an intent.
pub(crate) struct WrittenErrand {
    pub(crate) opened: OpenedErrand,
    /// 给何玉兰家开了 1 件代办：城乡居民医保报销
    pub(crate) said: String,
}

/// The catalogue in force on a day.
pub(crate) fn matters(session: &Session, on: NaiveDate) -> Result<&'static catalogue::Errands, ApiError> {
    session.place()?.errands_on(on).ok_or_else(|| Trouble::Internal.into())
}

/// What a matter is called: the catalogue's name, else what the record says.
pub(crate) fn matter_name(matters: Option<&catalogue::Errands>, matter: &str) -> String {
    matters.and_then(|all| all.matter(matter)).map_or_else(|| matter.to_owned(), |matter| matter.name.clone())
}

fn promised(session: &Session, matter: &catalogue::Matter, from: NaiveDate) -> Result<PromisedDay, ApiError> {
    let promise = matter
        .promise(from, &session.practices().holidays)
        .map_err(|bad| Trouble::BadValue { field: "from", text: format!("{bad}。") })?;
    Ok(PromisedDay { promised_on: promise.on.to_string(), explained: promise.sentence })
}

fn offered(api: &Api, _: Nothing) -> Result<Vec<Matter>, ApiError> {
    let session = api.session()?;
    let today = session.store.today();
    let all = matters(&session, today)?;
    all.matters
        .iter()
        .map(|matter| {
            let day = promised(&session, matter, today)?;
            Ok(Matter {
                id: matter.id.clone(),
                name: matter.name.clone(),
                category: matter.category.clone(),
                office: matter.office.clone(),
                papers: matter.papers.clone(),
                words: matter.words.clone(),
                promise: PromiseRule { days: matter.days, working: matter.day_kind == DayKind::Working },
                promised_on: day.promised_on,
                explained: day.explained,
            })
        })
        .collect()
}

fn rating_form(api: &Api, _: Nothing) -> Result<RatingForm, ApiError> {
    let session = api.session()?;
    let ratings = session.place()?.ratings_on(session.store.today()).ok_or(Trouble::Internal)?;
    let aspects = ratings.aspects.iter().map(|aspect| RatingAspect {
        id: aspect.id.clone(),
        name: aspect.name.clone(),
        question: aspect.question.clone(),
        labels: aspect.labels.to_vec(),
    });
    Ok(RatingForm { name: ratings.name.clone(), aspects: aspects.collect() })
}

fn promise(api: &Api, request: PromiseOf) -> Result<PromisedDay, ApiError> {
    let session = api.session()?;
    let from = entered::day("from", "受理日期", &request.from)?;
    let matter =
        matters(&session, from)?.matter(&request.matter).ok_or(Trouble::NotFound { what: "个事项" })?;
    promised(&session, matter, from)
}

/// The agent's name: a member of the roster, or somebody who signs in here.
fn agent(session: &Session, id: Id) -> Result<(Id, String), ApiError> {
    if let Some(record) = session.store.record(&member::TABLE, id)?.filter(|record| !record.voided()) {
        return Ok((record.id, record.text(member::NAME).unwrap_or_default().to_owned()));
    }
    let record = session.one(&user::TABLE, id, "个代办人")?;
    Ok((record.id, record.text(user::NAME).unwrap_or_default().to_owned()))
}

/// Adds an errand to an intent. Its number is given here and is never given again, whatever is taken back later.
pub(crate) fn write(
    session: &mut Session,
    intent: &mut Intent,
    new: NewErrand<'_>,
) -> Result<WrittenErrand, ApiError> {
    let person = entered::required("person", "替谁办", new.person, SHORT_MAX)?;
    let matter =
        matters(session, new.on)?.matter(new.matter).ok_or(Trouble::NotFound { what: "个事项" })?;
    let agent = match new.agent {
        Some(id) => agent(session, id.0)?,
        None => (session.store.me().id, session.store.me().name.clone()),
    };
    let promised_on = match entered::optional_day("promised_on", "答应哪天办完", new.promised_on)? {
        Some(day) if day < new.on => {
            let text = "答应办完的日子比受理的日子还早。".to_owned();
            return Err(Trouble::BadValue { field: "promised_on", text }.into());
        }
        Some(day) => day.to_string(),
        None => promised(session, matter, new.on)?.promised_on,
    };
    if new.papers.len() > PAPERS_MAX {
        let text = format!("材料最多 {PAPERS_MAX} 样。");
        return Err(Trouble::BadValue { field: "papers", text }.into());
    }
    let papers = new
        .papers
        .iter()
        .map(|paper| entered::required("papers", "材料", paper, SHORT_MAX).map(Value::Text))
        .collect::<Result<Vec<_>, _>>()?;
    let id = session.store.new_id();
    let number = number::next(session, new.on)?;
    intent
        .create(&errand::TABLE, id)
        .put_some(errand::COURTYARD, new.courtyard)
        .put(errand::NUMBER, number.as_str())
        .put(errand::PERSON, person.as_str())
        .put(errand::MATTER, matter.id.as_str())
        .put(errand::AGENT, agent.0)
        .put(errand::AGENT_NAME, agent.1)
        .put(errand::OPENED_ON, new.on.to_string())
        .put(errand::PROMISED_ON, promised_on.as_str())
        .put(errand::STATE, OPEN)
        .put_some(errand::NOTE, new.note)
        .put_all(errand::PAPERS, &papers);
    Ok(WrittenErrand {
        said: format!("给{}开了 1 件代办：{}", for_whom(&person), matter.name),
        opened: OpenedErrand { id: id.into(), number, promised_on },
    })
}

fn open(api: &Api, request: OpenErrand) -> Result<ErrandOpened, ApiError> {
    let mut session = api.session()?;
    let yard = request.courtyard.map(|id| courtyard::find(&session, id)).transpose()?.map(|(yard, _)| yard);
    if let Some(note) = request.note {
        session.one(&yuanba_core::tables::field_note::TABLE, note.0, "篇手记")?;
    }
    let today = session.store.today();
    let on = match request.opened_on.as_deref() {
        Some(text) => entered::past_day("opened_on", "受理日期", text, today)?,
        None => today,
    };
    let mut intent = Intent::new("");
    if let Some(yard) = &yard {
        intent = intent.of(yard.org);
    }
    let new = NewErrand {
        courtyard: yard.map(|yard| yard.id),
        person: &request.person,
        matter: &request.matter,
        agent: request.agent,
        papers: &request.papers,
        promised_on: request.promised_on.as_deref(),
        note: request.note.map(|id| id.0),
        on,
    };
    let errand = write(&mut session, &mut intent, new)?;
    intent.say(errand.said);
    let done = session.commit(intent)?;
    Ok(ErrandOpened { id: errand.opened.id, number: errand.opened.number, done })
}
