//! `home.below`: a township's or a county's morning, one line for each organisation right below: what came, what waits for
//! whom, who has not been heard of, what is to be handed back.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use yuanba_core::Id;
use yuanba_core::tables::points_claim;

use crate::Api;
use crate::conflict::{self, DoubtKind};
use crate::dto::{Nothing, RecordId, answer, words};
use crate::entered::held_day;
use crate::error::ApiError;
use crate::home::{Task, TaskState};
use crate::points::PROPOSED;
use crate::registry::commands;
use crate::session::Session;
use crate::stick::{Direction, FileStatus, StickLog, logged};
use crate::store::Level;
use crate::time;

words! {
    /// How an organisation below stands: today for a township, of late for a county.
    pub enum UnitState { Read, Doubt, Parked, Refused, Absent }
}

answer! {
    /// An organisation right below.
    pub struct Unit {
        pub id: RecordId,
        pub name: String,
        pub computers: u32,
        pub state: UnitState,
        /// The last stick of today
        pub at: Option<String>,
        /// What came today
        pub new: u64,
        /// 手记 3 篇，代办 2 件
        pub what: String,
        /// The clock of the computer that wrote today's last stick could not be right
        pub clock_odd: bool,
        /// Why today's last stick was not taken in
        pub reason: Option<String>,
        /// Day and days since anything was heard of it; nothing for never
        pub last_heard: Option<String>,
        pub days: Option<u32>,
        /// Longer than it should be
        pub unheard: bool,
        /// Conflicts and doubts of it and everything below it that a person has to settle
        pub doubts: u32,
        /// People of its roster who are in doubt
        pub doubtful: u32,
        /// Claims of points that wait for a review
        pub claims: u32,
        /// Changes that it is not known to hold: what a stick for it would carry
        pub hand_back: u64,
    }

    /// A township's or a county's morning.
    pub struct Below {
        pub date: String,
        /// What stands right below
        pub level: Level,
        pub units: Vec<Unit>,
        /// What a person here has to decide, one line each
        pub decide: Vec<Task>,
        /// How many things those are
        pub to_decide: u32,
        /// Files of today that were not taken in and that no later file of the same writer made good
        pub refused: Vec<StickLog>,
        /// Sticks of today, newest first
        pub today: Vec<StickLog>,
        /// After how many days somebody counts as long unheard
        pub unheard_days: u32,
    }
}

commands! {
    /// A township's or a county's morning, by what stands right below
    "home.below" (Nothing) -> Below, below;
}

/// Lines of the log that can be of one day.
const DAY_MAX: usize = 2_000;
/// Organisations whose doubts are named one by one.
const NAMED_MAX: usize = 8;

/// What waits at one organisation.
#[derive(Default)]
struct Waiting {
    conflicts: u32,
    /// Whom the conflicts are about
    titles: Vec<String>,
    doubts: u32,
    doubtful: u32,
    claims: u32,
    points: i64,
}

fn below(api: &Api, _: Nothing) -> Result<Below, ApiError> {
    let mut session = api.session()?;
    let today = session.store.today();
    let rule = session.practices().home.on(today);
    let (level, unheard_days) = match session.level {
        yuanba_core::Level::County => (Level::Township, rule.map_or(0, |rule| rule.unheard_township_days)),
        _ => (Level::Village, rule.map_or(0, |rule| rule.unheard_village_days)),
    };
    let log: Vec<StickLog> = {
        let day = today.to_string();
        let lines = logged(&session, DAY_MAX)?.into_iter();
        lines.take_while(|line| line.at[..10] >= *day).collect()
    };
    let children = children(&session)?;
    let home: BTreeMap<Id, Id> = {
        let units = children.iter().map(|(id, _, _)| *id);
        units.flat_map(|unit| session.store.scope(unit).into_iter().map(move |org| (org, unit))).collect()
    };
    let doubts = conflict::doubts(&mut session)?;
    let waiting = waiting(&mut session, &doubts)?;
    let mut units = Vec::with_capacity(children.len());
    for (id, name, computers) in children {
        let own = waiting.iter().filter(|(org, _)| home.get(*org) == Some(&id)).map(|(_, waiting)| waiting);
        let mut sum = Waiting::default();
        for one in own {
            sum.conflicts += one.conflicts;
            sum.doubts += one.doubts;
            sum.doubtful += one.doubtful;
            sum.claims += one.claims;
        }
        let sticks: Vec<&StickLog> = log
            .iter()
            .filter(|line| line.direction == Direction::Read && line.org == Some(RecordId(id)))
            .collect();
        units.push(unit(&session, (id, name, computers), &sum, &sticks, (today, unheard_days))?);
    }
    units.sort_by_cached_key(|unit| (unit.name.clone(), unit.id));
    let (decide, to_decide) = decide(&session, &waiting, &doubts)?;
    let refused = not_taken(&session, &log);
    Ok(Below { date: today.to_string(), level, units, decide, to_decide, refused, today: log, unheard_days })
}

