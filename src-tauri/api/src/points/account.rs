//! Who has an account: members of the Party by their own, households by theirs.

use std::collections::HashMap;

use yuanba_core::tables::household;
use yuanba_core::{Id, Level, MemberKind};

use super::PeopleGroup;
use crate::error::ApiError;
use crate::session::Session;

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
    let yards: HashMap<Id, String> = session
        .live(&yuanba_core::tables::courtyard::TABLE)?
        .into_iter()
        .filter_map(|yard| {
            Some((yard.id, yard.text(yuanba_core::tables::courtyard::PARTY_GROUP)?.to_owned()))
        })
        .collect();
    let records = session.live(&household::TABLE)?.into_iter();
    Ok(records
        .filter(|record| (record.bool(household::HARDSHIP) == Some(true)) == hardship)
        .map(|record| Account {
            id: record.id,
            org: record.org,
            name: record.text(household::NAME).unwrap_or_default().to_owned(),
            party_group: record.id(household::COURTYARD).and_then(|yard| yards.get(&yard).cloned()),
        })
        .collect())
}

/// The name of any account, for lists that mix the groups.
pub(super) struct AccountNames {
    members: crate::held::MemberNames,
    households: HashMap<Id, String>,
}

impl AccountNames {
    pub(super) fn read(session: &mut Session) -> Result<AccountNames, ApiError> {
        let members = session.member_names()?;
        let households = session.live(&household::TABLE)?.into_iter();
        let named =
            households.map(|record| (record.id, record.text(household::NAME).unwrap_or_default().to_owned()));
        Ok(AccountNames { members, households: named.collect() })
    }

    /// 王秀英, or the name of a household's head.
    pub(super) fn of(&self, session: &Session, id: Id) -> Result<String, ApiError> {
        match self.households.get(&id) {
            Some(name) => Ok(name.clone()),
            None => self.members.of(&session.store, id),
        }
    }
}
