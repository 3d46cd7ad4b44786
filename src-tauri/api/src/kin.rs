//! `kin.*`: which person of the roster somebody who signs in is, and who is whose near relative, so that nobody decides on
//! what is their own or a relative's (RULES §8). Both are records of the journal like any other.

use std::collections::HashSet;

use yuanba_core::record::VOIDED;
use yuanba_core::tables::{household, member, relative, user};
use yuanba_core::{Field, Id};
use yuanba_journal::Hash;
use yuanba_store::Intent;

use crate::Api;
use crate::dto::{JustDone, OneRecord, RecordId, answer, request};
use crate::entered;
use crate::error::ApiError;
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::session::Session;

request! {
    /// Two persons who are near relatives.
    pub struct DeclareKin {
        pub member: RecordId,
        pub other: RecordId,
        /// 夫妻, 父母子女 …
        pub kind: String,
    }

    /// A declaration that was wrong.
    pub struct WithdrawKin { pub id: RecordId, pub reason: String }

    /// Who of those who sign in a person of the roster is; nobody when it is left out.
    pub struct SayUser { pub member: RecordId, pub user: Option<String> }
}

answer! {
    /// A near relative.
    pub struct KinLine {
        /// The declaration; null for somebody of the same household, which needs none
        pub id: Option<RecordId>,
        pub member: RecordId,
        pub name: String,
        /// 夫妻, 父母子女 …
        pub kind: String,
    }

    /// What a person's page says of relatives and of signing in.
    pub struct KinCard {
        pub relatives: Vec<KinLine>,
        /// Who this person is at the laptops of the organisation
        pub user: Option<String>,
        /// Who could be said to be this person
        pub users: Vec<String>,
        /// The words for a relation
        pub kinds: Vec<String>,
    }
}

commands! {
    /// A person's near relatives, and which user the person is
    "kin.of" (OneRecord) -> KinCard, of;
    /// Says that two persons are near relatives
    "kin.declare" (DeclareKin) -> JustDone, declare;
    /// Takes such a declaration back, not one about oneself
    "kin.withdraw" (WithdrawKin) -> JustDone, withdraw;
    /// Says which person of the roster somebody who signs in is
    "kin.user" (SayUser) -> JustDone, say_user;
}

/// The words for a relation (civil servants' rules of avoidance name these).
const KINDS: &[&str] = &["夫妻", "父母子女", "兄弟姐妹", "祖孙", "公婆岳父母", "其他近亲"];
/// What is said of those who live together.
const ONE_HOUSEHOLD: &str = "同一户";
/// Longest reason, in characters.
const REASON_MAX: usize = 200;

/// How an account or a person stands to whoever is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tie {
    /// It is that person, or the household the person lives in
    Own,
    /// It is a near relative, or a relative's household
    Relative,
}

/// Whoever is signed in, as persons of the roster, with the near relatives and the households of all of them.
pub(crate) struct Kin {
    own: HashSet<Id>,
    relatives: HashSet<Id>,
}

impl Kin {
    /// How somebody or their account stands to whoever is signed in; `None` for everybody else.
    pub(crate) fn tie(&self, id: Id) -> Option<Tie> {
        match id {
            id if self.own.contains(&id) => Some(Tie::Own),
            id if self.relatives.contains(&id) => Some(Tie::Relative),
            _ => None,
        }
    }
}

/// What is read of the roster for this.
const LIVES: &[Field] = &[member::NAME, member::HOUSEHOLD, member::COURTYARD];

/// A person and where they live.
struct Lives {
    id: Id,
    org: Id,
    name: String,
    household: Option<String>,
    courtyard: Option<Id>,
}

impl Lives {
    /// Whether a household of that name at that place is this person's.
    fn in_household(&self, org: Id, name: &str, courtyard: Option<Id>) -> bool {
        let place = self.courtyard.zip(courtyard).is_none_or(|(one, other)| one == other);
        let named = self.household.as_deref().unwrap_or(&self.name) == name || self.name == name;
        self.org == org && place && named
    }

    /// Whether two persons live in one household.
    fn lives_with(&self, other: &Lives) -> bool {
        let household = self.household.as_deref().filter(|name| !name.trim().is_empty());
        self.id != other.id
            && household.is_some_and(|name| {
                other.household.as_deref() == Some(name) && other.in_household(self.org, name, self.courtyard)
            })
    }
}

impl Session {
    fn residents(&self) -> Result<Vec<Lives>, ApiError> {
        let mut residents = Vec::new();
        self.glances(&member::TABLE, LIVES, |person| {
            residents.push(Lives {
                id: person.id,
                org: person.org,
                name: person.text(member::NAME).unwrap_or_default().to_owned(),
                household: person.text(member::HOUSEHOLD).map(str::to_owned),
                courtyard: person.id(member::COURTYARD),
            });
        })?;
        Ok(residents)
    }

