//! `user.*`: who signs in at this laptop.

use yuanba_core::tables::user;
use yuanba_store::Intent;
use yuanba_store::vault::{SlotUser, Tries, VaultError};

use crate::Api;
use crate::dto::{Done, Empty, JustDone, Nothing, answer, request};
use crate::entered;
use crate::error::ApiError;
use crate::registry::commands;
use crate::rights::{self, Right, Role};
use crate::sentences::Trouble;
use crate::session::Session;
use crate::time;

request! {
    /// Somebody new.
    pub struct AddUser {
        pub name: String,
        /// Word of the role table
        pub role: String,
        pub passphrase: String,
    }

    /// A new passphrase, for oneself or, by whoever governs, for somebody else.
    pub struct NewPassphrase {
        /// Left out: one's own
        pub name: Option<String>,
        /// The one until now, when it is one's own
        pub old: Option<String>,
        pub passphrase: String,
    }

    /// Another role for somebody.
    pub struct NewRole {
        pub name: String,
        /// Word of the role table
        pub role: String,
    }

    /// Whom.
    pub struct UserName { pub name: String }
}

answer! {
    /// Somebody who signs in here.
    pub struct ListedUser {
        pub name: String,
        pub role: String,
        pub role_name: String,
        pub me: bool,
        /// May add and close people
        pub governs: bool,
    }

    /// A role that somebody can have here.
    pub struct RoleChoice { pub role: String, pub name: String, pub rights: Vec<String> }
}

commands! {
    /// Who signs in here
    "user.list" (Nothing) -> Vec<ListedUser>, list;
    /// The roles of this level and what each may do
    "user.roles" (Nothing) -> Vec<RoleChoice>, roles;
    /// Lets somebody sign in
    "user.add" (AddUser) -> JustDone, add;
    /// Gives somebody else another role
    "user.role" (NewRole) -> JustDone, change_role;
    /// Gives a new passphrase; the old one opens nothing any more
    "user.passphrase" (NewPassphrase) -> Empty, passphrase;
    /// Lets somebody sign in no more; what they wrote stays
    "user.close" (UserName) -> JustDone, close;
}

fn list(api: &Api, _: Nothing) -> Result<Vec<ListedUser>, ApiError> {
    let session = api.session()?;
    let me = session.store.me().id;
    let users = session.store.vault().users();
    Ok(users
        .into_iter()
        .map(|user| ListedUser {
            name: user.name.clone(),
            role: user.role.clone(),
            role_name: rights::role_name(&user.role).to_owned(),
            me: user.id == me,
            governs: rights::may(session.level, &user.role, "user.close"),
        })
        .collect())
}

fn roles(api: &Api, _: Nothing) -> Result<Vec<RoleChoice>, ApiError> {
    let session = api.session()?;
    let right =
        |right: &Right| serde_json::to_value(right).ok().and_then(|word| Some(word.as_str()?.to_owned()));
    Ok(rights::roles_of(session.level)
        .map(|role| RoleChoice {
            role: role.id.clone(),
            name: role.name.clone(),
            rights: role.rights.iter().filter_map(right).collect(),
        })
        .collect())
}

/// Longest name of a person, in characters.
const NAME_MAX: usize = 60;

fn add(api: &Api, request: AddUser) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let name = entered::required("name", "姓名", &request.name, NAME_MAX)?;
    if request.passphrase.is_empty() {
        return Err(Trouble::Empty { field: "passphrase", label: "口令" }.into());
    }
    let role = role_of(&session, &request.role)?;
    let id = session.store.new_id();
    let slot = SlotUser { id, name: name.clone(), role: role.id.clone() };
    let random = session.store.surroundings().random.clone();
    session.store.change_vault(|vault, key| {
        vault.add_user(key, slot, &request.passphrase, &mut |bytes| random.fill(bytes))
    })?;
    let mut intent = Intent::new(format!("让{name}也能用了"));
    intent.create(&user::TABLE, id).put(user::NAME, name).put(user::ROLE, role.id.as_str());
    let written = write(&mut session, intent);
    if written.is_err() {
        // Who is not in the journal does not sign in either.
        let _ = session.store.change_vault(|vault, key| vault.remove(key, id));
    }
    Ok(JustDone { done: written? })
}

fn change_role(api: &Api, request: NewRole) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let role = role_of(&session, &request.role)?;
    let slot = slot_of(&session, request.name.trim())?;
    if slot.id == session.store.me().id {
        let text = "自己的职务自己改不了。".to_owned();
        return Err(Trouble::BadValue { field: "name", text }.into());
    }
    let mut intent = Intent::new(format!("{}的职务改成{}", slot.name, role.name));
    if let Some(record) = session.store.record(&user::TABLE, slot.id)? {
        intent.edit(&record).put(user::ROLE, role.id.as_str());
    }
    let done = write(&mut session, intent)?;
    let slot = SlotUser { role: role.id.clone(), ..slot };
    session.store.change_vault(|vault, key| vault.describe_user(key, slot))?;
    Ok(JustDone { done })
}

