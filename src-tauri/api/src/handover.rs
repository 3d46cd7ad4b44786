//! `handover.*`: 换届、移交. Somebody leaves: what is handed over is listed and signed, open matters change hands, and
//! whoever leaves signs in no more.

use std::path::Path;

use yuanba_core::tables::{courtyard, errand, handover, household, points_claim, post_assignment, user};
use yuanba_journal::payload::Ledger;
use yuanba_store::vault::SlotUser;
use yuanba_store::{Intent, Record};

use crate::dto::{Done, Nothing, RecordId, answer, request};
use crate::entered::{self, SHORT_MAX};
use crate::errand::Errands;
use crate::error::ApiError;
use crate::registry::commands;
use crate::rights;
use crate::sentences::Trouble;
use crate::session::Session;
use crate::store::LAST_EXCHANGE;
use crate::user::{close_user, slot_of};
use crate::workbook::{self, number, text};
use crate::{Api, errand as errands, points, time};

request! {
    /// Who would hand over.
    pub struct HandoverOf {
        /// Left out: oneself
        pub from: Option<String>,
    }

    /// Somebody hands over to somebody else.
    pub struct HandOverTo {
        /// Left out: oneself
        pub from: Option<String>,
        pub to: String,
        /// Who watched it (监交人)
        pub witness: Option<String>,
        /// Left out: today
        pub on: Option<String>,
        /// Where the list is written, `.xlsx`
        pub out: String,
    }
}

answer! {
    /// One line of the list.
    pub struct HandoverItem {
        /// 党员
        pub label: String,
        pub count: i64,
        /// 人
        pub unit: String,
        /// What more there is to say
        pub note: String,
    }

    /// An open matter that changes hands.
    pub struct HandoverErrand {
        pub id: RecordId,
        pub number: String,
        pub person: String,
        pub matter_name: String,
        pub promised_on: Option<String>,
        pub agent_name: Option<String>,
        /// It is in the hands of whoever leaves
        pub theirs: bool,
    }

    /// What is handed over.
    pub struct HandoverList {
        pub from: String,
        pub from_role_name: String,
        /// Who could take over
        pub candidates: Vec<String>,
        pub items: Vec<HandoverItem>,
        pub errands: Vec<HandoverErrand>,
        /// How many of the errands are theirs
        pub theirs: u32,
        /// How many changes the journal holds, and the beginning of their digest
        pub changes: u64,
        pub digest: String,
    }

    /// It was handed over.
    pub struct HandedOver {
        pub path: String,
        /// Errands that changed hands
        pub errands: u32,
        /// The role of whoever took over, when it changed
        pub role_name: Option<String>,
        /// Whoever handed over was signed in: it is locked now
        pub locked: bool,
        pub done: Done,
    }

    /// A handing over that was.
    pub struct PastHandover {
        pub on: String,
        pub from: String,
        pub to: String,
        pub witness: Option<String>,
        /// What was listed
        pub listed: Vec<String>,
        pub digest: String,
    }
}

commands! {
    /// What would be handed over
    "handover.preview" (HandoverOf) -> HandoverList, preview;
    /// Hands over: writes the list, gives the open matters to whoever takes over, closes who leaves
    "handover.do" (HandOverTo) -> HandedOver, hand_over;
    /// What was handed over here, the newest first
    "handover.list" (Nothing) -> Vec<PastHandover>, past;
}

/// So many digits of a digest are compared by eye.
const DIGEST_SHOWN: usize = 16;

fn leaving(session: &Session, from: Option<&str>) -> Result<SlotUser, ApiError> {
    match from.map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => slot_of(session, name),
        None => {
            let me = session.store.me();
            Ok(SlotUser { id: me.id, name: me.name.clone(), role: me.role.clone() })
        }
    }
}

