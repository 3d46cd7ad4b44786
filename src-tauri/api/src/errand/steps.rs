//! The later steps of an errand: done, refused, handed up, rated.

use yuanba_core::tables::errand;
use yuanba_practices::ratings::MARKS;
use yuanba_store::{Intent, Record};

use super::{DONE, FinishErrand, HANDED_UP, HandUpErrand, OPEN, REFUSED, RateErrand, RefuseErrand, for_whom};
use crate::Api;
use crate::dto::{JustDone, RecordId};
use crate::entered::{self, LONG_MAX, SHORT_MAX};
use crate::error::ApiError;
use crate::sentences::Trouble;
use crate::session::Session;

/// An errand, and 何玉兰家的城乡居民医保报销.
fn find(session: &Session, id: RecordId) -> Result<(Record, String), ApiError> {
    let record = session.one(&errand::TABLE, id.0, "件代办")?;
    let matters = super::matters(session, session.store.today())?;
    let matter = super::matter_name(Some(matters), record.text(errand::MATTER).unwrap_or_default());
    let called = format!("{}的{matter}", for_whom(record.text(errand::PERSON).unwrap_or_default()));
    Ok((record, called))
}

/// Closes an open errand in one way or another.
fn close(
    api: &Api,
    id: RecordId,
    on: &str,
    state: &str,
    (field, label, result, max): (&'static str, &'static str, &str, usize),
    said: impl FnOnce(&str, &str) -> String,
) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let (record, called) = find(&session, id)?;
    let on = entered::past_day("on", "日期", on, session.store.today())?;
    let result = entered::required(field, label, result, max)?;
    let standing = record.text(errand::STATE).unwrap_or(OPEN);
    if standing != OPEN {
        let text = format!("{called}已经有结果了，没有再写一次。要改就先撤销。");
        return Err(Trouble::BadValue { field: "id", text }.into());
    }
    if entered::held_day(record.text(errand::OPENED_ON)).is_some_and(|opened| on < opened) {
        let text = "这一天比受理的日子还早。".to_owned();
        return Err(Trouble::BadValue { field: "on", text }.into());
    }
    let mut intent = Intent::new(said(&called, &result));
    intent
        .edit(&record)
        .put(errand::STATE, state)
        .put(errand::DONE_ON, on.to_string())
        .put(errand::RESULT, result);
    Ok(JustDone { done: session.commit(intent)? })
}

pub(super) fn finish(api: &Api, request: FinishErrand) -> Result<JustDone, ApiError> {
    let result = ("result", "办理结果", request.result.as_str(), LONG_MAX);
    close(api, request.id, &request.on, DONE, result, |called, _| format!("{called}办完了"))
}

pub(super) fn refuse(api: &Api, request: RefuseErrand) -> Result<JustDone, ApiError> {
    let reason = ("reason", "办不了的原因", request.reason.as_str(), LONG_MAX);
    close(api, request.id, &request.on, REFUSED, reason, |called, _| format!("{called}办不了，写了原因"))
}

pub(super) fn hand_up(api: &Api, request: HandUpErrand) -> Result<JustDone, ApiError> {
    let to = ("to", "转给哪里", request.to.as_str(), SHORT_MAX);
    close(api, request.id, &request.on, HANDED_UP, to, |called, to| format!("{called}转给了{to}"))
}

pub(super) fn rate(api: &Api, request: RateErrand) -> Result<JustDone, ApiError> {
    let mut session = api.session()?;
    let (record, called) = find(&session, request.id)?;
    let marks = [
        ("attitude", "态度", errand::RATING_ATTITUDE, request.attitude),
        ("quality", "质量", errand::RATING_QUALITY, request.quality),
        ("efficiency", "效率", errand::RATING_EFFICIENCY, request.efficiency),
    ];
    if record.text(errand::STATE).unwrap_or(OPEN) == OPEN {
        let text = format!("{called}还没有结果，先写结果再请人评。");
        return Err(Trouble::BadValue { field: "id", text }.into());
    }
    for (field, label, _, mark) in marks {
        if !(1..=MARKS).contains(&usize::from(mark)) {
            let text = format!("「{label}」从 1 到 {MARKS} 里选一档。");
            return Err(Trouble::BadValue { field, text }.into());
        }
    }
    let mut intent = Intent::new(format!("记了{called}的评价"));
    let draft = intent.edit(&record);
    for (_, _, field, mark) in marks {
        draft.put(field, i64::from(mark));
    }
    Ok(JustDone { done: session.commit(intent)? })
}
