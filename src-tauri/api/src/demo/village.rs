//! A made-up village as the records that people would have written.

use std::collections::HashMap;

use chrono::Datelike;
use yuanba_core::tables::{
    courtyard, errand, field_note, household, liaison, member, points_claim, post_assignment, post_excuse,
    user,
};
use yuanba_core::{Id, Value};
use yuanba_journal::payload::Ledger;
use yuanba_practices::demo::{Account, Entry, Errand, Member, Note, Village};
use yuanba_store::{Intent, NewEntry};

use super::ids::Ids;
use crate::errand::{DONE, OPEN};
use crate::error::ApiError;
use crate::points::{POSTED, PROPOSED, book_key, event_id};
use crate::session::Session;

/// The ids of a village's records, by the indexes of the plan.
struct Written<'v, 'p> {
    village: &'v Village<'p>,
    members: Vec<Id>,
    courtyards: Vec<Id>,
    households: Vec<Id>,
    /// Members who also sign in, by index
    users: HashMap<usize, Id>,
}

/// Everything of a village as one act.
pub(super) fn written(
    session: &Session,
    village: &Village<'_>,
    org: Id,
    ids: &mut Ids,
) -> Result<Intent, ApiError> {
    let mut draw = |count: usize| (0..count).map(|_| ids.next()).collect::<Vec<Id>>();
    let mut written = Written {
        village,
        members: draw(village.members.len()),
        courtyards: draw(village.courtyards.len()),
        households: draw(village.households.len()),
        users: HashMap::new(),
    };
    let mut intent = Intent::new("演示").of(org);
    let branch = match org == session.store.org() {
        true => session.store.organisation_name(org)?,
        false => village.branch.clone(),
    };
    written.users(&mut intent, ids);
    written.people(&mut intent, &branch);
    written.courtyards(&mut intent, ids);
    written.posts(&mut intent, ids);
    let place = session.place()?;
    let mut numbers = 0;
    for month in &village.months {
        let notes: Vec<Id> = month.notes.iter().map(|_| ids.next()).collect();
        for (id, note) in notes.iter().zip(&month.notes) {
            written.note(&mut intent, *id, note);
        }
        for errand in &month.errands {
            numbers += 1;
            let note = errand.note.and_then(|at| notes.get(at)).copied();
            written.errand(&mut intent, ids.next(), errand, note, numbers);
        }
        for entry in &month.points {
            let cap = place.book(entry.book, entry.version).and_then(|book| book.rule(entry.rule)?.cap);
            written.points(&mut intent, ids.next(), entry, org, cap.map(|cap| cap.points));
        }
    }
    Ok(intent)
}

impl Written<'_, '_> {
    /// Whoever writes notes, proposes points or reviews them signs in.
    fn users(&mut self, intent: &mut Intent, ids: &mut Ids) {
        let months = self.village.months.iter();
        let mut who: Vec<usize> = months
            .flat_map(|month| {
                let authors = month.notes.iter().map(|note| note.author);
                authors.chain(month.points.iter().flat_map(|entry| [entry.proposer, entry.reviewer]))
            })
            .collect();
        who.sort_unstable();
        who.dedup();
        for at in who {
            let id = ids.next();
            let name = self.village.members[at].name.as_str();
            intent.create(&user::TABLE, id).put(user::NAME, name).put(user::ROLE, "official");
            self.users.insert(at, id);
        }
    }

    fn people(&self, intent: &mut Intent, branch: &str) {
        for (id, person) in self.members.iter().zip(&self.village.members) {
            self.person(intent, *id, person, branch);
        }
        for (id, home) in self.households.iter().zip(&self.village.households) {
            intent
                .create(&household::TABLE, *id)
                .put(household::NAME, home.name.as_str())
                .put(household::COURTYARD, self.courtyards[home.courtyard])
                .put(household::PEOPLE, i64::from(home.people))
                .put(household::HARDSHIP, home.hardship)
                .put_some(household::PHONE, home.phone.clone());
        }
    }

