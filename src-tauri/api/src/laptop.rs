//! `laptop.*`: the computers that write for an organisation, and one that no longer may.

use yuanba_core::Id;
use yuanba_exchange::keys;
use yuanba_journal::payload::{Cut, Revocation};
use yuanba_store::Intent;

use crate::Api;
use crate::dto::{JustDone, Nothing, RecordId, answer, request};
use crate::error::ApiError;
use crate::registry::commands;
use crate::sentences::Trouble;

answer! {
    /// A computer that was certified for an organisation.
    pub struct Laptop {
        pub id: RecordId,
        pub org: RecordId,
        pub org_name: String,
        /// A, B …: stands in every number made on it
        pub letter: String,
        /// It is this one
        pub mine: bool,
    }
}

request! {
    /// A computer that was lost or sold.
    pub struct RevokeLaptop { pub laptop: RecordId, pub reason: String }
}

commands! {
    /// The computers of every organisation known here
    "laptop.list" (Nothing) -> Vec<Laptop>, list;
    /// From now on nothing new that a computer writes counts; what is held of it stays
    "laptop.revoke" (RevokeLaptop) -> JustDone, revoke;
}

/// A, B … Z, AA …
pub(crate) fn letter(mut number: u16) -> String {
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + (number % 26) as u8));
        match number / 26 {
            0 => break,
            rest => number = rest - 1,
        }
    }
    letters.iter().rev().collect()
}

fn list(api: &Api, _: Nothing) -> Result<Vec<Laptop>, ApiError> {
    let session = api.session()?;
    let store = &session.store;
    let mut listed = Vec::new();
    for org in store.organisations()?.into_iter().filter(|org| org.absorbed_into.is_none()) {
        let org_name = store.organisation_name(org.id)?;
        for id in org.replicas {
            let Some(number) = store.authority().letter(id, org.id) else { continue };
            listed.push(Laptop {
                id: id.into(),
                org: org.id.into(),
                org_name: org_name.clone(),
                letter: letter(number),
                mine: id == store.replica().id(),
            });
        }
    }
    Ok(listed)
}

fn revoke(api: &Api, request: RevokeLaptop) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let reason = request.reason.trim();
    if reason.is_empty() {
        return Err(Trouble::Empty { field: "reason", label: "原因" }.into());
    }
    let replica: Id = request.laptop.0;
    if replica == session.store.replica().id() {
        let text = "这就是正在用的这台电脑，不能自己停自己。".to_owned();
        return Err(Trouble::BadValue { field: "laptop", text }.into());
    }
    let home = session.store.authority().home(replica).ok_or(Trouble::NotFound { what: "台电脑" })?;
    if !session.store.authority().covers(session.store.org(), home) {
        return Err(Trouble::NotBelow.into());
    }
    // What is held of it now counts; what it writes from now on does not.
    let held = session.store.vector_for(session.store.org())?;
    let cuts =
        held.into_iter().filter(|(stream, _)| stream.replica == replica).filter_map(|(stream, tips)| {
            let tip = tips.first()?;
            Some(Cut { org: stream.org, lane: stream.lane, seq: tip.seq, hash: tip.hash })
        });
    // A laptop that was stopped before goes on to what is held now: this word replaces the ones before it.
    let replaces = session.store.authority().revocations_of(replica);
    let revocation = Revocation { replica, cuts: cuts.collect(), replaces };
    let name = session.store.organisation_name(home)?;
    let mut intent = Intent::new(format!("停用了{name}的一台电脑")).of(home).down();
    intent.revoke(revocation, reason);
    let done = session.commit(intent)?;
    keys::rotate_org_key(&mut session.store, home)?;
    Ok(JustDone { done })
}

#[cfg(test)]
mod tests {
    #[test]
    fn letters_go_on_after_z() {
        let letters = [0, 25, 26, 27].map(super::letter);
        assert_eq!(letters, ["A", "Z", "AA", "AB"]);
    }
}
