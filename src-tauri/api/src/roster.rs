//! `roster.*`: the list of people. Ids and the visible rows cross the bridge, never the whole table.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use yuanba_core::MemberKind;
use yuanba_core::tables::member;
use yuanba_paper::Watch;
use yuanba_paper::roster::export::{ExportOptions, fields, write};
use yuanba_paper::roster::{Field as PaperField, Value, Values};

use crate::Api;
use crate::dto::{RecordId, Written, answer, request, words};
use crate::error::ApiError;
use crate::import_values::values;
use crate::member::purpose;
use crate::people::{People, is_here};
use crate::registry::commands;
use crate::roster_rows::Rows;
use crate::sentences::Trouble;
use crate::{mask, out_file};

words! {
    /// Whether somebody holds a post.
    pub enum PostFilter { All, With, Without }

    /// What a list is ordered by.
    pub enum Sort { Name, Age, JoinedOn, PartyGroup, Kind }

    /// Why a row deserves a look.
    pub enum MarkKind { Doubt, Changed, Floating, Lost, Conflict }
}

request! {
    /// Which people, in which order. Every key may be left out.
    pub struct RosterQuery {
        pub search: Option<String>,
        pub party_group: Option<String>,
        pub kinds: Option<Vec<String>>,
        pub post: Option<PostFilter>,
        pub doubt_only: Option<bool>,
        pub sort: Option<Sort>,
        pub descending: Option<bool>,
        /// An organisation and all below it; left out: everybody the store holds
        pub org: Option<RecordId>,
    }

    /// The rows in view.
    pub struct RowIds { pub ids: Vec<RecordId> }

    /// A roster to be written as a workbook.
    pub struct ExportRoster {
        pub out: String,
        /// With whole ID numbers and phones: needs a purpose, and a record stays
        pub unmasked: Option<bool>,
        pub purpose: Option<String>,
        /// Left out: everybody
        pub ids: Option<Vec<RecordId>>,
    }
}

answer! {
    /// A value that a filter offers.
    pub struct Choice { pub value: String, pub label: String, pub count: u32 }

    /// What the filters offer, counted over everybody that the search found.
    pub struct Facets { pub kinds: Vec<Choice>, pub party_groups: Vec<Choice>, pub doubtful: u32 }

    /// The people found, in order.
    pub struct RosterFound {
        pub count: u32,
        pub ids: Vec<RecordId>,
        pub facets: Facets,
        /// The line under the title
        pub sentence: String,
    }

    /// A tag in the column 要留意.
    pub struct Mark { pub kind: MarkKind, pub text: String }

    /// One row of the list.
    pub struct MemberRow {
        pub id: RecordId,
        pub name: String,
        /// male or female
        pub sex: Option<String>,
        pub age: Option<u32>,
        pub party_group: Option<String>,
        pub kind: Option<String>,
        pub kind_name: String,
        pub education_name: Option<String>,
        /// 138****0000
        pub phone_masked: Option<String>,
        pub post_text: Option<String>,
        /// Why a meeting excused this person from holding a post
        pub excused_for: Option<String>,
        pub joined_on: Option<String>,
        pub marks: Vec<Mark>,
        pub org_name: String,
        pub birth_date: Option<String>,
        pub nation_name: Option<String>,
        pub address_masked: Option<String>,
        pub confirmed_on: Option<String>,
        pub branch: Option<String>,
    }
}

commands! {
    /// Finds people
    "roster.query" (RosterQuery) -> RosterFound, query;
    /// The rows of some people
    "roster.rows" (RowIds) -> Vec<MemberRow>, rows;
    /// Writes people to a workbook
    "roster.export" (ExportRoster) -> Written, export;
}

/// The most rows of one answer: what a screen can show, many times over.
const ROWS_MAX: usize = 2000;

fn query(api: &Api, request: RosterQuery) -> Result<RosterFound, ApiError> {
    let mut session = api.session()?;
    let scope = request.org.map(|org| session.store.scope(org.0));
    let whole = scope.is_none() && session.level == yuanba_core::Level::Village;
    // Only a filter by posts needs to know who holds one.
    let post = request.post.filter(|post| *post != PostFilter::All);
    let (people, with_post) = match post {
        Some(_) => session.people_and_posts()?,
        None => (session.people()?, HashSet::new()),
    };
    let mut found = people.find(request.search.as_deref().unwrap_or_default());
    found.retain(|at| {
        let person = people.get(*at);
        person.here && scope.as_ref().is_none_or(|scope| scope.contains(&person.org))
    });
    let facets = facets(people, &found);
    let searched = found.len();
    let kinds: Option<Vec<MemberKind>> =
        request.kinds.map(|kinds| kinds.iter().filter_map(|kind| MemberKind::read(kind)).collect());
    found.retain(|at| {
        let person = people.get(*at);
        request.party_group.as_ref().is_none_or(|group| person.party_group.as_ref() == Some(group))
            && kinds.as_ref().is_none_or(|kinds| person.kind.is_some_and(|kind| kinds.contains(&kind)))
            && post.is_none_or(|post| (post == PostFilter::With) == with_post.contains(&person.id))
            && (!request.doubt_only.unwrap_or(false) || person.doubtful)
    });
    // What is not known stands last, whichever way the list runs.
    let descending = request.descending.unwrap_or(false);
    match request.sort.unwrap_or(Sort::Name) {
        Sort::Name if descending => found.reverse(),
        Sort::Name => {}
        // The older was born earlier.
        Sort::Age => sort(&mut found, !descending, |at| people.get(at).born),
        Sort::JoinedOn => sort(&mut found, descending, |at| people.get(at).joined),
        Sort::PartyGroup => sort(&mut found, descending, |at| people.get(at).party_group.as_deref()),
        Sort::Kind => sort(&mut found, !descending, |at| people.get(at).kind),
    }
    let ids: Vec<RecordId> = found.iter().map(|at| people.get(*at).id.into()).collect();
    let sentence = sentence(people, whole, searched, &facets, request.search.as_deref().unwrap_or_default());
    Ok(RosterFound { count: ids.len() as u32, ids, facets, sentence })
}

