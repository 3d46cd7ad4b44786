//! What the old organisation still wrote of a member who had been handed over: before it knew of it, or on a laptop that
//! did not know yet. It stays with the old record; nobody folds it into the new dossier but a person who has looked.

use yuanba_core::tables::{member, transfer};
use yuanba_core::{Field, FieldKind, Id, Value};
use yuanba_journal::Hash;
use yuanba_journal::fold::Origin;
use yuanba_store::{Intent, Record};

use super::dossier::{self, Line, Notes, carried, history_value, read_fields, read_history, value_of};
use super::hand_over::{carried as carried_points, carried_key};
use super::pairs::Pair;
use super::release::BY_TRANSFER;
use super::{CARRIED_FIELDS, LateChange, LateKind, OneTransfer, SettleLate};
use crate::Api;
use crate::conflict::shown;
use crate::dto::JustDone;
use crate::error::ApiError;
use crate::points;
use crate::sentences::Trouble;
use crate::session::Session;
use crate::{mask, time};

/// What a late change would do to the new dossier.
enum What {
    Put(Field, Value),
    Add(Field, Value),
    Remove(Field, Value),
    Happened(Line),
    Undone(Line),
    Points(i64),
}

/// A late change before anybody has decided.
struct Late {
    id: Id,
    what: What,
    origin: Option<Origin>,
}

impl What {
    /// What tells a late change from any other of the same member: the same words are the same change.
    fn id(&self) -> Id {
        let of_field = |verb: &str, field: &Field, value: &Value| {
            Hash::of(&[verb.as_bytes(), &field.number.to_be_bytes(), &value.to_cbor()]).id()
        };
        let of_line = |verb: &str, line: &Line| {
            let detail = line.detail.as_deref().unwrap_or_default();
            let parts = [verb, &line.date, &line.kind, &line.text, detail];
            Hash::of(&[parts.join("\u{0}").as_bytes()]).id()
        };
        match self {
            What::Put(field, value) => of_field("put", field, value),
            What::Add(field, value) => of_field("add", field, value),
            What::Remove(field, value) => of_field("remove", field, value),
            What::Happened(line) => of_line("happened", line),
            What::Undone(line) => of_line("undone", line),
            What::Points(points) => Hash::of(&[b"points", &points.to_be_bytes()]).id(),
        }
    }
}

/// The old and the new record of an accepted transfer whose old record is only read now, where this seat holds both.
fn records(session: &Session, pair: &Pair) -> Result<Option<(Record, Record, Record)>, ApiError> {
    let Some(handed) = pair.handed.as_ref().filter(|_| pair.accepted() && pair.keeps_a_stub()) else {
        return Ok(None);
    };
    let find = |field| {
        handed.id(field).map(|id| session.store.record(&member::TABLE, id)).transpose().map(Option::flatten)
    };
    let (old, new) = (find(transfer::OTHER_MEMBER)?, find(transfer::MEMBER)?);
    let last = |old: &Record| -> Result<bool, ApiError> {
        // Whoever went away twice is looked at by the last release alone.
        let open = session.release_of(old.id)?.map(|release| release.id);
        Ok(open.is_some() && open == pair.released.as_ref().map(|record| record.id))
    };
    match (old, new) {
        (Some(old), Some(new)) if old.org != new.org && last(&old)? => Ok(Some((handed.clone(), old, new))),
        _ => Ok(None),
    }
}

/// The same event, whatever the organisation was called.
fn event(line: &Line) -> (&str, &str, &str, Option<&str>) {
    (&line.date, &line.kind, &line.text, line.detail.as_deref())
}

