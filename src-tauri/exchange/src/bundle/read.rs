//! Reading a bundle.

use std::path::{Path, PathBuf};

use yuanba_core::Id;
use yuanba_journal::authority::Authority;
use yuanba_journal::{JournalError, Segment};
use yuanba_store::Store;

use super::{Manifest, Purpose};
use crate::container::{self, Opened};
use crate::refusal::untouched;
use crate::scope::{may_come, may_speak};
use crate::{ExchangeError, Refusal, Result, arrival, enrol, keys};

/// What came of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It was taken in
    Read,
    /// Everything in it was here already
    Already,
    /// Part of it waits for an earlier file
    Parked,
    /// Nothing of it was taken in
    Refused,
}

/// What came of reading one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileRead {
    /// The file
    pub file: PathBuf,
    /// What came of it
    pub status: Status,
    /// New changes, those that had waited for it included
    pub new: u64,
    /// Why it was refused or waits, for programs: `damaged`, `forged`, `not_for_us`, `newer_format`, `too_large`,
    /// `unreadable`, `unknown_writer`, `out_of_scope`, `is_enrolment`, `gap`
    pub code: Option<&'static str>,
    /// What happened, whether the data is safe, what to do next
    pub text: String,
    /// The organisation that wrote it, as far as that is proved
    pub from: Option<Id>,
    /// When it was written by the writer's clock, ms since 1970
    pub written_ms: Option<i64>,
    /// Both sides hold the same now, of what both may hold
    pub even: bool,
    /// This store turned out to be a copy or a restored backup, and goes on as a laptop of its own from now on
    pub began_anew: bool,
}

/// Reads one file: checked to its last byte and against the tree, then taken in at once.
///
/// # Errors
/// Only those of the store, which is unchanged then; a file that is not right is an answer.
pub fn read(store: &mut Store, file: &Path) -> Result<FileRead> {
    match take_in(store, file) {
        Ok(read) => Ok(read),
        Err(ExchangeError::Refused(refusal)) => Ok(FileRead {
            file: file.to_owned(),
            status: Status::Refused,
            new: 0,
            code: Some(refusal.code),
            text: refusal.text(),
            from: None,
            written_ms: container::inspect(file).ok().map(|header| header.time_ms),
            even: false,
            began_anew: false,
        }),
        Err(error) => Err(error),
    }
}

fn take_in(store: &mut Store, file: &Path) -> Result<FileRead> {
    let here = store.level();
    let name = named(store, file);
    if enrol::is_request(file) {
        return Err(is_enrolment(here, "这是申请授权的文件", "请在「授权」里打开它。"));
    }
    let opened = container::open(file, &keys::identities(store)?)
        .map_err(|error| Refusal::of_container(&error, here, &name))?;
    let manifest = Manifest::from_cbor(opened.manifest()).map_err(|e| of_journal(&e, here, &name))?;
    if manifest.purpose != Purpose::Bundle {
        return Err(is_enrolment(here, "这是上级给的授权文件", "请在「授权」里打开它。"));
    }
    let segments = verified(&opened, here, &name)?;
    let tree = store.authority_with(&segments, &[]);
    // The file itself may bring the word that we are part of another organisation now.
    let us = tree.canonical(store.org());
    let writer = opened.writer().id();
    if manifest.from != opened.header().from || manifest.to != opened.header().to {
        return Err(Refusal::damaged(here, &name).into());
    }
    if !may_speak(&tree, us, writer, manifest.from) {
        return Err(Refusal::new(
            "unknown_writer",
            format!("没读进来：写这个文件的电脑不归这里管，也不是上级的。{}", untouched(here)),
            "如果是自己人，请先办授权，再读一次。",
        )
        .into());
    }
    check_segments(&tree, us, &segments, here, &name)?;

    let (applied, began_anew) = arrival::take_in(store, segments)?;
    // What was said to somebody else says less than what the writer holds of ours.
    if store.authority().canonical(manifest.to) == store.org() {
        store.hear(writer, manifest.from, &manifest.vector)?;
    }
    let from = store.authority().canonical(manifest.from);
    let (status, code) = match (applied.waiting > 0, applied.new) {
        (true, _) => (Status::Parked, Some("gap")),
        (false, 0) => (Status::Already, None),
        (false, _) => (Status::Read, None),
    };
    let who = store.organisation_name(from)?;
    Ok(FileRead {
        file: file.to_owned(),
        status,
        new: applied.new,
        code,
        text: sentence(status, applied.new, &who, began_anew),
        from: Some(from),
        written_ms: Some(manifest.time_ms),
        even: !began_anew && store.scope_digest(manifest.from, manifest.to)? == manifest.digest,
        began_anew,
    })
}

/// The segments of an opened file, each checked: its chain, its bodies, its signed head.
pub(crate) fn verified(
    opened: &Opened,
    here: Option<yuanba_core::Level>,
    name: &str,
) -> Result<Vec<Segment>> {
    opened.segments().map(|bytes| Segment::from_cbor(bytes).map_err(|e| of_journal(&e, here, name))).collect()
}

/// That all of it may be held here.
pub(crate) fn check_segments(
    tree: &Authority,
    us: Id,
    segments: &[Segment],
    here: Option<yuanba_core::Level>,
    name: &str,
) -> Result<()> {
    if segments.iter().all(|segment| may_come(tree, us, &segment.stream)) {
        return Ok(());
    }
    Err(Refusal::new(
        "out_of_scope",
        format!("没读进来：{name}的文件里夹着不归这里管的东西。{}", untouched(here)),
        format!("请{name}的人看一看电脑，再写一个。"),
    )
    .into())
}

fn of_journal(error: &JournalError, here: Option<yuanba_core::Level>, name: &str) -> ExchangeError {
    match error {
        JournalError::Newer(_) => Refusal::newer(),
        JournalError::Forged(_) => Refusal::new(
            "forged",
            format!("没读进来：{name}的文件里有一段签名对不上。{}", untouched(here)),
            format!("请{name}再写一个，当面交。"),
        ),
        _ => Refusal::damaged(here, name),
    }
    .into()
}

fn is_enrolment(here: Option<yuanba_core::Level>, what: &str, next: &str) -> ExchangeError {
    Refusal::new("is_enrolment", format!("{what}，不是带数据的文件。{}", untouched(here)), next).into()
}

/// What the file says of its writer; good enough for a sentence.
fn named(store: &Store, file: &Path) -> String {
    let known = container::inspect(file)
        .ok()
        .map(|header| header.from)
        .filter(|from| store.authority().organisations().contains(from));
    known.and_then(|from| store.organisation_name(from).ok()).unwrap_or_else(|| "对方".to_owned())
}

fn sentence(status: Status, new: u64, who: &str, began_anew: bool) -> String {
    let mut text = match status {
        Status::Read => format!("读进了{who}的 {new} 条。"),
        Status::Already => format!("{who}的这个文件以前读过，没有新的。"),
        Status::Parked => format!(
            "{who}的这个文件前面还缺一个，先存着，补上那个就会接起来。这里的数据没有乱。请{who}再写一个。"
        ),
        Status::Refused => String::new(),
    };
    if began_anew {
        text.push_str("这台电脑上的是一份拷贝或者恢复的备份，从现在起按另一台电脑记，以前写的都还在。");
    }
    text
}
