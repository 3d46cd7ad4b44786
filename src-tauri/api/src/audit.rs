//! `audit.*`: who has looked at whole numbers, or taken them out, and what for (RULES §7).

use yuanba_core::tables::look;

use crate::Api;
use crate::dto::{Nothing, answer};
use crate::error::ApiError;
use crate::registry::commands;

answer! {
    /// One look.
    pub struct Look {
        pub at: String,
        pub user: String,
        pub what: String,
        pub purpose: String,
        /// How many people
        pub count: u32,
        pub org_name: String,
    }
}

commands! {
    /// Looks at whole numbers, the newest first
    "audit.list" (Nothing) -> Vec<Look>, list;
}

fn list(api: &Api, _: Nothing) -> Result<Vec<Look>, ApiError> {
    let session = api.session()?;
    let store = &session.store;
    let names = session.user_names()?;
    let mut looks = Vec::new();
    for record in store.records(&look::TABLE)? {
        let text = |field| record.text(field).unwrap_or_default().to_owned();
        looks.push(Look {
            at: text(look::ON),
            user: record.changed_by().and_then(|id| names.get(&id).cloned()).unwrap_or_default(),
            what: text(look::WHAT),
            purpose: text(look::PURPOSE),
            count: record.int(look::COUNT).and_then(|n| n.try_into().ok()).unwrap_or_default(),
            org_name: store.organisation_name(record.org)?,
        });
    }
    looks.sort_by(|a, b| b.at.cmp(&a.at));
    Ok(looks)
}
