//! `post.*`: 设岗定责.

mod board;
mod list;

use chrono::Months;
use yuanba_core::tables::{member, post_assignment, post_excuse};
use yuanba_core::{Id, Value};
use yuanba_practices::posts::Posts;
use yuanba_store::{Intent, Record};

use crate::Api;
use crate::dto::{Done, JustDone, Nothing, OutFile, RecordId, Written, answer, request};
use crate::entered::{self, SHORT_MAX};
use crate::error::ApiError;
use crate::people;
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::session::Session;

request! {
    /// A member is given a post.
    pub struct AssignPost {
        pub member: RecordId,
        /// Id of the catalogue
        pub post: String,
        /// Left out: all duties of the post
        pub duties: Option<Vec<String>>,
        pub from: String,
        /// Left out: the term that the rules give
        pub until: Option<String>,
        pub decided_on: Option<String>,
        pub decided_by: Option<String>,
    }

    /// A member leaves a post.
    pub struct EndPost { pub assignment: RecordId, pub on: String, pub reason: Option<String> }

    /// 免岗.
    pub struct ExcusePost { pub member: RecordId, pub reason: String, pub decided_on: Option<String> }
}

answer! {
    /// Somebody who holds a post.
    pub struct Holder {
        pub assignment: RecordId,
        pub member: RecordId,
        pub name: String,
        pub since: String,
        pub until: Option<String>,
    }

    /// A post of the catalogue and who holds it.
    pub struct Post {
        pub id: String,
        pub name: String,
        pub duties: Vec<String>,
        pub frequency: Option<String>,
        pub evidence: Option<String>,
        pub places: u32,
        pub holders: Vec<Holder>,
        pub vacant: u32,
    }

    /// Posts that belong together.
    pub struct PostCategory { pub id: String, pub name: String, pub posts: Vec<Post> }

    /// A post that would suit, with its reason.
    pub struct PostSuggestion { pub post: String, pub name: String, pub reason: String }

    /// A member without office who has neither a post nor an excuse.
    pub struct Unplaced {
        pub member: RecordId,
        pub name: String,
        pub age: Option<u32>,
        pub sex: Option<String>,
        pub party_group: Option<String>,
        /// What the roster knows that bears on it: 以前是村医
        pub about: Option<String>,
        /// Best first, only posts with a place left
        pub suggestions: Vec<PostSuggestion>,
        /// What a meeting may excuse this person for: 年纪大
        pub excusable: Option<String>,
    }

    /// A member who was excused.
    pub struct Excused { pub excuse: RecordId, pub member: RecordId, pub name: String, pub reason: String, pub decided_on: Option<String> }

    /// The whole board.
    pub struct PostBoard {
        pub sentence: String,
        pub categories: Vec<PostCategory>,
        pub unplaced: Vec<Unplaced>,
        pub excused: Vec<Excused>,
    }

    /// One assignment of the list, past ones included.
    pub struct Assignment {
        pub assignment: RecordId,
        pub member: RecordId,
        pub name: String,
        pub post: String,
        pub post_name: String,
        pub category_name: String,
        pub duties: Vec<String>,
        pub from: String,
        pub until: Option<String>,
        pub decided_on: Option<String>,
        pub decided_by: Option<String>,
        pub ended_on: Option<String>,
        pub end_reason: Option<String>,
        pub org_name: String,
    }

    /// A post was given.
    pub struct Assigned { pub assignment: RecordId, pub done: Done }
}

commands! {
    /// Posts, their holders, and who has none
    "post.board" (Nothing) -> PostBoard, board::board;
    /// Gives a member a post
    "post.assign" (AssignPost) -> Assigned, assign;
    /// Ends an assignment
    "post.end" (EndPost) -> JustDone, end;
    /// Excuses a member from holding a post
    "post.excuse" (ExcusePost) -> JustDone, excuse;
    /// Every assignment
    "post.list" (Nothing) -> Vec<Assignment>, list::list;
    /// Writes the assignments to a workbook
    "post.export" (OutFile) -> Written, list::export;
}

/// The posts in force today.
fn posts(session: &Session) -> Result<&'static Posts, ApiError> {
    session.place()?.posts_on(session.store.today()).ok_or_else(|| Trouble::Internal.into())
}

/// What a post is called: the catalogue's name, else what the record says.
pub(crate) fn post_name(posts: Option<&Posts>, post: &str) -> String {
    posts.and_then(|posts| posts.post(post)).map_or_else(|| post.to_owned(), |post| post.name.clone())
}

/// A member of the roster with the name.
fn member(session: &Session, id: RecordId) -> Result<(Record, String), ApiError> {
    let record = session.one(&member::TABLE, id.0, "个人")?;
    let name = record.text(member::NAME).unwrap_or("这位党员").to_owned();
    Ok((record, name))
}

/// The posts that a member holds today.
fn held_by(session: &Session, member: Id) -> Result<Vec<Record>, ApiError> {
    let today = session.store.today().to_string();
    let mut records = session.store.children(&post_assignment::TABLE, member)?;
    records.retain(|record| people::holds(record, &today));
    Ok(records)
}

