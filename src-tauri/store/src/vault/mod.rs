//! The key side of a store folder: who can open it, who has it open, and on which machine it lives. No SQL here.
//!
//! The database is encrypted with one random key. Each person who uses the laptop, and the recovery code on paper, has a
//! **slot** in `keys.json` that wraps this key, as disk encryption does: a passphrase is changed without touching the
//! database, and one person's passphrase says nothing about another's.
//!
//! Whoever once had the database key and kept it can read this database as long as it is not re-keyed; taking a slot
//! away stops a passphrase, not a thief who copied the folder before.

mod asking;
mod database_key;
mod error;
mod hex_bytes;
mod instance_lock;
mod key_file;
mod machine;
mod passphrase;
mod recovery_code;
mod slot;
mod superior;
#[cfg(test)]
mod tests;
mod tries;
mod whole_file;
mod wiping;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use yuanba_core::Id;
use zeroize::Zeroizing;

pub use asking::{ASKED_FILE, Asked, WAITS_MS};
pub use database_key::DatabaseKey;
pub use error::VaultError;
pub use instance_lock::{Holder, InstanceLock, LockError};
pub use key_file::{KEY_FILE, KEY_FILE_COPY};
pub use machine::{Machine, MachineSource};
pub use passphrase::{PASSPHRASE_BYTES_MAX, Price, Strength};
pub use recovery_code::{BadRecoveryCode, RecoveryCode};
pub use slot::SlotUser;
pub use superior::{KeyForSuperior, SEALED_BYTES_MAX, SuperiorSlot};
pub use tries::{TRIES_FILE, Tries};
pub use wiping::scrub_stack;
pub(crate) use wiping::serve_sqlite;

use key_file::KeyFile;
use slot::{KIND_RECOVERY, KIND_USER, Slot};

/// Fills a slice with random bytes; passed in so that a simulator can repeat itself.
pub type Fill<'a> = &'a mut dyn FnMut(&mut [u8]);

/// Most slots of one store: a village office has a handful of people.
pub const SLOTS_MAX: usize = 64;
/// Longest name or role of a user, in bytes of UTF-8.
pub const NAME_BYTES_MAX: usize = 200;

/// The keys of one store folder. Changing them needs the open database key, and takes effect on the disk before the
/// call returns. Hold the folder's [`InstanceLock`] while a vault is being changed.
#[derive(Debug)]
pub struct Vault {
    dir: PathBuf,
    file: KeyFile,
    price: Price,
}

impl Vault {
    /// Whether the folder holds keys, readable or not.
    pub fn is_in(dir: &Path) -> bool {
        KeyFile::is_in(dir)
    }

    /// Makes the keys of a new store in an existing folder: a random database key, a slot for the first user, and one
    /// for the recovery code. `price` is what each try of a passphrase shall cost.
    ///
    /// # Errors
    /// `AlreadyThere` when the folder holds keys; `BadLength`; `Io`.
    pub fn create(
        dir: &Path,
        user: SlotUser,
        passphrase: &str,
        price: Price,
        random: Fill<'_>,
    ) -> Result<(Vault, DatabaseKey, RecoveryCode), VaultError> {
        if KeyFile::is_in(dir) {
            return Err(VaultError::AlreadyThere(dir.to_owned()));
        }
        let user = checked(user)?;
        passphrase::check_length(passphrase)?;
        let mut store = [0; 16];
        random(&mut store);
        let key = DatabaseKey::drawn(random);
        let code = RecoveryCode::draw(random);
        let slots = vec![
            Slot::wrap(&store, KIND_USER, Some(user), price.strength(), passphrase, &key, random)?,
            Slot::wrap(&store, KIND_RECOVERY, None, price.of_recovery(), &code.text(), &key, random)?,
        ];
        let file = KeyFile::sealed(store, slots, None, &key)?;
        file.write(dir)?;
        Ok((Vault { dir: dir.to_owned(), file, price }, key, code))
    }

    /// Reads the keys of a folder; nothing is unlocked yet. `price` is that of the slots that are made from now on.
    ///
    /// # Errors
    /// `NotFound`, `Damaged` (neither copy is whole), `NewerFormat`, `Io`.
    pub fn open(dir: &Path, price: Price) -> Result<Vault, VaultError> {
        Ok(Vault { dir: dir.to_owned(), file: KeyFile::read(dir)?, price })
    }

