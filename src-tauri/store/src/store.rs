//! Making and opening a store.

use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset, NaiveDate};
use rusqlite::{Connection, OptionalExtension, params};
use yuanba_core::tables::{organisation, user};
use yuanba_core::{Id, Level};
use yuanba_journal::fold::FOLD_VERSION;
use yuanba_journal::payload::Claim;
use yuanba_journal::{Clock, Lane, ReplicaKey, Stamp, StreamId};

use crate::changed::Changed;
use crate::context::Context;
use crate::database;
use crate::intent::Intent;
use crate::leftovers;
use crate::making::{self, Making};
use crate::surroundings::Surroundings;
use crate::vault::{
    InstanceLock, Machine, MachineSource, RecoveryCode, SlotUser, Vault, VaultError, scrub_stack,
};
use crate::{Result, StoreError, streams};

/// What a new store is made of.
#[derive(Debug, Clone)]
pub struct NewStore {
    /// 村, 镇 or 县
    pub level: Level,
    /// Name of the organisation
    pub name: String,
    /// Where it is
    pub place: Option<String>,
    /// GB/T 2260 code
    pub code: Option<String>,
    /// The first user's name
    pub user: String,
    /// The first user's role
    pub role: String,
    /// The first user's passphrase
    pub passphrase: String,
}

/// Who opens a store.
#[derive(Clone)]
pub struct Unlock {
    /// May be left out while the store has one user
    pub user: Option<String>,
    /// The passphrase
    pub passphrase: String,
}

/// Who works at the store now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    /// The user's id
    pub id: Id,
    /// Name
    pub name: String,
    /// Role
    pub role: String,
}

/// An open store. One program has it at a time.
pub struct Store {
    /// Before the connection: copies stop reading before it closes
    pub(crate) gate: crate::backup::Gate,
    pub(crate) db: Connection,
    pub(crate) dir: PathBuf,
    pub(crate) vault: Vault,
    pub(crate) database_key: crate::vault::DatabaseKey,
    pub(crate) context: Context,
    pub(crate) clock: Clock,
    pub(crate) surroundings: Surroundings,
    pub(crate) replica: ReplicaKey,
    pub(crate) issuer: Option<ReplicaKey>,
    pub(crate) org: Id,
    pub(crate) me: Me,
    pub(crate) moved: bool,
    pub(crate) changed: Changed,
    /// What comes is put into the journal and folded later
    pub(crate) deferred: bool,
    _lock: InstanceLock,
}

const REPLICA: &str = "replica";
const ISSUER: &str = "issuer";
const ORG: &str = "org";
const INSTALLED: &str = "installed";
const FOLDED_BY: &str = "folded";
const CHINA_SECONDS: i32 = 8 * 3600;

impl Store {
    /// Makes a store in a folder, which is made when it is missing. The store is its own root until it is enrolled.
    ///
    /// # Errors
    /// `Exists`, `NotAFolder`, those of the disk. There is no store then.
    pub fn create(dir: &Path, new: NewStore, surroundings: Surroundings) -> Result<(Store, RecoveryCode)> {
        Store::create_with(dir, new, surroundings, |_| Ok(()))
    }

    /// As [`Store::create`], with something that belongs to a new store from its first moment.
    ///
    /// # Errors
    /// As [`Store::create`], and those of `first`. There is no store then.
    pub fn create_with<E: From<StoreError>>(
        dir: &Path,
        new: NewStore,
        surroundings: Surroundings,
        first: impl FnOnce(&mut Store) -> Result<(), E>,
    ) -> Result<(Store, RecoveryCode), E> {
        std::fs::create_dir_all(dir).map_err(|error| not_a_folder(dir, error))?;
        let lock = take_lock(dir, &surroundings)?;
        let making = Making::begin(dir)?;
        let (mut store, code) = Store::found_in(making.folder(), dir, &new, surroundings, lock)?;
        first(&mut store)?;
        store.take_place(making)?;
        Ok((store, code))
    }

    /// A new store in one folder that will live in another.
    fn found_in(
        folder: &Path,
        dir: &Path,
        new: &NewStore,
        surroundings: Surroundings,
        lock: InstanceLock,
    ) -> Result<(Store, RecoveryCode)> {
        let me = Me {
            id: Id::v7(surroundings.clock.now_ms().max(0) as u64, surroundings.bytes()),
            name: new.user.trim().to_owned(),
            role: new.role.clone(),
        };
        let slot = SlotUser { id: me.id, name: me.name.clone(), role: me.role.clone() };
        let mut fill = |bytes: &mut [u8]| surroundings.random.fill(bytes);
        let (vault, key, code) = Vault::create(folder, slot, &new.passphrase, surroundings.price, &mut fill)?;
        let db = database::open(folder, &key.literal(), true)?;
        let replica = ReplicaKey::from_seed(surroundings.bytes());
        let issuer = ReplicaKey::from_seed(surroundings.bytes());
        let org = issuer.id();
        let installed = installation(dir, &surroundings);
        for (name, value) in [
            (REPLICA, replica.seed().to_vec()),
            (ISSUER, issuer.seed().to_vec()),
            (ORG, org.0.to_vec()),
            (INSTALLED, installed.into_bytes()),
            (FOLDED_BY, FOLD_VERSION.to_be_bytes().to_vec()),
        ] {
            put_secret(&db, name, &value)?;
        }
        let mut store = Store::assemble(db, dir, vault, key, me, surroundings, lock)?;
        store.found(new)?;
        Ok((store, code))
    }

