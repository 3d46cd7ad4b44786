//! `store.*`: making a store, unlocking it, locking it.

use yuanba_store::vault::{InstanceLock, SlotUser, Tries, Vault, scrub_stack};
use yuanba_store::{NewStore, RecoveryCode, Store, StoreError, Unlock};

use crate::Api;
use crate::demo::{FillDemo, fill_store};
use crate::dto::{Empty, Named, Nothing, RecordId, answer, request, words};
use crate::error::ApiError;
use crate::registry::commands;
use crate::rights;
use crate::sentences::Trouble;
use crate::session::Session;
use crate::{help, settings, time};

words! {
    /// The label of an organisation in the tree.
    pub enum Level { Village, Township, County }

    /// How large the letters are: 普通版 or 大字版, two layouts.
    pub enum Letters { Normal, Big }
}

answer! {
    /// The organisation this store belongs to.
    pub struct OwnOrg { pub id: RecordId, pub name: String, pub place: Option<String> }

    /// Somebody who signs in here.
    pub struct Person {
        pub name: String,
        /// Word of the role table
        pub role: String,
        /// 书记
        pub role_name: String,
    }

    /// Where this store stands; the answer to almost everything that opens or locks.
    pub struct StoreStatus {
        /// There is a store in the data folder
        pub exists: bool,
        /// Somebody is signed in
        pub open: bool,
        /// It is 演示村, with made-up people
        pub demo: bool,
        pub level: Option<Level>,
        pub org: Option<OwnOrg>,
        pub parent: Option<Named>,
        pub user: Option<Person>,
        pub users: Vec<Person>,
        pub letters: Letters,
        /// After so many minutes without a sign of anybody it locks
        pub lock_minutes: u32,
        /// Changes that the parent is not yet known to hold
        pub waiting: u64,
        /// Date of the last stick that was read or written
        pub last_exchange: Option<String>,
        /// A sentence about a clock that cannot be right
        pub clock_warning: Option<String>,
        /// Somebody has said that the recovery code is kept
        pub recovery_saved: bool,
        /// A backup copy was offered after the first import
        pub backup_offered: bool,
        /// Version of the program
        pub version: String,
    }

    /// A status inside an answer.
    pub struct WithStatus { pub status: StoreStatus }

    /// A store was made.
    pub struct Created {
        /// To be kept on paper: opens the store when the passphrase is forgotten
        pub recovery_code: String,
        pub status: StoreStatus,
    }
}

request! {
    /// What a new store needs to know.
    pub struct Create {
        pub level: Level,
        pub name: String,
        pub place: Option<String>,
        /// GB/T 2260
        pub code: Option<String>,
        pub user: String,
        /// Word of the role table; by default the first of the level
        pub role: Option<String>,
        pub passphrase: String,
        pub letters: Option<Letters>,
    }

    /// A forgotten passphrase, and the code on paper.
    pub struct Recover {
        /// May be left out while the store has one user
        pub user: Option<String>,
        pub recovery_code: String,
        /// The new one
        pub passphrase: String,
    }

    /// Who signs in.
    pub struct Open {
        /// May be left out while the store has one user
        pub user: Option<String>,
        pub passphrase: String,
    }
}

commands! {
    /// Where this store stands
    "store.status" (Nothing) -> StoreStatus, status;
    /// Makes a store and signs its first user in
    "store.create" (Create) -> Created, create;
    /// Makes 演示村 in a folder of its own and opens it
    "store.create_demo" (Nothing) -> WithStatus, create_demo;
    /// Signs a user in
    "store.open" (Open) -> WithStatus, open;
    /// Gives a new passphrase to whoever has the recovery code, and signs them in
    "store.recover" (Recover) -> WithStatus, recover;
    /// Locks the store; drafts stay
    "store.lock" (Nothing) -> Empty, lock;
    /// Closes 演示村 and goes back to the own store
    "store.leave_demo" (Nothing) -> WithStatus, leave_demo;
}

