//! Who has an account: members of the Party by their own, households by theirs.

use std::collections::HashMap;

use yuanba_core::tables::{courtyard, household};
use yuanba_core::{Field, Id, Level, MemberKind};

use super::PeopleGroup;
use crate::error::ApiError;
use crate::session::Session;

/// What is read of a household.
const HOUSEHOLD: &[Field] = &[household::NAME, household::HARDSHIP, household::COURTYARD];

/// An account.
#[derive(Debug, Clone)]
pub(super) struct Account {
    /// The member or the household
    pub(super) id: Id,
    pub(super) org: Id,
    pub(super) name: String,
    pub(super) party_group: Option<String>,
}

/// The accounts of a group, members in the order of their names.
pub(super) fn accounts(session: &mut Session, group: PeopleGroup) -> Result<Vec<Account>, ApiError> {
    match group {
        PeopleGroup::Members => members(session),
        PeopleGroup::Households => households(session, false),
        PeopleGroup::Hardship => households(session, true),
    }
}

fn members(session: &mut Session) -> Result<Vec<Account>, ApiError> {
    let own = (session.level == Level::Village).then(|| session.store.org());
    let people = session.people()?;
    let has_account =
        |kind: Option<MemberKind>| matches!(kind, Some(MemberKind::Full | MemberKind::Probationary));
    Ok(people
        .everybody()
        .into_iter()
        .map(|at| people.get(at))
        .filter(|person| person.here && has_account(person.kind) && own.is_none_or(|own| own == person.org))
        .map(|person| Account {
            id: person.id,
            org: person.org,
            name: person.name.clone(),
            party_group: person.party_group.clone(),
        })
        .collect())
}

fn households(session: &Session, hardship: bool) -> Result<Vec<Account>, ApiError> {
    let mut groups: HashMap<Id, String> = HashMap::new();
    session.glances(&courtyard::TABLE, &[courtyard::PARTY_GROUP], |yard| {
        groups.extend(yard.text(courtyard::PARTY_GROUP).map(|group| (yard.id, group.to_owned())));
    })?;
    let mut accounts = Vec::new();
    session.glances(&household::TABLE, HOUSEHOLD, |record| {
        if (record.bool(household::HARDSHIP) == Some(true)) == hardship {
            accounts.push(Account {
                id: record.id,
                org: record.org,
                name: record.text(household::NAME).unwrap_or_default().to_owned(),
                party_group: record.id(household::COURTYARD).and_then(|yard| groups.get(&yard).cloned()),
            });
        }
    })?;
    Ok(accounts)
}

/// The name of any account, for lists that mix the groups.
pub(super) struct AccountNames {
    members: crate::held::MemberNames,
    households: HashMap<Id, String>,
}

impl AccountNames {
    pub(super) fn read(session: &mut Session) -> Result<AccountNames, ApiError> {
        let members = session.member_names()?;
        let mut households = HashMap::new();
        session.glances(&household::TABLE, &[household::NAME], |record| {
            households.insert(record.id, record.text(household::NAME).unwrap_or_default().to_owned());
        })?;
        Ok(AccountNames { members, households })
    }

    /// 王秀英, or the name of a household's head.
    pub(super) fn of(&self, session: &Session, id: Id) -> Result<String, ApiError> {
        match self.households.get(&id) {
            Some(name) => Ok(name.clone()),
            None => self.members.of(&session.store, id),
        }
    }
}
