//! Courtyards as a list, a page and a workbook.

use std::collections::HashMap;

use chrono::NaiveDate;
use yuanba_core::tables::{courtyard, errand, field_note, liaison};
use yuanba_core::{Id, Level};
use yuanba_store::Record;

use super::{Courtyard, CourtyardCard, Courtyards, Liaison, looks_after};
use crate::dto::{Named, Nothing, OneRecord, OutFile, Written};
use crate::entered::held_day;
use crate::errand::{ErrandState, Errands};
use crate::error::ApiError;
use crate::session::Session;
use crate::workbook::{self, known, some, text};
use crate::{Api, note};

/// Who looks after each courtyard, when somebody was there last, and what is still open in it.
pub(crate) struct Yards {
    records: Vec<Record>,
    liaisons: HashMap<Id, (Record, String)>,
    last_notes: HashMap<Id, NaiveDate>,
    open_errands: HashMap<Id, u32>,
    today: NaiveDate,
    /// After how many days without a note a courtyard is called quiet
    pub(crate) quiet_after: i64,
}

impl Yards {
    /// Everything that lists of courtyards show; `own` leaves out what belongs to other organisations.
    pub(crate) fn read(session: &mut Session, own: bool) -> Result<Yards, ApiError> {
        let names = session.member_names()?;
        let store = &session.store;
        let today = store.today();
        let read = |table| if own { session.own(table) } else { session.live(table) };
        let mut liaisons: HashMap<Id, (Record, String)> = HashMap::new();
        for record in read(&liaison::TABLE)? {
            let (Some(yard), Some(member)) = (record.id(liaison::COURTYARD), record.id(liaison::MEMBER))
            else {
                continue;
            };
            let newer = |(held, _): &(Record, String)| held.text(liaison::FROM) < record.text(liaison::FROM);
            if looks_after(&record, &today.to_string()) && liaisons.get(&yard).is_none_or(newer) {
                let name = names.of(store, member)?;
                liaisons.insert(yard, (record, name));
            }
        }
        let of = (own || session.level == Level::Village).then(|| store.org());
        let mut last_notes: HashMap<Id, NaiveDate> = HashMap::new();
        store.glances(&field_note::TABLE, of, &[field_note::DATE, field_note::COURTYARD], |record| {
            let day = held_day(record.text(field_note::DATE));
            if let Some((yard, day)) = record.id(field_note::COURTYARD).zip(day) {
                let last = last_notes.entry(yard).or_insert(day);
                *last = day.max(*last);
            }
        })?;
        let mut open_errands: HashMap<Id, u32> = HashMap::new();
        for record in store.records_at(&errand::TABLE, crate::errand::OPEN, of)? {
            if let Some(yard) = record.id(errand::COURTYARD) {
                *open_errands.entry(yard).or_default() += 1;
            }
        }
        let quiet_after =
            session.practices().home.on(today).map_or(i64::MAX, |r| r.quiet_courtyard_days.into());
        let records = read(&courtyard::TABLE)?;
        Ok(Yards { records, liaisons, last_notes, open_errands, today, quiet_after })
    }

    /// One courtyard as it is listed.
    fn row(&self, record: &Record) -> Courtyard {
        let said = |field| record.text(field).map(str::to_owned);
        let count = |field| record.int(field).and_then(|count| u32::try_from(count).ok());
        let place = |field| record.int(field).and_then(|at| i32::try_from(at).ok());
        let last = self.last_notes.get(&record.id);
        let days = last.map(|day| (self.today - *day).num_days().max(0));
        Courtyard {
            id: record.id.into(),
            name: said(courtyard::NAME).unwrap_or_default(),
            party_group: said(courtyard::PARTY_GROUP),
            households: count(courtyard::HOUSEHOLDS),
            people: count(courtyard::PEOPLE),
            x: place(courtyard::X),
            y: place(courtyard::Y),
            liaison: self.liaisons.get(&record.id).and_then(|(held, name)| {
                Some(Named { id: held.id(liaison::MEMBER)?.into(), name: name.clone() })
            }),
            last_note: last.map(ToString::to_string),
            days_quiet: days.and_then(|days| u32::try_from(days).ok()),
            overdue: days.is_none_or(|days| days > self.quiet_after),
            open_errands: self.open_errands.get(&record.id).copied().unwrap_or(0),
        }
    }

