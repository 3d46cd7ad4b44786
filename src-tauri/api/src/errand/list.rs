//! Errands as lists and as a workbook.

use std::collections::HashMap;

use chrono::NaiveDate;
use yuanba_core::Id;
use yuanba_core::tables::{courtyard, errand};
use yuanba_practices::Place;
use yuanba_store::Record;

use super::{DONE, Errand, ErrandFilter, ErrandState, HANDED_UP, ListErrands, OPEN, REFUSED, Rating};
use crate::Api;
use crate::dto::{OutFile, Written};
use crate::entered::held_day;
use crate::error::ApiError;
use crate::session::Session;
use crate::workbook::{self, known, number, some, text};

/// 何玉兰家: for whom an errand is, in a sentence.
pub(crate) fn for_whom(person: &str) -> String {
    if person.ends_with('家') { person.to_owned() } else { format!("{person}家") }
}

/// What rows of errands need to know.
pub(crate) struct Errands {
    place: &'static Place,
    yards: HashMap<Id, String>,
    today: NaiveDate,
}

impl Errands {
    pub(crate) fn of(session: &Session) -> Result<Errands, ApiError> {
        let mut yards = HashMap::new();
        session.glances(&courtyard::TABLE, &[courtyard::NAME], |yard| {
            yards.insert(yard.id, yard.text(courtyard::NAME).unwrap_or_default().to_owned());
        })?;
        Ok(Errands { place: session.place()?, yards, today: session.store.today() })
    }

    /// One errand as it is listed.
    pub(crate) fn row(&self, record: &Record) -> Errand {
        let said = |field| record.text(field).map(str::to_owned);
        let state = state(record);
        let day = |field| held_day(record.text(field));
        let opened = day(errand::OPENED_ON).unwrap_or(self.today);
        let ended = match state {
            ErrandState::Open => Some(self.today),
            _ => day(errand::DONE_ON),
        };
        let late = ended
            .zip(day(errand::PROMISED_ON))
            .map(|(ended, promised)| (ended - promised).num_days())
            .filter(|days| *days > 0);
        let mark = |field| record.int(field).and_then(|mark| u8::try_from(mark).ok());
        let rating = (|| {
            Some(Rating {
                attitude: mark(errand::RATING_ATTITUDE)?,
                quality: mark(errand::RATING_QUALITY)?,
                efficiency: mark(errand::RATING_EFFICIENCY)?,
            })
        })();
        let matter = said(errand::MATTER).unwrap_or_default();
        let yard = record.id(errand::COURTYARD);
        Errand {
            id: record.id.into(),
            number: said(errand::NUMBER).unwrap_or_default(),
            person: said(errand::PERSON).unwrap_or_default(),
            matter_name: super::matter_name(self.place.errands_on(opened), &matter),
            matter,
            agent: record.id(errand::AGENT).map(Into::into),
            agent_name: said(errand::AGENT_NAME),
            papers: record.texts(errand::PAPERS).into_iter().map(str::to_owned).collect(),
            opened_on: said(errand::OPENED_ON).unwrap_or_default(),
            promised_on: said(errand::PROMISED_ON),
            done_on: said(errand::DONE_ON),
            result: said(errand::RESULT),
            days_late: late.and_then(|days| u32::try_from(days).ok()),
            rating,
            courtyard: yard.map(Into::into),
            courtyard_name: yard.and_then(|yard| self.yards.get(&yard).cloned()),
            state,
        }
    }
}

/// Where an errand stands.
pub(super) fn state(record: &Record) -> ErrandState {
    match record.text(errand::STATE) {
        Some(DONE) => ErrandState::Done,
        Some(REFUSED) => ErrandState::Refused,
        Some(HANDED_UP) => ErrandState::HandedUp,
        _ => ErrandState::Open,
    }
}

/// Open ones by the promised day, the others by the day they ended, the newest first.
fn sort(errands: &mut [Errand]) {
    errands.sort_by(|a, b| {
        let open = |e: &Errand| e.state == ErrandState::Open;
        match (open(a), open(b)) {
            (true, true) => (&a.promised_on, &a.number).cmp(&(&b.promised_on, &b.number)),
            (false, false) => (&b.done_on, &b.number).cmp(&(&a.done_on, &a.number)),
            (a, b) => b.cmp(&a),
        }
    });
}

fn rows(session: &Session, request: &ListErrands) -> Result<Vec<Errand>, ApiError> {
    let errands = Errands::of(session)?;
    let mut records = match request.courtyard {
        Some(yard) => session.store.children(&errand::TABLE, yard.0)?,
        None if request.state == Some(ErrandFilter::Open) => session.live_at(&errand::TABLE, OPEN)?,
        None => session.live(&errand::TABLE)?,
    };
    records.retain(|record| {
        !record.voided()
            && match request.state {
                Some(ErrandFilter::Open) => state(record) == ErrandState::Open,
                Some(ErrandFilter::Done) => state(record) != ErrandState::Open,
                Some(ErrandFilter::All) | None => true,
            }
    });
    let mut rows: Vec<Errand> = records.iter().map(|record| errands.row(record)).collect();
    sort(&mut rows);
    Ok(rows)
}

pub(super) fn list(api: &Api, request: ListErrands) -> Result<Vec<Errand>, ApiError> {
    rows(&*api.session()?, &request)
}

pub(super) fn export(api: &Api, request: OutFile) -> Result<Written, ApiError> {
    let session = api.session()?;
    let rows = rows(&session, &ListErrands { state: None, courtyard: None })?;
    let columns = [
        ("编号", 13.0),
        ("院坝", 14.0),
        ("申请人", 10.0),
        ("事项", 26.0),
        ("代办人", 10.0),
        ("受理日期", 12.0),
        ("承诺办结", 12.0),
        ("办理状态", 10.0),
        ("办结日期", 12.0),
        ("晚了几天", 9.0),
        ("办理结果", 36.0),
        ("态度", 6.0),
        ("质量", 6.0),
        ("效率", 6.0),
    ];
    let cells = rows
        .into_iter()
        .map(|row| {
            let mark = |mark: Option<u8>| mark.map_or(yuanba_paper::table::TableCell::Empty, number);
            vec![
                text(row.number),
                some(row.courtyard_name),
                text(row.person),
                text(row.matter_name),
                some(row.agent_name),
                text(row.opened_on),
                some(row.promised_on),
                text(match row.state {
                    ErrandState::Open => "正在办",
                    ErrandState::Done => "办完了",
                    ErrandState::Refused => "办不了",
                    ErrandState::HandedUp => "转上级",
                }),
                some(row.done_on),
                known(row.days_late),
                some(row.result),
                mark(row.rating.as_ref().map(|rating| rating.attitude)),
                mark(row.rating.as_ref().map(|rating| rating.quality)),
                mark(row.rating.as_ref().map(|rating| rating.efficiency)),
            ]
        })
        .collect();
    workbook::write(&session, &request.out, "民事代办台账", &columns, cells)
}
