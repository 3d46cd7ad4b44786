//! `member.*`: one person of the roster.

use yuanba_core::tables::{look, member};
use yuanba_core::{Field, Id, Value};
use yuanba_store::{Intent, Record};

use crate::Api;
use crate::dto::{Done, JustDone, OneRecord, Problem, RecordId, answer, request, words};
use crate::error::ApiError;
use crate::member_fields::{self, FIELDS, Typed};
use crate::registry::commands;
use crate::roster::MemberRow;
use crate::roster_rows::Rows;
use crate::sentences::Trouble;
use crate::session::Session;
use crate::transfer::Transfer;
use crate::{mask, member_card, problems};

/// Everything a person of the roster has. IDs and phones are masked unless a purpose was given; saving a value that
/// equals the mask of the value held changes nothing.
#[derive(
    Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema, ts_rs::TS,
)]
#[serde(default, deny_unknown_fields)]
pub struct MemberFields {
    pub name: Option<String>,
    /// male or female
    pub sex: Option<String>,
    pub id_number: Option<String>,
    /// GB/T 3304
    pub nation: Option<String>,
    pub birth_date: Option<String>,
    /// GB/T 4658
    pub education: Option<String>,
    /// full, probationary, activist, candidate, applicant
    pub kind: Option<String>,
    pub branch: Option<String>,
    pub party_group: Option<String>,
    pub phones: Vec<String>,
    pub address: Option<String>,
    pub household_place: Option<String>,
    pub joined_on: Option<String>,
    pub confirmed_on: Option<String>,
    pub party_age_correction_months: Option<i32>,
    pub job: Option<String>,
    pub floating: Option<bool>,
    pub floating_place: Option<String>,
    pub out_of_contact: Option<bool>,
    pub courtyard: Option<RecordId>,
    pub household: Option<String>,
    pub notes: Option<String>,
}

words! {
    /// What an entry of somebody's timeline is about.
    pub enum EventKind { Post, Meeting, Points, Note, Change, Doubt }
}

request! {
    /// An existing person, or nobody for a new one.
    pub struct EditMember { pub id: Option<RecordId> }

    /// Fields of a person to be written; those left out stay as they are, `null` empties a field.
    pub struct SaveMember {
        pub id: Option<RecordId>,
        /// Some of MemberFields
        #[schemars(with = "MemberFields")]
        #[ts(type = "Partial<MemberFields>")]
        pub fields: serde_json::Map<String, serde_json::Value>,
        /// As `member.edit` gave them: what the person at the screen had seen
        pub heads: Option<String>,
    }

    /// 作废: the record stays, and can be taken back.
    pub struct VoidMember { pub id: RecordId, pub reason: String }

    /// A look at whole numbers. It leaves a record.
    pub struct Unmask { pub id: RecordId, pub purpose: String }

    /// The people this store holds, for scripts.
    pub struct ListMembers {
        pub search: Option<String>,
        /// Id or unique name
        pub org: Option<String>,
        pub unmasked: Option<bool>,
        pub purpose: Option<String>,
    }
}