fn assign(api: &Api, request: AssignPost) -> Result<Assigned, ApiError> {
    let mut session = api.session()?;
    let posts = posts(&session)?;
    let post = posts.post(&request.post).ok_or(Trouble::NotFound { what: "个岗" })?;
    let (person, name) = member(&session, request.member)?;
    let from = entered::day("from", "从哪天起", &request.from)?;
    let until = match entered::optional_day("until", "到哪天止", request.until.as_deref())? {
        Some(until) => Some(until),
        None => from.checked_add_months(Months::new(posts.term_months)).and_then(|day| day.pred_opt()),
    };
    if until.is_some_and(|until| until < from) {
        let text = "任期的最后一天比第一天还早。".to_owned();
        return Err(Trouble::BadValue { field: "until", text }.into());
    }
    let decided_on = entered::optional_day("decided_on", "哪天定的", request.decided_on.as_deref())?;
    let decided_by = entered::optional("decided_by", "哪次会定的", request.decided_by.as_deref(), SHORT_MAX)?;
    let held = held_by(&session, person.id)?;
    if held.iter().any(|record| record.text(post_assignment::POST) == Some(post.id.as_str())) {
        let text = format!("{name}已经在「{}」上了，没有再定一次。", post.name);
        return Err(Trouble::BadValue { field: "post", text }.into());
    }
    let duties = request.duties.unwrap_or_else(|| post.duties.clone());
    let duties = duties
        .iter()
        .map(|duty| entered::required("duties", "职责", duty, SHORT_MAX).map(Value::Text))
        .collect::<Result<Vec<_>, _>>()?;
    let id = session.store.new_id();
    let mut intent = Intent::new(format!("给{name}定了「{}」", post.name)).of(person.org);
    intent
        .create(&post_assignment::TABLE, id)
        .put(post_assignment::MEMBER, person.id)
        .put(post_assignment::POST, post.id.as_str())
        .put(post_assignment::DUTIES, Value::List(duties))
        .put(post_assignment::FROM, from.to_string())
        .put_some(post_assignment::UNTIL, until.map(|day| day.to_string()))
        .put_some(post_assignment::DECIDED_ON, decided_on.map(|day| day.to_string()))
        .put_some(post_assignment::DECIDED_BY, decided_by);
    // Whoever takes a post is no longer excused from holding one.
    for excuse in session.store.children(&post_excuse::TABLE, person.id)? {
        if !excuse.voided() {
            intent.edit(&excuse).void("定了岗");
        }
    }
    Ok(Assigned { assignment: id.into(), done: session.commit(intent)? })
}

fn end(api: &Api, request: EndPost) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let assignment = session.one(&post_assignment::TABLE, request.assignment.0, "次定岗")?;
    let on = entered::day("on", "离任日期", &request.on)?;
    let reason = entered::optional("reason", "离任原因", request.reason.as_deref(), SHORT_MAX)?;
    let from = entered::held_day(assignment.text(post_assignment::FROM));
    if from.is_some_and(|from| on < from) {
        let text = "离任的日子比任职的日子还早。".to_owned();
        return Err(Trouble::BadValue { field: "on", text }.into());
    }
    let name = match assignment.id(post_assignment::MEMBER) {
        Some(id) => member(&session, id.into())?.1,
        None => "这位党员".to_owned(),
    };
    let post = post_name(Some(posts(&session)?), assignment.text(post_assignment::POST).unwrap_or_default());
    let mut intent = Intent::new(format!("{name}不再任「{post}」"));
    intent
        .edit(&assignment)
        .put(post_assignment::ENDED_ON, on.to_string())
        .put_some(post_assignment::END_REASON, reason);
    Ok(JustDone { done: session.commit(intent)? })
}

fn excuse(api: &Api, request: ExcusePost) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let (person, name) = member(&session, request.member)?;
    let reason = entered::required("reason", "免岗原因", &request.reason, SHORT_MAX)?;
    let decided_on = entered::optional_day("decided_on", "哪天定的", request.decided_on.as_deref())?
        .unwrap_or_else(|| session.store.today());
    if !held_by(&session, person.id)?.is_empty() {
        let text = format!("{name}现在有岗，先离任再免岗。");
        return Err(Trouble::BadValue { field: "member", text }.into());
    }
    let before = session.store.children(&post_excuse::TABLE, person.id)?;
    let mut intent = Intent::new(format!("给{name}免了岗：{reason}")).of(person.org);
    let draft = match before.iter().find(|excuse| !excuse.voided()) {
        Some(excuse) => intent.edit(excuse),
        None => {
            intent.create(&post_excuse::TABLE, session.store.new_id()).put(post_excuse::MEMBER, person.id)
        }
    };
    draft.put(post_excuse::REASON, reason).put(post_excuse::DECIDED_ON, decided_on.to_string());
    Ok(JustDone { done: session.commit(intent)? })
}