    fn person(&self, intent: &mut Intent, id: Id, person: &Member<'_>, branch: &str) {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let home = self.village.households.get(person.household);
        intent
            .create(&member::TABLE, id)
            .put(member::NAME, person.name.as_str())
            .put(member::SEX, person.sex.name())
            .put(member::ID_NUMBER, person.id_number.as_str())
            .put(member::NATION, person.nation.code())
            .put(member::BIRTH_DATE, person.birth_date.to_string())
            .put(member::EDUCATION, person.education.to_string())
            .put(member::KIND, person.kind.name())
            .put(member::BRANCH, branch)
            .put(member::PARTY_GROUP, person.group)
            .put_all(member::PHONES, &person.phone.iter().map(|p| p.as_str().into()).collect::<Vec<Value>>())
            .put(member::ADDRESS, person.address.as_str())
            .put(member::HOUSEHOLD_PLACE, person.household_place.as_str())
            .put(member::JOINED_ON, person.joined_on.as_str())
            .put_some(member::CONFIRMED_ON, person.confirmed_on.clone())
            .put(member::JOB, person.job)
            .put_some(member::OFFICE, person.office.map(str::to_owned))
            .put(member::FLOATING, person.floating.is_some())
            .put_some(member::FLOATING_PLACE, person.floating.map(str::to_owned))
            .put(member::OUT_OF_CONTACT, person.out_of_contact)
            .put_some(member::SKILLS, some(person.skills))
            .put_some(member::HEALTH, some(person.health))
            .put_some(member::COURTYARD, home.map(|home| self.courtyards[home.courtyard]))
            .put_some(member::HOUSEHOLD, home.map(|home| home.name.clone()));
    }

    fn courtyards(&self, intent: &mut Intent, ids: &mut Ids) {
        for (id, yard) in self.courtyards.iter().zip(&self.village.courtyards) {
            intent
                .create(&courtyard::TABLE, *id)
                .put(courtyard::NAME, yard.name)
                .put(courtyard::PARTY_GROUP, yard.group)
                .put(courtyard::HOUSEHOLDS, i64::from(yard.households))
                .put(courtyard::PEOPLE, i64::from(yard.people))
                .put(courtyard::X, i64::from(yard.x))
                .put(courtyard::Y, i64::from(yard.y));
            let cares = &yard.liaison;
            intent
                .create(&liaison::TABLE, ids.next())
                .put(liaison::COURTYARD, *id)
                .put(liaison::MEMBER, self.members[cares.member])
                .put_some(liaison::PHONE, cares.phone.clone())
                .put(liaison::SUPERVISION_PHONE, cares.supervision_phone)
                .put(liaison::FROM, cares.from.to_string());
        }
    }

    fn posts(&self, intent: &mut Intent, ids: &mut Ids) {
        for post in &self.village.posts {
            intent
                .create(&post_assignment::TABLE, ids.next())
                .put(post_assignment::MEMBER, self.members[post.member])
                .put(post_assignment::POST, post.post)
                .put(post_assignment::DUTIES, Value::from(post.duties.to_vec()))
                .put(post_assignment::FROM, post.from.to_string())
                .put(post_assignment::UNTIL, post.until.to_string())
                .put(post_assignment::DECIDED_ON, post.decided_on.to_string())
                .put(post_assignment::DECIDED_BY, post.decided_by);
        }
        for excuse in &self.village.excused {
            intent
                .create(&post_excuse::TABLE, ids.next())
                .put(post_excuse::MEMBER, self.members[excuse.member])
                .put(post_excuse::REASON, excuse.reason.as_str())
                .put(post_excuse::DECIDED_ON, excuse.decided_on.to_string())
                .put(post_excuse::DECIDED_BY, excuse.decided_by);
        }
    }

