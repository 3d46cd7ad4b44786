//! `org.*`: the organisations this store knows.

use yuanba_core::Id;

use crate::Api;
use crate::dto::{Nothing, RecordId, answer};
use crate::error::ApiError;
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::session::Session;
use crate::store::Level;
use crate::time;

answer! {
    /// An organisation.
    pub struct Organisation {
        pub id: RecordId,
        pub name: String,
        /// Nothing for a level that only a newer version knows
        pub level: Option<Level>,
        pub parent: Option<RecordId>,
        /// Laptops that were certified for it
        pub replicas: u32,
        pub absorbed_into: Option<RecordId>,
        /// Date of the newest change held of it
        pub last_heard: Option<String>,
    }
}

commands! {
    /// The organisations this store knows
    "org.list" (Nothing) -> Vec<Organisation>, list;
}

fn list(api: &Api, _: Nothing) -> Result<Vec<Organisation>, ApiError> {
    let session = api.session()?;
    let store = &session.store;
    let mut listed = Vec::new();
    // Of a sibling only the certificate comes down to us: there is nothing to call it by, and nothing to send it.
    let ours = |org: &yuanba_store::Organisation| {
        org.name.is_some() || !org.replicas.is_empty() || org.id == store.org()
    };
    for org in store.organisations()?.into_iter().filter(ours) {
        let last_heard = match org.id == store.org() {
            true => None,
            false => store.last_heard(org.id)?.map(time::day),
        };
        listed.push(Organisation {
            id: org.id.into(),
            name: store.organisation_name(org.id)?,
            level: org.level.map(Level::from),
            parent: org.parent.map(RecordId),
            replicas: org.replicas.len() as u32,
            absorbed_into: org.absorbed_into.map(RecordId),
            last_heard,
        });
    }
    Ok(listed)
}

impl Session {
    /// The organisation of an id or a unique name. An organisation that was absorbed stands for the one it joined when
    /// it is named by its id, and its name does not count.
    pub(crate) fn organisation(&self, id_or_name: &str) -> Result<Id, ApiError> {
        let text = id_or_name.trim();
        let all = self.store.organisations()?;
        if let Ok(id) = text.parse::<Id>() {
            let found = all.iter().find(|org| org.id == id);
            return found
                .map(|org| org.absorbed_into.unwrap_or(org.id))
                .ok_or_else(|| Trouble::UnknownOrg { name: text.to_owned() }.into());
        }
        let mut named: Vec<_> = all
            .iter()
            .filter(|org| org.absorbed_into.is_none() && org.name.as_deref() == Some(text))
            .collect();
        if named.len() > 1 {
            // A new laptop that has asked for a place and not answered the grant yet is often called as the place is.
            let (tree, own) = (self.store.authority(), self.store.org());
            named.retain(|org| org.parent.is_some() || tree.covers(org.id, own));
        }
        match (named.first(), named.get(1)) {
            (Some(org), None) => Ok(org.id),
            (None, _) => Err(Trouble::UnknownOrg { name: text.to_owned() }.into()),
            _ => Err(Trouble::AmbiguousOrg { name: text.to_owned() }.into()),
        }
    }
}
