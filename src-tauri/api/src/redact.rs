//! `redact.*`: a lawful erasure (JOURNAL §2). The words of a record's changes are erased everywhere; chain, digests and sums
//! still verify.

use yuanba_core::tables::{self, member, transfer};
use yuanba_store::Intent;

use crate::Api;
use crate::dto::{JustDone, RecordId, request};
use crate::error::ApiError;
use crate::registry::commands;
use crate::sentences::Trouble;

request! {
    /// A record whose words are to be erased for good.
    pub struct Redact { pub id: RecordId, pub reason: String }
}

commands! {
    /// Erases the words of a record of an organisation below, here and wherever the erasure arrives
    "redact.record" (Redact) -> JustDone, record;
}

fn record(api: &Api, request: Redact) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let reason = request.reason.trim();
    if reason.is_empty() {
        return Err(Trouble::Empty { field: "reason", label: "原因" }.into());
    }
    let store = &session.store;
    let mut found = None;
    for table in tables::ALL {
        if let Some(record) = store.record(table, request.id.0)? {
            found = Some((table, record));
            break;
        }
    }
    let (table, record) = found.ok_or(Trouble::NotFound { what: "一条记录" })?;
    let own = store.org();
    if record.org == own || !store.authority().covers(own, record.org) {
        return Err(Trouble::NotBelow.into());
    }
    let mut changes = store.changes_of(record.id)?;
    let mut copies = Vec::new();
    if table.number == member::TABLE.number {
        // A dossier that was handed over with somebody is theirs too; so is one that was handed over and never accepted.
        for moved in store.children(&transfer::TABLE, record.id)? {
            changes.extend(store.changes_of(moved.id)?);
        }
        for handed in store.records(&transfer::TABLE)? {
            let accepted = handed.text(transfer::ACCEPTED_ON).is_some();
            if !accepted && handed.org != record.org && handed.id(transfer::OTHER_MEMBER) == Some(record.id) {
                copies.push((handed.org, store.changes_of(handed.id)?));
            }
        }
    }
    let org_name = store.organisation_name(record.org)?;
    // Without the person's name: this sentence stays.
    let said = format!("删去了{org_name}的一条{}", table.label);
    let mut intents = Vec::new();
    for (org, changes) in std::iter::once((record.org, changes)).chain(copies) {
        let mut intent = Intent::new(said.clone()).of(org);
        intent.redact(changes, reason);
        intents.push(intent);
    }
    Ok(JustDone { done: session.commit_together(intents)? })
}