impl From<yuanba_core::Level> for Level {
    fn from(level: yuanba_core::Level) -> Level {
        match level {
            yuanba_core::Level::Village => Level::Village,
            yuanba_core::Level::Township => Level::Township,
            yuanba_core::Level::County => Level::County,
        }
    }
}

impl From<Level> for yuanba_core::Level {
    fn from(level: Level) -> yuanba_core::Level {
        match level {
            Level::Village => yuanba_core::Level::Village,
            Level::Township => yuanba_core::Level::Township,
            Level::County => yuanba_core::Level::County,
        }
    }
}

/// Local keys of the store.
pub(crate) const RECOVERY_KEPT: &str = "recovery.kept";
pub(crate) const BACKUP_OFFERED: &str = "backup.offered";
/// Apart from the one above, for an offer that was put off is no backup.
pub(crate) const BACKUP_PUT_OFF: &str = "backup.put_off";
pub(crate) const LAST_EXCHANGE: &str = "exchange.last";

/// Where the store of this data folder stands.
pub(crate) fn status_of(api: &Api) -> Result<StoreStatus, ApiError> {
    let settings::Settings { letters, lock_minutes, .. } = settings::read(api.dir());
    let version = env!("CARGO_PKG_VERSION").to_owned();
    let slot = api.slot();
    let Some(session) = slot.as_ref() else {
        let exists = Store::is_in(api.dir());
        // Before somebody signs in, only the key file can be read, and a damaged one is told when it is opened.
        let users = match Vault::open(api.dir(), api.inner.surroundings.price) {
            Ok(vault) => vault.users().iter().map(|user| person(&user.name, &user.role)).collect(),
            Err(_) => Vec::new(),
        };
        return Ok(StoreStatus {
            exists,
            open: false,
            demo: false,
            level: None,
            org: None,
            parent: None,
            user: None,
            users,
            letters,
            lock_minutes,
            waiting: 0,
            last_exchange: None,
            clock_warning: None,
            recovery_saved: true,
            backup_offered: true,
            version,
        });
    };
    let store = &session.store;
    let organisations = store.organisations()?;
    let own = organisations.iter().find(|org| org.id == store.org());
    let parent = own.and_then(|own| own.parent);
    let said = |key: &str| Ok::<bool, StoreError>(store.local_get(key)?.is_some());
    Ok(StoreStatus {
        exists: true,
        open: true,
        demo: session.demo,
        level: Some(session.level.into()),
        org: Some(OwnOrg {
            id: store.org().into(),
            name: store.organisation_name(store.org())?,
            place: own.and_then(|own| own.place.clone()),
        }),
        parent: match parent {
            Some(id) => Some(Named { id: id.into(), name: store.organisation_name(id)? }),
            None => None,
        },
        user: Some(person(&store.me().name, &store.me().role)),
        users: store.vault().users().iter().map(|user| person(&user.name, &user.role)).collect(),
        letters,
        lock_minutes,
        waiting: store.waiting()?,
        last_exchange: store.local_get(LAST_EXCHANGE)?.map(|(_, at)| time::day(at)),
        clock_warning: store.clock_warning(),
        recovery_saved: session.demo || said(RECOVERY_KEPT)?,
        backup_offered: session.demo || said(BACKUP_OFFERED)? || said(BACKUP_PUT_OFF)?,
        version,
    })
}

fn person(name: &str, role: &str) -> Person {
    Person { name: name.to_owned(), role: role.to_owned(), role_name: rights::role_name(role).to_owned() }
}

fn status(api: &Api, _: Nothing) -> Result<StoreStatus, ApiError> {
    status_of(api)
}

/// Longest name of an organisation or a person, in characters.
const NAME_MAX: usize = 60;

fn named(field: &'static str, label: &'static str, text: &str) -> Result<String, ApiError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Trouble::Empty { field, label }.into());
    }
    if text.chars().count() > NAME_MAX || text.chars().any(char::is_control) {
        let text = format!("{label}太长了或者带了怪字，最多 {NAME_MAX} 个字。");
        return Err(Trouble::BadValue { field, text }.into());
    }
    Ok(text.to_owned())
}

