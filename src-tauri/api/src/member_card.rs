//! A person's page: who in one glance, what is doubtful, the facts in groups, and what has happened.

use yuanba_core::tables::{courtyard, member, post_assignment};
use yuanba_core::{Field, PartialDate};
use yuanba_journal::fold::RecordState;
use yuanba_store::Record;

use crate::Api;
use crate::conflict::{self, shown};
use crate::dto::OneRecord;
use crate::error::ApiError;
use crate::member::{
    Doubt, DoubtChoice, Elsewhere, EventKind, Fact, FactGroup, MemberCard, PersonRecord, TimelineEntry,
};
use crate::roster_rows::Rows;
use crate::session::Session;
use crate::{mask, member_fields, points, problems, time, transfer};

/// The groups of facts, in their order.
const GROUPS: &[(&str, &[Field])] = &[
    (
        "基本情况",
        &[
            member::SEX,
            member::BIRTH_DATE,
            member::NATION,
            member::EDUCATION,
            member::ID_NUMBER,
            member::PHONES,
            member::ADDRESS,
            member::HOUSEHOLD_PLACE,
        ],
    ),
    (
        "党内",
        &[
            member::KIND,
            member::BRANCH,
            member::PARTY_GROUP,
            member::OFFICE,
            member::JOINED_ON,
            member::CONFIRMED_ON,
            member::PARTY_AGE_CORRECTION,
            member::APPLIED_ON,
            member::JOINED_BRANCH,
        ],
    ),
    (
        "别的",
        &[
            member::JOB,
            member::SKILLS,
            member::HEALTH,
            member::DEGREE,
            member::TITLE,
            member::STRATUM,
            member::MIGRANT_WORKER,
            member::FLOATING,
            member::FLOATING_PLACE,
            member::OUT_OF_CONTACT,
            member::NOTES,
        ],
    ),
];

/// Where somebody lives or is to be found; the numbers of houses and groups show to whoever has said what for.
const PLACES: &[Field] = &[member::ADDRESS, member::HOUSEHOLD_PLACE, member::FLOATING_PLACE];

pub(crate) fn card(api: &Api, request: OneRecord) -> Result<MemberCard, ApiError> {
    let mut session = api.session()?;
    let record = session.member(request.id)?;
    let standing = points::standing(&mut session, &record)?;
    let mut timeline = happened(&session, &record)?;
    timeline.extend(points::told(&mut session, record.id)?);
    timeline.extend(also(&session, &record)?);
    let elsewhere = elsewhere(&mut session, &record, &mut timeline)?;
    let points_together =
        points::earned(&session, &record)? + elsewhere.iter().map(|one| one.points).sum::<i64>();
    let transfer = transfer::of_member(&mut session, record.id)?;
    let read_only = session.release_of(record.id)?.is_some();
    timeline.sort_by(|a, b| b.date.cmp(&a.date));
    let row = Rows::new(&session).row(&record)?;
    let years = party_years(&session, &record).map(|years| format!("，党龄 {years}\u{a0}年"));
    let mut tags = Vec::new();
    if row.kind.is_some() {
        tags.push(format!("{}{}", row.kind_name, years.unwrap_or_default()));
    }
    tags.extend(row.party_group.clone());
    if let Some(courtyard) = record.id(member::COURTYARD) {
        let courtyard = session.store.record(&courtyard::TABLE, courtyard)?;
        tags.extend(courtyard.and_then(|record| record.text(courtyard::NAME).map(str::to_owned)));
    }
    if read_only {
        tags.push("已转出".to_owned());
    }
    let sentence = match (&row.post_text, &row.excused_for) {
        _ if read_only => transfer.as_ref().map(|transfer| transfer.text.clone()).unwrap_or_default(),
        (Some(post), _) => format!("{post}。"),
        (None, Some(reason)) => format!("免岗：{reason}。"),
        (None, None) => "还没有设岗。".to_owned(),
    };
    Ok(MemberCard {
        member: member_fields::masked(Some(&record)),
        tags,
        sentence,
        doubts: doubts(&session, &record)?,
        groups: groups(&record),
        timeline,
        standing,
        row,
        transfer,
        read_only,
        records: records(&session, &record)?,
        elsewhere,
        points_together,
    })
}

