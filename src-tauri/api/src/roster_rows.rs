//! How a person shows as a row of a list.

use std::collections::HashMap;

use chrono::NaiveDate;
use yuanba_core::sex::Sex;
use yuanba_core::tables::{member, post_assignment, post_excuse};
use yuanba_core::{Education, Id, MemberKind, Nation, PartialDate};
use yuanba_store::{Record, StoreError};

use crate::people::holds;
use crate::roster::{Mark, MarkKind, MemberRow};
use crate::session::Session;
use crate::{mask, problems};

/// Makes rows of one answer; names of organisations are looked up once.
pub(crate) struct Rows<'a> {
    session: &'a Session,
    today: NaiveDate,
    org_names: HashMap<Id, String>,
}

impl<'a> Rows<'a> {
    /// For one answer.
    pub(crate) fn new(session: &'a Session) -> Rows<'a> {
        Rows { session, today: session.store.today(), org_names: HashMap::new() }
    }

    /// The name of an organisation.
    pub(crate) fn org_name(&mut self, org: Id) -> Result<String, StoreError> {
        if let Some(name) = self.org_names.get(&org) {
            return Ok(name.clone());
        }
        let name = self.session.store.organisation_name(org)?;
        self.org_names.insert(org, name.clone());
        Ok(name)
    }

    /// The row of a person.
    pub(crate) fn row(&mut self, record: &Record) -> Result<MemberRow, StoreError> {
        let text = |field| record.text(field).map(str::to_owned);
        let kind = record.text(member::KIND).and_then(MemberKind::read);
        Ok(MemberRow {
            id: record.id.into(),
            name: text(member::NAME).unwrap_or_default(),
            sex: record.text(member::SEX).and_then(Sex::read).map(|sex| sex.name().to_owned()),
            age: age(record.text(member::BIRTH_DATE), self.today),
            party_group: text(member::PARTY_GROUP),
            kind: kind.map(|kind| kind.name().to_owned()),
            kind_name: kind.map_or("没有写", MemberKind::label).to_owned(),
            education_name: education_name(record.text(member::EDUCATION)),
            phone_masked: record.texts(member::PHONES).first().map(|phone| mask::phone(phone)),
            post_text: self.post_text(record.id)?,
            excused_for: self.excused_for(record.id)?,
            joined_on: text(member::JOINED_ON),
            marks: marks(record),
            org_name: self.org_name(record.org)?,
            birth_date: text(member::BIRTH_DATE),
            nation_name: nation_name(record.text(member::NATION)),
            address_masked: record.text(member::ADDRESS).map(mask::address),
            confirmed_on: text(member::CONFIRMED_ON),
            branch: text(member::BRANCH),
        })
    }

    fn post_text(&self, id: Id) -> Result<Option<String>, StoreError> {
        let today = self.today.to_string();
        let held = self.session.store.children(&post_assignment::TABLE, id)?;
        let names: Vec<String> = held
            .iter()
            .filter(|record| holds(record, &today))
            .filter_map(|record| record.text(post_assignment::POST))
            .map(|post| self.session.post_name(post))
            .collect();
        Ok((!names.is_empty()).then(|| names.join("、")))
    }

    fn excused_for(&self, id: Id) -> Result<Option<String>, StoreError> {
        let excuses = self.session.store.children(&post_excuse::TABLE, id)?;
        let reason = |excuse: &Record| excuse.text(post_excuse::REASON).map(mask::text);
        Ok(excuses.iter().filter(|excuse| !excuse.voided()).find_map(reason))
    }
}

/// Whole years of age.
pub(crate) fn age(born: Option<&str>, today: NaiveDate) -> Option<u32> {
    born.and_then(|text| text.parse::<PartialDate>().ok()).and_then(|born| born.years_until(today))
}

/// 大学专科
pub(crate) fn education_name(code: Option<&str>) -> Option<String> {
    code.and_then(Education::read).map(|education| education.label().to_owned())
}

/// 汉族
pub(crate) fn nation_name(code: Option<&str>) -> Option<String> {
    code.and_then(Nation::read).map(|nation| nation.label().to_string())
}

/// What deserves a look.
pub(crate) fn marks(record: &Record) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut mark = |kind, text: String| marks.push(Mark { kind, text });
    if record.has_conflict() {
        mark(MarkKind::Conflict, "两边写得不一样".to_owned());
    }
    let mut doubtful: Vec<String> = problems::of(record).into_iter().map(|problem| problem.field).collect();
    doubtful.dedup();
    if let Some(field) = doubtful.first() {
        let label = match member::TABLE.field_named(field) {
            // As one says it: the whole name does not fit on a tag.
            Some(field) if field == member::ID_NUMBER => "身份证号",
            Some(field) => field.label,
            None => "资料",
        };
        mark(
            MarkKind::Doubt,
            match doubtful.len() {
                1 => format!("{label}存疑"),
                count => format!("存疑 {count}\u{a0}处"),
            },
        );
    }
    if record.bool(member::FLOATING) == Some(true) {
        let place =
            record.text(member::FLOATING_PLACE).map(|place| format!("流动：{}", mask::address(place)));
        mark(MarkKind::Floating, place.unwrap_or_else(|| "流动党员".to_owned()));
    }
    if record.bool(member::OUT_OF_CONTACT) == Some(true) {
        mark(MarkKind::Lost, "失联".to_owned());
    }
    marks
}