    /// Reads the keys of a folder for whoever makes no slots there.
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub fn look(dir: &Path) -> Result<Vault, VaultError> {
        Vault::open(dir, Price::real())
    }

    /// The keys that stand in a copy of a store, as they were written.
    ///
    /// # Errors
    /// `Damaged`, `NewerFormat`.
    pub fn read(bytes: &[u8]) -> Result<Vault, VaultError> {
        let file = KeyFile::parse(bytes)?;
        Ok(Vault { dir: PathBuf::new(), file, price: Price::real() })
    }

    /// Which store these keys belong to: the same for every copy of it, whoever comes and goes, and known by it on a stick.
    pub fn store(&self) -> [u8; 16] {
        self.file.store.0
    }

    /// Whether both copies of the keys in the folder are whole and the same.
    pub fn stands_twice(&self) -> bool {
        self.file.stands_twice(&self.dir)
    }

    /// Writes both copies of the keys anew from the one that is whole. Hold the folder's lock meanwhile.
    ///
    /// # Errors
    /// `Io`.
    pub fn write_twice(&self) -> Result<(), VaultError> {
        self.file.write(&self.dir)
    }

    /// The people who can open this store, in the order in which they were added.
    pub fn users(&self) -> Vec<&SlotUser> {
        self.user_slots().filter_map(|slot| slot.user.as_ref()).collect()
    }

    /// The database key, for whoever knows a user's passphrase. With one user, the name may be left out.
    ///
    /// # Errors
    /// `UserNeeded`, `UnknownUser`, `WrongPassphrase`, `Tampered`, `Damaged`.
    pub fn unlock(
        &self,
        user: Option<&str>,
        passphrase: &str,
    ) -> Result<(DatabaseKey, SlotUser), VaultError> {
        let slot = match user.map(str::trim) {
            Some(name) => self
                .user_slots()
                .find(|slot| slot.user.as_ref().is_some_and(|user| user.name == name))
                .ok_or_else(|| VaultError::UnknownUser(name.to_owned()))?,
            None => {
                let mut slots = self.user_slots();
                let only = slots.next().ok_or(VaultError::Damaged("it names no user"))?;
                if slots.next().is_some() {
                    return Err(VaultError::UserNeeded);
                }
                only
            }
        };
        let key = slot.unwrap(&self.file.store.0, passphrase)?.ok_or(VaultError::WrongPassphrase)?;
        self.accept(&key)?;
        let user = slot.user.clone().ok_or(VaultError::Damaged("a slot names no user"))?;
        Ok((key, user))
    }

    /// As [`Vault::unlock`] by somebody at the keyboard: after some wrong passphrases there is a pause ([`Tries`]), and a
    /// slot that has become too cheap for this machine is wrapped anew, as well as that goes.
    ///
    /// # Errors
    /// `Paused`, and those of [`Vault::unlock`].
    pub fn enter(
        &mut self,
        user: Option<&str>,
        passphrase: &str,
        now_ms: i64,
        random: Fill<'_>,
    ) -> Result<(DatabaseKey, SlotUser), VaultError> {
        if let Some(seconds) = Tries::wait_seconds(&self.dir, now_ms) {
            return Err(VaultError::Paused { seconds });
        }
        let began = Instant::now();
        let opened = self.unlock(user, passphrase);
        let took = began.elapsed();
        match &opened {
            Ok((key, user)) => {
                Tries::right(&self.dir);
                // A full disk or a read-only folder keeps nobody out.
                let _ = self.strengthen(key, user.id, passphrase, took, random);
            }
            Err(VaultError::WrongPassphrase) => {
                Tries::wrong(&self.dir, now_ms);
            }
            Err(_) => {}
        }
        opened
    }

    /// Wraps the key anew for somebody whose passphrase took only so long, if that is too little here.
    fn strengthen(
        &mut self,
        key: &DatabaseKey,
        user: Id,
        passphrase: &str,
        took: Duration,
        random: Fill<'_>,
    ) -> Result<(), VaultError> {
        let at = self.place_of(user)?;
        let Some(dearer) = self.price.dearer(self.file.slots[at].derivation.strength, took) else {
            return Ok(());
        };
        let mut slots = self.file.slots.clone();
        let person = slots[at].user.clone();
        slots[at] = Slot::wrap(&self.file.store.0, KIND_USER, person, dearer, passphrase, key, random)?;
        self.replace(key, slots)
    }