fn create(api: &Api, request: Create) -> Result<Created, ApiError> {
    let level = request.level.into();
    let name = named("name", "名称", &request.name)?;
    let user = named("user", "姓名", &request.user)?;
    if request.passphrase.is_empty() {
        return Err(Trouble::Empty { field: "passphrase", label: "口令" }.into());
    }
    if let Some(code) = request.code.as_deref()
        && !(matches!(code.len(), 6 | 9 | 12) && code.bytes().all(|b| b.is_ascii_digit()))
    {
        let text = "行政区划代码是 6、9 或者 12 位数字，这一个不是。".to_owned();
        return Err(Trouble::BadValue { field: "code", text }.into());
    }
    let role = match request.role {
        None => rights::roles_of(level).next().map(|role| role.id.clone()).unwrap_or_default(),
        Some(role) if rights::role(level, &role).is_some() => role,
        Some(_) => {
            let text = "没有这个职务。".to_owned();
            return Err(Trouble::BadValue { field: "role", text }.into());
        }
    };
    let new = NewStore {
        level,
        name,
        place: request.place.filter(|place| !place.trim().is_empty()),
        code: request.code,
        user,
        role,
        passphrase: request.passphrase,
    };
    let mut slot = api.slot();
    // Keys from the first day, so that also copies made before the first exchange can read each other's files.
    let surroundings = api.inner.surroundings.clone();
    let first = |store: &mut Store| yuanba_exchange::keys::ensure_org_key(store);
    let (store, code) = Store::create_with(api.dir(), new, surroundings, first)?;
    let recovery_code = code.text().to_string();
    *slot = Some(Session::new(api, store, false, Some(code))?);
    drop(slot);
    if let Some(letters) = request.letters {
        let mut kept = settings::read(api.dir());
        kept.letters = letters;
        // The size of the letters is chosen again in a moment; the recovery code in this answer is shown only once.
        let _ = settings::write(api.dir(), &kept);
    }
    Ok(Created { recovery_code, status: status_of(api)? })
}

/// Refuses another try of a passphrase while it is too early for one.
pub(crate) fn slow_down(api: &Api) -> Result<(), ApiError> {
    match Tries::wait_seconds(api.dir(), api.inner.surroundings.clock.now_ms()) {
        Some(seconds) => Err(Trouble::TooManyTries { seconds }.into()),
        None => Ok(()),
    }
}

/// What came of a try at something that does not count tries itself; a wrong passphrase is counted.
pub(crate) fn wrong_try(api: &Api, error: StoreError) -> Trouble {
    match Trouble::from(error) {
        Trouble::WrongPassphrase(_) => {
            let now_ms = api.inner.surroundings.clock.now_ms();
            Trouble::WrongPassphrase(Tries::wrong(api.dir(), now_ms))
        }
        other => other,
    }
}

pub(crate) fn open(api: &Api, request: Open) -> Result<WithStatus, ApiError> {
    let mut slot = api.slot();
    // The same folder is not opened twice: the old session ends first.
    *slot = None;
    let unlock =
        Unlock { user: request.user.filter(|user| !user.trim().is_empty()), passphrase: request.passphrase };
    match Store::open(api.dir(), unlock, api.inner.surroundings.clone()) {
        Ok(store) => {
            let mut session = Session::new(api, store, false, None)?;
            help::keep_slot(&mut session);
            *slot = Some(session);
        }
        Err(error) => {
            return Err(match Trouble::from(error) {
                Trouble::WrongPassphrase(_) => Trouble::WrongPassphrase(Tries::read(api.dir())),
                other => other,
            }
            .into());
        }
    }
    drop(slot);
    scrub_stack();
    Ok(WithStatus { status: status_of(api)? })
}

