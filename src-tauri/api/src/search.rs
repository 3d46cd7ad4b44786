//! `search.*`: 找人找事.

use yuanba_core::tables::{courtyard, errand, member};
use yuanba_core::{Field, Level, Table};
use yuanba_store::Glance;

use crate::Api;
use crate::dto::{answer, request, words};
use crate::error::ApiError;
use crate::registry::commands;
use crate::roster_rows::Rows;
use crate::session::Session;

words! {
    /// What was found.
    pub enum HitKind { Member, Courtyard, Errand, Post, Page }
}

request! {
    /// Characters, pinyin initials, full pinyin, the tail of an ID number or a phone.
    pub struct Find { pub text: String }
}

answer! {
    /// Something that was found.
    pub struct Hit {
        pub kind: HitKind,
        pub id: String,
        pub title: String,
        pub detail: String,
        /// Page to open
        pub route: String,
    }
}

commands! {
    /// People, courtyards, errands, posts and pages
    "search.all" (Find) -> Vec<Hit>, all;
}

/// The most hits of one kind: whoever has more types on.
const OF_A_KIND: usize = 8;

/// The pages, what people may type for them, and where they are.
const PAGES: &[(&str, &str, &str)] = &[
    ("今天", "jt jintian", "/today"),
    ("花名册", "hmc huamingce 党员", "/roster"),
    ("导入花名册", "dr daoru 表格", "/roster/import"),
    ("设岗定责", "sgdz shegangdingze 岗位", "/posts"),
    ("院坝", "yb yuanba 手记 代办", "/courtyards"),
    ("积分", "jf jifen", "/points"),
    ("U 盘交接", "upjj upan 上报", "/stick"),
    ("更多", "gd gengduo 设置 备份 体检 口令", "/more"),
];

fn all(api: &Api, request: Find) -> Result<Vec<Hit>, ApiError> {
    let mut session = api.session()?;
    let text = request.text.trim().to_lowercase();
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let mut hits = members(&mut session, &text)?;
    hits.extend(courtyards(&session, &text)?);
    hits.extend(errands(&session, &text)?);
    hits.extend(posts(&session, &text));
    let pages = PAGES.iter().filter(|(title, words, _)| {
        title.contains(&text) || words.split(' ').any(|word| word.starts_with(&text))
    });
    hits.extend(pages.take(OF_A_KIND).map(|(title, _, route)| Hit {
        kind: HitKind::Page,
        id: (*route).to_owned(),
        title: (*title).to_owned(),
        detail: "打开这一页".to_owned(),
        route: (*route).to_owned(),
    }));
    Ok(hits)
}

fn members(session: &mut Session, text: &str) -> Result<Vec<Hit>, ApiError> {
    let people = session.people()?;
    let found = people.find(text);
    let here = found.into_iter().map(|at| people.get(at)).filter(|person| person.here);
    let ids: Vec<_> = here.map(|person| person.id).take(OF_A_KIND).collect();
    let whole_village = session.level == Level::Village;
    let mut rows = Rows::new(session);
    let mut hits = Vec::new();
    for id in ids {
        let Some(record) = session.store.record(&member::TABLE, id)? else { continue };
        let row = rows.row(&record)?;
        let mut told = vec![row.kind_name];
        told.extend((!whole_village).then_some(row.org_name));
        told.extend(row.party_group);
        told.extend(row.post_text);
        hits.push(Hit {
            kind: HitKind::Member,
            id: id.to_string(),
            title: row.name,
            detail: told.join("，"),
            route: format!("/roster/{id}"),
        });
    }
    Ok(hits)
}

/// The records of a table in which one of the first fields holds the text: a village holds its own, who stands above it
/// those of all its villages.
fn holding(
    session: &Session,
    table: &Table,
    fields: &'static [Field],
    searched: usize,
    text: &str,
) -> Result<Vec<Glance>, ApiError> {
    let mut found = Vec::new();
    session.store.glances(table, None, fields, |record| {
        let holds =
            |field: &Field| record.text(*field).is_some_and(|value| value.to_lowercase().contains(text));
        if found.len() < OF_A_KIND && fields[..searched].iter().any(holds) {
            found.push(record);
        }
    })?;
    Ok(found)
}

fn courtyards(session: &Session, text: &str) -> Result<Vec<Hit>, ApiError> {
    const FIELDS: &[Field] = &[courtyard::NAME, courtyard::PARTY_GROUP, courtyard::HOUSEHOLDS];
    let hit = |record: &Glance| {
        let households = record.int(courtyard::HOUSEHOLDS).map(|count| format!("{count}\u{a0}户"));
        let told = record.text(courtyard::PARTY_GROUP).map(str::to_owned).into_iter().chain(households);
        Hit {
            kind: HitKind::Courtyard,
            id: record.id.to_string(),
            title: record.text(courtyard::NAME).unwrap_or_default().to_owned(),
            detail: told.collect::<Vec<_>>().join("，"),
            route: format!("/courtyards?id={}", record.id),
        }
    };
    Ok(holding(session, &courtyard::TABLE, FIELDS, 1, text)?.iter().map(hit).collect())
}

fn errands(session: &Session, text: &str) -> Result<Vec<Hit>, ApiError> {
    const FIELDS: &[Field] = &[errand::PERSON, errand::NUMBER, errand::OPENED_ON];
    let hit = |record: &Glance| {
        let told = |field| record.text(field).unwrap_or_default();
        Hit {
            kind: HitKind::Errand,
            id: record.id.to_string(),
            title: format!("{}的代办 {}", told(errand::PERSON), told(errand::NUMBER)),
            detail: format!("{} 受理", told(errand::OPENED_ON)),
            route: format!("/courtyards?errand={}", record.id),
        }
    };
    Ok(holding(session, &errand::TABLE, FIELDS, 2, text)?.iter().map(hit).collect())
}

fn posts(session: &Session, text: &str) -> Vec<Hit> {
    let today = session.store.today();
    let place = session.practices().place_for(session.place_code().as_deref());
    let posts = place.and_then(|place| place.posts_on(today)).map(|posts| posts.posts.as_slice());
    let named = posts.unwrap_or_default().iter().filter(|post| post.name.contains(text));
    named
        .take(OF_A_KIND)
        .map(|post| Hit {
            kind: HitKind::Post,
            id: post.id.clone(),
            title: post.name.clone(),
            detail: format!("{}\u{a0}个人的岗", post.places),
            route: format!("/posts?post={}", post.id),
        })
        .collect()
}
