//! One way to the database key: a person's passphrase, or the recovery code.

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use serde::{Deserialize, Serialize};
use yuanba_core::Id;
use zeroize::Zeroizing;

use super::hex_bytes::HexBytes;
use super::{DatabaseKey, Fill, Strength, VaultError};

/// The person a slot belongs to, as shown on the page where one signs in. What the person may do is decided by the
/// record in the journal, which is only readable after the store was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotUser {
    /// The id of the user's record.
    pub id: Id,
    /// The name, as the person writes it.
    pub name: String,
    /// The role's word, for instance `secretary`.
    pub role: String,
}

/// A slot of a person.
pub(super) const KIND_USER: &str = "user";
/// The slot of the recovery code.
pub(super) const KIND_RECOVERY: &str = "recovery";

/// How the wrapping key is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Derivation {
    algorithm: String,
    pub strength: Strength,
    salt: HexBytes<16>,
}

const ARGON2ID: &str = "argon2id";

/// A wrapped copy of the database key. A slot of a kind that this version does not know is kept as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Slot {
    id: HexBytes<16>,
    pub kind: String,
    pub user: Option<SlotUser>,
    pub derivation: Derivation,
    nonce: HexBytes<24>,
    wrapped: HexBytes<48>,
}

impl Slot {
    /// Wraps `key` for whoever knows `passphrase`.
    pub fn wrap(
        store: &[u8; 16],
        kind: &str,
        user: Option<SlotUser>,
        strength: Strength,
        passphrase: &str,
        key: &DatabaseKey,
        random: Fill<'_>,
    ) -> Result<Slot, VaultError> {
        let (mut id, mut salt, mut nonce) = ([0; 16], [0; 16], [0; 24]);
        random(&mut id);
        random(&mut salt);
        random(&mut nonce);
        let mut slot = Slot {
            id: HexBytes(id),
            kind: kind.into(),
            user,
            derivation: Derivation { algorithm: ARGON2ID.into(), strength, salt: HexBytes(salt) },
            nonce: HexBytes(nonce),
            wrapped: HexBytes([0; 48]),
        };
        let wrapping_key = strength.derive(passphrase, &salt)?;
        let aad = slot.bound_to(store)?;
        let wrapped = XChaCha20Poly1305::new(&(*wrapping_key).into())
            .encrypt(&nonce.into(), Payload { msg: key.bytes(), aad: &aad })
            .ok()
            .and_then(|bytes| bytes.try_into().ok())
            .ok_or(VaultError::Damaged("the key could not be wrapped"))?;
        slot.wrapped = HexBytes(wrapped);
        Ok(slot)
    }

    /// The database key, or `None` when the passphrase does not fit or the slot was altered.
    pub fn unwrap(&self, store: &[u8; 16], passphrase: &str) -> Result<Option<DatabaseKey>, VaultError> {
        if self.derivation.algorithm != ARGON2ID {
            return Err(VaultError::Damaged("it names an unknown way to derive a key"));
        }
        let wrapping_key = self.derivation.strength.derive(passphrase, &self.derivation.salt.0)?;
        let aad = self.bound_to(store)?;
        let opened = XChaCha20Poly1305::new(&(*wrapping_key).into())
            .decrypt(&self.nonce.0.into(), Payload { msg: &self.wrapped.0, aad: &aad });
        let Ok(opened) = opened.map(Zeroizing::new) else { return Ok(None) };
        Ok(DatabaseKey::from_slice(&opened))
    }

    /// What the wrapping is bound to: a slot carried to another store, of another kind or with other numbers does not
    /// open. The user's name and role stand outside, since they change without the passphrase; the file's own
    /// authentication covers them.
    fn bound_to(&self, store: &[u8; 16]) -> Result<Vec<u8>, VaultError> {
        let Derivation { algorithm, strength, salt } = &self.derivation;
        let mut aad = Vec::with_capacity(128);
        minicbor::Encoder::new(&mut aad)
            .array(9)
            .and_then(|e| e.str("yuanba key slot 1"))
            .and_then(|e| e.bytes(store))
            .and_then(|e| e.bytes(&self.id.0))
            .and_then(|e| e.str(&self.kind))
            .and_then(|e| e.str(algorithm))
            .and_then(|e| e.u32(strength.memory_kib))
            .and_then(|e| e.u32(strength.passes))
            .and_then(|e| e.u32(strength.lanes))
            .and_then(|e| e.bytes(&salt.0))
            .map_err(|_| VaultError::Damaged("a slot could not be encoded"))?;
        Ok(aad)
    }
}
