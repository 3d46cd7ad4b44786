//! `draft.*`: what is typed and not yet saved. Local, never in the journal, kept until it is dropped.

use crate::Api;
use crate::dto::{Empty, Nothing, answer, request};
use crate::error::ApiError;
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::time;

request! {
    /// A draft to keep; an older one of the same key is replaced.
    pub struct PutDraft {
        /// `note:new`, `member:<id>` …
        pub key: String,
        #[ts(type = "unknown")]
        pub body: serde_json::Value,
    }

    /// Which draft.
    pub struct DraftKey { pub key: String }
}

answer! {
    /// When a draft was kept.
    pub struct DraftKept { pub at: String }

    /// A draft, or nothing.
    pub struct FoundDraft {
        #[ts(type = "unknown")]
        pub body: Option<serde_json::Value>,
        pub at: Option<String>,
    }

    /// One draft of the list.
    pub struct Draft {
        pub key: String,
        #[ts(type = "unknown")]
        pub body: serde_json::Value,
        pub at: String,
    }
}

commands! {
    /// Keeps a draft
    "draft.put" (PutDraft) -> DraftKept, put;
    /// The draft of a key
    "draft.get" (DraftKey) -> FoundDraft, get;
    /// All drafts of this user, the newest first
    "draft.list" (Nothing) -> Vec<Draft>, list;
    /// Forgets a draft
    "draft.drop" (DraftKey) -> Empty, forget;
}

/// Longest key, in bytes.
const KEY_MAX: usize = 200;
/// Longest draft, in bytes of JSON.
const BODY_MAX: usize = 1 << 20;

/// Where this user's drafts begin among the local values.
pub(crate) fn prefix(store: &yuanba_store::Store) -> String {
    format!("draft/{}/", store.me().id)
}

fn place(store: &yuanba_store::Store, key: &str) -> Result<String, ApiError> {
    if key.is_empty() || key.len() > KEY_MAX {
        return Err(Trouble::BadRequest.into());
    }
    Ok(prefix(store) + key)
}

fn put(api: &Api, request: PutDraft) -> Result<DraftKept, ApiError> {
    let mut session = api.session()?;
    if request.body.to_string().len() > BODY_MAX {
        let text = "这一篇太长了，没有存成草稿，字还在这一页上。".to_owned();
        return Err(Trouble::BadValue { field: "body", text }.into());
    }
    let place = place(&session.store, &request.key)?;
    let at = session.store.local_put(&place, &request.body)?;
    Ok(DraftKept { at: time::stamp(at) })
}

fn get(api: &Api, request: DraftKey) -> Result<FoundDraft, ApiError> {
    let session = api.session()?;
    let found = session.store.local_get(&place(&session.store, &request.key)?)?;
    let (body, at) = found.map(|(body, at)| (body, time::stamp(at))).unzip();
    Ok(FoundDraft { body, at })
}

fn list(api: &Api, _: Nothing) -> Result<Vec<Draft>, ApiError> {
    let session = api.session()?;
    let prefix = prefix(&session.store);
    let drafts = session.store.local_list(&prefix)?.into_iter();
    Ok(drafts
        .map(|(key, body, at)| Draft { key: key[prefix.len()..].to_owned(), body, at: time::stamp(at) })
        .collect())
}

fn forget(api: &Api, request: DraftKey) -> Result<Empty, ApiError> {
    let mut session = api.session()?;
    let place = place(&session.store, &request.key)?;
    session.store.local_drop(&place)?;
    Ok(Empty {})
}