/// The records that show as this person, where there are several.
fn records(session: &Session, record: &Record) -> Result<Vec<PersonRecord>, ApiError> {
    let apart = session.store.apart(record.id)?;
    if apart.len() < 2 {
        return Ok(Vec::new());
    }
    let one = |(id, state): (yuanba_core::Id, RecordState)| {
        let text = |field: Field| state.text(field).map(str::to_owned);
        let beside = [member::BIRTH_DATE, member::PARTY_GROUP, member::JOINED_ON];
        let beside = beside.into_iter().filter_map(|field| Some(format!("{} {}", field.label, text(field)?)));
        PersonRecord {
            id: id.into(),
            name: text(member::NAME).unwrap_or_default(),
            id_number: text(member::ID_NUMBER).map(|number| mask::id_number(&number)),
            text: beside.collect::<Vec<_>>().join("，"),
            leads: id == record.id,
        }
    };
    Ok(apart.into_iter().map(one).collect())
}

/// The same person in other organisations; what happened there is told in one line with what happened here.
fn elsewhere(
    session: &mut Session,
    record: &Record,
    timeline: &mut Vec<TimelineEntry>,
) -> Result<Vec<Elsewhere>, ApiError> {
    let mut list = Vec::new();
    for (org, id) in session.store.dossiers(record.id)? {
        let Some(other) = session.store.record(&member::TABLE, id)?.filter(|_| org != record.org) else {
            continue;
        };
        let org_name = session.store.organisation_name(org)?;
        let mut there = happened(session, &other)?;
        there.extend(points::told(session, other.id)?);
        for mut entry in there.into_iter().filter(|entry| entry.kind != EventKind::Meeting) {
            let at = format!("在{org_name}");
            entry.detail = Some(entry.detail.map_or_else(|| at.clone(), |detail| format!("{detail}，{at}")));
            // A dossier that was handed over has brought the same line along.
            let known = |line: &TimelineEntry| {
                (&line.date, &line.text, &line.detail) == (&entry.date, &entry.text, &entry.detail)
            };
            if !timeline.iter().any(known) {
                timeline.push(entry);
            }
        }
        list.push(Elsewhere {
            id: other.id.into(),
            org_name,
            name: other.text(member::NAME).unwrap_or_default().to_owned(),
            status: other.text(member::STATUS).unwrap_or("正常").to_owned(),
            points: points::earned(session, &other)?,
        });
    }
    Ok(list)
}

/// 党龄: whole years since 转正, with the correction in months (RULES §1).
fn party_years(session: &Session, record: &Record) -> Option<u32> {
    let confirmed: PartialDate = record.text(member::CONFIRMED_ON)?.parse().ok()?;
    let correction = record.int(member::PARTY_AGE_CORRECTION).unwrap_or(0);
    let months = i64::from(confirmed.years_until(session.store.today())?) * 12 + correction;
    u32::try_from(months / 12).ok()
}

