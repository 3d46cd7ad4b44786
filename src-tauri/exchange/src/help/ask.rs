//! Asking for help.

use std::path::Path;

use age::secrecy::ExposeSecret;
use yuanba_store::StoreError;
use yuanba_store::vault::{Asked, SlotUser, Vault};

use super::question::Asking;
use crate::container::Identity;
use crate::enrol::write_whole;
use crate::{Refusal, Result};

/// Writes a question for somebody who has forgotten the passphrase, and remembers in the store's folder that an answer is
/// waited for; an older question is answered no more. The store need not be open.
///
/// # Errors
/// `Refused` (`no_superior`) when no organisation above was ever given a slot; those of the file system.
pub fn ask(dir: &Path, vault: &Vault, user: &SlotUser, now_ms: i64, out: &Path) -> Result<()> {
    let Some(slot) = vault.superior() else {
        return Err(Refusal::new(
            "no_superior",
            "这台电脑还没有归哪个镇，或者归了以后还没有打开过，请不了镇里帮忙。数据都在。",
            "找找那张恢复码，用它当场就能换口令。",
        )
        .into());
    };
    let identity = Identity::generate();
    let asking = Asking {
        store: vault.store(),
        superior: slot.superior,
        user: user.clone(),
        at_ms: now_ms,
        recipient: identity.to_public(),
        sealed: slot.sealed.clone(),
    };
    let bytes = asking.to_bytes();
    // First the file: a question that nobody got must not take the place of one that is on its way.
    write_whole(out, &bytes)?;
    let secret = identity.to_string().expose_secret().to_owned();
    let asked = Asked::new(*blake3::hash(&bytes).as_bytes(), user.id, now_ms, secret);
    asked.write(dir).map_err(StoreError::from)?;
    Ok(())
}