    /// Moves the files of a new store to where it lives, and opens it there.
    fn take_place(&mut self, making: Making) -> Result<()> {
        let db = std::mem::replace(&mut self.db, Connection::open_in_memory()?);
        database::close(db)?;
        making.finish()?;
        self.vault = Vault::open(&self.dir, self.surroundings.price)?;
        self.db = database::open(&self.dir, &self.database_key.literal(), false)?;
        Ok(())
    }

    /// Whether a folder holds a store, whole or damaged.
    pub fn is_in(dir: &Path) -> bool {
        Vault::is_in(dir)
            || (dir.join(database::FILE).exists() && !Making::is_in(dir))
            || making::is_replacing(dir)
    }

    /// Opens the store in a folder.
    pub fn open(dir: &Path, unlock: Unlock, surroundings: Surroundings) -> Result<Store> {
        if !Store::is_in(dir) {
            return Err(if dir.is_file() { StoreError::NotAFolder } else { StoreError::Missing });
        }
        let lock = take_lock(dir, &surroundings)?;
        making::go_on(dir)?;
        Making::clear(dir);
        let mut vault = Vault::open(dir, surroundings.price).map_err(|error| match error {
            VaultError::NotFound(_) => streams::damaged("the keys are missing"),
            other => other.into(),
        })?;
        let now_ms = surroundings.clock.now_ms();
        let mut fill = |bytes: &mut [u8]| surroundings.random.fill(bytes);
        let (key, slot) = vault.enter(unlock.user.as_deref(), &unlock.passphrase, now_ms, &mut fill)?;
        let me = Me { id: slot.id, name: slot.name, role: slot.role };
        let db = database::open(dir, &key.literal(), false)?;
        let store = Store::assemble(db, dir, vault, key, me, surroundings, lock);
        scrub_stack();
        store
    }

    fn assemble(
        db: Connection,
        dir: &Path,
        vault: Vault,
        database_key: crate::vault::DatabaseKey,
        me: Me,
        surroundings: Surroundings,
        lock: InstanceLock,
    ) -> Result<Store> {
        let key = |name: &str| -> Result<Option<ReplicaKey>> {
            Ok(secret(&db, name)?.and_then(|seed| <[u8; 32]>::try_from(seed).ok()).map(ReplicaKey::from_seed))
        };
        let replica = key(REPLICA)?.ok_or_else(|| streams::damaged("the laptop's key is missing"))?;
        let issuer = key(ISSUER)?;
        let org = secret(&db, ORG)?
            .and_then(|bytes| Id::from_slice(&bytes))
            .ok_or_else(|| streams::damaged("the organisation is missing"))?;
        let moved = secret(&db, INSTALLED)?
            .is_some_and(|installed| installed != installation(dir, &surroundings).into_bytes())
            || making::is_restored(dir);
        let _ = leftovers::sweep(&db, dir);
        let context = Context::load(&db)?;
        let mut clock = Clock { built_ms: surroundings.built_ms, vouched_ms: 0, last: Stamp::default() };
        clock.last = last_stamp(&db, replica.id())?;
        clock.vouched_ms =
            secret(&db, "vouched")?.and_then(|b| b.try_into().ok()).map_or(0, i64::from_be_bytes);
        let folded_by = secret(&db, FOLDED_BY)?;
        let mut store = Store {
            gate: crate::backup::Gate::default(),
            db,
            dir: dir.to_owned(),
            vault,
            database_key,
            context,
            clock,
            surroundings,
            replica,
            issuer,
            org,
            me,
            moved,
            changed: Changed::default(),
            deferred: false,
            _lock: lock,
        };
        if folded_by.as_deref() != Some(&FOLD_VERSION.to_be_bytes()) {
            store.refold()?;
        }
        Ok(store)
    }