/// The organisations right below: id, name, computers.
fn children(session: &Session) -> Result<Vec<(Id, String, u32)>, ApiError> {
    let own = session.store.org();
    let below = session.store.organisations()?.into_iter();
    below
        .filter(|org| org.parent == Some(own) && org.absorbed_into.is_none() && org.id != own)
        .map(|org| Ok((org.id, session.store.organisation_name(org.id)?, org.replicas.len() as u32)))
        .collect()
}

/// What waits, by whose it is.
fn waiting(session: &mut Session, doubts: &[conflict::OpenDoubt]) -> Result<BTreeMap<Id, Waiting>, ApiError> {
    let mut waiting: BTreeMap<Id, Waiting> = BTreeMap::new();
    for conflict in conflict::all(session)? {
        let at = waiting.entry(conflict.org.0).or_default();
        at.conflicts += 1;
        if !at.titles.contains(&conflict.record_title) {
            at.titles.push(conflict.record_title);
        }
    }
    for doubt in doubts {
        waiting.entry(doubt.org.0).or_default().doubts += 1;
    }
    for claim in session.live_at(&points_claim::TABLE, PROPOSED)? {
        let at = waiting.entry(claim.org).or_default();
        at.claims += 1;
        at.points += claim.int(points_claim::GRANTED).unwrap_or(0);
    }
    let people = session.people()?;
    for at in people.everybody() {
        let person = people.get(at);
        if person.here && person.doubtful {
            waiting.entry(person.org).or_default().doubtful += 1;
        }
    }
    Ok(waiting)
}

fn unit(
    session: &Session,
    (id, name, computers): (Id, String, u32),
    waiting: &Waiting,
    sticks: &[&StickLog],
    (today, unheard_days): (NaiveDate, u32),
) -> Result<Unit, ApiError> {
    let last_heard = session.store.last_heard(id)?.map(time::day);
    let heard = held_day(last_heard.as_deref());
    let days = heard.and_then(|day| u32::try_from((today - day).num_days().max(0)).ok());
    let unheard = days.is_none_or(|days| days > unheard_days);
    let doubts = waiting.conflicts + waiting.doubts;
    let last = sticks.first();
    // A county looks at the week, a township at the day.
    let come = match session.level {
        yuanba_core::Level::County => !unheard,
        _ => last.is_some(),
    };
    let state = match last.and_then(|line| line.outcome) {
        Some(FileStatus::Refused) => UnitState::Refused,
        Some(FileStatus::Parked) => UnitState::Parked,
        _ if !come => UnitState::Absent,
        _ if doubts > 0 => UnitState::Doubt,
        _ => UnitState::Read,
    };
    let brought = sticks.iter().find(|line| line.new > 0);
    Ok(Unit {
        id: id.into(),
        name,
        computers,
        state,
        at: last.map(|line| line.at.clone()),
        new: sticks.iter().map(|line| line.new).sum(),
        what: brought.map(|line| line.what.clone()).unwrap_or_default(),
        clock_odd: last.is_some_and(|line| line.clock_odd),
        reason: last
            .filter(|_| matches!(state, UnitState::Refused | UnitState::Parked))
            .map(|line| line.status.clone()),
        last_heard,
        days,
        unheard,
        doubts,
        doubtful: waiting.doubtful,
        claims: waiting.claims,
        hand_back: session.store.waiting_for(id)?,
    })
}