answer! {
    /// A form for one person.
    pub struct MemberForm {
        pub fields: MemberFields,
        /// To be given back with `member.save`
        pub heads: String,
    }

    /// A person was written. What is doubtful about it is listed; it is saved all the same.
    pub struct MemberSaved { pub id: RecordId, pub done: Done, pub problems: Vec<Problem> }

    /// Whole numbers.
    pub struct Unmasked {
        pub id_number: Option<String>,
        pub phones: Vec<String>,
        pub address: Option<String>,
        pub household_place: Option<String>,
        pub floating_place: Option<String>,
    }

    /// One value that somebody may take.
    pub struct DoubtChoice { pub side: String, pub value: String, pub who: String }

    /// Something about a person that somebody has to settle.
    pub struct Doubt {
        pub field: String,
        pub label: String,
        pub text: String,
        pub choices: Vec<DoubtChoice>,
        /// For `conflict.resolve`
        pub conflict: Option<String>,
    }

    /// One fact.
    pub struct Fact { pub label: String, pub value: String, pub field: String }

    /// Facts that belong together.
    pub struct FactGroup { pub title: String, pub facts: Vec<Fact> }

    /// One entry of the timeline.
    pub struct TimelineEntry { pub date: String, pub kind: EventKind, pub text: String, pub detail: Option<String> }

    /// Where a person stands in the year's points.
    pub struct Standing { pub year: i32, pub points: i64, pub pending: i64, pub rank: Option<u32>, pub of: u32 }

    /// A person's page.
    pub struct MemberCard {
        pub member: MemberFields,
        pub row: MemberRow,
        /// Three tags under the name
        pub tags: Vec<String>,
        pub sentence: String,
        pub doubts: Vec<Doubt>,
        pub groups: Vec<FactGroup>,
        pub timeline: Vec<TimelineEntry>,
        pub standing: Option<Standing>,
        /// Under which transfer somebody has gone or come
        pub transfer: Option<Transfer>,
        /// Somebody who has gone is only read here
        pub read_only: bool,
        /// The records that show as this person, where there are several
        pub records: Vec<PersonRecord>,
        /// The same person in other organisations, as far as this seat sees them
        pub elsewhere: Vec<Elsewhere>,
        /// All that the person has earned, here and elsewhere
        pub points_together: i64,
    }

    /// One of the records that show as one person.
    pub struct PersonRecord {
        pub id: RecordId,
        pub name: String,
        /// Masked
        pub id_number: Option<String>,
        /// What it alone says beside that, in a few words
        pub text: String,
        /// It gives its id to the whole
        pub leads: bool,
    }

    /// The same person in another organisation.
    pub struct Elsewhere { pub id: RecordId, pub org_name: String, pub name: String, pub status: String, pub points: i64 }

    /// One person for scripts.
    pub struct ListedMember {
        pub id: RecordId,
        pub org: RecordId,
        pub org_name: String,
        pub name: String,
        pub id_number: Option<String>,
        pub phones: Vec<String>,
        /// 正常 and the other states of RULES §6
        pub status: String,
    }

    /// Everybody that was asked for, never paged.
    pub struct MemberList { pub count: u32, pub members: Vec<ListedMember> }
}

commands! {
    /// A person's page
    "member.card" (OneRecord) -> MemberCard, member_card::card;
    /// A form for a person
    "member.edit" (EditMember) -> MemberForm, edit;
    /// Writes a person
    "member.save" (SaveMember) -> MemberSaved, save;
    /// Declares a person's record void
    "member.void" (VoidMember) -> JustDone, void;
    /// Shows whole numbers, for a purpose
    "member.unmask" (Unmask) -> Unmasked, unmask;
    /// Everybody that this store holds
    "member.list" (ListMembers) -> MemberList, list;
}

/// Forms that are remembered with what they showed; the oldest is forgotten first.
const FORMS_MAX: usize = 64;

/// The records that open forms show: a save knows what its person had seen, whatever came in between.
#[derive(Default)]
pub(crate) struct Forms(std::collections::VecDeque<(String, Record)>);

impl Forms {
    fn remember(&mut self, record: &Record, token: Id) -> String {
        if self.0.len() >= FORMS_MAX {
            self.0.pop_front();
        }
        self.0.push_back((token.to_string(), record.clone()));
        token.to_string()
    }

    fn shown(&self, token: &str, id: Id) -> Option<Record> {
        self.0
            .iter()
            .find(|(known, record)| known == token && record.id == id)
            .map(|(_, record)| record.clone())
    }
}

impl Session {
    /// The person of an id.
    pub(crate) fn member(&self, id: RecordId) -> Result<Record, ApiError> {
        let record = self.store.record(&member::TABLE, id.0)?;
        record.ok_or_else(|| Trouble::NotFound { what: "个人" }.into())
    }

    /// Leaves a record of a look at whole numbers or of their export (RULES §7), in this organisation's own journal.
    pub(crate) fn leave_trace(
        &mut self,
        what: &str,
        purpose: &str,
        count: usize,
        record: Option<Id>,
    ) -> Result<(), ApiError> {
        let mut intent = Intent::new(format!("{what}：{purpose}"));
        let id = self.store.new_id();
        intent
            .create(&look::TABLE, id)
            .put(look::WHAT, what)
            .put(look::PURPOSE, purpose)
            .put(look::COUNT, i64::try_from(count).unwrap_or(i64::MAX))
            .put(look::ON, crate::time::stamp(self.store.now_ms()))
            .put_some(look::RECORD, record);
        Ok(self.store.commit_quietly(intent)?)
    }
}

/// Longest purpose, in characters.
const PURPOSE_MAX: usize = 200;

/// The purpose of a look, which must say something.
pub(crate) fn purpose(text: Option<&str>) -> Result<String, ApiError> {
    match text.map(str::trim).filter(|text| !text.is_empty() && text.chars().count() <= PURPOSE_MAX) {
        Some(text) => Ok(text.to_owned()),
        None => Err(Trouble::NeedsPurpose.into()),
    }
}