/// The late changes that wait for a word.
fn waiting(session: &mut Session, pair: &Pair, notes: &mut Notes) -> Result<Vec<Late>, ApiError> {
    let Some((handed, old, new)) = records(session, pair)? else { return Ok(Vec::new()) };
    let taken = read_fields(handed.get(transfer::TAKEN));
    let mut found: Vec<(What, Option<Origin>)> = Vec::new();
    for field in CARRIED_FIELDS.iter().filter(|field| ![member::RAW, member::PROBLEMS].contains(field)) {
        let before = carried(&taken, *field);
        let state = old.state();
        if field.kind == FieldKind::Set {
            let now = value_of(&old, *field);
            let there = new.set(*field);
            for value in now.as_list().iter().filter(|v| !before.as_list().contains(v) && !there.contains(v))
            {
                let origin = state.additions(field.number, value).into_iter().next_back();
                let origin =
                    origin.and_then(|(at, _)| state.origins.iter().find(|o| o.reference() == at).cloned());
                found.push((What::Add(*field, value.clone()), origin));
            }
            for value in before.as_list().iter().filter(|v| !now.as_list().contains(v) && there.contains(v)) {
                found.push((What::Remove(*field, value.clone()), None));
            }
            continue;
        }
        let mut heads: Vec<(Value, Option<Origin>)> = state
            .heads(field.number)
            .iter()
            .filter_map(|head| Some((head.value.clone()?, Some(state.origins[head.origin].clone()))))
            .collect();
        if state.heads(field.number).is_empty() {
            heads.push((Value::Null, None));
        }
        for (value, origin) in heads {
            if value != before && value != *new.get(*field) {
                found.push((What::Put(*field, value), origin));
            }
        }
    }
    let before = read_history(handed.get(transfer::HISTORY));
    let now = dossier::history(session, &old, notes, false)?;
    // Points are told by their sum; that a post ended with the transfer is part of it.
    let told_otherwise = |line: &&Line| line.kind == "points" || line.detail.as_deref() == Some(BY_TRANSFER);
    for line in now.iter().filter(|line| !told_otherwise(line)) {
        if !before.iter().any(|other| event(other) == event(line)) {
            found.push((What::Happened(line.clone()), None));
        }
    }
    for line in before.iter().filter(|line| !told_otherwise(line)) {
        if !now.iter().any(|other| event(other) == event(line)) {
            found.push((What::Undone(line.clone()), None));
        }
    }
    let settled: Vec<(Id, i64)> = handed
        .set(transfer::SETTLED)
        .into_iter()
        .filter_map(|one| match one.as_list() {
            [id, _, points] => Some((id.as_id()?, points.as_int()?)),
            _ => None,
        })
        .collect();
    let counted = handed.int(transfer::TAKEN_EARNED).unwrap_or(0)
        + settled.iter().map(|(_, points)| points).sum::<i64>();
    let more = points::earned(session, &old)? - counted;
    if more != 0 {
        found.push((What::Points(more), None));
    }
    let late = found.into_iter().map(|(what, origin)| Late { id: what.id(), what, origin });
    // What adds up is told by its sum, so that the same sum may come again.
    Ok(late
        .filter(|late| matches!(late.what, What::Points(_)) || settled.iter().all(|(id, _)| *id != late.id))
        .collect())
}

/// How many late changes of a transfer wait.
pub(super) fn count(session: &mut Session, pair: &Pair, notes: &mut Notes) -> Result<u32, ApiError> {
    Ok(u32::try_from(waiting(session, pair, notes)?.len()).unwrap_or(u32::MAX))
}

/// A value as people read it, numbers and houses masked.
fn read(field: Field, value: &Value) -> String {
    let text = shown(member::TABLE.number, field.number, value);
    let place = [member::ADDRESS, member::HOUSEHOLD_PLACE, member::FLOATING_PLACE].contains(&field);
    if place { mask::address(&text) } else { text }
}

fn told(line: &Line) -> String {
    let detail = line.detail.as_deref().map(|detail| format!("，{detail}")).unwrap_or_default();
    format!("{} {}{detail}", line.date, line.text)
}

