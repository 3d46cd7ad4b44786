//! `draft.*`: what is typed and not yet saved. Local, never in the journal, kept until it is dropped.

use crate::dto::{Empty, Nothing, answer, request};
use crate::registry::commands;

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
    "draft.put" (PutDraft) -> DraftKept, Read;
    /// The draft of a key
    "draft.get" (DraftKey) -> FoundDraft, Read;
    /// All drafts of this user, the newest first
    "draft.list" (Nothing) -> Vec<Draft>, Read;
    /// Forgets a draft
    "draft.drop" (DraftKey) -> Empty, Read;
}
