//! What a page may show of the store: a village sees its own records, who stands above sees all that are held; the
//! county's practices; the names of members.

use std::collections::HashMap;

use yuanba_core::record::{Field, Table};
use yuanba_core::tables::{member, organisation};
use yuanba_core::{Id, Level};
use yuanba_practices::Place;
use yuanba_store::{Glance, Record, Store};

use crate::error::ApiError;
use crate::sentences::Trouble;
use crate::session::Session;

/// The names of members by id.
pub(crate) struct MemberNames(HashMap<Id, String>);

impl MemberNames {
    /// The name of a member, found also under the id of a record that is the same person.
    pub(crate) fn of(&self, store: &Store, id: Id) -> Result<String, ApiError> {
        if let Some(name) = self.0.get(&id) {
            return Ok(name.clone());
        }
        let record = store.record(&member::TABLE, id)?;
        Ok(record
            .and_then(|r| r.text(member::NAME).map(str::to_owned))
            .unwrap_or_else(|| "没有名字的人".into()))
    }
}

impl Session {
    /// The practices that this organisation works by: those of its county, or the ones for places that have none.
    pub(crate) fn place(&self) -> Result<&'static Place, ApiError> {
        let facts = self.store.record(&organisation::TABLE, self.store.org())?;
        let code = facts.as_ref().and_then(|facts| facts.text(organisation::CODE));
        self.practices().place_for(code).ok_or_else(|| Trouble::Internal.into())
    }

    /// The records of a table that are not void: the own ones at a village, all that are held above it.
    pub(crate) fn live(&self, table: &Table) -> Result<Vec<Record>, ApiError> {
        let mut records = match self.level {
            Level::Village => self.store.records_of(table, self.store.org())?,
            Level::Township | Level::County => self.store.records(table)?,
        };
        records.retain(|record| !record.voided());
        Ok(records)
    }

    /// Those of [`Session::live`] that stand at a stage.
    pub(crate) fn live_at(&self, table: &Table, stage: &str) -> Result<Vec<Record>, ApiError> {
        let own = (self.level == Level::Village).then(|| self.store.org());
        Ok(self.store.records_at(table, stage, own)?)
    }

    /// Some fields of what [`Session::live`] gives: what a list of a county needs is a small part of its records.
    pub(crate) fn glances(
        &self,
        table: &Table,
        fields: &'static [Field],
        take: impl FnMut(Glance),
    ) -> Result<(), ApiError> {
        let own = (self.level == Level::Village).then(|| self.store.org());
        Ok(self.store.glances(table, own, fields, take)?)
    }

    /// The own organisation's records that are not void.
    pub(crate) fn own(&self, table: &Table) -> Result<Vec<Record>, ApiError> {
        let mut records = self.store.records_of(table, self.store.org())?;
        records.retain(|record| !record.voided());
        Ok(records)
    }

    /// One record that is not void.
    pub(crate) fn one(&self, table: &Table, id: Id, what: &'static str) -> Result<Record, ApiError> {
        let record = self.store.record(table, id)?.filter(|record| !record.voided());
        record.ok_or_else(|| Trouble::NotFound { what }.into())
    }

    /// The names of everybody in the roster.
    pub(crate) fn member_names(&mut self) -> Result<MemberNames, ApiError> {
        let people = self.people()?;
        let named = people.everybody().into_iter().map(|at| {
            let person = people.get(at);
            (person.id, person.name.clone())
        });
        Ok(MemberNames(named.collect()))
    }
}