pub(super) fn list(api: &Api, request: OneTransfer) -> Result<Vec<LateChange>, ApiError> {
    let mut session = api.session()?;
    let pair = session.transfer(request.id.0)?;
    let names = session.user_names()?;
    let taken =
        pair.handed.as_ref().map(|record| read_fields(record.get(transfer::TAKEN))).unwrap_or_default();
    let none = || "没有".to_owned();
    let changes = waiting(&mut session, &pair, &mut Notes::default())?.into_iter().map(|late| {
        let (kind, label, before, after) = match &late.what {
            What::Put(field, value) => {
                (LateKind::Field, field.label, read(*field, &carried(&taken, *field)), read(*field, value))
            }
            What::Add(field, value) => (LateKind::Field, field.label, none(), read(*field, value)),
            What::Remove(field, value) => {
                (LateKind::Field, field.label, read(*field, value), "去掉了".to_owned())
            }
            What::Happened(line) => (LateKind::History, "经历", none(), told(line)),
            What::Undone(line) => (LateKind::History, "经历", told(line), "去掉了".to_owned()),
            What::Points(points) => {
                (LateKind::Points, "积分", none(), format!("{} 分", points::signed(*points)))
            }
        };
        let origin = late.origin.as_ref();
        LateChange {
            id: late.id.to_string(),
            kind,
            label: label.to_owned(),
            before,
            after,
            who: origin.and_then(|origin| names.get(&origin.user).cloned()).unwrap_or_default(),
            at: origin.map(|origin| time::stamp(origin.wall_ms)).unwrap_or_default(),
        }
    });
    Ok(changes.collect())
}

pub(super) fn settle(api: &Api, request: SettleLate) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let pair = session.transfer(request.id.0)?;
    let missing = || Trouble::NotFound { what: "处晚到的改动，也许已经定过了" };
    let wanted: Id = request.change.parse().map_err(|_| missing())?;
    let late = waiting(&mut session, &pair, &mut Notes::default())?
        .into_iter()
        .find(|late| late.id == wanted)
        .ok_or_else(missing)?;
    let (handed, old, new) = records(&session, &pair)?.ok_or_else(missing)?;
    let (own, tree) = (session.store.org(), session.store.authority());
    if !tree.covers(own, old.org) || !tree.covers(own, new.org) {
        return Err(Trouble::NotBelow.into());
    }
    let name = handed.text(transfer::NAME).unwrap_or("这个人");
    let what = match &late.what {
        What::Put(field, _) | What::Add(field, _) | What::Remove(field, _) => field.label,
        What::Happened(_) | What::Undone(_) => "经历",
        What::Points(_) => "积分",
    };
    let said = match request.take {
        true => format!("把{name}晚到的{what}补进了新档案"),
        false => format!("{name}晚到的{what}不用"),
    };
    let points = if let What::Points(points) = late.what { points } else { 0 };
    let mut at_new = Intent::new(said.clone()).of(new.org);
    let mut at_old = Intent::new(said).of(old.org);
    let settled = vec![Value::Id(late.id), request.take.into(), points.into()];
    at_new.edit(&handed).add(transfer::SETTLED, Value::List(settled));
    if request.take {
        take(&mut at_new, &mut at_old, &late.what, (&handed, &old, &new));
    }
    Ok(JustDone { done: session.commit_together(vec![at_new, at_old])? })
}

fn take(
    at_new: &mut Intent,
    at_old: &mut Intent,
    what: &What,
    (handed, old, new): (&Record, &Record, &Record),
) {
    let mut history = read_history(handed.get(transfer::HISTORY));
    match what {
        What::Put(field, value) => {
            at_new.edit(new).put(*field, value.clone());
        }
        What::Add(field, value) => {
            at_new.edit(new).add(*field, value.clone());
        }
        What::Remove(field, value) => {
            at_new.edit(new).remove(*field, value);
        }
        What::Happened(line) => {
            history.push(line.clone());
            history.sort_by(|a, b| b.cmp(a));
            at_new.edit(handed).put(transfer::HISTORY, history_value(&history));
        }
        What::Undone(line) => {
            history.retain(|other| event(other) != event(line));
            at_new.edit(handed).put(transfer::HISTORY, history_value(&history));
        }
        What::Points(points) => {
            // On one day and under one key, however many laptops decide the same.
            let on = handed.text(transfer::HANDED_ON).unwrap_or_default();
            let count = handed.set(transfer::SETTLED).len();
            let share = Hash::of(&[b"late points", &points.to_be_bytes(), &count.to_be_bytes()]).id();
            let key = carried_key(handed.id, Some(share));
            at_new.entry(carried_points(old.org, new.id, *points, on, key.clone()));
            at_old.entry(carried_points(new.org, old.id, -points, on, key));
        }
    }
}
