//! Saying which side stands.

use std::collections::{BTreeMap, HashSet};

use yuanba_core::record::VOIDED;
use yuanba_core::tables::{self, member, points_claim};
use yuanba_core::{Id, Value};
use yuanba_store::{Intent, Side};

use super::listing::{Lister, follows};
use super::values::is_id_number;
use super::{Resolve, ResolveMany, SettleVoid};
use crate::Api;
use crate::dto::JustDone;
use crate::error::ApiError;
use crate::points;
use crate::sentences::Trouble;
use crate::session::Session;

/// Which of two posted figures stands, and where a claim stands, is for whoever may review, and not for those whose points
/// they are.
fn may_decide(session: &mut Session, conflict: &yuanba_store::Conflict) -> Result<(), ApiError> {
    let of_claim = conflict.table == points_claim::TABLE.number;
    let ledger = conflict.kind == yuanba_store::ConflictKind::Ledger;
    if !of_claim && !ledger {
        return Ok(());
    }
    session.check("conflict.resolve#points")?;
    let mut accounts = Vec::new();
    if of_claim && let Some(claim) = session.store.record(&points_claim::TABLE, conflict.entity)? {
        accounts.extend(claim.id(points_claim::ACCOUNT));
        points::not_proposed_by_oneself(session, &[claim])?;
    }
    if ledger {
        accounts.extend(conflict.sides.iter().filter_map(Side::entry).map(|entry| entry.to));
    }
    points::not_ones_own(session, accounts)
}

/// The most choices of one act.
const CHOICES_MAX: usize = 10_000;

/// A side by its letter or its key.
fn taken<'a>(conflict: &'a yuanba_store::Conflict, take: &str) -> Result<&'a Side, ApiError> {
    let take = take.trim();
    let found = conflict
        .sides
        .iter()
        .find(|side| side.key == take || side.letter.to_string().eq_ignore_ascii_case(take));
    found.ok_or_else(|| {
        let offered: Vec<String> = conflict.sides.iter().map(|side| side.letter.to_string()).collect();
        // A key names what somebody saw: it is gone because more has come, and what stands now is to be seen first.
        let text = match take.len() > 1 {
            true => "这一处刚刚变了，没有定。看一看现在的写法再定。".to_owned(),
            false => format!("没有「{take}」这一边，有的是 {}。", offered.join("、")),
        };
        Trouble::BadValue { field: "take", text }.into()
    })
}

pub(super) fn one(api: &Api, request: Resolve) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let conflict = super::listing::find(&session, &request.id)?;
    may_decide(&mut session, &conflict)?;
    let side = taken(&conflict, &request.take)?;
    let (title, label, value) = told(&session, &conflict, side)?;
    let mut intent = Intent::new(format!("定了{title}的{label}：{value}")).of(conflict.org);
    session.store.take_side(&mut intent, &conflict, side)?;
    follow(&session, &mut intent, &[(&conflict, side)])?;
    Ok(JustDone { done: session.commit(intent)? })
}

fn told(
    session: &Session,
    conflict: &yuanba_store::Conflict,
    side: &Side,
) -> Result<(String, String, String), ApiError> {
    let shown = Lister::new(session)?.one(conflict)?;
    let value = shown.sides.into_iter().find(|shown| shown.key == side.key).map(|shown| shown.value);
    Ok((shown.record_title, shown.label, value.unwrap_or_default()))
}

