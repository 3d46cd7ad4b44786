//! The list of what does not agree.

use std::collections::{HashMap, HashSet};

use yuanba_core::tables::{self, member};
use yuanba_core::{Id, Value};

use super::values::{is_id_number, of_sides};
use super::{Conflict, ConflictKind, ConflictSide};
use crate::dto::Nothing;
use crate::error::ApiError;
use crate::sentences::Trouble;
use crate::session::Session;
use crate::{Api, laptop, time};

/// What people know a record by.
fn title(session: &Session, conflict: &yuanba_store::Conflict) -> Result<String, ApiError> {
    if conflict.kind == yuanba_store::ConflictKind::Ledger {
        return crate::points::title(session, conflict);
    }
    let Some(table) = tables::by_number(conflict.table) else { return Ok(String::new()) };
    let record = session.store.record(table, conflict.entity)?;
    let text = |name: &str| {
        let field = table.field_named(name)?;
        record.as_ref()?.text(field).map(str::to_owned)
    };
    if let Some(name) = text("name") {
        return Ok(name);
    }
    // What has no name is known by whom it is about, or by its day.
    let person = ["member", "account", "person"].into_iter().find_map(|name| {
        let field = table.field_named(name)?;
        let value = record.as_ref()?.get(field).clone();
        match value {
            Value::Text(text) => Some(text),
            Value::Id(id) => {
                let person = session.store.record(&member::TABLE, id).ok().flatten()?;
                person.text(member::NAME).map(str::to_owned)
            }
            _ => None,
        }
    });
    Ok(match (person, text("number"), table.on.and_then(|on| record.as_ref()?.text(on))) {
        (Some(person), _, _) => format!("{person}的{}", table.label),
        (None, Some(number), _) => format!("{}{number}", table.label),
        (None, None, Some(on)) => format!("{on} 的{}", table.label),
        (None, None, None) => table.label.to_owned(),
    })
}

/// How many fields of a record agree.
fn agreeing(session: &Session, conflict: &yuanba_store::Conflict) -> Result<u32, ApiError> {
    let Some(table) = tables::by_number(conflict.table) else { return Ok(0) };
    let Some(record) = session.store.record(table, conflict.entity)? else { return Ok(0) };
    let agree = table.fields.iter().filter(|field| {
        let held = match field.kind {
            yuanba_core::FieldKind::Register => !record.get(**field).is_null(),
            yuanba_core::FieldKind::Set => !record.set(**field).is_empty(),
        };
        held && !record.conflicted(**field) && ![member::RAW, member::PROBLEMS].contains(field)
    });
    Ok(u32::try_from(agree.count()).unwrap_or(u32::MAX))
}

/// The fields that the program keeps about a person beside what people type: they follow what is settled, and are asked
/// about only when nothing else is.
pub(super) fn follows(conflict: &yuanba_store::Conflict) -> bool {
    conflict.table == member::TABLE.number
        && [member::RAW, member::PROBLEMS].iter().any(|field| field.number == conflict.field)
}

/// One of them by its id.
pub(super) fn find(session: &Session, id: &str) -> Result<yuanba_store::Conflict, ApiError> {
    let found = session.store.conflicts()?.into_iter().find(|conflict| conflict.id == id);
    found.ok_or_else(|| Trouble::NotFound { what: "处不一致，也许已经定过了" }.into())
}

/// Everything that does not agree.
pub(crate) fn all(session: &Session) -> Result<Vec<Conflict>, ApiError> {
    let conflicts = session.store.conflicts()?;
    // One question for what is asked anyway.
    let asked: HashSet<Id> =
        conflicts.iter().filter(|conflict| !follows(conflict)).map(|conflict| conflict.entity).collect();
    let mut once: HashSet<Id> = HashSet::new();
    let mut lister = Lister::new(session)?;
    let mut listed = Vec::new();
    for conflict in &conflicts {
        if follows(conflict) && (asked.contains(&conflict.entity) || !once.insert(conflict.entity)) {
            continue;
        }
        listed.push(lister.one(conflict)?);
    }
    Ok(listed)
}

/// What is looked up once for a whole list.
pub(super) struct Lister<'a> {
    session: &'a Session,
    users: HashMap<Id, String>,
    /// Whose computer wrote a side: the record may be of another organisation
    writers: HashMap<Id, (Id, String)>,
    agreeing: HashMap<Id, u32>,
}

impl<'a> Lister<'a> {
    pub(super) fn new(session: &'a Session) -> Result<Lister<'a>, ApiError> {
        let mut writers = HashMap::new();
        for org in session.store.organisations()?.into_iter().filter(|org| org.absorbed_into.is_none()) {
            let name = session.store.organisation_name(org.id)?;
            writers.extend(org.replicas.into_iter().map(|replica| (replica, (org.id, name.clone()))));
        }
        Ok(Lister { session, users: session.user_names()?, writers, agreeing: HashMap::new() })
    }

    /// One of them as people see it.
    pub(super) fn one(&mut self, conflict: &yuanba_store::Conflict) -> Result<Conflict, ApiError> {
        let store = &self.session.store;
        let field = tables::by_number(conflict.table).and_then(|table| table.field(conflict.field));
        let org_name = store.organisation_name(conflict.org)?;
        let ledger = conflict.kind == yuanba_store::ConflictKind::Ledger;
        let values = of_sides(self.session, conflict)?;
        let covered = values.iter().any(|(_, _, covered)| *covered);
        let mut sides = Vec::with_capacity(values.len());
        for (at, (side, (value, note, _))) in conflict.sides.iter().zip(values).enumerate() {
            let writer = self.writers.get(&side.replica);
            let home = writer.map_or(conflict.org, |(home, _)| *home);
            sides.push(ConflictSide {
                side: side.letter.to_string(),
                key: side.key.clone(),
                act: side.act.clone(),
                value,
                note: match ledger {
                    true => crate::points::note(self.session, side, &self.users)?,
                    false => note,
                },
                who: self.users.get(&side.user).cloned().unwrap_or_else(|| "别的电脑上的人".to_owned()),
                org_name: writer.map_or_else(|| org_name.clone(), |(_, name)| name.clone()),
                laptop: store.authority().letter(side.replica, home).map(laptop::letter),
                mine: side.replica == store.replica().id(),
                at: time::stamp(side.at_ms),
                clock_odd: side.odd_clock,
                shows: at == 0,
            });
        }
        let agree = match self.agreeing.get(&conflict.entity) {
            Some(agree) => *agree,
            None => *self.agreeing.entry(conflict.entity).or_insert(agreeing(self.session, conflict)?),
        };
        Ok(Conflict {
            id: conflict.id.clone(),
            kind: if ledger { ConflictKind::Ledger } else { ConflictKind::Field },
            record: (!ledger).then(|| conflict.entity.into()),
            record_title: title(self.session, conflict)?,
            noun: match tables::by_number(conflict.table) {
                Some(table) => table.label.to_owned(),
                None => "积分".to_owned(),
            },
            org: conflict.org.into(),
            org_name,
            field: field.map_or_else(String::new, |field| field.name.to_owned()),
            label: field.map_or("这一笔", |field| field.label).to_owned(),
            about: match ledger {
                true => Some(crate::points::about(self.session, conflict)?),
                false => None,
            },
            covered,
            by_hand: is_id_number(conflict),
            agree,
            sides,
        })
    }
}

pub(super) fn list(api: &Api, _: Nothing) -> Result<Vec<Conflict>, ApiError> {
    all(&*api.session()?)
}
