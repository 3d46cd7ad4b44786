//! `audit.*`: who has seen, changed or taken out what, when and what for (RULES §7). Looks and exports of whole numbers are
//! records with their purpose; all else is what the journal keeps of every change.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{Days, NaiveDate};
use yuanba_core::record::Table;
use yuanba_core::tables::{
    self, hub, liaison, look, member, organisation, points_claim, post_assignment, post_excuse, relative,
    transfer, user,
};
use yuanba_core::{Field, Id};
use yuanba_journal::Kind;
use yuanba_store::trail::{Asked, Done};

use crate::Api;
use crate::dto::{Nothing, RecordId, Written, answer, request, words};
use crate::entered;
use crate::error::ApiError;
use crate::laptop::letter;
use crate::member::purpose;
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::session::Session;
use crate::time;
use crate::workbook::{self, number, some, text};

words! {
    /// What somebody did.
    pub enum TrailKind { Saw, Exported, Changed, TookBack, Erased, Governed }
}

request! {
    /// Which part of the trail; every key may be left out.
    pub struct AskTrail {
        /// A person of the roster
        pub person: Option<RecordId>,
        /// A user, as `audit.users` gave it
        pub user: Option<RecordId>,
        pub kind: Option<TrailKind>,
        /// The first day
        pub from: Option<String>,
        /// The last day
        pub until: Option<String>,
        /// Where to go on, as the page before gave it
        pub after: Option<String>,
        /// So many at most
        pub limit: Option<u32>,
    }

    /// A part of the trail to be written as a workbook. It leaves a record.
    pub struct ExportTrail {
        pub out: String,
        pub purpose: String,
        pub person: Option<RecordId>,
        pub user: Option<RecordId>,
        pub kind: Option<TrailKind>,
        pub from: Option<String>,
        pub until: Option<String>,
    }
}

answer! {
    /// One look.
    pub struct Look {
        pub at: String,
        pub user: String,
        pub what: String,
        pub purpose: String,
        /// How many people
        pub count: u32,
        pub org_name: String,
    }

    /// Something that was done.
    pub struct TrailLine {
        pub id: String,
        /// As the clock of that computer said
        pub at: String,
        pub user: String,
        /// Whose record it is
        pub org_name: String,
        /// A, B …, of the computer that wrote it, with whose it is when it is another's
        pub laptop: String,
        pub kind: TrailKind,
        pub what: String,
        pub purpose: Option<String>,
        /// How many people or records
        pub count: u32,
        /// A person of the roster whom it is about
        pub person: Option<RecordId>,
        pub person_name: Option<String>,
    }

    /// A page of the trail, what came last first.
    pub struct Trail {
        pub lines: Vec<TrailLine>,
        /// For `after`; null at the end. A page may be empty and still have more behind it.
        pub next: Option<String>,
    }

    /// Somebody who has signed in somewhere that this store holds.
    pub struct TrailUser { pub id: RecordId, pub name: String, pub org_name: String }
}

commands! {
    /// Looks at whole numbers, the newest first
    "audit.list" (Nothing) -> Vec<Look>, list;
    /// Who saw, changed, exported what, when: a page, what came last first
    "audit.trail" (AskTrail) -> Trail, trail;
    /// Whom the trail can be asked for
    "audit.users" (Nothing) -> Vec<TrailUser>, users;
    /// Writes a part of the trail to a workbook, for a purpose
    "audit.export" (ExportTrail) -> Written, export;
}

/// How many lines a page has when nobody says.
const PAGE: u32 = 50;
/// The most lines of a page.
const PAGE_MAX: u32 = 500;
/// After so many changes that were looked at a page ends, found or not, so that nobody waits.
const LOOKED_AT_MAX: usize = 50_000;
/// The most lines of a workbook.
const EXPORT_MAX: usize = 200_000;

fn list(api: &Api, _: Nothing) -> Result<Vec<Look>, ApiError> {
    let session = api.session()?;
    let store = &session.store;
    let names = session.user_names()?;
    let mut looks = Vec::new();
    for record in store.records(&look::TABLE)? {
        let text = |field| record.text(field).unwrap_or_default().to_owned();
        looks.push(Look {
            at: text(look::ON),
            user: record.changed_by().and_then(|id| names.get(&id).cloned()).unwrap_or_default(),
            what: text(look::WHAT),
            purpose: text(look::PURPOSE),
            count: record.int(look::COUNT).and_then(|n| n.try_into().ok()).unwrap_or_default(),
            org_name: store.organisation_name(record.org)?,
        });
    }
    looks.sort_by(|a, b| b.at.cmp(&a.at));
    Ok(looks)
}