fn doubts(session: &Session, record: &Record) -> Result<Vec<Doubt>, ApiError> {
    let raw = problems::raw_of(record);
    let mut doubts: Vec<Doubt> = problems::of(record)
        .into_iter()
        .map(|problem| {
            let field = member::TABLE.field_named(&problem.field);
            let read = raw.iter().find(|(field, _)| *field == problem.field);
            Doubt {
                label: field.map_or("", |field| field.label).to_owned(),
                choices: read
                    .map(|(_, text)| DoubtChoice {
                        side: "raw".to_owned(),
                        value: mask::text(text),
                        who: "原来写的".to_owned(),
                    })
                    .into_iter()
                    .collect(),
                field: problem.field,
                // A finding of an import may quote the number that it is about.
                text: mask::text(&problem.text),
                conflict: None,
            }
        })
        .collect();
    if record.has_conflict() {
        for conflict in conflict::all(session)?.into_iter().filter(|c| c.record == Some(record.id.into())) {
            let choice = |side: &conflict::ConflictSide| DoubtChoice {
                side: side.side.clone(),
                value: side.value.clone(),
                who: format!("{}，{}", side.who, &side.at[..10]),
            };
            doubts.push(Doubt {
                text: format!("{}有两种写法，要定一个。", conflict.label),
                choices: conflict.sides.iter().map(choice).collect(),
                field: conflict.field,
                label: conflict.label,
                conflict: Some(conflict.id),
            });
        }
    }
    Ok(doubts)
}

fn groups(record: &Record) -> Vec<FactGroup> {
    let fact = |field: &Field| {
        let values = match field.kind {
            yuanba_core::FieldKind::Set => record.set(*field),
            yuanba_core::FieldKind::Register => vec![record.get(*field)],
        };
        let known: Vec<String> = values
            .into_iter()
            .filter(|value| !value.is_null())
            .map(|value| shown(member::TABLE.number, field.number, value))
            .map(|text| if PLACES.contains(field) { mask::address(&text) } else { text })
            .collect();
        let value = if known.is_empty() { "没有写".to_owned() } else { known.join("、") };
        Fact { label: field.label.to_owned(), value, field: field.name.to_owned() }
    };
    GROUPS
        .iter()
        .map(|(title, fields)| FactGroup {
            title: (*title).to_owned(),
            facts: fields.iter().map(fact).collect(),
        })
        .collect()
}

/// What has happened to a person in the organisation of the record, the newest first; points are told elsewhere.
pub(crate) fn happened(session: &Session, record: &Record) -> Result<Vec<TimelineEntry>, ApiError> {
    let mut entries = Vec::new();
    let mut entry = |date: Option<&str>, kind, text: &str, detail: Option<&str>| {
        if let Some(date) = date {
            let detail = detail.map(str::to_owned);
            entries.push(TimelineEntry { date: date.to_owned(), kind, text: text.to_owned(), detail });
        }
    };
    entry(record.text(member::APPLIED_ON), EventKind::Meeting, "递交入党申请书", None);
    entry(record.text(member::JOINED_ON), EventKind::Meeting, "入党", record.text(member::JOINED_BRANCH));
    entry(record.text(member::CONFIRMED_ON), EventKind::Meeting, "转正", None);
    for post in session.store.children(&post_assignment::TABLE, record.id)? {
        if post.voided() {
            continue;
        }
        let name = session.post_name(post.text(post_assignment::POST).unwrap_or_default());
        let text = |field| post.text(field);
        entry(
            text(post_assignment::FROM),
            EventKind::Post,
            &format!("定了「{name}」"),
            text(post_assignment::DECIDED_BY),
        );
        let reason = text(post_assignment::END_REASON);
        entry(text(post_assignment::ENDED_ON), EventKind::Post, &format!("不再管「{name}」"), reason);
    }
    entries.sort_by(|a, b| b.date.cmp(&a.date));
    Ok(entries)
}

/// The last change, and what happened in other organisations before.
fn also(session: &Session, record: &Record) -> Result<Vec<TimelineEntry>, ApiError> {
    let mut entries = transfer::history_of(session, record.id)?;
    let changed = time::day(record.changed_at_ms());
    let names = session.user_names()?;
    let who = record.changed_by().and_then(|user| names.get(&user));
    entries.push(TimelineEntry {
        date: changed,
        kind: EventKind::Change,
        text: "改过资料".to_owned(),
        detail: who.cloned(),
    });
    Ok(entries)
}
