//! Letting a member go, and taking that back.

use yuanba_core::Id;
use yuanba_core::tables::{liaison, member, points_claim, post_assignment, transfer};
use yuanba_store::{Intent, Record};

use super::pairs::told;
use super::{MOVED_AWAY, OUT, OneTransfer, Release, TransferMade, may_be_undone};
use crate::Api;
use crate::dto::{Done, JustDone};
use crate::entered::{self, SHORT_MAX};
use crate::error::ApiError;
use crate::people::{holds, is_here};
use crate::points::PROPOSED;
use crate::sentences::Trouble;
use crate::session::Session;
use crate::time;

/// Why a post ends and a courtyard loses its liaison.
pub(super) const BY_TRANSFER: &str = "组织关系转出";

fn refuse(field: &'static str, text: String) -> ApiError {
    Trouble::BadValue { field, text }.into()
}

/// The organisation that a text names, if this store knows it.
fn known(session: &Session, text: &str) -> Result<Option<Id>, ApiError> {
    match session.organisation(text) {
        Ok(org) => Ok(Some(org)),
        // An id that nobody knows is no name.
        Err(error) if text.parse::<Id>().is_ok() => Err(error),
        Err(_) => Ok(None),
    }
}

pub(super) fn release(api: &Api, request: Release) -> Result<TransferMade, ApiError> {
    let mut session = api.session()?;
    let record = session.member(request.member)?;
    let name = record.text(member::NAME).unwrap_or("这位党员").to_owned();
    if record.voided() || !is_here(record.text(member::STATUS)) {
        return Err(refuse("member", format!("{name}已经不在花名册上了，转不了。")));
    }
    let to = entered::required("to", "转到哪里", &request.to, SHORT_MAX)?;
    let on = match request.on.as_deref() {
        Some(on) => entered::past_day("on", "转出日期", on, session.store.today())?,
        None => session.store.today(),
    };
    let reason = entered::optional("reason", "转接原因", request.reason.as_deref(), SHORT_MAX)?;
    let letter = entered::optional("letter", "介绍信编号", request.letter.as_deref(), SHORT_MAX)?;
    let outside = request.outside == Some(true);
    let known = if outside { None } else { known(&session, &to)? };
    if known == Some(record.org) {
        return Err(refuse("to", format!("{name}本来就在这个支部，用不着转。")));
    }
    let claims = session.store.children(&points_claim::TABLE, record.id)?;
    let open =
        claims.iter().filter(|claim| !claim.voided() && claim.text(points_claim::STATE) == Some(PROPOSED));
    let open = open.count();
    if open > 0 {
        return Err(refuse(
            "member",
            format!("{name}还有 {open} 笔积分没审，先在「积分」里审了再转，分才跟得走。"),
        ));
    }
    let to_name = match known {
        Some(org) => session.store.organisation_name(org)?,
        None => to,
    };
    let day = on.to_string();
    let id = session.store.new_id();
    let mut intent = Intent::new(format!("把{name}的组织关系转出，去{to_name}")).of(record.org);
    intent
        .create(&transfer::TABLE, id)
        .put(transfer::MEMBER, record.id)
        .put(transfer::DIRECTION, OUT)
        .put(transfer::NAME, name.as_str())
        .put_some(transfer::OTHER_ORG, known)
        .put(transfer::OTHER_NAME, to_name)
        .put(transfer::OUTSIDE, outside)
        .put_some(transfer::LETTER, letter)
        .put_some(transfer::REASON, reason)
        .put(transfer::RELEASED_ON, day.as_str());
    intent.edit(&record).put(member::STATUS, MOVED_AWAY).put(member::STATUS_ON, day.as_str());
    leave_posts(&session, &mut intent, &record, &day)?;
    let done = session.commit_deed(intent)?;
    Ok(TransferMade { id: id.into(), member: record.id.into(), done })
}

/// Whoever leaves holds no post and looks after no courtyard any more.
pub(super) fn leave_posts(
    session: &Session,
    intent: &mut Intent,
    record: &Record,
    day: &str,
) -> Result<(), ApiError> {
    for post in session.store.children(&post_assignment::TABLE, record.id)? {
        if holds(&post, day) {
            let from = post.text(post_assignment::FROM).unwrap_or(day);
            intent
                .edit(&post)
                .put(post_assignment::ENDED_ON, if from > day { from } else { day })
                .put(post_assignment::END_REASON, BY_TRANSFER);
        } else if let (Some(BY_TRANSFER), Some(ended)) =
            (post.text(post_assignment::END_REASON), post.text(post_assignment::ENDED_ON))
        {
            // Said again, so that it stays when the release is taken back at the same time.
            let draft = intent.edit(&post);
            draft
                .put_again(post_assignment::ENDED_ON, ended)
                .put_again(post_assignment::END_REASON, BY_TRANSFER);
        }
    }
    for liaison in session.store.records_of(&liaison::TABLE, record.org)? {
        let theirs = liaison.id(liaison::MEMBER).map(|id| session.store.representative(id)).transpose()?;
        if !liaison.voided() && theirs == Some(record.id) && liaison.text(liaison::UNTIL).is_none() {
            intent.edit(&liaison).put(liaison::UNTIL, day);
        }
    }
    Ok(())
}

/// Before anybody accepted, the release is taken back as if it had never been; whoever stands above takes a hand-over
/// back first, and the release stays.
pub(super) fn cancel(api: &Api, request: OneTransfer) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let pair = session.transfer(request.id.0)?;
    let own = session.store.org();
    let answered =
        |to: String| ApiError::from(Trouble::TransferAnswered { text: format!("{to}已经接收了，") });
    if pair.accepted() {
        let to = pair.to().map(|to| session.store.organisation_name(to)).transpose()?;
        return Err(answered(to.unwrap_or_else(|| "新支部".to_owned())));
    }
    let covers = |org: Option<Id>| org.is_some_and(|org| session.store.authority().covers(own, org));
    if let Some(handed) = &pair.handed {
        // At the new organisation a hand-over is not theirs to take back.
        if handed.org == own || !covers(pair.to()) {
            return Err(Trouble::NotBelow.into());
        }
        let name = handed.text(transfer::NAME).unwrap_or("这个人").to_owned();
        let to = session.store.organisation_name(handed.org)?;
        let mut intent = Intent::new(format!("从{to}收回了{name}的档案")).of(handed.org);
        intent.edit(handed).put(transfer::WITHDRAWN_ON, session.store.today().to_string());
        return Ok(JustDone { done: session.commit_deed(intent)? });
    }
    let Some(released) = &pair.released else { return Err(Trouble::NotFound { what: "次转接" }.into()) };
    if told(&session, released) {
        return Err(answered(released.text(transfer::OTHER_NAME).unwrap_or("新支部").to_owned()));
    }
    let group = session.store.group_behind(released, transfer::RELEASED_ON)?;
    let group = group.ok_or(Trouble::NotFound { what: "次转接" })?;
    may_be_undone(&session, group)?;
    let name = released.text(transfer::NAME).unwrap_or("这个人").to_owned();
    let org = session.store.organisation_name(released.org)?;
    let undone = session.store.undo(Some(group)).map_err(|error| match error {
        yuanba_store::StoreError::Refused(_) => Trouble::UndoneBefore,
        other => other.into(),
    })?;
    session.catch_up()?;
    let at = time::stamp(session.store.now_ms());
    let text = format!("撤回了转出：{name}还在{org}");
    Ok(JustDone { done: Done { group: undone.group.to_string(), text, at } })
}
