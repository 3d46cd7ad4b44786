//! One data folder and who is signed in at it.

use std::collections::{HashMap, HashSet};
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use yuanba_core::tables::{organisation, user};
use yuanba_core::{Id, Level};
use yuanba_practices::Practices;
use yuanba_store::{Changed, Intent, RecoveryCode, Store, Surroundings};

use crate::backup::Keeper;
use crate::dto::Done;
use crate::error::ApiError;
use crate::import::Imports;
use crate::job::Jobs;
use crate::member::Forms;
use crate::people::People;
use crate::rights::{self, Right};
use crate::sentences::Trouble;
use crate::sync::Calling;
use crate::update::{Channel, Rules};
use crate::{mask, registry, time};

/// The folder of 演示村 inside the data folder.
const DEMO: &str = "demo";

/// The store of one data folder and everything that can be asked of it. Cheap to clone; any thread may call it.
#[derive(Clone)]
pub struct Api {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    dir: PathBuf,
    pub(crate) surroundings: Surroundings,
    session: Mutex<Option<Session>>,
    pub(crate) jobs: Jobs,
    pub(crate) calling: Calling,
    pub(crate) keeper: Keeper,
    pub(crate) rules: Arc<Rules>,
}

/// What is there while somebody is signed in.
pub(crate) struct Session {
    pub(crate) store: Store,
    /// It is 演示村
    pub(crate) demo: bool,
    pub(crate) level: Level,
    /// The recovery code of a store that was made in this session, for `recovery.save`
    pub(crate) recovery: Option<RecoveryCode>,
    /// The roster as lists and searches need it; made when first asked for
    pub(crate) people: Option<People>,
    pub(crate) forms: Forms,
    /// Files that were read and wait for decisions
    pub(crate) imports: Imports,
    rules: Arc<Rules>,
}

/// A signed-in session, held by one caller at a time.
pub(crate) struct Held<'a>(MutexGuard<'a, Option<Session>>);

impl Deref for Held<'_> {
    type Target = Session;
    fn deref(&self) -> &Session {
        self.0.as_ref().expect("held only while it is there")
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut Session {
        self.0.as_mut().expect("held only while it is there")
    }
}

impl Api {
    /// The data folder `dir`, with the real clock, randomness and machine. Nothing is opened yet.
    pub fn new(dir: &Path) -> Api {
        Api::with(dir, Surroundings::real())
    }

    /// The same with other surroundings.
    pub fn with(dir: &Path, surroundings: Surroundings) -> Api {
        Api::by_channel(dir, surroundings, Channel::built_in())
    }

    /// The same with updates judged otherwise than the program itself does: for tests, which bring keys of their own.
    pub fn by_channel(dir: &Path, surroundings: Surroundings, channel: Channel) -> Api {
        // A power cut may have come while a copy took the place of the store. Where that cannot be ended now, opening says why.
        let _ = Store::finish_restoring(dir);
        Api {
            inner: Arc::new(Inner {
                dir: dir.to_owned(),
                surroundings,
                session: Mutex::new(None),
                jobs: Jobs::default(),
                calling: Calling::default(),
                keeper: Keeper::default(),
                rules: Arc::new(Rules::new(dir, channel)),
            }),
        }
    }

    /// Runs a typed command. `null` stands for a request without keys.
    ///
    /// # Errors
    /// As [`ApiError`] says: the sentence is for people, the code for the caller.
    pub fn call(&self, command: &str, request: serde_json::Value) -> Result<serde_json::Value, ApiError> {
        self.answer(command, request).map_err(ApiError::masked)
    }

    fn answer(&self, command: &str, request: serde_json::Value) -> Result<serde_json::Value, ApiError> {
        let command = registry::find(command)?;
        self.check(command.name)?;
        let request = if request.is_null() { serde_json::json!({}) } else { request };
        let whole = rights::whole_keys(command.name, &request);
        let mut answer = (command.run)(self, request)?;
        if let Some(whole) = whole {
            mask::answer(&mut answer, whole);
        }
        Ok(answer)
    }

    /// Every command with its JSON schemas.
    pub fn commands() -> Vec<registry::CommandDescription> {
        registry::describe()
    }

    /// Whether the command of that name needs somebody signed in; `None` when there is no such command.
    pub fn needs_sign_in(command: &str) -> Option<bool> {
        registry::find(command).ok().map(|command| rights::needs(command.name) != Some(Right::Anyone))
    }

    /// Closes the store for good: nobody is signed in any more, and nobody calls any more. For the end of a program whose
    /// threads go on to its last moment.
    pub fn close(&self) {
        self.inner.calling.end();
        self.inner.keeper.end();
        *self.slot() = None;
    }

    /// Whether somebody is signed in.
    pub fn is_open(&self) -> bool {
        self.slot().is_some()
    }

    /// Refuses when the person who is signed in may not do what the table of rights names so: a command, or a case of one.
    pub(crate) fn check(&self, act: &str) -> Result<(), ApiError> {
        if rights::needs(act) == Some(Right::Anyone) {
            return Ok(());
        }
        self.session()?.check(act)
    }

    /// The folder of the own store.
    pub(crate) fn dir(&self) -> &Path {
        &self.inner.dir
    }

    /// The folder of 演示村.
    pub(crate) fn demo_dir(&self) -> PathBuf {
        self.inner.dir.join(DEMO)
    }