fn users(api: &Api, _: Nothing) -> Result<Vec<TrailUser>, ApiError> {
    let session = api.session()?;
    let mut users = Vec::new();
    for record in session.store.records(&user::TABLE)? {
        let Some(name) = record.text(user::NAME) else { continue };
        users.push(TrailUser {
            id: record.id.into(),
            name: name.to_owned(),
            org_name: session.store.organisation_name(record.org)?,
        });
    }
    users.sort_by(|a, b| (&a.org_name, &a.name).cmp(&(&b.org_name, &b.name)));
    Ok(users)
}

fn trail(api: &Api, request: AskTrail) -> Result<Trail, ApiError> {
    let session = api.session()?;
    let mut asked = asked(&session, request.person, request.user, request.from, request.until)?;
    let not_one = || Trouble::BadValue { field: "after", text: "没有这一页。".to_owned() };
    asked.before = request.after.map(|after| after.parse().map_err(|_| not_one())).transpose()?;
    asked.wanted = request.limit.unwrap_or(PAGE).clamp(1, PAGE_MAX) as usize;
    page(&session, &asked, request.kind)
}

/// What the store is asked; the days are those of the computers that wrote.
fn asked(
    session: &Session,
    person: Option<RecordId>,
    user: Option<RecordId>,
    from: Option<String>,
    until: Option<String>,
) -> Result<Asked, ApiError> {
    let day = |field, label, text: Option<String>| match text.filter(|text| !text.trim().is_empty()) {
        Some(text) => entered::day(field, label, &text).map(Some),
        None => Ok(None),
    };
    let (from, until) = (day("from", "从哪天起", from)?, day("until", "到哪天止", until)?);
    Ok(Asked {
        before: None,
        entities: person.map(|person| about(session, person.0)).transpose()?,
        user: user.map(|user| user.0),
        from_ms: from.map(time::begins),
        until_ms: until.map(|day| time::begins(day.checked_add_days(Days::new(1)).unwrap_or(NaiveDate::MAX))),
        wanted: 0,
        looked_at_max: LOOKED_AT_MAX,
    })
}

/// The records that are about a person: the person's own, what hangs on them, and the looks at them.
fn about(session: &Session, person: Id) -> Result<Vec<Id>, ApiError> {
    let store = &session.store;
    // Also somebody whose record was taken back: that they were there is in the trail.
    let person = store.representative(person)?;
    let mut ids = store.aliases(person)?;
    ids.push(person);
    let known = ids.clone();
    for table in [&post_assignment::TABLE, &post_excuse::TABLE, &points_claim::TABLE, &transfer::TABLE] {
        ids.extend(store.children(table, person)?.into_iter().map(|child| child.id));
    }
    let pointing: [(&'static Table, &[Field]); 3] = [
        (&look::TABLE, &[look::RECORD]),
        (&relative::TABLE, &[relative::FIRST, relative::SECOND]),
        (&liaison::TABLE, &[liaison::MEMBER]),
    ];
    for (table, fields) in pointing {
        for child in store.records(table)? {
            if fields.iter().any(|field| child.id(*field).is_some_and(|id| known.contains(&id))) {
                ids.push(child.id);
            }
        }
    }
    let filter = yuanba_store::EntryFilter {
        ledger: yuanba_journal::payload::Ledger::Points,
        account: Some(person),
        org: None,
    };
    ids.extend(store.entries(filter)?.into_iter().map(|entry| entry.key));
    Ok(ids)
}

fn page(session: &Session, asked: &Asked, kind: Option<TrailKind>) -> Result<Trail, ApiError> {
    let mut looks: HashMap<Id, bool> = HashMap::new();
    let wants = |done: &Done| {
        let Some(kind) = kind else { return Ok(true) };
        let mut exported = |id: Id| -> yuanba_store::Result<bool> {
            if let Some(known) = looks.get(&id) {
                return Ok(*known);
            }
            let record = session.store.record(&look::TABLE, id)?;
            let said = record.as_ref().and_then(|record| record.text(look::WHAT)).is_some_and(takes_out);
            looks.insert(id, said);
            Ok(said)
        };
        Ok(kind_of(done, &mut exported)? == kind)
    };
    let (found, next) = session.store.trail(asked, wants)?;
    let mut lines = Lines::of(session)?;
    let lines = found.iter().map(|done| lines.line(done)).collect::<Result<_, ApiError>>()?;
    Ok(Trail { lines, next: next.map(|place| place.to_string()) })
}

/// The tables about who works here and with whom, of which none is work itself.
const GOVERNS: &[u16] = &[user::TABLE.number, organisation::TABLE.number, hub::TABLE.number];

/// Whether what was looked at left the screen.
fn takes_out(what: &str) -> bool {
    what.starts_with("导出") || what.starts_with("列出")
}

fn kind_of(
    done: &Done,
    exported: &mut impl FnMut(Id) -> yuanba_store::Result<bool>,
) -> yuanba_store::Result<TrailKind> {
    Ok(match (done.kind, done.records.first()) {
        (Kind::Record, Some((table, id, _))) if *table == look::TABLE.number => match exported(*id)? {
            true => TrailKind::Exported,
            false => TrailKind::Saw,
        },
        (Kind::Record, Some(_)) if done.records.iter().all(|(table, ..)| GOVERNS.contains(table)) => {
            TrailKind::Governed
        }
        (Kind::Record | Kind::Entry | Kind::Reversal | Kind::Choice, _) => TrailKind::Changed,
        (Kind::Retract, _) => TrailKind::TookBack,
        (Kind::Redaction, _) => TrailKind::Erased,
        _ => TrailKind::Governed,
    })
}

/// What the lines of a page look up.
struct Lines<'a> {
    session: &'a Session,
    users: HashMap<Id, String>,
    /// Whose computer wrote, and its letter
    laptops: HashMap<Id, (Id, String, String)>,
}

