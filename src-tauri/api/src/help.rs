//! `help.*`: a forgotten passphrase is set anew with the help of the organisation above, by two files on a stick.

use std::path::Path;

use yuanba_exchange::help;
use yuanba_store::StoreError;
use yuanba_store::vault::{Asked, InstanceLock, Vault};

use crate::dto::{Done, Named, Nothing, answer, request};
use crate::enrol::there;
use crate::error::ApiError;
use crate::registry::commands;
use crate::rights;
use crate::sentences::Trouble;
use crate::session::Session;
use crate::store::{self, Open, WithStatus};
use crate::{Api, entered, time};

request! {
    /// Somebody who has forgotten the passphrase asks.
    pub struct AskHelp {
        /// May be left out while the store has one user
        pub user: Option<String>,
        pub out: String,
    }

    /// A question that came on a stick.
    pub struct HelpQuestion { pub file: String }

    /// A question is answered.
    pub struct GiveHelp {
        pub file: String,
        pub out: String,
        /// How one knows who asks; it is journaled
        pub reason: String,
    }

    /// An answer that came back, and the new passphrase.
    pub struct AcceptHelp { pub file: String, pub passphrase: String }
}

answer! {
    /// Who can help at this laptop.
    pub struct HelpState {
        /// The organisation above that can set a forgotten passphrase anew
        pub superior: Option<String>,
        /// For whom an answer is waited for
        pub waiting_for: Option<String>,
        /// When it was asked
        pub asked_at: Option<String>,
    }

    /// A question was written.
    pub struct HelpAsked { pub path: String, pub user: String, pub superior: String }

    /// Who asks for help.
    pub struct WhoAsks {
        pub org: Named,
        pub user: String,
        pub role_name: String,
        /// By the asker's clock
        pub asked_at: String,
    }

    /// A question was answered.
    pub struct HelpGiven { pub path: String, pub org: Named, pub user: String, pub done: Done }
}

commands! {
    /// Who can help at this laptop when a passphrase is forgotten, and whether an answer is waited for
    "help.state" (Nothing) -> HelpState, state;
    /// Writes a question to the organisation above: somebody has forgotten the passphrase
    "help.ask" (AskHelp) -> HelpAsked, ask;
    /// Who asks in a question
    "help.look" (HelpQuestion) -> WhoAsks, look;
    /// Answers a question of a laptop below; it is journaled
    "help.give" (GiveHelp) -> HelpGiven, give;
    /// Takes the answer in: gives a new passphrase to whom it was asked for, and signs them in
    "help.accept" (AcceptHelp) -> WithStatus, accept;
}

/// Sees to it that the organisation above can help. A disk that does not take it now takes it another time: nobody is kept
/// from working for it.
pub(crate) fn keep_slot(session: &mut Session) {
    if !session.demo {
        let _ = help::ensure_slot(&mut session.store);
    }
}

fn state(api: &Api, _: Nothing) -> Result<HelpState, ApiError> {
    let surroundings = &api.inner.surroundings;
    let Ok(vault) = Vault::open(api.dir(), surroundings.price) else {
        return Ok(HelpState { superior: None, waiting_for: None, asked_at: None });
    };
    let asked = Asked::read(api.dir(), surroundings.clock.now_ms());
    let user = asked.as_ref().and_then(|asked| {
        let users = vault.users();
        Some(users.into_iter().find(|user| user.id == asked.user)?.name.clone())
    });
    Ok(HelpState {
        superior: vault.superior().map(|slot| slot.name.clone()),
        asked_at: asked.filter(|_| user.is_some()).map(|asked| time::stamp(asked.at_ms)),
        waiting_for: user,
    })
}

fn ask(api: &Api, request: AskHelp) -> Result<HelpAsked, ApiError> {
    let surroundings = &api.inner.surroundings;
    let vault = Vault::open(api.dir(), surroundings.price).map_err(Trouble::from)?;
    let user = store::whose(&vault, request.user.as_deref())?;
    help::ask(api.dir(), &vault, &user, surroundings.clock.now_ms(), Path::new(&request.out))?;
    let superior = vault.superior().map(|slot| slot.name.clone()).unwrap_or_default();
    Ok(HelpAsked { path: request.out, user: user.name, superior })
}

fn look(api: &Api, request: HelpQuestion) -> Result<WhoAsks, ApiError> {
    let session = api.session()?;
    let question = help::open(&session.store, there(&request.file)?)?;
    Ok(WhoAsks {
        org: Named { id: question.org.into(), name: question.org_name },
        role_name: rights::role_name(&question.user.role).to_owned(),
        user: question.user.name,
        asked_at: time::stamp(question.at_ms),
    })
}

/// Longest reason, in characters: with the rest of the sentence it stays within what a purpose may have.
const REASON_MAX: usize = 120;

fn give(api: &Api, request: GiveHelp) -> Result<HelpGiven, ApiError> {
    let mut session = api.session()?;
    let reason = entered::required("reason", "怎么知道是本人", &request.reason, REASON_MAX)?;
    let question = help::open(&session.store, there(&request.file)?)?;
    let out = Path::new(&request.out);
    help::answer(&question, out)?;
    let text = format!("帮{}的{}重设口令", question.org_name, question.user.name);
    // What is not in the trail did not happen.
    if let Err(error) = session.leave_trace(&text, &reason, 1, None) {
        let _ = std::fs::remove_file(out);
        return Err(error);
    }
    let done = Done { group: String::new(), text, at: time::stamp(session.store.now_ms()) };
    let org = Named { id: question.org.into(), name: question.org_name };
    Ok(HelpGiven { path: request.out, org, user: question.user.name, done })
}

fn accept(api: &Api, request: AcceptHelp) -> Result<WithStatus, ApiError> {
    if request.passphrase.is_empty() {
        return Err(Trouble::Empty { field: "passphrase", label: "新口令" }.into());
    }
    let surroundings = &api.inner.surroundings;
    let (name, helper) = {
        // Nobody may have the store open while its keys change.
        let mut slot = api.slot();
        *slot = None;
        let now_ms = surroundings.clock.now_ms();
        let mut vault = Vault::open(api.dir(), surroundings.price).map_err(Trouble::from)?;
        let _held = InstanceLock::take(api.dir(), now_ms).map_err(StoreError::from)?;
        let helped = help::accept(api.dir(), &vault, there(&request.file)?, now_ms)?;
        let name =
            vault.users().into_iter().find(|user| user.id == helped.user).map(|user| user.name.clone());
        let name = name.ok_or(Trouble::NotFound { what: "个人，他已经停用了" })?;
        let mut fill = |bytes: &mut [u8]| surroundings.random.fill(bytes);
        vault
            .change_passphrase(&helped.key, helped.user, &request.passphrase, &mut fill)
            .map_err(Trouble::from)?;
        // An answer is good for one time, and the wrong tries were the forgetting.
        Asked::forget(api.dir());
        yuanba_store::vault::Tries::right(api.dir());
        (name, vault.superior().map(|slot| slot.name.clone()).unwrap_or_default())
    };
    let opened = store::open(api, Open { user: Some(name.clone()), passphrase: request.passphrase })?;
    api.session()?.leave_trace(&format!("{helper}帮着重设了{name}的口令"), "本人忘了口令", 1, None)?;
    Ok(opened)
}