    /// Declared pairs that stand: the declaration, both persons, the relation.
    fn declared(&self) -> Result<Vec<(Id, Id, Id, String)>, ApiError> {
        let mut pairs = Vec::new();
        for record in self.store.records(&relative::TABLE)? {
            if record.voided() {
                continue;
            }
            let (Some(first), Some(second)) = (record.id(relative::FIRST), record.id(relative::SECOND))
            else {
                continue;
            };
            let kind = record.text(relative::KIND).unwrap_or_default().to_owned();
            let (first, second) = (self.store.representative(first)?, self.store.representative(second)?);
            pairs.push((record.id, first, second, kind));
        }
        Ok(pairs)
    }

    /// The person of the roster that a user is said to be.
    fn person_of(&self, user: Id) -> Result<Option<Id>, ApiError> {
        let said = self.store.record(&user::TABLE, user)?.and_then(|record| record.id(user::MEMBER));
        Ok(said.map(|id| self.store.representative(id)).transpose()?)
    }

    /// Whoever is signed in, with relatives. Of whom nobody has said who they are, everybody of their name counts as them.
    pub(crate) fn kin(&self) -> Result<Kin, ApiError> {
        let me = self.store.me();
        let residents = self.residents()?;
        let mut own: HashSet<Id> = match self.person_of(me.id)? {
            Some(person) => HashSet::from([person]),
            None => residents.iter().filter(|one| one.name == me.name).map(|one| one.id).collect(),
        };
        let mut relatives: HashSet<Id> = HashSet::new();
        for (_, first, second, _) in self.declared()? {
            for (one, other) in [(first, second), (second, first)] {
                if own.contains(&one) {
                    relatives.insert(other);
                }
            }
        }
        let (mine, others): (Vec<&Lives>, Vec<&Lives>) =
            residents.iter().partition(|one| own.contains(&one.id));
        relatives
            .extend(others.iter().filter(|one| mine.iter().any(|own| own.lives_with(one))).map(|one| one.id));
        let near: Vec<&&Lives> = others.iter().filter(|one| relatives.contains(&one.id)).collect();
        // A household's account belongs to all who live in it.
        let mut homes = Vec::new();
        self.glances(&household::TABLE, &[household::NAME, household::COURTYARD], |home| {
            let name = home.text(household::NAME).unwrap_or_default();
            let yard = home.id(household::COURTYARD);
            let of_own = mine.iter().any(|one| one.in_household(home.org, name, yard))
                || (mine.is_empty() && name == me.name);
            let of_near = near.iter().any(|one| one.in_household(home.org, name, yard));
            if of_own || of_near {
                homes.push((home.id, of_own));
            }
        })?;
        for (home, of_own) in homes {
            if of_own { &mut own } else { &mut relatives }.insert(home);
        }
        Ok(Kin { own, relatives })
    }

    /// Refuses when a person whose membership moves is whoever is signed in, or a near relative; unless nobody else can
    /// sign in here.
    pub(crate) fn not_ones_own_transfer(&self, persons: &[Option<Id>], name: &str) -> Result<(), ApiError> {
        if self.store.vault().users().len() < 2 {
            return Ok(());
        }
        let kin = self.kin()?;
        for person in persons.iter().flatten() {
            if kin.tie(self.store.representative(*person)?).is_some() {
                return Err(Trouble::OwnTransfer { name: name.to_owned() }.into());
            }
        }
        // Somebody new here of whom nobody has said who they are.
        if self.person_of(self.store.me().id)?.is_none() && self.store.me().name == name {
            return Err(Trouble::OwnTransfer { name: name.to_owned() }.into());
        }
        Ok(())
    }
}

fn of(api: &Api, request: OneRecord) -> Result<KinCard, ApiError> {
    let session = api.session()?;
    let person = session.member(request.id)?;
    let residents = session.residents()?;
    let name = |id: Id| -> Result<String, ApiError> {
        let known = residents.iter().find(|one| one.id == id).map(|one| one.name.clone());
        Ok(match known {
            Some(name) => name,
            None => session
                .store
                .record(&member::TABLE, id)?
                .and_then(|record| record.text(member::NAME).map(str::to_owned))
                .unwrap_or_else(|| "没有名字的人".to_owned()),
        })
    };
    let mut relatives = Vec::new();
    for (id, first, second, kind) in session.declared()? {
        if first == person.id || second == person.id {
            let other = if first == person.id { second } else { first };
            relatives.push(KinLine { id: Some(id.into()), member: other.into(), name: name(other)?, kind });
        }
    }
    if let Some(own) = residents.iter().find(|one| one.id == person.id) {
        for other in residents.iter().filter(|other| own.lives_with(other)) {
            if relatives.iter().all(|line| line.member.0 != other.id) {
                relatives.push(KinLine {
                    id: None,
                    member: other.id.into(),
                    name: other.name.clone(),
                    kind: ONE_HOUSEHOLD.to_owned(),
                });
            }
        }
    }
    relatives.sort_by(|a, b| a.name.cmp(&b.name));
    let mut user = None;
    for record in session.store.records_of(&user::TABLE, session.store.org())? {
        let said = record.id(user::MEMBER).map(|id| session.store.representative(id)).transpose()?;
        if said == Some(person.id) && record.text(user::CLOSED_ON).is_none() {
            user = record.text(user::NAME).map(str::to_owned);
        }
    }
    let users = session.store.vault().users().iter().map(|user| user.name.clone()).collect();
    let kinds = KINDS.iter().map(|kind| (*kind).to_owned()).collect();
    Ok(KinCard { relatives, user, users, kinds })
}