impl<'a> Lines<'a> {
    fn of(session: &'a Session) -> Result<Lines<'a>, ApiError> {
        let store = &session.store;
        let mut laptops = HashMap::new();
        for org in store.organisations()?.into_iter().filter(|org| org.absorbed_into.is_none()) {
            let name = store.organisation_name(org.id)?;
            for id in org.replicas {
                let number = store.authority().letter(id, org.id).map(letter).unwrap_or_default();
                laptops.insert(id, (org.id, name.clone(), number));
            }
        }
        Ok(Lines { session, users: session.user_names()?, laptops })
    }

    fn line(&mut self, done: &Done) -> Result<TrailLine, ApiError> {
        let store = &self.session.store;
        let looked = match done.records.first() {
            Some((table, id, _)) if *table == look::TABLE.number => store.record(&look::TABLE, *id)?,
            _ => None,
        };
        let said = looked.as_ref().and_then(|look| look.text(look::WHAT)).map(str::to_owned);
        let takes = said.as_deref().is_some_and(takes_out);
        let kind = kind_of(done, &mut |_| Ok(takes))?;
        let what = match (said, &done.said) {
            (Some(said), _) => said,
            (None, Some(said)) => said.clone(),
            (None, None) => self.told(done)?,
        };
        let person = match looked.as_ref().and_then(|look| look.id(look::RECORD)) {
            Some(record) => Some(record),
            None => {
                done.records.iter().find(|(table, ..)| *table == member::TABLE.number).map(|(_, id, _)| *id)
            }
        };
        let count = looked.as_ref().and_then(|look| look.int(look::COUNT));
        // Of many there is no one whom it is about.
        let person = person.filter(|_| done.changes == 1 || looked.is_some());
        let record = person.map(|id| store.record(&member::TABLE, id)).transpose()?.flatten();
        let laptop = self.laptops.get(&done.stream.replica);
        Ok(TrailLine {
            id: done.group.to_string(),
            at: time::stamp(done.at_ms),
            // Who signs in above is not known below, but whose computer it was.
            user: match (self.users.get(&done.user), laptop) {
                (Some(name), _) => name.clone(),
                (None, Some((_, name, _))) => format!("{name}的人"),
                (None, None) => "没有登记的人".to_owned(),
            },
            org_name: store.organisation_name(done.stream.org)?,
            laptop: match laptop {
                Some((org, _, letter)) if *org == store.org() => letter.clone(),
                Some((_, name, letter)) => format!("{name} {letter}"),
                None => "不认得的电脑".to_owned(),
            },
            kind,
            what,
            purpose: looked.as_ref().and_then(|look| look.text(look::PURPOSE)).map(str::to_owned),
            count: count
                .and_then(|n| n.try_into().ok())
                .unwrap_or(done.changes.try_into().unwrap_or(u32::MAX)),
            person_name: record.as_ref().and_then(|record| record.text(member::NAME)).map(str::to_owned),
            person: record.map(|record| record.id.into()),
        })
    }

    /// What was done, of what another computer wrote or nobody put into words.
    fn told(&self, done: &Done) -> Result<String, ApiError> {
        let count = done.changes;
        Ok(match done.kind {
            Kind::Record => {
                if let [(table, id, fields)] = done.records.as_slice() {
                    return self.one_record(*table, *id, fields);
                }
                let mut tables: BTreeMap<u16, u64> = BTreeMap::new();
                for (table, ..) in &done.records {
                    *tables.entry(*table).or_default() += 1;
                }
                let parts: Vec<String> =
                    tables.into_iter().map(|(table, count)| format!("{} {count} 条", label(table))).collect();
                match count > done.records.len() as u64 {
                    true => format!("写了 {count} 条，里面有{}", parts.join("、")),
                    false => format!("写了{}", parts.join("、")),
                }
            }
            Kind::Entry => format!("记了 {count} 笔账"),
            Kind::Reversal => format!("冲销了 {count} 笔"),
            Kind::Choice => format!("定了 {count} 处不一致"),
            Kind::Retract => "撤销了做过的一步".to_owned(),
            Kind::Redaction => "依法删去了内容".to_owned(),
            Kind::Certificate => "办了授权".to_owned(),
            Kind::Revocation => "停用了一台电脑".to_owned(),
            Kind::OrgKey => "换了收件的钥匙".to_owned(),
            _ => "新版程序做的一步，这里还认不全".to_owned(),
        })
    }

    /// 改了王秀英的手机号码、现居住地
    fn one_record(&self, table: u16, id: Id, fields: &[u16]) -> Result<String, ApiError> {
        let Some(known) = tables::by_number(table) else { return Ok("新版程序写的一条".to_owned()) };
        let title = match self.session.store.record(known, id)? {
            Some(record) => {
                let own = known.field_named("name").and_then(|name| record.text(name)).map(str::to_owned);
                let whose = ["member", "account", "first"].into_iter().find_map(|name| {
                    let person = record.id(known.field_named(name)?)?;
                    let person = self.session.store.record(&member::TABLE, person).ok().flatten()?;
                    person.text(member::NAME).map(str::to_owned)
                });
                own.or_else(|| whose.map(|name| format!("{name}的{}", known.label)))
            }
            None => None,
        };
        let title = title.unwrap_or_else(|| format!("一条{}", known.label));
        let numbers: BTreeSet<u16> = fields.iter().copied().collect();
        let labels: Vec<&str> =
            numbers.into_iter().filter_map(|number| known.field(number)).map(|field| field.label).collect();
        Ok(match labels.len() {
            0 => format!("写了{title}"),
            1..=3 => format!("写了{title}的{}", labels.join("、")),
            count => format!("写了{title}的{}等 {count} 项", labels[..2].join("、")),
        })
    }
}

fn label(table: u16) -> &'static str {
    tables::by_number(table).map_or("新版的记录", |table| table.label)
}