fn passphrase(api: &Api, request: NewPassphrase) -> Result<Empty, ApiError> {
    let mine = {
        let session = api.session()?;
        request.name.as_deref().is_none_or(|name| name.trim() == session.store.me().name)
    };
    if !mine {
        api.check("user.passphrase#other")?;
    }
    if request.passphrase.is_empty() {
        return Err(Trouble::Empty { field: "passphrase", label: "新口令" }.into());
    }
    let mut session = api.session()?;
    let id = match request.name.as_deref().map(str::trim).filter(|_| !mine) {
        None if session.demo => {
            let text = "演示村的口令人人都知道，不用换。".to_owned();
            return Err(Trouble::BadValue { field: "passphrase", text }.into());
        }
        None => {
            let old = request.old.as_deref().filter(|old| !old.is_empty());
            prove(&session, old.ok_or(Trouble::Empty { field: "old", label: "原来的口令" })?)?;
            session.store.me().id
        }
        Some(name) => {
            let slot = slot_of(&session, name)?;
            session.leave_trace(&format!("给{}重设了口令", slot.name), "本人忘了口令", 1, None)?;
            slot.id
        }
    };
    let random = session.store.surroundings().random.clone();
    session.store.change_vault(|vault, key| {
        vault.change_passphrase(key, id, &request.passphrase, &mut |bytes| random.fill(bytes))
    })?;
    Ok(Empty {})
}

/// Whoever stands at an open laptop is not yet the one who signed in: the passphrase is asked once more, and wrong ones
/// count as at the door.
fn prove(session: &Session, passphrase: &str) -> Result<(), Trouble> {
    let (store, dir) = (&session.store, session.store.dir());
    let now_ms = store.surroundings().clock.now_ms();
    if let Some(seconds) = Tries::wait_seconds(dir, now_ms) {
        return Err(Trouble::TooManyTries { seconds });
    }
    match store.vault().unlock(Some(&store.me().name), passphrase) {
        Ok(_) => {
            Tries::right(dir);
            Ok(())
        }
        Err(VaultError::WrongPassphrase) => Err(Trouble::WrongOldPassphrase(Tries::wrong(dir, now_ms))),
        Err(other) => Err(other.into()),
    }
}

fn close(api: &Api, request: UserName) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let slot = slot_of(&session, request.name.trim())?;
    if slot.id == session.store.me().id {
        let text = "自己停用不了自己。".to_owned();
        return Err(Trouble::BadValue { field: "name", text }.into());
    }
    let done = close_user(&mut session, &slot, Intent::new(format!("{}不再用这台电脑", slot.name)))?;
    Ok(JustDone { done })
}

/// Lets somebody sign in no more, with whatever else `intent` says of it.
///
/// # Errors
/// When nobody would be left who can let people in.
pub(crate) fn close_user(
    session: &mut Session,
    slot: &SlotUser,
    mut intent: Intent,
) -> Result<Done, ApiError> {
    let governs = |user: &SlotUser| rights::may(session.level, &user.role, "user.close");
    if !session.store.vault().users().iter().any(|user| user.id != slot.id && governs(user)) {
        let text = format!("停用了{}，就没有人能管谁用这台电脑了。", slot.name);
        return Err(Trouble::BadValue { field: "name", text }.into());
    }
    if let Some(record) = session.store.record(&user::TABLE, slot.id)? {
        intent.edit(&record).put(user::CLOSED_ON, session.store.today().to_string());
    }
    let done = write(session, intent)?;
    session.store.change_vault(|vault, key| vault.remove(key, slot.id))?;
    Ok(done)
}

/// Writes what concerns people and keys. It is no act to take back: the keys do not follow an undo.
pub(crate) fn write(session: &mut Session, intent: Intent) -> Result<Done, ApiError> {
    let (text, at) = (intent.said().to_owned(), time::stamp(session.store.now_ms()));
    if !intent.is_empty() {
        session.store.commit_quietly(intent)?;
        session.catch_up()?;
    }
    Ok(Done { group: String::new(), text, at })
}

/// The slot of a name.
pub(crate) fn slot_of(session: &Session, name: &str) -> Result<SlotUser, ApiError> {
    let users = session.store.vault().users();
    let found = users.into_iter().find(|user| user.name == name).cloned();
    found.ok_or_else(|| Trouble::NotFound { what: "个人" }.into())
}

/// The role of that word here.
pub(crate) fn role_of(session: &Session, word: &str) -> Result<&'static Role, ApiError> {
    rights::role(session.level, word).ok_or_else(|| {
        let offered: Vec<&str> = rights::roles_of(session.level).map(|role| role.name.as_str()).collect();
        let text = format!("没有「{word}」这个职务，有的是{}。", offered.join("、"));
        Trouble::BadValue { field: "role", text }.into()
    })
}
