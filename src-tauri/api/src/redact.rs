//! `redact.*`: a lawful erasure (JOURNAL §2). The words of a record's changes are erased everywhere; chain, digests and sums
//! still verify. Of a person everything that is about them goes at once: the record, what hangs on it, the dossiers that were
//! handed over, and what somebody names by hand.

use std::collections::{BTreeMap, BTreeSet};

use yuanba_core::record::Table;
use yuanba_core::tables::{
    self, errand, field_note, household, liaison, member, points_claim, post_assignment, post_excuse,
    relative, transfer,
};
use yuanba_core::{Field, Id};
use yuanba_journal::ChangeRef;
use yuanba_store::{Intent, Record};

use crate::Api;
use crate::dto::{Done, JustDone, Nothing, OneRecord, RecordId, answer, request};
use crate::entered::{self, SHORT_MAX};
use crate::error::ApiError;
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::session::Session;
use crate::{note, time};

request! {
    /// A record whose words are to be erased for good.
    pub struct Redact { pub id: RecordId, pub reason: String }

    /// A person whose lawful request is carried out.
    pub struct ErasePerson {
        pub id: RecordId,
        /// Why, without the person's name: this stays
        pub reason: String,
        /// Records that name the person, as the preview listed them, whose words go too
        #[serde(default)]
        pub mentions: Vec<RecordId>,
    }
}

answer! {
    /// Records of one kind that are erased.
    pub struct ErasePart {
        /// 党员, 岗位 …
        pub label: String,
        pub org_name: String,
        pub count: u32,
    }

    /// A record that names the person and is about something else.
    pub struct EraseMention {
        pub id: RecordId,
        /// 手记, 代办 …
        pub label: String,
        pub date: Option<String>,
        /// The beginning of it, numbers masked
        pub text: String,
    }

    /// What a lawful erasure would take away, and what it cannot.
    pub struct ErasePreview {
        pub name: String,
        pub org_name: String,
        /// Why it cannot be done from here
        pub refused: Option<String>,
        pub parts: Vec<ErasePart>,
        /// Erased only where somebody says so
        pub mentions: Vec<EraseMention>,
        /// People in whose notes the name stands: those are changed by hand
        pub noted_with: Vec<String>,
        /// How many ledger entries stay, with a number in place of the name
        pub entries: u32,
    }

    /// An erasure that was carried out.
    pub struct ErasureLine {
        pub id: String,
        pub at: String,
        pub user: String,
        pub org_name: String,
        pub reason: Option<String>,
        /// How many records lost their words
        pub records: u32,
        /// So many of them have new words since, written by somebody who did not know of it
        pub written_since: u32,
    }
}

commands! {
    /// Erases the words of a record of an organisation below, here and wherever the erasure arrives
    "redact.record" (Redact) -> JustDone, record;
    /// What erasing a person would take away; nothing is written
    "redact.preview" (OneRecord) -> ErasePreview, preview;
    /// Erases a person of an organisation below, here and wherever the erasure arrives
    "redact.person" (ErasePerson) -> JustDone, person;
    /// The erasures that count here, the newest first: a backup that is older than one still holds what it erased
    "redact.list" (Nothing) -> Vec<ErasureLine>, list;
}

/// Longest part of a note that the preview shows, in characters.
const EXCERPT: usize = 40;

/// What goes: the changes of each organisation's records, and how many records of which kind.
#[derive(Default)]
struct Goes {
    changes: BTreeMap<Id, Vec<ChangeRef>>,
    parts: BTreeMap<(Id, u16), BTreeSet<Id>>,
}

impl Goes {
    fn take(&mut self, session: &Session, table: &Table, record: &Record) -> Result<(), ApiError> {
        let seen = self.parts.entry((record.org, table.number)).or_default();
        if seen.insert(record.id) {
            let changes = session.store.changes_of(record.id)?;
            self.changes.entry(record.org).or_default().extend(changes);
        }
        Ok(())
    }
}

/// Whether this seat stands above an organisation.
fn is_below(session: &Session, org: Id) -> bool {
    let own = session.store.org();
    org != own && session.store.authority().covers(own, org)
}