fn edit(api: &Api, request: EditMember) -> Result<MemberForm, ApiError> {
    let mut session = api.session()?;
    let Some(id) = request.id else {
        return Ok(MemberForm { fields: member_fields::masked(None), heads: String::new() });
    };
    let record = session.member(id)?;
    let token = session.store.new_id();
    let heads = session.forms.remember(&record, token);
    Ok(MemberForm { fields: member_fields::masked(Some(&record)), heads })
}

/// What a form writes, before it is committed.
pub(crate) struct Prepared {
    pub(crate) id: Id,
    pub(crate) name: String,
    pub(crate) intent: Intent,
    /// What is doubtful about what was typed
    pub(crate) problems: Vec<Problem>,
}

fn save(api: &Api, request: SaveMember) -> Result<MemberSaved, ApiError> {
    let mut session = api.session()?;
    let Prepared { id, intent, problems, .. } = prepare(&mut session, request)?;
    let done = session.commit(intent)?;
    Ok(MemberSaved { id: id.into(), done, problems })
}

/// Reads a form.
pub(crate) fn prepare(session: &mut Session, request: SaveMember) -> Result<Prepared, ApiError> {
    let held = match request.id {
        None => None,
        Some(id) => {
            let now = session.member(id)?;
            let shown = request.heads.as_deref().and_then(|token| session.forms.shown(token, now.id));
            Some(shown.unwrap_or(now))
        }
    };
    let today = session.store.today();
    let mut kept = held.as_ref().map(problems::of).unwrap_or_default();
    let mut raw = held.as_ref().map(problems::raw_of).unwrap_or_default();
    let mut writes: Vec<(Field, Typed)> = Vec::new();
    let mut refused = Vec::new();
    for (key, typed) in &request.fields {
        let field = FIELDS.iter().copied().find(|field| field.name == key);
        let field = field.ok_or_else(|| Trouble::UnknownKey { field: key.clone() })?;
        let read = member_fields::read(field, typed, held.as_ref(), today)?;
        if matches!(read, Typed::Same) {
            continue;
        }
        kept.retain(|problem| problem.field != field.name);
        raw.retain(|(name, _)| name != field.name);
        if let Typed::Wrong { code, text, raw: typed } = &read {
            let problem =
                Problem { field: field.name.to_owned(), code: (*code).to_owned(), text: text.clone() };
            refused.push(problem.clone());
            if *code == "value_masked" {
                continue;
            }
            kept.push(problem);
            raw.push((field.name.to_owned(), typed.clone()));
        }
        writes.push((field, read));
    }

    let written = |field: Field| writes.iter().find(|(other, _)| *other == field).map(|(_, typed)| typed);
    let after = |field: Field| match written(field) {
        Some(Typed::Value(value)) => value.as_text().map(str::to_owned),
        Some(Typed::Wrong { .. }) => None,
        _ => held.as_ref().and_then(|record| record.text(field).map(str::to_owned)),
    };
    let name = after(member::NAME).ok_or(Trouble::Empty { field: "name", label: "姓名" })?;
    kept.retain(|problem| {
        !["id_birth_differs", "id_sex_differs", "dates_out_of_order"].contains(&&*problem.code)
    });
    for (field, code, text) in member_fields::contradictions(after, session.joining_age_years()) {
        let problem = Problem { field: field.name.to_owned(), code: code.to_owned(), text };
        if written(field).is_some() || held.is_none() {
            refused.push(problem.clone());
        }
        kept.push(problem);
    }

    let mut intent = Intent::new(match &held {
        None => format!("把{name}写进了花名册"),
        Some(held) => changed_text(&name, &writes, held),
    });
    let id = held.as_ref().map_or_else(|| session.store.new_id(), |record| record.id);
    let draft = match &held {
        None => intent.create(&member::TABLE, id),
        Some(record) => intent.edit(record),
    };
    for (field, typed) in writes {
        match typed {
            Typed::Value(value) => draft.put(field, value),
            Typed::Elements(elements) => draft.put_all(field, &elements),
            Typed::Wrong { .. } if field == member::PHONES => draft,
            Typed::Wrong { .. } => draft.put(field, Value::Null),
            Typed::Same => draft,
        };
    }
    draft.put(member::PROBLEMS, problems::value(&kept)).put(member::RAW, problems::raw_value(&raw));
    Ok(Prepared { id, name, intent, problems: refused })
}

