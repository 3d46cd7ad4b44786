//! `user.*`: who signs in at this laptop.

use yuanba_core::tables::user;
use yuanba_store::Intent;
use yuanba_store::vault::SlotUser;

use crate::Api;
use crate::dto::{Empty, JustDone, Nothing, answer, request};
use crate::error::ApiError;
use crate::registry::commands;
use crate::rights::{self, Right};
use crate::sentences::Trouble;

request! {
    /// Somebody new.
    pub struct AddUser {
        pub name: String,
        /// Word of the role table
        pub role: String,
        pub passphrase: String,
    }

    /// A new passphrase, for oneself or, by whoever governs, for somebody else.
    pub struct NewPassphrase { pub name: Option<String>, pub passphrase: String }

    /// Whom.
    pub struct UserName { pub name: String }
}

answer! {
    /// Somebody who signs in here.
    pub struct ListedUser { pub name: String, pub role: String, pub role_name: String, pub me: bool }

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

fn add(api: &Api, request: AddUser) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let name = request.name.trim().to_owned();
    if name.is_empty() {
        return Err(Trouble::Empty { field: "name", label: "姓名" }.into());
    }
    if request.passphrase.is_empty() {
        return Err(Trouble::Empty { field: "passphrase", label: "口令" }.into());
    }
    let Some(role) = rights::role(session.level, &request.role) else {
        let offered: Vec<&str> = rights::roles_of(session.level).map(|role| role.id.as_str()).collect();
        let text = format!("没有「{}」这个职务，有的是 {}。", request.role, offered.join("、"));
        return Err(Trouble::BadValue { field: "role", text }.into());
    };
    let id = session.store.new_id();
    let slot = SlotUser { id, name: name.clone(), role: role.id.clone() };
    let random = session.store.surroundings().random.clone();
    session.store.change_vault(|vault, key| {
        vault.add_user(key, slot, &request.passphrase, &mut |bytes| random.fill(bytes))
    })?;
    let mut intent = Intent::new(format!("让{name}也能用了"));
    intent.create(&user::TABLE, id).put(user::NAME, name).put(user::ROLE, role.id.as_str());
    Ok(JustDone { done: session.commit(intent)? })
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
        return Err(Trouble::Empty { field: "passphrase", label: "口令" }.into());
    }
    let mut session = api.session()?;
    let id = match request.name.as_deref().map(str::trim).filter(|_| !mine) {
        None => session.store.me().id,
        Some(name) => slot_of(&session, name)?,
    };
    let random = session.store.surroundings().random.clone();
    session.store.change_vault(|vault, key| {
        vault.change_passphrase(key, id, &request.passphrase, &mut |bytes| random.fill(bytes))
    })?;
    Ok(Empty {})
}

fn slot_of(session: &crate::session::Session, name: &str) -> Result<yuanba_core::Id, ApiError> {
    let users = session.store.vault().users();
    let found = users.into_iter().find(|user| user.name == name).map(|user| user.id);
    found.ok_or_else(|| Trouble::NotFound { what: "个人" }.into())
}

fn close(api: &Api, request: UserName) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let name = request.name.trim();
    let id = slot_of(&session, name)?;
    session.store.change_vault(|vault, key| vault.remove(key, id))?;
    let mut intent = Intent::new(format!("{name}不再用这台电脑"));
    if let Some(record) = session.store.record(&user::TABLE, id)? {
        intent.edit(&record).put(user::CLOSED_ON, session.store.today().to_string());
    }
    Ok(JustDone { done: session.commit(intent)? })
}