/// Everything that is about a person, in every organisation below that has a dossier of theirs.
fn about(session: &Session, person: &Record) -> Result<Goes, ApiError> {
    let store = &session.store;
    let mut goes = Goes::default();
    let mut persons: BTreeSet<Id> = BTreeSet::new();
    for (org, id) in store.dossiers(person.id)? {
        if !is_below(session, org) {
            continue;
        }
        let Some(dossier) = store.record(&member::TABLE, id)? else { continue };
        goes.take(session, &member::TABLE, &dossier)?;
        persons.insert(dossier.id);
        persons.extend(store.aliases(dossier.id)?);
        for table in [&post_assignment::TABLE, &post_excuse::TABLE, &points_claim::TABLE, &transfer::TABLE] {
            for child in store.children(table, dossier.id)? {
                goes.take(session, table, &child)?;
            }
        }
    }
    let named = |record: &Record, fields: &[Field]| {
        fields.iter().any(|field| record.id(*field).is_some_and(|id| persons.contains(&id)))
    };
    for pair in store.records(&relative::TABLE)? {
        if is_below(session, pair.org) && named(&pair, &[relative::FIRST, relative::SECOND]) {
            goes.take(session, &relative::TABLE, &pair)?;
        }
    }
    for looks_after in store.records(&liaison::TABLE)? {
        if is_below(session, looks_after.org) && named(&looks_after, &[liaison::MEMBER]) {
            goes.take(session, &liaison::TABLE, &looks_after)?;
        }
    }
    // A dossier that was handed over and never accepted is theirs too.
    for handed in store.records(&transfer::TABLE)? {
        if is_below(session, handed.org) && named(&handed, &[transfer::OTHER_MEMBER, transfer::MEMBER]) {
            goes.take(session, &transfer::TABLE, &handed)?;
        }
    }
    Ok(goes)
}

/// Records about something else in which the person's name stands, and whose notes name it.
fn mentions(session: &Session, person: &Record) -> Result<(Vec<EraseMention>, Vec<String>), ApiError> {
    let (store, id) = (&session.store, person.id);
    let Some(name) = person.text(member::NAME).map(str::to_owned) else { return Ok(Default::default()) };
    let mut found = Vec::new();
    let mut mention = |table: &Table, record: &Record, on: Option<Field>, text: &str| {
        let mut shown: String = text.chars().take(EXCERPT).collect();
        if text.chars().count() > EXCERPT {
            shown.push_str("……");
        }
        found.push(EraseMention {
            id: record.id.into(),
            label: table.label.to_owned(),
            date: on.and_then(|on| record.text(on)).map(str::to_owned),
            text: shown,
        });
    };
    for written in store.records(&field_note::TABLE)? {
        let text = written.text(field_note::TEXT).unwrap_or_default();
        let present = written.set(field_note::PRESENT).into_iter().filter_map(note::read_present);
        let there =
            present.into_iter().any(|one| one.name.contains(&name) || one.member.is_some_and(|m| m.0 == id));
        if is_below(session, written.org) && (there || text.contains(&name)) {
            mention(&field_note::TABLE, &written, Some(field_note::DATE), text);
        }
    }
    for asked in store.records(&errand::TABLE)? {
        let texts =
            [errand::PERSON, errand::RESULT, errand::AGENT_NAME].map(|f| asked.text(f).unwrap_or_default());
        let agent = asked.id(errand::AGENT) == Some(id);
        if is_below(session, asked.org) && (agent || texts.iter().any(|text| text.contains(&name))) {
            let text = format!("{}的代办 {}", texts[0], asked.text(errand::NUMBER).unwrap_or_default());
            mention(&errand::TABLE, &asked, Some(errand::OPENED_ON), &text);
        }
    }
    for home in store.records(&household::TABLE)? {
        if is_below(session, home.org) && home.text(household::NAME).is_some_and(|head| head.contains(&name))
        {
            mention(&household::TABLE, &home, None, home.text(household::NAME).unwrap_or_default());
        }
    }
    let mut noted_with = Vec::new();
    for other in store.records(&member::TABLE)? {
        let notes = [member::NOTES, member::HOUSEHOLD].map(|field| other.text(field).unwrap_or_default());
        if other.id != id && !other.voided() && notes.iter().any(|text| text.contains(&name)) {
            noted_with.extend(other.text(member::NAME).map(str::to_owned));
        }
    }
    Ok((found, noted_with))
}

fn preview(api: &Api, request: OneRecord) -> Result<ErasePreview, ApiError> {
    let session = api.session()?;
    let person = session.member(request.id)?;
    let goes = about(&session, &person)?;
    let (mentions, noted_with) = mentions(&session, &person)?;
    let mut parts = Vec::new();
    for ((org, table), records) in &goes.parts {
        parts.push(ErasePart {
            label: tables::by_number(*table).map_or("", |table| table.label).to_owned(),
            org_name: session.store.organisation_name(*org)?,
            count: u32::try_from(records.len()).unwrap_or(u32::MAX),
        });
    }
    let filter = yuanba_store::EntryFilter {
        ledger: yuanba_journal::payload::Ledger::Points,
        account: Some(person.id),
        org: None,
    };
    let below = is_below(&session, person.org);
    Ok(ErasePreview {
        name: person.text(member::NAME).unwrap_or("没有名字的人").to_owned(),
        org_name: session.store.organisation_name(person.org)?,
        refused: (!below).then(|| "这个人的资料是本级自己的，要请上一级来删。".to_owned()),
        parts: if below { parts } else { Vec::new() },
        mentions,
        noted_with,
        entries: u32::try_from(session.store.entries(filter)?.len()).unwrap_or(u32::MAX),
    })
}

