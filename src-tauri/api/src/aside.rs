//! `aside.*`: 不算数的, changes that are kept and do not count, each with its reason (JOURNAL §6).

use std::collections::HashMap;

use yuanba_core::{Id, tables};
use yuanba_journal::Kind;
use yuanba_store::{SetAside, Store, Why};

use crate::dto::{answer, request, words};
use crate::error::ApiError;
use crate::laptop::letter;
use crate::registry::commands;
use crate::{Api, time};

words! {
    /// Why a change does not count.
    pub enum AsideWhy {
        /// Nobody has let its computer in, yet
        NoCertificate,
        /// Its computer was stopped before it
        Stopped,
        /// A part of what was written in one go is missing
        PartMissing,
        /// It erases what only somebody above may erase
        NotAbove,
    }
}

request! {
    /// Which lines, the newest first.
    pub struct ListAside {
        /// How many are left out at the beginning
        pub skip: Option<u32>,
        /// Left out: 50; 500 at most
        pub limit: Option<u32>,
    }
}

answer! {
    /// A change that is kept and does not count.
    pub struct AsideChange {
        /// Whose records it is about
        pub org_name: String,
        /// The letter of the computer that wrote it; nothing while nobody here knows that computer
        pub laptop: Option<String>,
        /// Who, as that computer says
        pub user: Option<String>,
        /// When, as that computer says
        pub at: String,
        /// 党员王秀英
        pub what: String,
        pub why: AsideWhy,
    }

    /// Some of what is kept and does not count.
    pub struct AsideFound { pub total: u32, pub changes: Vec<AsideChange> }
}

commands! {
    /// What is kept and does not count, with the reason, the newest first
    "aside.list" (ListAside) -> AsideFound, list;
}

const SHOWN: u32 = 50;
const SHOWN_MAX: u32 = 500;

fn list(api: &Api, request: ListAside) -> Result<AsideFound, ApiError> {
    let session = api.session()?;
    let store = &session.store;
    let mut all = store.set_aside()?;
    all.sort_by_key(|aside| std::cmp::Reverse((aside.at_ms, aside.change.seq)));
    let limit = request.limit.unwrap_or(SHOWN).min(SHOWN_MAX) as usize;
    let some = all.iter().skip(request.skip.unwrap_or(0) as usize).take(limit);
    let names = if all.is_empty() { HashMap::new() } else { session.user_names()? };
    let changes = some.map(|aside| shown(store, &names, aside)).collect::<Result<_, _>>()?;
    Ok(AsideFound { total: all.len().try_into().unwrap_or(u32::MAX), changes })
}

fn shown(store: &Store, names: &HashMap<Id, String>, aside: &SetAside) -> Result<AsideChange, ApiError> {
    let stream = aside.change.stream;
    Ok(AsideChange {
        org_name: store.organisation_name(stream.org)?,
        laptop: store.authority().letter(stream.replica, stream.org).map(letter),
        user: names.get(&aside.user).cloned(),
        at: time::stamp(aside.at_ms),
        what: what(store, aside)?,
        why: match aside.why {
            Why::NoCertificate => AsideWhy::NoCertificate,
            Why::Stopped => AsideWhy::Stopped,
            Why::PartMissing => AsideWhy::PartMissing,
            Why::NotAbove => AsideWhy::NotAbove,
        },
    })
}

/// What a change is, as people would say it; a record goes by its name where one is known.
fn what(store: &Store, aside: &SetAside) -> Result<String, ApiError> {
    let word = match aside.kind {
        Kind::Record => return record(store, aside),
        Kind::Entry => "一笔账",
        Kind::Reversal => "一次冲销",
        Kind::Choice => "两笔里定一笔",
        Kind::Retract => "一次撤销",
        Kind::Redaction => "一次删去",
        Kind::Certificate => "一份授权",
        Kind::Revocation => "停用一台电脑",
        Kind::OrgKey => "一份收件的凭据",
        Kind::Checkpoint | Kind::Unknown(_) => "新版程序写的一条",
    };
    Ok(word.to_owned())
}

fn record(store: &Store, aside: &SetAside) -> Result<String, ApiError> {
    let Some(table) = aside.table.and_then(tables::by_number) else {
        return Ok("新版程序写的一条".to_owned());
    };
    let record = aside.entity.map(|id| store.record(table, id)).transpose()?.flatten();
    let name = table.field_named("name").and_then(|field| record.as_ref()?.text(field));
    Ok(format!("{}{}", table.label, name.unwrap_or_default()))
}
