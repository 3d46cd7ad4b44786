//! What the home page is computed from, read once from the store: own records only, because what the villages have to do
//! is theirs.

use chrono::NaiveDate;
use yuanba_core::tables::{errand, member, points_claim, post_assignment};
use yuanba_core::{Level, MemberKind, Sex};

use crate::courtyard::Courtyard;
use crate::entered::held_day;
use crate::errand::{Errand, Errands, OPEN};
use crate::error::ApiError;
use crate::people::{holds, is_here};
use crate::points::PROPOSED;
use crate::post::post_name;
use crate::session::Session;
use crate::store::LAST_EXCHANGE;

/// Everything that may ask to be done.
#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) today: NaiveDate,
    /// How many days ahead 这几天 looks
    pub(super) coming_days: i64,
    pub(super) open_errands: Vec<Errand>,
    pub(super) probations: Vec<Probation>,
    pub(super) terms: Vec<Term>,
    /// Courtyards that nobody looks after: id and name
    pub(super) unattended: Vec<(String, String)>,
    pub(super) conflicts: u64,
    pub(super) doubtful: usize,
    pub(super) claims: Claims,
    /// Transfers that wait for this seat, and what of them in a sentence
    pub(super) transfers: (usize, String),
    pub(super) stick: Option<Stick>,
    /// Days since the last good copy, where those are too many, and whether there was one
    pub(super) no_copy: Option<(i64, bool)>,
}

/// A probationary member and the day the year is over (RULES §1).
#[derive(Debug)]
pub(super) struct Probation {
    pub(super) member: String,
    pub(super) name: String,
    /// 他, 她, or the name again
    pub(super) pronoun: String,
    pub(super) over_on: NaiveDate,
}

/// A term of office.
#[derive(Debug)]
pub(super) struct Term {
    pub(super) assignment: String,
    pub(super) name: String,
    pub(super) post: String,
    pub(super) until: NaiveDate,
}

/// Claims that wait for a review.
#[derive(Debug, Default)]
pub(super) struct Claims {
    /// Those that whoever is signed in may decide
    pub(super) for_me: Waiting,
    /// Those that somebody else has to decide
    pub(super) for_others: Waiting,
}

/// A number of claims.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    pub(super) claims: usize,
    pub(super) points: i64,
    /// Who proposed them
    pub(super) proposers: Vec<String>,
}

/// What the parent does not hold yet.
#[derive(Debug)]
pub(super) struct Stick {
    /// 镇里, 县里
    pub(super) to: &'static str,
    pub(super) waiting: u64,
    pub(super) last: Option<NaiveDate>,
}

/// Reads them.
pub(super) fn read(session: &mut Session, yards: &[Courtyard]) -> Result<Facts, ApiError> {
    let today = session.store.today();
    let (probations, doubtful) = members(session)?;
    Ok(Facts {
        today,
        coming_days: session.practices().home.on(today).map_or(0, |rule| rule.coming_days.into()),
        open_errands: open_errands(session)?,
        probations,
        terms: terms(session)?,
        unattended: yards
            .iter()
            .filter(|yard| yard.liaison.is_none())
            .map(|yard| (yard.id.0.to_string(), yard.name.clone()))
            .collect(),
        conflicts: session.store.conflict_count()?,
        doubtful,
        claims: claims(session)?,
        transfers: crate::transfer::waiting_here(session)?,
        stick: stick(session)?,
        no_copy: crate::backup::overdue_days(session)?,
    })
}

fn open_errands(session: &Session) -> Result<Vec<Errand>, ApiError> {
    let errands = Errands::of(session)?;
    let open = session.store.records_at(&errand::TABLE, OPEN, Some(session.store.org()))?;
    Ok(open.iter().map(|record| errands.row(record)).collect())
}

/// Probations, and how many people of the roster are in doubt.
fn members(session: &mut Session) -> Result<(Vec<Probation>, usize), ApiError> {
    let (own, village) = (session.store.org(), session.level == Level::Village);
    let people = session.people()?;
    let everybody = people.everybody();
    let here = everybody.iter().map(|at| people.get(*at)).filter(|person| person.here);
    let (mut waiting, mut doubtful) = (Vec::new(), 0);
    for person in here {
        // Doubts of the villages are settled above them too; their people's probation is theirs to watch.
        doubtful += usize::from(person.doubtful && (person.org == own || !village));
        if person.kind == Some(MemberKind::Probationary) && person.org == own {
            waiting.push(person.id);
        }
    }
    let mut probations = Vec::new();
    for id in waiting {
        let Some(record) = session.store.record(&member::TABLE, id)? else { continue };
        let Some(joined) = held_day(record.text(member::JOINED_ON)) else { continue };
        let name = record.text(member::NAME).unwrap_or_default().to_owned();
        let pronoun = match record.text(member::SEX).and_then(Sex::read) {
            Some(Sex::Male) => "他".to_owned(),
            Some(Sex::Female) => "她".to_owned(),
            None => name.clone(),
        };
        if let Some(over_on) = joined.checked_add_months(chrono::Months::new(12)) {
            probations.push(Probation { member: id.to_string(), name, pronoun, over_on });
        }
    }
    Ok((probations, doubtful))
}

fn terms(session: &Session) -> Result<Vec<Term>, ApiError> {
    let today = session.store.today();
    let posts = session.place()?.posts_on(today);
    let mut terms = Vec::new();
    for record in session.own(&post_assignment::TABLE)? {
        let until = held_day(record.text(post_assignment::UNTIL));
        let member = record.id(post_assignment::MEMBER);
        let (Some(until), Some(member)) = (until, member) else { continue };
        if !holds(&record, &today.to_string()) {
            continue;
        }
        // Whoever moved away or died needs no new term.
        let person = session.store.record(&member::TABLE, member)?;
        let Some(person) = person.filter(|person| !person.voided() && is_here(person.text(member::STATUS)))
        else {
            continue;
        };
        let Some(name) = person.text(member::NAME) else { continue };
        terms.push(Term {
            assignment: record.id.to_string(),
            name: name.to_owned(),
            post: post_name(posts, record.text(post_assignment::POST).unwrap_or_default()),
            until,
        });
    }
    Ok(terms)
}

fn claims(session: &Session) -> Result<Claims, ApiError> {
    let users = session.user_names()?;
    let me = session.store.me();
    let alone = session.store.vault().users().len() < 2;
    let may = session.check("points.review").is_ok();
    let mut claims = Claims::default();
    // A township reviews what its villages claim.
    for record in session.live_at(&points_claim::TABLE, PROPOSED)? {
        let proposer = record.id(points_claim::PROPOSER);
        let mine = proposer == Some(me.id) && !alone;
        let waiting = if may && !mine { &mut claims.for_me } else { &mut claims.for_others };
        waiting.claims += 1;
        waiting.points += record.int(points_claim::GRANTED).unwrap_or(0);
        let name = proposer.and_then(|id| users.get(&id));
        if let Some(name) = name.filter(|name| !waiting.proposers.contains(name)) {
            waiting.proposers.push(name.clone());
        }
    }
    Ok(claims)
}

fn stick(session: &Session) -> Result<Option<Stick>, ApiError> {
    let store = &session.store;
    if store.authority().granted_parent(store.org()).is_none() {
        return Ok(None);
    }
    let to = match session.level {
        Level::Village => "镇里",
        Level::Township | Level::County => "县里",
    };
    let last = store.local_get(LAST_EXCHANGE)?.and_then(|(_, at)| held_day(Some(&crate::time::day(at))));
    Ok(Some(Stick { to, waiting: store.waiting()?, last }))
}