    /// What a try of somebody's passphrase costs.
    pub fn strength_of(&self, user: Id) -> Option<Strength> {
        Some(self.file.slots[self.place_of(user).ok()?].derivation.strength)
    }

    /// The slot of the organisation above, if there is one.
    pub fn superior(&self) -> Option<&SuperiorSlot> {
        self.file.superior.as_ref()
    }

    /// What the organisation above can be given, to be sealed for it: the key of this store, which is `org`'s.
    pub fn for_superior(&self, key: &DatabaseKey, org: Id) -> Zeroizing<Vec<u8>> {
        KeyForSuperior { store: self.file.store.0, org, key: key.clone() }.to_bytes()
    }

    /// Keeps the slot of the organisation above, in place of an older one; `None` takes it away.
    ///
    /// # Errors
    /// `BadLength`, `OtherStore`, `Io`.
    pub fn keep_superior(&mut self, key: &DatabaseKey, slot: Option<SuperiorSlot>) -> Result<(), VaultError> {
        let slot = slot.map(superior::checked).transpose()?;
        self.replace_all(key, self.file.slots.clone(), slot)
    }

    /// The key that came back from the organisation above, if it is this store's.
    ///
    /// # Errors
    /// `OtherStore` for the key of another store; `Damaged`.
    pub fn unlock_with_superior(&self, given: KeyForSuperior) -> Result<DatabaseKey, VaultError> {
        if given.store != self.file.store.0 {
            return Err(VaultError::OtherStore);
        }
        match self.accept(&given.key) {
            Err(VaultError::Tampered) => Err(VaultError::OtherStore),
            other => other.map(|()| given.key),
        }
    }

    /// The database key, for whoever holds the recovery code. Afterwards a user can be given a new passphrase.
    ///
    /// # Errors
    /// `WrongRecoveryCode`, `Tampered`, `Damaged`.
    pub fn unlock_with_recovery(&self, code: &RecoveryCode) -> Result<DatabaseKey, VaultError> {
        for slot in self.file.slots.iter().filter(|slot| slot.kind == KIND_RECOVERY) {
            if let Some(key) = slot.unwrap(&self.file.store.0, &code.text())? {
                self.accept(&key)?;
                return Ok(key);
            }
        }
        Err(VaultError::WrongRecoveryCode)
    }

    /// Gives one more person a slot.
    ///
    /// # Errors
    /// `UserExists` for the name or id of somebody who is there; `TooManyUsers`; `BadLength`; `OtherStore`; `Io`.
    pub fn add_user(
        &mut self,
        key: &DatabaseKey,
        user: SlotUser,
        passphrase: &str,
        random: Fill<'_>,
    ) -> Result<(), VaultError> {
        let user = checked(user)?;
        passphrase::check_length(passphrase)?;
        if self.users().iter().any(|other| other.id == user.id || other.name == user.name) {
            return Err(VaultError::UserExists(user.name));
        }
        if self.file.slots.len() >= SLOTS_MAX {
            return Err(VaultError::TooManyUsers);
        }
        let store = &self.file.store.0;
        let slot = Slot::wrap(store, KIND_USER, Some(user), self.price.strength(), passphrase, key, random)?;
        let mut slots = self.file.slots.clone();
        slots.push(slot);
        self.replace(key, slots)
    }

    /// Gives a user a new passphrase; the old one opens nothing from now on. Ask for the old one by [`Vault::unlock`]
    /// before, unless the person came in by the recovery code.
    ///
    /// # Errors
    /// `UnknownUser`, `BadLength`, `OtherStore`, `Io`.
    pub fn change_passphrase(
        &mut self,
        key: &DatabaseKey,
        user: Id,
        passphrase: &str,
        random: Fill<'_>,
    ) -> Result<(), VaultError> {
        passphrase::check_length(passphrase)?;
        let at = self.place_of(user)?;
        let mut slots = self.file.slots.clone();
        let person = slots[at].user.clone();
        slots[at] = Slot::wrap(
            &self.file.store.0,
            KIND_USER,
            person,
            self.price.strength(),
            passphrase,
            key,
            random,
        )?;
        self.replace(key, slots)
    }

