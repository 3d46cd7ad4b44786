//! The way in for the organisation above: the database key, sealed for whoever holds that organisation's key.
//!
//! What is sealed names the store and its organisation, and only who has the store open can seal it: a stranger with a
//! copy of the folder cannot pass one village's slot off as another's.

use minicbor::{Decoder, Encoder};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use yuanba_core::Id;
use zeroize::Zeroizing;

use super::{DatabaseKey, VaultError};

/// The longest sealed key that is kept, in bytes: an age file for a few recipients.
pub const SEALED_BYTES_MAX: usize = 8 * 1024;
/// More recipients than these are not sealed for: the present key, or a few that were made at the same time.
pub const RECIPIENTS_MAX: usize = 8;
const FORMAT: u8 = 1;

/// The slot of the organisation above.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuperiorSlot {
    /// The organisation that can help
    pub superior: Id,
    /// Its name
    pub name: String,
    /// The public keys that the slot was sealed for
    pub recipients: Vec<String>,
    /// A [`KeyForSuperior`], sealed
    #[serde(serialize_with = "to_hex", deserialize_with = "from_hex")]
    pub sealed: Vec<u8>,
}

impl SuperiorSlot {
    /// Whether the slot keeps to its limits.
    pub(super) fn is_within_limits(&self) -> bool {
        let names = self.recipients.iter().chain([&self.name]);
        self.sealed.len() <= SEALED_BYTES_MAX
            && self.recipients.len() <= RECIPIENTS_MAX
            && names.into_iter().all(|name| name.len() <= super::NAME_BYTES_MAX)
    }
}

/// What is sealed in the slot: the database key, and of which store of which organisation it is.
pub struct KeyForSuperior {
    /// The store's number in its key file
    pub store: [u8; 16],
    /// The organisation whose store it is
    pub org: Id,
    /// The key of its database
    pub key: DatabaseKey,
}

impl KeyForSuperior {
    /// The bytes to be sealed.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(128));
        let mut encoder = Encoder::new(&mut *bytes);
        let written = encoder
            .array(4)
            .and_then(|e| e.u8(FORMAT))
            .and_then(|e| e.bytes(&self.store))
            .and_then(|e| e.bytes(&self.org.0))
            .and_then(|e| e.bytes(self.key.bytes()));
        debug_assert!(written.is_ok(), "a Vec takes every byte");
        bytes
    }

    /// Reads what was sealed; `None` for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<KeyForSuperior> {
        let mut d = Decoder::new(bytes);
        if d.array().ok()? != Some(4) || d.u8().ok()? != FORMAT {
            return None;
        }
        let store = d.bytes().ok()?.try_into().ok()?;
        let org = Id::from_slice(d.bytes().ok()?)?;
        let key = DatabaseKey::from_slice(d.bytes().ok()?)?;
        (d.position() == bytes.len()).then_some(KeyForSuperior { store, org, key })
    }
}

fn to_hex<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&hex::encode(bytes))
}

fn from_hex<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let digits = String::deserialize(deserializer)?;
    if digits.len() > 2 * SEALED_BYTES_MAX || digits.bytes().any(|digit| digit.is_ascii_uppercase()) {
        return Err(serde::de::Error::custom("no sealed key of this program"));
    }
    hex::decode(digits).map_err(serde::de::Error::custom)
}

/// Refuses a slot beyond its limits.
pub(super) fn checked(slot: SuperiorSlot) -> Result<SuperiorSlot, VaultError> {
    if slot.is_within_limits() {
        Ok(slot)
    } else {
        Err(VaultError::BadLength("the slot of the organisation above"))
    }
}