    /// The session, or nothing while nobody is signed in.
    pub(crate) fn slot(&self) -> MutexGuard<'_, Option<Session>> {
        self.inner.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session.
    ///
    /// # Errors
    /// `locked` while nobody is signed in, `not_found` when there is no store at all.
    pub(crate) fn session(&self) -> Result<Held<'_>, ApiError> {
        let slot = self.slot();
        match slot.is_some() {
            true => Ok(Held(slot)),
            false if Store::is_in(&self.inner.dir) => Err(Trouble::Locked.into()),
            false => Err(Trouble::NoStore.into()),
        }
    }
}

impl Session {
    /// As [`Api::check`], for whoever holds the session.
    pub(crate) fn check(&self, act: &str) -> Result<(), ApiError> {
        match rights::may(self.level, &self.store.me().role, act) {
            true => Ok(()),
            false => Err(Trouble::NotAllowed.into()),
        }
    }

    /// The roster in memory.
    pub(crate) fn people(&mut self) -> Result<&mut People, ApiError> {
        if self.people.is_none() {
            self.people = Some(People::read(&self.store)?);
        }
        self.people.as_mut().ok_or_else(|| Trouble::Internal.into())
    }

    /// The roster in memory, and who holds a post today.
    pub(crate) fn people_and_posts(&mut self) -> Result<(&mut People, HashSet<Id>), ApiError> {
        self.people()?;
        let people = self.people.as_mut().ok_or(Trouble::Internal)?;
        let with_post = people.with_post(&self.store)?.clone();
        Ok((people, with_post))
    }

    /// Brings what is held in memory up to what the store has now.
    pub(crate) fn catch_up(&mut self) -> Result<(), ApiError> {
        let changed = self.store.take_changed();
        // What could not follow is read anew when it is next asked for.
        if let Some(mut people) = self.people.take()
            && changed != Changed::Everything
        {
            people.follow(&self.store, &changed)?;
            self.people = Some(people);
        }
        Ok(())
    }

    /// The rules and practices in force: those of the program, with the packs that were taken here laid over them.
    pub(crate) fn practices(&self) -> &'static Practices {
        self.rules.practices()
    }

    /// The age from which somebody may join, by the rules in force today.
    pub(crate) fn joining_age_years(&self) -> Option<u32> {
        self.practices().roster.on(self.store.today()).map(|rule| rule.applicant_age_years)
    }

    /// The GB/T 2260 code of this organisation.
    pub(crate) fn place_code(&self) -> Option<String> {
        let facts = self.store.record(&organisation::TABLE, self.store.org()).ok().flatten()?;
        facts.text(organisation::CODE).map(str::to_owned)
    }

    /// What a post of the catalogue is called. A post of an edition that is not known shows as it is kept.
    pub(crate) fn post_name(&self, post: &str) -> String {
        let place = self.practices().place_for(self.place_code().as_deref());
        let editions = place.map(|place| place.posts.as_slice()).unwrap_or_default();
        let named = editions.iter().rev().find_map(|posts| posts.post(post));
        named.map_or_else(|| post.to_owned(), |post| post.name.clone())
    }

    /// The names of everybody who has written here, by id.
    pub(crate) fn user_names(&self) -> Result<HashMap<Id, String>, ApiError> {
        let records = self.store.records(&user::TABLE)?;
        let named =
            records.iter().filter_map(|record| Some((record.id, record.text(user::NAME)?.to_owned())));
        Ok(named.collect())
    }

    /// A session at an open store.
    pub(crate) fn new(
        api: &Api,
        store: Store,
        demo: bool,
        recovery: Option<RecoveryCode>,
    ) -> Result<Session, ApiError> {
        Ok(Session {
            rules: api.inner.rules.clone(),
            level: store.level().unwrap_or(Level::Village),
            store,
            demo,
            recovery,
            people: None,
            forms: Forms::default(),
            imports: Imports::default(),
        })
    }

    /// Writes what one act says of several organisations, each as a group of its own, and says what was done. It is taken
    /// back as one.
    pub(crate) fn commit_together(&mut self, intents: Vec<Intent>) -> Result<Done, ApiError> {
        let mut intents: Vec<Intent> = intents.into_iter().filter(|intent| !intent.is_empty()).collect();
        if intents.len() < 2 {
            return self.commit_deed(intents.pop().unwrap_or_else(|| Intent::new("")));
        }
        let (text, at) = (intents[0].said().to_owned(), time::stamp(self.store.now_ms()));
        let groups = self.store.commit_together(intents)?;
        self.catch_up()?;
        Ok(Done { group: groups[0].to_string(), text, at })
    }

    /// Writes an intent and says what was done. An intent that changes nothing writes nothing; the record of somebody
    /// who has moved to another organisation is only read.
    pub(crate) fn commit(&mut self, intent: Intent) -> Result<Done, ApiError> {
        crate::transfer::not_of_somebody_gone(self, &intent)?;
        self.commit_deed(intent)
    }

    /// As [`Session::commit`], for the steps of a transfer themselves.
    pub(crate) fn commit_deed(&mut self, intent: Intent) -> Result<Done, ApiError> {
        let (text, at) = (intent.said().to_owned(), time::stamp(self.store.now_ms()));
        if intent.is_empty() {
            return Ok(Done {
                group: String::new(), text: "没有要改的，原来就是这样".to_owned(), at
            });
        }
        let group = self.store.commit(intent)?;
        self.catch_up()?;
        Ok(Done { group: group.to_string(), text, at })
    }
}