    fn note(&self, intent: &mut Intent, id: Id, note: &Note<'_>) {
        let present: Vec<Value> = note.present.iter().map(|name| Value::from(vec![name.as_str()])).collect();
        let tags: Vec<Value> = note.tags.iter().map(|tag| tag.as_str().into()).collect();
        intent
            .create(&field_note::TABLE, id)
            .put(field_note::COURTYARD, self.courtyards[note.courtyard])
            .put(field_note::DATE, note.date.to_string())
            .put_some(field_note::AUTHOR, self.users.get(&note.author).copied())
            .put(field_note::TEXT, note.text.as_str())
            .put_all(field_note::PRESENT, &present)
            .put_all(field_note::TAGS, &tags);
    }

    fn errand(&self, intent: &mut Intent, id: Id, asked: &Errand<'_>, note: Option<Id>, number: u32) {
        let papers: Vec<Value> = asked.papers.iter().map(|paper| (*paper).into()).collect();
        let rating = |at: usize| asked.rating.map(|marks| i64::from(marks[at]));
        let year = asked.opened_on.year();
        intent
            .create(&errand::TABLE, id)
            .put(errand::COURTYARD, self.courtyards[asked.courtyard])
            .put(errand::NUMBER, format!("{year}A{number:04}"))
            .put(errand::PERSON, asked.person.as_str())
            .put(errand::MATTER, asked.matter)
            .put(errand::AGENT, self.members[asked.agent])
            .put(errand::AGENT_NAME, self.village.members[asked.agent].name.as_str())
            .put(errand::OPENED_ON, asked.opened_on.to_string())
            .put(errand::PROMISED_ON, asked.promised_on.to_string())
            .put_some(errand::DONE_ON, asked.done_on.map(|day| day.to_string()))
            .put_some(errand::RESULT, asked.result)
            .put(errand::STATE, if asked.done_on.is_some() { DONE } else { OPEN })
            .put_some(errand::NOTE, note)
            .put_all(errand::PAPERS, &papers)
            .put_some(errand::RATING_ATTITUDE, rating(0))
            .put_some(errand::RATING_QUALITY, rating(1))
            .put_some(errand::RATING_EFFICIENCY, rating(2));
    }

    /// A claim and, once it was reviewed, its entry: as a review writes them.
    fn points(&self, intent: &mut Intent, id: Id, entry: &Entry<'_>, org: Id, cap: Option<i64>) {
        let account = match entry.account {
            Account::Member(at) => self.members[at],
            Account::Household(at) => self.households[at],
        };
        let (book, on) = (book_key(entry.book, entry.version), entry.date.to_string());
        let posted = entry.reviewed_on.is_some();
        if posted {
            intent.entry(NewEntry {
                ledger: Ledger::Points,
                from: org,
                to: account,
                amount: entry.granted,
                key: vec![Value::Id(account), entry.rule.into(), event_id(org, &entry.event).into()],
                on: on.clone(),
                rule: entry.rule.to_owned(),
                terms: vec![
                    book.as_str().into(),
                    cap.into(),
                    entry.asked.into(),
                    entry.granted.into(),
                    entry.times.into(),
                    id.into(),
                ],
            });
        }
        let reviewer = self.users.get(&entry.reviewer).copied().filter(|_| posted);
        intent
            .create(&points_claim::TABLE, id)
            .put(points_claim::ACCOUNT, account)
            .put(points_claim::GROUP, entry.group.name())
            .put(points_claim::RULE, entry.rule)
            .put(points_claim::BOOK, book)
            .put(points_claim::DATE, on)
            .put(points_claim::TIMES, entry.times)
            .put(points_claim::ASKED, entry.asked)
            .put(points_claim::GRANTED, entry.granted)
            .put(points_claim::EVENT, entry.event.as_str())
            .put_some(points_claim::PROPOSER, self.users.get(&entry.proposer).copied())
            .put(points_claim::STATE, if posted { POSTED } else { PROPOSED })
            .put_some(points_claim::REVIEWER, reviewer)
            .put_some(points_claim::REVIEWED_ON, entry.reviewed_on.map(|day| day.to_string()));
    }
}