    /// All courtyards in the order of their making.
    pub(crate) fn rows(&self) -> Vec<Courtyard> {
        self.records.iter().map(|record| self.row(record)).collect()
    }

    /// 9 个院坝，186 户。5 月以来走了 7 个，还有 2 个超过 30 天没去。
    fn sentence(&self, rows: &[Courtyard]) -> String {
        if rows.is_empty() {
            return "还没有院坝。先添一个，再定联络员。".to_owned();
        }
        let households: u64 = rows.iter().filter_map(|row| row.households).map(u64::from).sum();
        let first = match households {
            0 => format!("{} 个院坝。", rows.len()),
            households => format!("{} 个院坝，{households} 户。", rows.len()),
        };
        let quiet = rows.iter().filter(|row| row.overdue).count();
        let days = self.quiet_after;
        match quiet {
            0 => format!("{first}{days} 天里都去过。"),
            quiet if quiet == rows.len() => format!("{first}都超过 {days} 天没去了。"),
            quiet => format!(
                "{first}{days} 天里走了 {} 个，还有 {quiet} 个超过 {days} 天没去。",
                rows.len() - quiet
            ),
        }
    }
}

pub(super) fn list(api: &Api, _: Nothing) -> Result<Courtyards, ApiError> {
    let yards = Yards::read(&mut *api.session()?, false)?;
    let courtyards = yards.rows();
    Ok(Courtyards { sentence: yards.sentence(&courtyards), courtyards })
}

pub(super) fn card(api: &Api, request: OneRecord) -> Result<CourtyardCard, ApiError> {
    let mut session = api.session()?;
    let (record, _) = super::find(&session, request.id)?;
    let yards = Yards::read(&mut session, false)?;
    let store = &session.store;
    let mut held = store.children(&errand::TABLE, record.id)?;
    held.retain(|errand| !errand.voided());
    let errands = Errands::of(&session)?;
    let mut rows: Vec<_> = held.iter().map(|record| errands.row(record)).collect();
    rows.sort_by(|a, b| {
        let open = |state: ErrandState| state != ErrandState::Open;
        (open(a.state), &a.promised_on).cmp(&(open(b.state), &b.promised_on))
    });
    let notes = note::notes_of(&session, store.children(&field_note::TABLE, record.id)?, &held)?;
    let liaison = yards.liaisons.get(&record.id).and_then(|(held, name)| {
        let said = |field| held.text(field).map(str::to_owned);
        Some(Liaison {
            member: held.id(liaison::MEMBER)?.into(),
            name: name.clone(),
            phone: said(liaison::PHONE),
            supervision_phone: said(liaison::SUPERVISION_PHONE),
            from: said(liaison::FROM).unwrap_or_default(),
        })
    });
    Ok(CourtyardCard { courtyard: yards.row(&record), liaison, notes, errands: rows })
}

pub(super) fn export(api: &Api, request: OutFile) -> Result<Written, ApiError> {
    let mut session = api.session()?;
    let yards = Yards::read(&mut session, false)?;
    let columns = [
        ("院坝", 16.0),
        ("党小组", 12.0),
        ("户数", 8.0),
        ("人数", 8.0),
        ("联络员", 10.0),
        ("上次手记", 12.0),
        ("没办完的代办", 12.0),
    ];
    let cells = yards
        .rows()
        .into_iter()
        .map(|row| {
            vec![
                text(row.name),
                some(row.party_group),
                known(row.households),
                known(row.people),
                some(row.liaison.map(|liaison| liaison.name)),
                some(row.last_note),
                workbook::number(row.open_errands),
            ]
        })
        .collect();
    workbook::write(&session, &request.out, "院坝台账", &columns, cells)
}