/// 看过, 导出, 改动 …
fn kind_name(kind: TrailKind) -> &'static str {
    match kind {
        TrailKind::Saw => "看过全号",
        TrailKind::Exported => "导出",
        TrailKind::Changed => "改动",
        TrailKind::TookBack => "撤销",
        TrailKind::Erased => "依法删去",
        TrailKind::Governed => "管理",
    }
}

fn export(api: &Api, request: ExportTrail) -> Result<Written, ApiError> {
    let mut session = api.session()?;
    let purpose = purpose(Some(&request.purpose))?;
    let mut asked = asked(&session, request.person, request.user, request.from, request.until)?;
    asked.wanted = PAGE_MAX as usize;
    let mut lines: Vec<TrailLine> = Vec::new();
    loop {
        let page = page(&session, &asked, request.kind)?;
        lines.extend(page.lines);
        match page.next.and_then(|next| next.parse().ok()) {
            Some(next) if lines.len() < EXPORT_MAX => asked.before = Some(next),
            _ => break,
        }
    }
    lines.truncate(EXPORT_MAX);
    // The trace first: the trail never leaves without one.
    session.leave_trace("导出痕迹", &purpose, lines.len(), None)?;
    let columns = [
        ("时间", 21.0),
        ("谁", 12.0),
        ("做了什么", 12.0),
        ("内容", 48.0),
        ("用途", 28.0),
        ("条数", 7.0),
        ("哪里的", 20.0),
        ("电脑", 16.0),
    ];
    let rows = lines
        .into_iter()
        .map(|line| {
            vec![
                text(line.at.replace('T', " ").replace("+08:00", "")),
                text(line.user),
                text(kind_name(line.kind)),
                text(line.what),
                some(line.purpose),
                number(line.count),
                text(line.org_name),
                text(line.laptop),
            ]
        })
        .collect();
    workbook::write(&session, &request.out, "痕迹", &columns, rows)
}