pub(super) fn many(api: &Api, request: ResolveMany) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    if request.choices.is_empty() {
        return Err(Trouble::Empty { field: "choices", label: "要定的" }.into());
    }
    if request.choices.len() > CHOICES_MAX {
        let text = format!("一次最多定 {CHOICES_MAX} 处。");
        return Err(Trouble::BadValue { field: "choices", text }.into());
    }
    let mut open: BTreeMap<String, yuanba_store::Conflict> =
        session.store.conflicts()?.into_iter().map(|conflict| (conflict.id.clone(), conflict)).collect();
    let mut chosen = Vec::with_capacity(request.choices.len());
    for choice in &request.choices {
        let conflict = open
            .remove(&choice.id)
            .ok_or(Trouble::NotFound { what: "处不一致，也许已经定过了" })?;
        if is_id_number(&conflict) {
            let text = "证件号码要一个一个对着身份证定，不能一起定。一处也没有定。".to_owned();
            return Err(Trouble::BadValue { field: "choices", text }.into());
        }
        may_decide(&mut session, &conflict)?;
        chosen.push((conflict, &choice.take));
    }
    let org = chosen[0].0.org;
    if chosen.iter().any(|(conflict, _)| conflict.org != org) {
        let text = "一次只定一个村的，一处也没有定。".to_owned();
        return Err(Trouble::BadValue { field: "choices", text }.into());
    }
    let records: HashSet<Id> = chosen.iter().map(|(conflict, _)| conflict.entity).collect();
    let said = format!("一起定了 {} 处不一致，{} 条记录", chosen.len(), records.len());
    let mut intent = Intent::new(said).of(org);
    let mut sides = Vec::with_capacity(chosen.len());
    for (conflict, take) in &chosen {
        let side = taken(conflict, take)?;
        session.store.take_side(&mut intent, conflict, side)?;
        sides.push((conflict, side));
    }
    follow(&session, &mut intent, &sides)?;
    Ok(JustDone { done: session.commit(intent)? })
}

/// What the program keeps about a person beside what people type follows what was settled: what both sides found doubtful
/// stays doubtful, but for the fields that are settled now, whose doubts are those of the side that stands.
fn follow(
    session: &Session,
    intent: &mut Intent,
    chosen: &[(&yuanba_store::Conflict, &Side)],
) -> Result<(), ApiError> {
    let mut by_person: BTreeMap<Id, Vec<(&str, &Side)>> = BTreeMap::new();
    for (conflict, side) in chosen.iter().filter(|(conflict, _)| conflict.table == member::TABLE.number) {
        let settled = by_person.entry(conflict.entity).or_default();
        if !follows(conflict) {
            let name = member::TABLE.field(conflict.field).map_or("", |field| field.name);
            settled.push((name, side));
        }
    }
    for (person, settled) in by_person {
        let Some(record) = session.store.record(&member::TABLE, person)? else { continue };
        for field in [member::RAW, member::PROBLEMS] {
            let mut kept: Vec<Value> = Vec::new();
            for written in session.store.written_in(&record, field)? {
                for item in written.value.as_list() {
                    let of = item.as_list().first().and_then(Value::as_text).unwrap_or_default();
                    let stands = match settled.iter().find(|(name, _)| *name == of) {
                        Some((_, side)) => written.beside(side),
                        None => true,
                    };
                    if stands && !kept.contains(item) {
                        kept.push(item.clone());
                    }
                }
            }
            let value = if kept.is_empty() { Value::Null } else { Value::List(kept) };
            intent.edit(&record).put(field, value);
        }
    }
    Ok(())
}

pub(super) fn void(api: &Api, request: SettleVoid) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let not_found = || Trouble::NotFound { what: "条记录" };
    let (number, _) = session.store.glance(request.record.0, &[])?.ok_or_else(not_found)?;
    let table = tables::by_number(number).ok_or_else(not_found)?;
    let record = session.store.record(table, request.record.0)?.ok_or_else(not_found)?;
    if !record.written_while_voided() {
        return Err(Trouble::NotFound { what: "处存疑，也许已经定过了" }.into());
    }
    let name = table.field_named("name").and_then(|name| record.text(name)).unwrap_or(table.label);
    let reason = record.text(VOIDED).unwrap_or("作废").to_owned();
    let mut intent = match request.void {
        true => Intent::new(format!("{name}还是作废")),
        false => Intent::new(format!("取回了作废的{name}")),
    };
    match request.void {
        true => intent.edit(&record).void(&reason),
        false => intent.edit(&record).put(VOIDED, Value::Null),
    };
    Ok(JustDone { done: session.commit(intent)? })
}