fn recover(api: &Api, request: Recover) -> Result<WithStatus, ApiError> {
    if request.passphrase.is_empty() {
        return Err(Trouble::Empty { field: "passphrase", label: "新口令" }.into());
    }
    let code = RecoveryCode::parse(&request.recovery_code).map_err(|_| Trouble::WrongRecoveryCode)?;
    let surroundings = &api.inner.surroundings;
    let name = {
        // Nobody may have the store open while its keys change.
        let mut slot = api.slot();
        *slot = None;
        let mut vault = Vault::open(api.dir(), surroundings.price).map_err(Trouble::from)?;
        let user = whose(&vault, request.user.as_deref())?;
        let now_ms = surroundings.clock.now_ms();
        let _held = InstanceLock::take(api.dir(), now_ms).map_err(StoreError::from)?;
        let key = vault.unlock_with_recovery(&code).map_err(Trouble::from)?;
        let mut fill = |bytes: &mut [u8]| surroundings.random.fill(bytes);
        vault.change_passphrase(&key, user.id, &request.passphrase, &mut fill).map_err(Trouble::from)?;
        // The wrong tries were the forgetting.
        Tries::right(api.dir());
        user.name
    };
    open(api, Open { user: Some(name), passphrase: request.passphrase })
}

/// The user of a name, who may be left out while there is one.
pub(crate) fn whose(vault: &Vault, name: Option<&str>) -> Result<SlotUser, Trouble> {
    let users = vault.users();
    match name.map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => {
            let found = users.into_iter().find(|user| user.name == name).cloned();
            found.ok_or_else(|| Trouble::UnknownUser { name: name.to_owned() })
        }
        None if users.len() > 1 => Err(Trouble::WhichUser),
        None => users.into_iter().next().cloned().ok_or(Trouble::Damaged),
    }
}

/// Whoever signs in at 演示村. There is nothing in it to keep from anybody.
const DEMO_USER: &str = "演示的书记";
const DEMO_PASSPHRASE: &str = "演示";

fn create_demo(api: &Api, _: Nothing) -> Result<WithStatus, ApiError> {
    let mut slot = api.slot();
    *slot = None;
    let dir = api.demo_dir();
    let surroundings = api.inner.surroundings.clone();
    let level = yuanba_core::Level::Village;
    let session = match Store::is_in(&dir) {
        true => {
            // Whoever was added there since: it opens as it was made.
            let unlock = Unlock { user: Some(DEMO_USER.to_owned()), passphrase: DEMO_PASSPHRASE.to_owned() };
            Session::new(api, Store::open(&dir, unlock, surroundings)?, true, None)?
        }
        false => {
            let new = NewStore {
                level,
                name: "演示村党支部".to_owned(),
                place: Some("演示村".to_owned()),
                code: None,
                user: DEMO_USER.to_owned(),
                role: rights::roles_of(level).next().map(|role| role.id.clone()).unwrap_or_default(),
                passphrase: DEMO_PASSPHRASE.to_owned(),
            };
            let (store, _) = Store::create(&dir, new, surroundings)?;
            let mut session = Session::new(api, store, true, None)?;
            let plan = FillDemo { villages: None, members: None, months: None, seed: None, add: None };
            if let Err(error) = fill_store(&mut session, plan) {
                // Half a made-up village is no use to anybody.
                drop(session);
                let _ = std::fs::remove_dir_all(&dir);
                return Err(error);
            }
            session
        }
    };
    *slot = Some(session);
    drop(slot);
    Ok(WithStatus { status: status_of(api)? })
}

fn lock(api: &Api, _: Nothing) -> Result<Empty, ApiError> {
    *api.slot() = None;
    Ok(Empty {})
}

fn leave_demo(api: &Api, _: Nothing) -> Result<WithStatus, ApiError> {
    let mut slot = api.slot();
    if slot.as_ref().is_some_and(|session| session.demo) {
        *slot = None;
    }
    drop(slot);
    Ok(WithStatus { status: status_of(api)? })
}