fn person(api: &Api, request: ErasePerson) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let person = session.member(request.id)?;
    let reason = entered::required("reason", "原因", &request.reason, SHORT_MAX)?;
    if !is_below(&session, person.org) {
        return Err(Trouble::NotBelow.into());
    }
    if person.text(member::NAME).is_some_and(|name| reason.contains(name)) {
        let text = "原因会一直留着，里面不要写这个人的名字。".to_owned();
        return Err(Trouble::BadValue { field: "reason", text }.into());
    }
    let mut goes = about(&session, &person)?;
    for id in &request.mentions {
        let (table, record) = found(&session, id.0)?;
        let named = [field_note::TABLE.number, errand::TABLE.number, household::TABLE.number];
        if !named.contains(&table.number) || !is_below(&session, record.org) {
            let text = "这里面有一条不是手记、代办、各户，没有删。".to_owned();
            return Err(Trouble::BadValue { field: "mentions", text }.into());
        }
        goes.take(&session, table, &record)?;
    }
    let org_name = session.store.organisation_name(person.org)?;
    // Without the person's name: this sentence stays.
    carry_out(&mut session, goes.changes, &reason, format!("照本人的请求，删去了{org_name}一个人的资料"))
}

/// A record of any kind.
fn found(session: &Session, id: Id) -> Result<(&'static Table, Record), ApiError> {
    for table in tables::ALL {
        if let Some(record) = session.store.record(table, id)? {
            return Ok((table, record));
        }
    }
    Err(Trouble::NotFound { what: "一条记录" }.into())
}

fn record(api: &Api, request: Redact) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let reason = request.reason.trim().to_owned();
    if reason.is_empty() {
        return Err(Trouble::Empty { field: "reason", label: "原因" }.into());
    }
    let (table, record) = found(&session, request.id.0)?;
    if !is_below(&session, record.org) {
        return Err(Trouble::NotBelow.into());
    }
    let mut goes = Goes::default();
    goes.take(&session, table, &record)?;
    if table.number == member::TABLE.number {
        let store = &session.store;
        // A dossier that was handed over with somebody is theirs too; so is one that was handed over and never accepted.
        for moved in store.children(&transfer::TABLE, record.id)? {
            goes.take(&session, &transfer::TABLE, &moved)?;
        }
        for handed in store.records(&transfer::TABLE)? {
            let accepted = handed.text(transfer::ACCEPTED_ON).is_some();
            if !accepted && handed.org != record.org && handed.id(transfer::OTHER_MEMBER) == Some(record.id) {
                goes.take(&session, &transfer::TABLE, &handed)?;
            }
        }
    }
    let org_name = session.store.organisation_name(record.org)?;
    // Without the person's name: this sentence stays.
    carry_out(&mut session, goes.changes, &reason, format!("删去了{org_name}的一条{}", table.label))
}

/// Writes the erasures, one for each organisation. Nobody takes them back: the words are gone.
fn carry_out(
    session: &mut Session,
    changes: BTreeMap<Id, Vec<ChangeRef>>,
    reason: &str,
    said: String,
) -> Result<JustDone, ApiError> {
    for (org, changes) in changes.into_iter().filter(|(_, changes)| !changes.is_empty()) {
        let mut intent = Intent::new(said.clone()).of(org);
        intent.redact(changes, reason);
        session.store.commit_quietly(intent)?;
    }
    session.catch_up()?;
    Ok(JustDone { done: Done { group: String::new(), text: said, at: time::stamp(session.store.now_ms()) } })
}

fn list(api: &Api, _: Nothing) -> Result<Vec<ErasureLine>, ApiError> {
    erasures(&*api.session()?, i64::MIN)
}

/// The erasures since a time, ms since 1970: what a backup of that time still holds.
pub(crate) fn erasures(session: &Session, since_ms: i64) -> Result<Vec<ErasureLine>, ApiError> {
    let users = session.user_names()?;
    let mut lines = Vec::new();
    for erasure in session.store.erasures()?.into_iter().filter(|erasure| erasure.at_ms >= since_ms) {
        let mut written_since = 0;
        for record in &erasure.records {
            written_since += u32::from(!session.store.changes_of(*record)?.is_empty());
        }
        lines.push(ErasureLine {
            id: erasure.group.to_string(),
            at: time::stamp(erasure.at_ms),
            user: users.get(&erasure.user).cloned().unwrap_or_else(|| "上级的人".to_owned()),
            org_name: session.store.organisation_name(erasure.org)?,
            reason: erasure.reason,
            records: u32::try_from(erasure.records.len()).unwrap_or(u32::MAX),
            written_since,
        });
    }
    Ok(lines)
}
