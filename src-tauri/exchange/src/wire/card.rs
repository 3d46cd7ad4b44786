//! Who the county's server is.

use std::fmt;

use serde::{Deserialize, Serialize};
use yuanba_core::Id;
use yuanba_core::tables::hub;
use yuanba_journal::{JournalError, PublicKey};
use yuanba_store::{Intent, Store};

use crate::Result;
use crate::container::Recipient;

/// The secret that holds the card of a server that a person named here.
const PINNED: &str = "hub.pinned";
const PURPOSE: &str = "yuanba hub card 1";

/// A server's address and keys. The county publishes it downwards; every laptop pins the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HubCard {
    /// Where it is, `https://…`
    pub url: String,
    /// Its public key, 64 hexadecimal digits
    pub key: String,
    /// What requests are sealed for, `age1…`
    pub recipient: String,
    /// Its signature over the key and the recipient, 128 hexadecimal digits: whoever shows the card has the key
    #[serde(default)]
    pub signature: String,
}

impl HubCard {
    /// The key.
    pub fn public(&self) -> Option<PublicKey> {
        Some(PublicKey(hex::decode(&self.key).ok()?.try_into().ok()?))
    }

    /// The id of the key.
    pub fn id(&self) -> Option<Id> {
        Some(self.public()?.id())
    }

    /// What requests are sealed for.
    pub fn recipient(&self) -> Option<Recipient> {
        self.recipient.parse().ok()
    }

    /// The card of a server that has this key.
    pub fn signed(url: String, key: &yuanba_journal::ReplicaKey, recipient: &Recipient) -> HubCard {
        let recipient = recipient.to_string();
        let signature = hex::encode(key.sign(PURPOSE, recipient.as_bytes()));
        HubCard { url, key: hex::encode(key.public().0), recipient, signature }
    }

    /// Whether whoever made the card has its key.
    pub fn verify(&self) -> std::result::Result<(), JournalError> {
        let signature = hex::decode(&self.signature).ok().and_then(|bytes| bytes.try_into().ok());
        let (Some(key), Some(signature)) = (self.public(), signature) else {
            return Err(JournalError::Malformed("card"));
        };
        key.verify(PURPOSE, self.recipient.as_bytes(), &signature)
    }

    /// What people compare: eight groups of four.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(self.id().unwrap_or_default())
    }
}

/// The id of a server's key in groups, as people read it out to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint(Id);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.0.to_string().to_uppercase();
        let groups: Vec<&str> = (0..8).filter_map(|at| text.get(at * 4..at * 4 + 4)).collect();
        f.write_str(&groups.join(" "))
    }
}

/// The server that this store exchanges with: the one that the highest organisation above published, else the one that a
/// person named here.
///
/// # Errors
/// Those of the store.
pub fn known_hub(store: &Store) -> Result<Option<HubCard>> {
    if let Some(card) = published(store)? {
        return Ok(Some(card));
    }
    let kept = store.secret(PINNED)?.unwrap_or_default();
    Ok(serde_json::from_slice(&kept).ok())
}

/// The server that stands in the journal: an organisation's word holds for all below it, and the highest counts.
fn published(store: &Store) -> Result<Option<HubCard>> {
    let tree = store.authority();
    let mut line = vec![store.org()];
    line.extend(tree.ancestors(store.org()));
    for org in line.into_iter().rev() {
        // One record an organisation, under its own id; only it and those above it write its facts.
        let Some(record) = store.record(&hub::TABLE, record_of(org))? else { continue };
        if tree.canonical(record.org) != org || record.voided() {
            continue;
        }
        let text = |field| record.text(field).unwrap_or_default().to_owned();
        let card = HubCard {
            url: text(hub::URL),
            key: text(hub::KEY),
            recipient: text(hub::RECIPIENT),
            signature: text(hub::SIGNATURE),
        };
        if card.verify().is_ok() {
            return Ok(Some(card));
        }
    }
    Ok(None)
}

/// Remembers a server that a person named. At the top of the tree it is published to all below.
///
/// # Errors
/// Those of the store.
pub fn pin(store: &mut Store, card: &HubCard) -> Result<()> {
    let org = store.org();
    if store.authority().granted_parent(org).is_some() {
        let bytes = serde_json::to_vec(card).unwrap_or_default();
        return Ok(store.keep_secret(PINNED, &bytes)?);
    }
    if published(store)?.as_ref() == Some(card) {
        return Ok(());
    }
    let mut intent = Intent::new(format!("用上了县级服务器 {}", card.url)).down();
    let facts = [
        (hub::URL, &card.url),
        (hub::KEY, &card.key),
        (hub::RECIPIENT, &card.recipient),
        (hub::SIGNATURE, &card.signature),
    ];
    let mut write = match store.record(&hub::TABLE, record_of(org))? {
        Some(record) => intent.edit(&record),
        None => intent.create(&hub::TABLE, record_of(org)),
    };
    for (field, value) in facts {
        write = write.put(field, value.clone());
    }
    store.commit(intent)?;
    Ok(())
}

/// The record that holds an organisation's server: an id of its own, made of the organisation's.
fn record_of(org: Id) -> Id {
    yuanba_journal::Hash::of(&[b"yuanba hub record 1", &org.0]).id()
}