fn list(session: &mut Session, from: &SlotUser) -> Result<HandoverList, ApiError> {
    let people = session.people()?;
    let everybody = people.everybody();
    let members = everybody.iter().filter(|at| people.get(**at).here).count();
    let rows = Errands::of(session)?;
    let open = session.live_at(&errand::TABLE, errands::OPEN)?;
    let theirs = |record: &Record| record.id(errand::AGENT) == Some(from.id);
    let listed: Vec<HandoverErrand> = open
        .iter()
        .map(|record| {
            let row = rows.row(record);
            HandoverErrand {
                id: row.id,
                number: row.number,
                person: row.person,
                matter_name: row.matter_name,
                promised_on: row.promised_on,
                agent_name: row.agent_name,
                theirs: theirs(record),
            }
        })
        .collect();
    let own = open.iter().filter(|record| theirs(record)).count();
    let live = |table| Ok::<usize, ApiError>(session.live(table)?.len());
    let held = session.live(&post_assignment::TABLE)?;
    let held = held.iter().filter(|record| record.text(post_assignment::ENDED_ON).is_none()).count();
    let claims = session.live_at(&points_claim::TABLE, points::PROPOSED)?.len();
    let store = &session.store;
    let balances = store.balances(Ledger::Points)?;
    // What gives is counted negative: what is in people's hands is the rest.
    let holders: Vec<i64> = balances.into_iter().map(|(_, sum)| sum).filter(|sum| *sum > 0).collect();
    let exchanged = store.local_get(LAST_EXCHANGE)?.map(|(_, at)| time::day(at));
    let digest = store.digest(None)?;
    let mut items = Vec::new();
    let mut item = |label: &str, count: i64, unit: &str, note: String| {
        items.push(HandoverItem { label: label.into(), count, unit: unit.into(), note });
    };
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    item("党员和发展对象", count(members), "人", String::new());
    item("院坝", count(live(&courtyard::TABLE)?), "个", String::new());
    item("户", count(live(&household::TABLE)?), "户", String::new());
    item("在岗的岗位", count(held), "个", String::new());
    item("没办完的代办", count(open.len()), "件", format!("其中{}名下 {own} 件", from.name));
    item("等审核的积分", count(claims), "笔", String::new());
    let points: i64 = holders.iter().sum();
    item("积分账上", points, "分", format!("{} 个账户", holders.len()));
    item("不一致、等人定的", count(store.conflicts()?.len()), "处", String::new());
    let waiting = i64::try_from(store.waiting()?).unwrap_or(i64::MAX);
    let stick = exchanged.map_or("还没有交接过".to_owned(), |on| format!("上次交接 {on}"));
    item("等待上报", waiting, "条", stick);
    item("能打开这台电脑的人", count(store.vault().users().len()), "人", String::new());
    let changes = i64::try_from(digest.ops).unwrap_or(i64::MAX);
    let shown: String = digest.ops_digest.to_string().chars().take(DIGEST_SHOWN).collect();
    item("记录", changes, "条", format!("指纹 {shown}"));
    let users = store.vault().users().into_iter();
    Ok(HandoverList {
        from: from.name.clone(),
        from_role_name: rights::role_name(&from.role).to_owned(),
        candidates: users.filter(|user| user.id != from.id).map(|user| user.name.clone()).collect(),
        items,
        errands: listed,
        theirs: u32::try_from(own).unwrap_or(u32::MAX),
        changes: digest.ops,
        digest: shown,
    })
}

fn preview(api: &Api, request: HandoverOf) -> Result<HandoverList, ApiError> {
    let mut session = api.session()?;
    let from = leaving(&session, request.from.as_deref())?;
    list(&mut session, &from)
}