    /// Shows a user under another name or role from now on; the passphrase stays.
    ///
    /// # Errors
    /// `UnknownUser`, `UserExists` when another person has the name, `BadLength`, `OtherStore`, `Io`.
    pub fn describe_user(&mut self, key: &DatabaseKey, user: SlotUser) -> Result<(), VaultError> {
        let user = checked(user)?;
        let at = self.place_of(user.id)?;
        if self.users().iter().any(|other| other.id != user.id && other.name == user.name) {
            return Err(VaultError::UserExists(user.name));
        }
        let mut slots = self.file.slots.clone();
        slots[at].user = Some(user);
        self.replace(key, slots)
    }

    /// Takes a user's slot away.
    ///
    /// # Errors
    /// `UnknownUser`, `LastUser`, `OtherStore`, `Io`.
    pub fn remove(&mut self, key: &DatabaseKey, user: Id) -> Result<(), VaultError> {
        let at = self.place_of(user)?;
        if self.user_slots().count() == 1 {
            return Err(VaultError::LastUser);
        }
        let mut slots = self.file.slots.clone();
        slots.remove(at);
        self.replace(key, slots)
    }

    /// Draws a new recovery code; the one on the old paper opens nothing from now on.
    ///
    /// # Errors
    /// `OtherStore`, `Io`.
    pub fn renew_recovery(
        &mut self,
        key: &DatabaseKey,
        random: Fill<'_>,
    ) -> Result<RecoveryCode, VaultError> {
        let code = RecoveryCode::draw(random);
        let store = &self.file.store.0;
        let slot =
            Slot::wrap(store, KIND_RECOVERY, None, self.price.of_recovery(), &code.text(), key, random)?;
        let mut slots = self.file.slots.clone();
        slots.retain(|slot| slot.kind != KIND_RECOVERY);
        slots.push(slot);
        self.replace(key, slots)?;
        Ok(code)
    }

    fn user_slots(&self) -> impl Iterator<Item = &Slot> {
        self.file.slots.iter().filter(|slot| slot.kind == KIND_USER)
    }

    fn place_of(&self, user: Id) -> Result<usize, VaultError> {
        self.file
            .slots
            .iter()
            .position(|slot| {
                slot.kind == KIND_USER && slot.user.as_ref().is_some_and(|found| found.id == user)
            })
            .ok_or_else(|| VaultError::UnknownUser(user.to_string()))
    }

    /// A key that came out of a slot: it must also have sealed the file. Then both copies are made whole again if a
    /// power cut left them different; a folder that cannot be written to is opened all the same.
    fn accept(&self, key: &DatabaseKey) -> Result<(), VaultError> {
        if !self.file.is_sealed_by(key)? {
            return Err(VaultError::Tampered);
        }
        // The keys of a copy have no folder of their own.
        if !self.dir.as_os_str().is_empty() && !self.file.stands_twice(&self.dir) {
            let _ = self.file.write(&self.dir);
        }
        Ok(())
    }

    /// Writes the new slots to the disk, then takes them over here.
    fn replace(&mut self, key: &DatabaseKey, slots: Vec<Slot>) -> Result<(), VaultError> {
        self.replace_all(key, slots, self.file.superior.clone())
    }

    fn replace_all(
        &mut self,
        key: &DatabaseKey,
        slots: Vec<Slot>,
        superior: Option<SuperiorSlot>,
    ) -> Result<(), VaultError> {
        if !self.file.is_sealed_by(key)? {
            return Err(VaultError::OtherStore);
        }
        let file = KeyFile::sealed(self.file.store.0, slots, superior, key)?;
        file.write(&self.dir)?;
        self.file = file;
        Ok(())
    }
}

/// The user with the blanks around the name taken off.
fn checked(mut user: SlotUser) -> Result<SlotUser, VaultError> {
    user.name = user.name.trim().to_owned();
    if user.name.is_empty() || user.name.len() > NAME_BYTES_MAX {
        return Err(VaultError::BadLength("the name"));
    }
    if user.role.len() > NAME_BYTES_MAX {
        return Err(VaultError::BadLength("the role"));
    }
    Ok(user)
}
