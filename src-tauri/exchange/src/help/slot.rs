//! The slot of the organisation above.

use std::io::Write;

use yuanba_store::Store;
use yuanba_store::vault::SuperiorSlot;

use crate::container::Recipient;
use crate::{Result, keys};

/// Sees to it that the organisation above can help when a passphrase is forgotten: that the store's key is sealed for its
/// present key. Writes nothing when that is so, or when no key of it is known; says whether something was written.
///
/// # Errors
/// Those of the store.
pub fn ensure_slot(store: &mut Store) -> Result<bool> {
    let us = store.org();
    let Some(superior) = store.authority().parent(us) else {
        let left = store.vault().superior().is_some();
        if left {
            store.change_vault(|vault, key| vault.keep_superior(key, None))?;
        }
        return Ok(left);
    };
    let recipients = keys::recipients_of(store, superior)?;
    let texts: Vec<String> = recipients.iter().map(Recipient::to_string).collect();
    let name = store.organisation_name(superior)?;
    let stands = store
        .vault()
        .superior()
        .is_some_and(|slot| slot.superior == superior && slot.recipients == texts && slot.name == name);
    if recipients.is_empty() || stands {
        return Ok(false);
    }
    store
        .change_vault(|vault, key| {
            let Some(sealed) = seal(&vault.for_superior(key, us), &recipients) else { return Ok(false) };
            vault.keep_superior(key, Some(SuperiorSlot { superior, name, recipients: texts, sealed }))?;
            Ok(true)
        })
        .map_err(Into::into)
}

/// Something sealed for recipients; `None` when age does not take them.
pub(super) fn seal(bytes: &[u8], recipients: &[Recipient]) -> Option<Vec<u8>> {
    let to = recipients.iter().map(|recipient| recipient as &dyn age::Recipient);
    let mut file = Vec::new();
    let mut writer = age::Encryptor::with_recipients(to).ok()?.wrap_output(&mut file).ok()?;
    writer.write_all(bytes).ok()?;
    writer.finish().ok()?;
    Some(file)
}