fn hand_over(api: &Api, request: HandOverTo) -> Result<HandedOver, ApiError> {
    let mut session = api.session()?;
    let from = leaving(&session, request.from.as_deref())?;
    let to_name = entered::required("to", "接手的人", &request.to, SHORT_MAX)?;
    let to = slot_of(&session, &to_name)?;
    if to.id == from.id {
        let text = "自己交给自己不算移交。".to_owned();
        return Err(Trouble::BadValue { field: "to", text }.into());
    }
    let witness = entered::optional("witness", "监交人", request.witness.as_deref(), SHORT_MAX)?;
    let today = session.store.today();
    let on = entered::optional_day("on", "移交日期", request.on.as_deref())?.unwrap_or(today);
    // Whoever takes over from somebody who governs governs too, so that somebody always does.
    let governs = |role: &str| rights::may(session.level, role, "user.close");
    let new_role = (governs(&from.role) && !governs(&to.role)).then(|| from.role.clone());

    let listed = list(&mut session, &from)?;
    write_list(&session, &request.out, &listed, &to, witness.as_deref(), &on.to_string())?;

    let mut intent = Intent::new(format!("{}把工作移交给{}", from.name, to.name));
    let id = session.store.new_id();
    let lines: Vec<yuanba_core::Value> =
        listed.items.iter().map(|item| yuanba_core::Value::Text(line(item))).collect();
    intent
        .create(&handover::TABLE, id)
        .put(handover::FROM, from.id)
        .put(handover::FROM_NAME, from.name.as_str())
        .put(handover::TO, to.id)
        .put(handover::TO_NAME, to.name.as_str())
        .put(handover::ON, on.to_string())
        .put_some(handover::WITNESS, witness)
        .put(handover::DIGEST, session.store.digest(None)?.ops_digest.to_string())
        .put(handover::CHANGES, i64::try_from(listed.changes).unwrap_or(i64::MAX))
        .put_all(handover::LISTED, &lines);
    let mut moved = 0;
    for record in session.live_at(&errand::TABLE, errands::OPEN)? {
        if record.id(errand::AGENT) == Some(from.id) {
            intent.edit(&record).put(errand::AGENT, to.id).put(errand::AGENT_NAME, to.name.as_str());
            moved += 1;
        }
    }
    if let Some(role) = &new_role
        && let Some(record) = session.store.record(&user::TABLE, to.id)?
    {
        intent.edit(&record).put(user::ROLE, role.as_str());
    }
    let locked = from.id == session.store.me().id;
    let finished = (|| {
        if let Some(role) = new_role.clone() {
            let slot = SlotUser { role, ..to.clone() };
            session.store.change_vault(|vault, key| vault.describe_user(key, slot))?;
        }
        close_user(&mut session, &from, intent)
    })();
    let done = match finished {
        Ok(done) => done,
        Err(error) => {
            // A list of what was not handed over is no list.
            let _ = std::fs::remove_file(Path::new(&request.out));
            if new_role.is_some() {
                let _ = session.store.change_vault(|vault, key| vault.describe_user(key, to));
            }
            return Err(error);
        }
    };
    drop(session);
    if locked {
        *api.slot() = None;
    }
    Ok(HandedOver {
        path: request.out,
        errands: moved,
        role_name: new_role.map(|role| rights::role_name(&role).to_owned()),
        locked,
        done,
    })
}

/// 党员和发展对象 63 人
fn line(item: &HandoverItem) -> String {
    let note = if item.note.is_empty() { String::new() } else { format!("，{}", item.note) };
    format!("{} {} {}{note}", item.label, item.count, item.unit)
}

/// The list as it is printed and signed.
fn write_list(
    session: &Session,
    out: &str,
    listed: &HandoverList,
    to: &SlotUser,
    witness: Option<&str>,
    on: &str,
) -> Result<(), ApiError> {
    let columns = [("序号", 6.0), ("事项", 34.0), ("数目", 12.0), ("说明", 40.0)];
    let mut rows = Vec::new();
    let mut row = |what: String, count: yuanba_paper::table::TableCell<'static>, note: String| {
        let place = i64::try_from(rows.len() + 1).unwrap_or(i64::MAX);
        rows.push(vec![number(place), text(what), count, text(note)]);
    };
    for item in &listed.items {
        row(item.label.clone(), text(format!("{} {}", item.count, item.unit)), item.note.clone());
    }
    for errand in &listed.errands {
        let who = errand.agent_name.as_deref().unwrap_or_default();
        let until = errand.promised_on.as_deref().map(|on| format!("，答应 {on} 办完")).unwrap_or_default();
        let hands = if errand.theirs {
            format!("{who} 交给 {}{until}", to.name)
        } else {
            format!("{who}办{until}")
        };
        row(format!("代办 {}：{}", errand.number, errand.matter_name), text(errand.person.clone()), hands);
    }
    let signature = "签字：                  年    月    日";
    row("移交人".into(), text(listed.from.clone()), signature.into());
    row("接手人".into(), text(to.name.clone()), signature.into());
    row("监交人".into(), text(witness.unwrap_or_default().to_owned()), signature.into());
    workbook::write(session, out, &format!("移交清单（{on}）"), &columns, rows)?;
    Ok(())
}

fn past(api: &Api, _: Nothing) -> Result<Vec<PastHandover>, ApiError> {
    let session = api.session()?;
    let said = |record: &Record, field| record.text(field).unwrap_or_default().to_owned();
    let mut records = session.live(&handover::TABLE)?;
    records.sort_by_key(|record| std::cmp::Reverse((said(record, handover::ON), record.id)));
    Ok(records
        .iter()
        .map(|record| PastHandover {
            on: said(record, handover::ON),
            from: said(record, handover::FROM_NAME),
            to: said(record, handover::TO_NAME),
            witness: record.text(handover::WITNESS).map(str::to_owned),
            listed: record.texts(handover::LISTED).into_iter().map(str::to_owned).collect(),
            digest: said(record, handover::DIGEST).chars().take(DIGEST_SHOWN).collect(),
        })
        .collect())
}
