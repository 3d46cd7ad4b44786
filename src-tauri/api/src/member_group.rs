//! `member.regroup`: several people into one party group, as one act.

use yuanba_core::tables::member;
use yuanba_core::{Id, Value};
use yuanba_store::Intent;

use crate::Api;
use crate::dto::{Done, RecordId, answer, request};
use crate::error::ApiError;
use crate::registry::commands;
use crate::sentences::Trouble;

request! {
    /// People and the party group they belong to from now on.
    pub struct Regroup {
        pub ids: Vec<RecordId>,
        /// Left out or empty: to no group
        pub party_group: Option<String>,
    }
}

answer! {
    /// Who was moved. `done` is null when everybody was there already.
    pub struct Regrouped { pub done: Option<Done>, pub changed: u32 }
}

commands! {
    /// Puts several people into one party group; undone as one
    "member.regroup" (Regroup) -> Regrouped, regroup;
}

/// The most people of one act: more than any village has.
const PEOPLE_MAX: usize = 5000;
/// Longest name of a party group, in characters.
const GROUP_MAX: usize = 40;

fn regroup(api: &Api, request: Regroup) -> Result<Regrouped, ApiError> {
    let mut session = api.session()?;
    if request.ids.len() > PEOPLE_MAX {
        return Err(Trouble::BadRequest.into());
    }
    let group = request.party_group.as_deref().map(str::trim).filter(|group| !group.is_empty());
    if group.is_some_and(|group| group.chars().count() > GROUP_MAX) {
        let text = format!("小组的名字太长了，最多 {GROUP_MAX} 个字。");
        return Err(Trouble::BadValue { field: "party_group", text }.into());
    }
    let ids: Vec<Id> = request.ids.into_iter().map(|id| id.0).collect();
    let mut intent = Intent::new("");
    let (mut changed, mut first) = (0, String::new());
    for record in session.records_in_order(&ids)? {
        if record.voided() || record.text(member::PARTY_GROUP) == group {
            continue;
        }
        if changed == 0 {
            first = record.text(member::NAME).unwrap_or("这个人").to_owned();
        }
        intent.edit(&record).put(member::PARTY_GROUP, group.map_or(Value::Null, Value::from));
        changed += 1;
    }
    if changed == 0 {
        return Ok(Regrouped { done: None, changed });
    }
    let who = if changed == 1 { first } else { format!("{first}等 {changed}\u{a0}人") };
    intent.say(match group {
        Some(group) => format!("把{who}改到{group}"),
        None => format!("{who}不再属于哪个小组"),
    });
    Ok(Regrouped { done: Some(session.commit(intent)?), changed })
}