/// 改了王秀英的手机号码、现居住地
fn changed_text(name: &str, writes: &[(Field, Typed)], held: &Record) -> String {
    let changes = |(field, typed): &&(Field, Typed)| match typed {
        Typed::Elements(elements) => {
            let before = held.set(*field);
            before.len() != elements.len() || elements.iter().any(|element| !before.contains(&element))
        }
        Typed::Value(value) => held.get(*field) != value,
        Typed::Wrong { .. } => true,
        Typed::Same => false,
    };
    let labels: Vec<&str> = writes.iter().filter(changes).map(|(field, _)| field.label).collect();
    match labels.len() {
        0 => format!("改了{name}的资料"),
        1..=3 => format!("改了{name}的{}", labels.join("、")),
        count => format!("改了{name}的{}等 {count} 项", labels[..2].join("、")),
    }
}

fn void(api: &Api, request: VoidMember) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let record = session.member(request.id)?;
    let reason = request.reason.trim();
    if reason.is_empty() {
        return Err(Trouble::Empty { field: "reason", label: "原因" }.into());
    }
    let name = record.text(member::NAME).unwrap_or("这个人");
    let mut intent = Intent::new(format!("作废了{name}这一条"));
    intent.edit(&record).void(reason);
    Ok(JustDone { done: session.commit(intent)? })
}

fn unmask(api: &Api, request: Unmask) -> Result<Unmasked, ApiError> {
    let mut session = api.session()?;
    let record = session.member(request.id)?;
    let purpose = purpose(Some(&request.purpose))?;
    session.leave_trace("看全号", &purpose, 1, Some(record.id))?;
    let text = |field| record.text(field).map(str::to_owned);
    Ok(Unmasked {
        id_number: text(member::ID_NUMBER),
        phones: record.texts(member::PHONES).into_iter().map(str::to_owned).collect(),
        address: text(member::ADDRESS),
        household_place: text(member::HOUSEHOLD_PLACE),
        floating_place: text(member::FLOATING_PLACE),
    })
}

fn list(api: &Api, request: ListMembers) -> Result<MemberList, ApiError> {
    let whole = request.unmasked.unwrap_or(false);
    let purpose = whole.then(|| purpose(request.purpose.as_deref())).transpose()?;
    if whole {
        api.check("member.list#unmasked")?;
    }
    let mut session = api.session()?;
    let scope = match request.org.as_deref() {
        Some(org) => Some(session.store.scope(session.organisation(org)?)),
        None => None,
    };
    let people = session.people()?;
    let found = people.find(request.search.as_deref().unwrap_or_default());
    let wanted: Vec<Id> = found
        .into_iter()
        .map(|at| people.get(at))
        .filter(|person| scope.as_ref().is_none_or(|scope| scope.contains(&person.org)))
        .map(|person| person.id)
        .collect();
    if let Some(purpose) = purpose {
        session.leave_trace("列出全号", &purpose, wanted.len(), None)?;
    }
    let records = session.records_in_order(&wanted)?;
    let mut rows = Rows::new(&session);
    let mut members = Vec::with_capacity(records.len());
    for record in &records {
        let show =
            |text: &str, masked: fn(&str) -> String| if whole { text.to_owned() } else { masked(text) };
        members.push(ListedMember {
            id: record.id.into(),
            org: record.org.into(),
            org_name: rows.org_name(record.org)?,
            name: record.text(member::NAME).unwrap_or_default().to_owned(),
            id_number: record.text(member::ID_NUMBER).map(|text| show(text, mask::id_number)),
            phones: record.texts(member::PHONES).into_iter().map(|text| show(text, mask::phone)).collect(),
            status: record.text(member::STATUS).unwrap_or("正常").to_owned(),
        });
    }
    Ok(MemberList { count: members.len() as u32, members })
}

impl Session {
    /// People's records in the order of the ids; one by one for a few, all at once for many.
    pub(crate) fn records_in_order(&self, ids: &[Id]) -> Result<Vec<Record>, ApiError> {
        /// From so many on, reading the whole table is cheaper.
        const MANY: usize = 500;
        let mut records = Vec::with_capacity(ids.len());
        if ids.len() < MANY {
            for id in ids {
                records.extend(self.store.record(&member::TABLE, *id)?);
            }
            return Ok(records);
        }
        let all = self.store.records(&member::TABLE)?.into_iter();
        let mut by_id: std::collections::HashMap<Id, Record> =
            all.map(|record| (record.id, record)).collect();
        records.extend(ids.iter().filter_map(|id| by_id.remove(id)));
        Ok(records)
    }
}
