//! Every assignment, past ones included, as a list and as a workbook.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use yuanba_core::Id;
use yuanba_core::Value;
use yuanba_core::tables::post_assignment;

use super::Assignment;
use crate::Api;
use crate::dto::{Nothing, OutFile, Written};
use crate::error::ApiError;
use crate::session::Session;
use crate::workbook::{self, some, text};

fn rows(session: &mut Session) -> Result<Vec<Assignment>, ApiError> {
    let names = session.member_names()?;
    let posts = super::posts(session)?;
    let store = &session.store;
    let mut orgs: HashMap<Id, String> = HashMap::new();
    let mut rows = Vec::new();
    for record in session.live(&post_assignment::TABLE)? {
        let Some(member) = record.id(post_assignment::MEMBER) else { continue };
        let org_name = match orgs.entry(record.org) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(new) => new.insert(store.organisation_name(record.org)?).clone(),
        };
        let said = |field| record.text(field).map(str::to_owned);
        let post = said(post_assignment::POST).unwrap_or_default();
        let category = posts
            .post(&post)
            .and_then(|p| posts.categories.iter().find(|c| c.id == p.category))
            .map_or_else(String::new, |c| c.name.clone());
        rows.push(Assignment {
            assignment: record.id.into(),
            member: member.into(),
            name: names.of(store, member)?,
            post_name: super::post_name(Some(posts), &post),
            post,
            category_name: category,
            duties: record
                .get(post_assignment::DUTIES)
                .as_list()
                .iter()
                .filter_map(Value::as_text)
                .map(str::to_owned)
                .collect(),
            from: said(post_assignment::FROM).unwrap_or_default(),
            until: said(post_assignment::UNTIL),
            decided_on: said(post_assignment::DECIDED_ON),
            decided_by: said(post_assignment::DECIDED_BY),
            ended_on: said(post_assignment::ENDED_ON),
            end_reason: said(post_assignment::END_REASON),
            org_name,
        });
    }
    // Those who hold a post first, then by the catalogue's order, then by the day they began.
    let place = |post: &str| posts.posts.iter().position(|p| p.id == post);
    rows.sort_by(|a, b| {
        (a.ended_on.is_some(), place(&a.post), &a.from).cmp(&(b.ended_on.is_some(), place(&b.post), &b.from))
    });
    Ok(rows)
}

pub(super) fn list(api: &Api, _: Nothing) -> Result<Vec<Assignment>, ApiError> {
    rows(&mut *api.session()?)
}

pub(super) fn export(api: &Api, request: OutFile) -> Result<Written, ApiError> {
    let mut session = api.session()?;
    let rows = rows(&mut session)?;
    let columns = [
        ("党组织", 20.0),
        ("姓名", 10.0),
        ("类别", 12.0),
        ("岗位", 18.0),
        ("职责", 48.0),
        ("任职日期", 12.0),
        ("任期届满", 12.0),
        ("议定日期", 12.0),
        ("议定会议", 16.0),
        ("离任日期", 12.0),
        ("离任原因", 16.0),
    ];
    let cells = rows
        .into_iter()
        .map(|row| {
            vec![
                text(row.org_name),
                text(row.name),
                text(row.category_name),
                text(row.post_name),
                text(row.duties.join("；")),
                text(row.from),
                some(row.until),
                some(row.decided_on),
                some(row.decided_by),
                some(row.ended_on),
                some(row.end_reason),
            ]
        })
        .collect();
    workbook::write(&session, &request.out, "设岗定责台账", &columns, cells)
}
