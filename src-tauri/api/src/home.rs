//! `home.*`: 今天要办的事.

mod facts;
mod tasks;

use crate::Api;
use crate::courtyard::Yards;
use crate::dto::{Named, Nothing, RecordId, answer, words};
use crate::error::ApiError;
use crate::registry::commands;
use crate::session::Session;
use crate::undo::{Recent, recent_of};
use crate::{draft, time};

words! {
    /// The shape before a task (UI.md §2).
    pub enum TaskState { Late, Half, Open, Clock, Doubt }
}

answer! {
    /// One thing to do.
    pub struct Task {
        pub id: String,
        pub state: TaskState,
        /// 还没找冯小燕谈话
        pub title: String,
        pub detail: String,
        /// 过了 2 天
        pub lateness: Option<String>,
        /// What the button says
        pub verb: String,
        /// Page to open
        pub route: String,
    }

    /// A courtyard nobody has been to for long.
    pub struct QuietCourtyard {
        pub id: RecordId,
        pub name: String,
        pub households: u32,
        pub liaison: Option<Named>,
        /// Days since the last note, or nothing when there is none
        pub days: Option<u32>,
    }

    /// Something that was begun.
    pub struct DraftExcerpt { pub key: String, pub title: String, pub excerpt: String, pub at: String }

    /// The first page.
    pub struct Today {
        pub date: String,
        pub weekday: String,
        pub lunar: Option<String>,
        pub sentence: String,
        pub late: Vec<Task>,
        pub today: Vec<Task>,
        pub soon: Vec<Task>,
        pub quiet_courtyards: Vec<QuietCourtyard>,
        pub drafts: Vec<DraftExcerpt>,
        pub recent: Vec<Recent>,
    }
}

commands! {
    /// What there is to do today
    "home.today" (Nothing) -> Today, today;
}

/// How many of the last acts are shown.
const RECENT: u32 = 10;
/// Characters of a draft that are shown.
const EXCERPT: usize = 40;

fn today(api: &Api, _: Nothing) -> Result<Today, ApiError> {
    let mut session = api.session()?;
    let day = session.store.today();
    let yards = Yards::read(&mut session, true)?.rows();
    let tasks = tasks::all(&facts::read(&mut session, &yards)?);
    let mut quiet: Vec<_> = yards.iter().filter(|yard| yard.overdue).collect();
    // Where nobody has ever been comes first.
    quiet.sort_by_key(|yard| (yard.days_quiet.is_some(), std::cmp::Reverse(yard.days_quiet)));
    let quiet_courtyards = quiet
        .into_iter()
        .map(|yard| QuietCourtyard {
            id: yard.id,
            name: crate::courtyard::called(&yard.name),
            households: yard.households.unwrap_or(0),
            liaison: yard.liaison.clone(),
            days: yard.days_quiet,
        })
        .collect();
    Ok(Today {
        date: day.to_string(),
        weekday: time::weekday(day).to_owned(),
        lunar: None,
        sentence: tasks.sentence(),
        late: tasks.late,
        today: tasks.today,
        soon: tasks.soon,
        quiet_courtyards,
        drafts: drafts(&session, &yards)?,
        recent: recent_of(&session, RECENT)?,
    })
}

/// What was begun, by what it is about.
fn drafts(session: &Session, yards: &[crate::courtyard::Courtyard]) -> Result<Vec<DraftExcerpt>, ApiError> {
    let prefix = draft::prefix(&session.store);
    let mut drafts = Vec::new();
    for (key, body, at) in session.store.local_list(&prefix)? {
        let key = key[prefix.len()..].to_owned();
        let (noun, of) = key.split_once(':').unwrap_or((key.as_str(), ""));
        let yard = yards.iter().find(|yard| yard.id.0.to_string() == of);
        let title = match (noun, yard) {
            ("note", Some(yard)) => format!("手记：{}", crate::courtyard::called(&yard.name)),
            ("note", None) => "手记".to_owned(),
            ("errand", _) => "代办".to_owned(),
            ("points", _) => "积分".to_owned(),
            ("member", _) => member_title(session, of)?,
            ("import", _) => "导入花名册".to_owned(),
            ("settle", _) => "定了一半的不一致".to_owned(),
            _ => "一页没写完的".to_owned(),
        };
        drafts.push(DraftExcerpt { key, title, excerpt: excerpt(&body), at: time::stamp(at) });
    }
    Ok(drafts)
}

fn member_title(session: &Session, id: &str) -> Result<String, ApiError> {
    use yuanba_core::tables::member;
    let Ok(id) = id.parse() else { return Ok("花名册：新添的人".to_owned()) };
    let record = session.store.record(&member::TABLE, id)?;
    let name = record.as_ref().and_then(|record| record.text(member::NAME));
    Ok(name.map_or_else(|| "花名册".to_owned(), |name| format!("花名册：{name}")))
}

/// The beginning of what was typed, with numbers of people masked.
fn excerpt(body: &serde_json::Value) -> String {
    let text = body.get("text").and_then(serde_json::Value::as_str).unwrap_or_default().trim();
    let mut shown: String = text.chars().take(EXCERPT).collect();
    if text.chars().count() > EXCERPT {
        shown.push_str("……");
    }
    crate::mask::text(&shown)
}