fn sort<K: Ord>(found: &mut [u32], descending: bool, key: impl Fn(u32) -> Option<K>) {
    found.sort_by(|a, b| match (key(*a), key(*b)) {
        (Some(a), Some(b)) if descending => b.cmp(&a),
        (Some(a), Some(b)) => a.cmp(&b),
        (a, b) => b.is_some().cmp(&a.is_some()),
    });
}

fn facets(people: &People, found: &[u32]) -> Facets {
    let mut kinds: BTreeMap<std::cmp::Reverse<MemberKind>, u32> = BTreeMap::new();
    let mut groups: BTreeMap<&str, u32> = BTreeMap::new();
    let mut doubtful = 0;
    for person in found.iter().map(|at| people.get(*at)) {
        doubtful += u32::from(person.doubtful);
        if let Some(kind) = person.kind {
            *kinds.entry(std::cmp::Reverse(kind)).or_default() += 1;
        }
        if let Some(group) = &person.party_group {
            *groups.entry(group).or_default() += 1;
        }
    }
    let kind = |(kind, count): (std::cmp::Reverse<MemberKind>, u32)| Choice {
        value: kind.0.name().to_owned(),
        label: kind.0.label().to_owned(),
        count,
    };
    let group =
        |(group, count): (&str, u32)| Choice { value: group.to_owned(), label: group.to_owned(), count };
    Facets {
        kinds: kinds.into_iter().map(kind).collect(),
        party_groups: groups.into_iter().map(group).collect(),
        doubtful,
    }
}

/// The line under the title: everybody by kind, or what a search found.
fn sentence(people: &People, whole: bool, searched: usize, facets: &Facets, search: &str) -> String {
    let search = search.trim();
    match (searched, search) {
        (0, "") if people.everybody().is_empty() => {
            "花名册还是空的。把原来的表拖进来，或者一个一个写。".to_owned()
        }
        (0, "") => "这里还没有人。".to_owned(),
        (0, search) => format!("没找到「{search}」。试试姓名的一个字，或者手机后四位。"),
        (count, "") => {
            let place = if whole { "全村" } else { "一共" };
            let mut kinds: Vec<String> =
                facets.kinds.iter().map(|kind| format!("{} {}\u{a0}人", kind.label, kind.count)).collect();
            // The figures must add up to the first one.
            let known: u32 = facets.kinds.iter().map(|kind| kind.count).sum();
            let unknown = count.saturating_sub(known as usize);
            if unknown > 0 && !kinds.is_empty() {
                kinds.push(format!("没写类别的 {unknown}\u{a0}人"));
            }
            match kinds.is_empty() {
                true => format!("{place} {count}\u{a0}人。"),
                false => format!("{place} {count}\u{a0}人：{}。", kinds.join("，")),
            }
        }
        (count, search) => format!("「{search}」找到 {count}\u{a0}人。"),
    }
}

fn rows(api: &Api, request: RowIds) -> Result<Vec<MemberRow>, ApiError> {
    let session = api.session()?;
    if request.ids.len() > ROWS_MAX {
        return Err(Trouble::BadRequest.into());
    }
    let mut rows = Rows::new(&session);
    let mut answer = Vec::with_capacity(request.ids.len());
    for id in request.ids {
        if let Some(record) = session.store.record(&member::TABLE, id.0)? {
            answer.push(rows.row(&record)?);
        }
    }
    Ok(answer)
}

/// A person's texts as a workbook without a purpose shows them; numbers of their own columns are the writer's to mask.
fn covered(person: &mut Values) {
    for field in PaperField::ALL {
        let Some(Value::Text(text)) = person.get(field) else { continue };
        let shown = match field {
            PaperField::Name => continue,
            PaperField::Address | PaperField::HouseholdPlace | PaperField::FloatingPlace => {
                mask::address(text)
            }
            _ => mask::numbers(text).into_owned(),
        };
        person.set(field, Some(Value::Text(shown.into())));
    }
}

fn export(api: &Api, request: ExportRoster) -> Result<Written, ApiError> {
    let unmasked = request.unmasked.unwrap_or(false);
    let purpose = unmasked.then(|| purpose(request.purpose.as_deref())).transpose()?;
    if unmasked {
        api.check("roster.export#unmasked")?;
    }
    let mut session = api.session()?;
    let records = match request.ids {
        Some(ids) => {
            let ids: Vec<yuanba_core::Id> = ids.into_iter().map(|id| id.0).collect();
            session.records_in_order(&ids)?
        }
        None => {
            // In the order in which they came: that of the paper roster.
            let mut all = session.store.records(&member::TABLE)?;
            all.retain(|record| !record.voided() && is_here(record.text(member::STATUS)));
            all.sort_by_key(|record| record.id);
            all
        }
    };
    let mut persons: Vec<Values> = records.iter().map(values).collect();
    if !unmasked {
        persons.iter_mut().for_each(covered);
    }
    let title = format!("{}党员名册", session.store.organisation_name(session.store.org())?);
    let options = ExportOptions { title, unmasked, fields: fields(&persons) };
    // The trace first: whole numbers never leave without one.
    if let Some(purpose) = purpose {
        session.leave_trace("导出全号", &purpose, persons.len(), None)?;
    }
    drop(session);
    let rows = out_file::workbook(Path::new(&request.out), |file| {
        write(&options, &persons, file, &mut Watch::default())
    })?;
    Ok(Written { path: request.out, rows })
}