    /// The organisation's first changes: it declares itself, certifies this laptop, states its name, names its user.
    fn found(&mut self, new: &NewStore) -> Result<()> {
        let issuer = self.issuer.clone().ok_or(StoreError::Refused("no issuer key"))?;
        let mut facts = Intent::new("建库").down();
        facts.certify(Claim::Founded { org: self.org, level: new.level.number() }.signed(&issuer));
        facts.certify(Claim::Laptop { key: self.replica.public(), org: self.org, letter: 0 }.signed(&issuer));
        facts
            .create(&organisation::TABLE, self.org)
            .put(organisation::NAME, new.name.trim())
            .put(organisation::LEVEL, i64::from(new.level.number()))
            .put_some(organisation::PLACE, new.place.clone())
            .put_some(organisation::CODE, new.code.clone());
        self.commit_quietly(facts)?;
        let mut people = Intent::new("建库");
        people
            .create(&user::TABLE, self.me.id)
            .put(user::NAME, self.me.name.clone())
            .put(user::ROLE, self.me.role.clone());
        self.commit_quietly(people)
    }

    /// The organisation whose store this is, absorption followed.
    pub fn org(&self) -> Id {
        self.context.authority.canonical(self.org)
    }

    /// The organisation that this installation began as.
    pub fn founded_org(&self) -> Id {
        self.org
    }

    /// Who works here now.
    pub fn me(&self) -> &Me {
        &self.me
    }

    /// The store's folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The keys' side of the folder.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The database key as SQLCipher takes it, for whoever opens a copy of the database.
    pub fn key_literal(&self) -> zeroize::Zeroizing<String> {
        self.database_key.literal()
    }

    /// The tree as this store knows it.
    pub fn authority(&self) -> &yuanba_journal::authority::Authority {
        &self.context.authority
    }

    /// This installation's signing key.
    pub fn replica(&self) -> &ReplicaKey {
        &self.replica
    }

    /// The organisation's issuer key, where this laptop has it.
    pub fn issuer(&self) -> Option<&ReplicaKey> {
        self.issuer.as_ref()
    }

    /// The stream that a change of this laptop about an organisation goes to.
    pub fn stream(&self, org: Id, lane: Lane) -> StreamId {
        StreamId { replica: self.replica.id(), org, lane }
    }

    /// Now, as rules take it, ms since 1970.
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms(self.surroundings.clock.now_ms())
    }

    /// Today in China, as every rule takes it.
    pub fn today(&self) -> NaiveDate {
        china(self.now_ms()).date_naive()
    }

    /// When this program was built, ms since 1970: nothing that it reads can be right and older.
    pub fn built_ms(&self) -> i64 {
        self.surroundings.built_ms
    }

    /// What is odd about this laptop's clock, in a sentence.
    pub fn clock_warning(&self) -> Option<String> {
        let wall = self.surroundings.clock.now_ms();
        match self.clock.usable(wall) {
            Some(_) => None,
            None => Some(format!("这台电脑的钟是 {}，写的东西会排错先后。", china(wall).format("%Y-%m-%d"))),
        }
    }

    /// A person has said that the wall clock is right: it is trusted from now on.
    pub fn confirm_clock(&mut self) -> Result<NaiveDate> {
        let wall = self.surroundings.clock.now_ms();
        put_secret(&self.db, "vouched", &wall.to_be_bytes())?;
        self.clock.vouched_ms = wall;
        Ok(china(wall).date_naive())
    }

    /// The county's server has signed that it is at least this time.
    pub fn vouch(&mut self, time_ms: i64) -> Result<()> {
        if time_ms > self.clock.vouched_ms {
            put_secret(&self.db, "vouched", &time_ms.to_be_bytes())?;
            self.clock.vouched_ms = time_ms;
        }
        Ok(())
    }

    /// A fresh id.
    pub fn new_id(&self) -> Id {
        Id::v7(self.now_ms().max(0) as u64, self.surroundings.bytes())
    }

    /// What the store was given from outside.
    pub fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    /// Whether the store woke up on another machine or in another folder than it was installed in.
    pub fn moved(&self) -> bool {
        self.moved
    }

    /// A copied or restored store must not write into its original's streams: it begins a new replica, certified by
    /// the organisation's own key.
    ///
    /// # Errors
    /// When this laptop does not have the organisation's key; then only the parent can certify it.
    pub fn begin_new_replica(&mut self) -> Result<()> {
        let issuer = self.issuer.clone().ok_or(StoreError::Refused("no issuer key"))?;
        let org = self.org;
        let replica = ReplicaKey::from_seed(self.surroundings.bytes());
        let letter = self.context.authority.laptops(org).iter().map(|(_, l)| *l + 1).max().unwrap_or(0);
        let installed = installation(&self.dir, &self.surroundings);
        let kept = [(REPLICA, replica.seed().to_vec()), (INSTALLED, installed.into_bytes())];
        let mut intent = Intent::new("换了一台电脑接着用").down();
        intent.certify(Claim::Laptop { key: replica.public(), org, letter }.signed(&issuer));
        let before = std::mem::replace(&mut self.replica, replica);
        // The key and its certificate come together: a key alone would write what never counts.
        if let Err(error) = self.write_with(intent, None, &kept) {
            self.replica = before;
            return Err(error);
        }
        self.moved = false;
        making::forget_restored(&self.dir);
        Ok(())
    }

    /// The store was moved, not copied: it stays the same replica.
    pub fn accept_move(&mut self) -> Result<()> {
        put_secret(&self.db, INSTALLED, installation(&self.dir, &self.surroundings).as_bytes())?;
        self.moved = false;
        making::forget_restored(&self.dir);
        Ok(())
    }

    /// The organisation's key, received with a grant.
    pub fn adopt_issuer(&mut self, issuer: ReplicaKey) -> Result<()> {
        put_secret(&self.db, ISSUER, &issuer.seed())?;
        self.issuer = Some(issuer);
        Ok(())
    }

    /// A secret of this installation (private keys of the exchange).
    pub fn secret(&self, name: &str) -> Result<Option<Vec<u8>>> {
        secret(&self.db, name)
    }

    /// Keeps a secret of this installation.
    pub fn keep_secret(&mut self, name: &str, value: &[u8]) -> Result<()> {
        put_secret(&self.db, name, value)
    }

    /// Changes the keys of the folder, the database key being open.
    pub fn change_vault<T>(
        &mut self,
        change: impl FnOnce(&mut Vault, &crate::vault::DatabaseKey) -> Result<T, VaultError>,
    ) -> Result<T> {
        Ok(change(&mut self.vault, &self.database_key)?)
    }
}