/// Files that were not taken in, unless their writer brought a good one afterwards; whose it is need not be known.
fn not_taken(session: &Session, log: &[StickLog]) -> Vec<StickLog> {
    let own = RecordId(session.store.org());
    let good = |line: &StickLog| matches!(line.outcome, Some(FileStatus::Read | FileStatus::Already));
    log.iter()
        .enumerate()
        .filter(|(_, line)| line.outcome == Some(FileStatus::Refused) && line.org != Some(own))
        .filter(|(at, line)| {
            let later = &log[..*at];
            match line.org {
                Some(_) => !later
                    .iter()
                    .any(|other| other.org == line.org && (good(other) || other.file == line.file)),
                None => !later.iter().any(|other| other.file == line.file),
            }
        })
        .map(|(_, line)| line.clone())
        .collect()
}

/// What there is to decide, one line each, and how many things those are.
fn decide(
    session: &Session,
    waiting: &BTreeMap<Id, Waiting>,
    doubts: &[conflict::OpenDoubt],
) -> Result<(Vec<Task>, u32), ApiError> {
    let task = |id: String, state, title, detail, verb: &str, route| Task {
        id,
        state,
        title,
        detail,
        lateness: None,
        verb: verb.to_owned(),
        route,
    };
    let mut tasks = Vec::new();
    let mut count = 0;
    for (org, at) in waiting.iter().filter(|(_, at)| at.conflicts > 0) {
        count += at.conflicts;
        if tasks.len() < NAMED_MAX {
            let name = session.store.organisation_name(*org)?;
            let shown: Vec<&str> = at.titles.iter().take(3).map(String::as_str).collect();
            let more = if at.titles.len() > shown.len() { "等" } else { "" };
            tasks.push(task(
                format!("conflicts:{org}"),
                TaskState::Doubt,
                format!("{name}有 {} 处写得不一致", at.conflicts),
                format!("{}{more}", shown.join("、")),
                "去定",
                format!("/settle?org={org}"),
            ));
        }
    }
    for doubt in doubts {
        count += 1;
        if tasks.len() < NAMED_MAX {
            let (org, title) = (&doubt.org_name, &doubt.title);
            let title = match doubt.kind {
                DoubtKind::WrittenWhileVoid => format!("{org}的{title}，作废时又有人改过"),
                DoubtKind::Frozen => format!("{org}的{title}，新版程序改过"),
                DoubtKind::OverCap => format!("{org}，{title}"),
                DoubtKind::SetAside => title.clone(),
            };
            let route = "/settle?view=doubts".to_owned();
            tasks.push(task(
                doubt.id.clone(),
                TaskState::Doubt,
                title,
                doubt.next_step.clone(),
                "去看",
                route,
            ));
        }
    }
    // A village's claims are its township's to review; above it they are only seen.
    let may = session.level == yuanba_core::Level::Township && session.check("points.review").is_ok();
    let claims: u32 = waiting.values().map(|at| at.claims).sum();
    if claims > 0 && may {
        count += claims;
        let points: i64 = waiting.values().map(|at| at.points).sum();
        let places = waiting.values().filter(|at| at.claims > 0).count();
        let detail = format!("{places} 个单位报来的，共 {} 分，审了才入账", crate::points::signed(points));
        let title = format!("{claims} 笔积分等您审");
        let route = "/points?view=review".to_owned();
        tasks.push(task("claims".to_owned(), TaskState::Open, title, detail, "去审", route));
    }
    let doubtful: u32 = waiting.values().map(|at| at.doubtful).sum();
    if doubtful > 0 {
        tasks.push(task(
            "doubtful".to_owned(),
            TaskState::Doubt,
            format!("花名册里 {doubtful} 人存疑"),
            "号码、日期有对不上的，定一处少一处".to_owned(),
            "去看",
            "/roster?doubt=1".to_owned(),
        ));
    }
    Ok((tasks, count))
}