/// Two laptops' same declaration is one record.
fn pair_id(org: Id, one: Id, other: Id) -> Id {
    Hash::of(&[b"relatives", &org.0, &one.min(other).0, &one.max(other).0]).id()
}

fn declare(api: &Api, request: DeclareKin) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let (one, other) = (session.member(request.member)?, session.member(request.other)?);
    let refuse =
        |field: &'static str, text: &str| Err(Trouble::BadValue { field, text: text.to_owned() }.into());
    if one.id == other.id {
        return refuse("other", "这是同一个人，自己不算自己的亲属。");
    }
    let Some(kind) = KINDS.iter().find(|kind| **kind == request.kind.trim()) else {
        return refuse("kind", &format!("没有这种关系，有的是{}。", KINDS.join("、")));
    };
    let names = [&one, &other].map(|record| record.text(member::NAME).unwrap_or("这个人").to_owned());
    let id = pair_id(one.org, one.id, other.id);
    let known = session.store.record(&relative::TABLE, id)?;
    let mut intent = Intent::new(format!("写明了{}和{}是{kind}", names[0], names[1])).of(one.org);
    let draft = match &known {
        Some(record) => intent.edit(record),
        None => intent.create(&relative::TABLE, id),
    };
    draft
        .put(relative::FIRST, one.id.min(other.id))
        .put(relative::SECOND, one.id.max(other.id))
        .put(relative::KIND, *kind)
        .put(VOIDED, yuanba_core::Value::Null);
    Ok(JustDone { done: session.commit(intent)? })
}

fn withdraw(api: &Api, request: WithdrawKin) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let record = session.one(&relative::TABLE, request.id.0, "条亲属关系")?;
    let reason = entered::required("reason", "理由", &request.reason, REASON_MAX)?;
    let mut names = Vec::new();
    for field in [relative::FIRST, relative::SECOND] {
        let person = record.id(field).and_then(|id| session.store.record(&member::TABLE, id).transpose());
        let person = person.transpose()?;
        names.push(person.and_then(|p| p.text(member::NAME).map(str::to_owned)).unwrap_or_default());
    }
    not_ones_own(&session, record.id)?;
    let mut intent = Intent::new(format!("取消了{}是亲属这一条", names.join("和")));
    intent.edit(&record).void(&reason);
    Ok(JustDone { done: session.commit(intent)? })
}

/// Who decides on points does not take back by themselves who their relatives are, unless nobody else can sign in here.
pub(crate) fn not_ones_own(session: &Session, declaration: Id) -> Result<(), ApiError> {
    if session.store.vault().users().len() < 2 {
        return Ok(());
    }
    let Some(record) = session.store.record(&relative::TABLE, declaration)? else { return Ok(()) };
    let kin = session.kin()?;
    for person in [relative::FIRST, relative::SECOND].into_iter().filter_map(|field| record.id(field)) {
        if kin.tie(session.store.representative(person)?) == Some(Tie::Own) {
            return Err(Trouble::OwnKin.into());
        }
    }
    Ok(())
}

fn say_user(api: &Api, request: SayUser) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let person = session.member(request.member)?;
    let name = person.text(member::NAME).unwrap_or("这个人").to_owned();
    let wanted = match request.user.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        None => None,
        Some(wanted) => {
            let users = session.store.vault().users();
            let found = users.into_iter().find(|user| user.name == wanted).map(|user| user.id);
            Some(found.ok_or(Trouble::NotFound { what: "个使用人" })?)
        }
    };
    let mut intent = Intent::new(match &request.user {
        Some(user) if wanted.is_some() => format!("写明了使用人{}是名册上的{name}", user.trim()),
        _ => format!("写明了名册上的{name}不用这台电脑"),
    });
    for record in session.store.records_of(&user::TABLE, session.store.org())? {
        let said = record.id(user::MEMBER).map(|id| session.store.representative(id)).transpose()?;
        if Some(record.id) == wanted {
            intent.edit(&record).put(user::MEMBER, person.id);
        } else if said == Some(person.id) {
            intent.edit(&record).put(user::MEMBER, yuanba_core::Value::Null);
        }
    }
    Ok(JustDone { done: session.commit(intent)? })
}
