//! `undo.*`: taking back what was done, one intent at a time.

use yuanba_core::Id;
use yuanba_core::record::Table;
use yuanba_core::tables::{hub, organisation, points_claim, relative, transfer as member_transfer, user};
use yuanba_journal::GroupId;
use yuanba_store::StoreError;

use crate::Api;
use crate::dto::{Done, Nothing, answer, request};
use crate::error::ApiError;
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::session::Session;
use crate::{kin, points, time, transfer};

request! {
    /// Which group of changes.
    pub struct Group { pub group: String }

    /// How many of the last acts.
    pub struct Limit { pub limit: u32 }
}

answer! {
    /// Something that was done.
    pub struct Recent {
        pub group: String,
        pub text: String,
        pub at: String,
        pub user: String,
        pub undone: bool,
        /// The act that this one took back
        pub undoes: Option<String>,
    }

    /// What was taken back.
    pub struct Undone {
        pub done: Done,
        /// Fields written since, which stay as they are, by name
        pub left: Vec<String>,
    }
}

commands! {
    /// Takes back the last act of this user on this machine; null when there is none
    "undo.last" (Nothing) -> Option<Done>, last;
    /// Takes back one act
    "undo.group" (Group) -> Undone, group;
    /// What was done last
    "undo.recent" (Limit) -> Vec<Recent>, recent;
}

/// Taking back is deciding again: it asks what the act itself asked for.
fn may_take_back(session: &mut Session, group: GroupId) -> Result<(), ApiError> {
    let touched = session.store.touched_by(group)?;
    let of =
        |table: &'static Table| touched.records.iter().filter(move |(number, ..)| *number == table.number);
    let governs = [&user::TABLE, &organisation::TABLE, &hub::TABLE];
    if governs.into_iter().any(|table| of(table).next().is_some()) {
        session.check("undo.group#users")?;
    }
    for (_, declaration, _) in of(&relative::TABLE) {
        kin::not_ones_own(session, *declaration)?;
    }
    let reviewed: Vec<Id> = of(&points_claim::TABLE)
        .filter(|(_, _, fields)| fields.contains(&points_claim::REVIEWER.number))
        .map(|(_, claim, _)| *claim)
        .collect();
    // Points that go with a member who moves are that transfer's.
    let moved = of(&member_transfer::TABLE).next().is_some();
    if !reviewed.is_empty() || !touched.accounts.is_empty() && !moved {
        session.check("undo.group#points")?;
        let mut claims = Vec::new();
        for claim in reviewed {
            claims.extend(session.store.record(&points_claim::TABLE, claim)?);
        }
        if touched.takes_back {
            points::not_proposed_by_oneself(session, &claims)?;
        }
        points::not_ones_own(session, touched.accounts)?;
    }
    Ok(())
}

fn undo(session: &mut Session, group: Option<GroupId>) -> Result<Undone, ApiError> {
    let last = || {
        Ok::<_, StoreError>(
            session
                .store
                .groups(LAST_AMONG)?
                .into_iter()
                .find(|d| d.user == session.store.me().id && !d.undone && d.undoes.is_none()),
        )
    };
    let group = match group {
        Some(group) => Some(group),
        None => Some(last()?.ok_or(Trouble::NothingToUndo)?.group),
    };
    if let Some(group) = group {
        transfer::may_be_undone(session, group)?;
        may_take_back(session, group)?;
    }
    let undone = session.store.undo(group).map_err(|error| match error {
        StoreError::NotFound(_) => Trouble::NothingToUndo,
        StoreError::Refused(_) => Trouble::UndoneBefore,
        other => other.into(),
    })?;
    session.catch_up()?;
    Ok(Undone {
        done: Done {
            group: undone.group.to_string(),
            text: format!("撤销了：{}", undone.text),
            at: time::stamp(session.store.now_ms()),
        },
        left: undone.left,
    })
}

fn last(api: &Api, _: Nothing) -> Result<Option<Done>, ApiError> {
    match undo(&mut *api.session()?, None) {
        Ok(undone) => Ok(Some(undone.done)),
        Err(error) if error == ApiError::from(Trouble::NothingToUndo) => Ok(None),
        Err(error) => Err(error),
    }
}

fn group(api: &Api, request: Group) -> Result<Undone, ApiError> {
    let id: Id = request.group.parse().map_err(|_| Trouble::NothingToUndo)?;
    undo(&mut *api.session()?, Some(GroupId(id)))
}

/// The last act that stands is looked for among so many.
const LAST_AMONG: usize = 200;

/// The most acts that are listed.
const LIMIT_MAX: u32 = 1000;

/// What was done last.
pub(crate) fn recent_of(session: &Session, limit: u32) -> Result<Vec<Recent>, ApiError> {
    let store = &session.store;
    let names = session.user_names()?;
    Ok(store
        .groups(limit.min(LIMIT_MAX) as usize)?
        .into_iter()
        .map(|deed| Recent {
            group: deed.group.to_string(),
            text: deed.text,
            at: time::stamp(deed.at_ms),
            user: names.get(&deed.user).cloned().unwrap_or_default(),
            undone: deed.undone,
            undoes: deed.undoes.map(|group| group.to_string()),
        })
        .collect())
}

fn recent(api: &Api, request: Limit) -> Result<Vec<Recent>, ApiError> {
    recent_of(&*api.session()?, request.limit)
}