fn secret(db: &Connection, name: &str) -> Result<Option<Vec<u8>>> {
    let mut statement = db.prepare_cached("SELECT value FROM secret WHERE name = ?1")?;
    Ok(statement.query_row([name], |row| row.get(0)).optional()?)
}

/// Keeps something among the secrets of this installation.
pub(crate) fn put_secret(db: &Connection, name: &str, value: &[u8]) -> Result<()> {
    db.prepare_cached("INSERT OR REPLACE INTO secret(name, value) VALUES(?1, ?2)")?
        .execute(params![name, value])?;
    Ok(())
}

fn take_lock(dir: &Path, surroundings: &Surroundings) -> Result<InstanceLock> {
    Ok(InstanceLock::take(dir, surroundings.clock.now_ms())?)
}

/// What stands where a folder should be is told as such.
pub(crate) fn not_a_folder(dir: &Path, error: std::io::Error) -> StoreError {
    let beneath_a_file = error.kind() == std::io::ErrorKind::NotADirectory;
    if beneath_a_file || (dir.exists() && !dir.is_dir()) { StoreError::NotAFolder } else { error.into() }
}

fn installation(dir: &Path, surroundings: &Surroundings) -> String {
    let machine = match &surroundings.machine {
        Some(name) => Machine::named(name),
        None => Machine::here(&MachineSource::real(), &mut |bytes| surroundings.random.fill(bytes)),
    };
    machine.with_folder(dir).unwrap_or_else(|_| machine.digest().to_owned())
}

fn last_stamp(db: &Connection, replica: Id) -> Result<Stamp> {
    let mut last = Stamp::default();
    for (row, stream) in streams::all(db)? {
        if stream.replica != replica {
            continue;
        }
        for head in streams::heads(db, row)? {
            let newest = streams::branch(db, row, head.tip, head.tip.seq - 1)?;
            last = newest.iter().map(|c| c.header.stamp).fold(last, Stamp::max);
        }
    }
    let followed = secret(db, "followed")?.and_then(|b| b.try_into().ok()).map_or(0, u64::from_be_bytes);
    Ok(last.max(Stamp(followed)))
}

/// A time in China.
pub fn china(ms: i64) -> DateTime<FixedOffset> {
    let zone = FixedOffset::east_opt(CHINA_SECONDS).expect("a constant");
    DateTime::from_timestamp_millis(ms).unwrap_or_default().with_timezone(&zone)
}

impl Store {
    /// Keeps by which rules the tables were folded.
    pub(crate) fn keep_folded(&self) -> Result<()> {
        put_secret(&self.db, FOLDED_BY, &FOLD_VERSION.to_be_bytes())
    }

    /// The tables are older than the journal from here on.
    pub(crate) fn forget_folded(&self) -> Result<()> {
        self.db.prepare_cached("DELETE FROM secret WHERE name = ?1")?.execute([FOLDED_BY])?;
        Ok(())
    }

    /// Keeps the last stamp followed from elsewhere, so that a restart does not go back behind it.
    pub(crate) fn keep_followed(&self) -> Result<()> {
        put_secret(&self.db, "followed", &self.clock.last.0.to_be_bytes())
    }
}
