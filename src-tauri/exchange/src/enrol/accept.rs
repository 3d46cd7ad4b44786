//! Taking a place.

use std::path::Path;

use yuanba_core::Id;
use yuanba_journal::ReplicaKey;
use yuanba_journal::payload::Claim;
use yuanba_store::{Intent, Store};

use crate::bundle::{Manifest, Purpose, check_segments, verified};
use crate::container;
use crate::refusal::untouched;
use crate::scope::may_speak;
use crate::{ExchangeError, Refusal, Result, keys};

use super::request_file::is_request;

/// A place that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The organisation that this store belongs to now
    pub org: Id,
    /// The organisation above it
    pub parent: Option<Id>,
    /// The organisation that gave the place
    pub by: Id,
    /// Its name
    pub by_name: String,
    /// New changes that came along
    pub new: u64,
    /// The place was taken before; nothing has happened
    pub repeated: bool,
}

/// Takes the place that a grant gives. Taking it twice is fine.
///
/// # Errors
/// `Refused` for a file that is damaged, forged, not for this laptop or no grant, and when the organisation has another
/// parent already. Nothing was written then.
pub fn accept(store: &mut Store, file: &Path) -> Result<Accepted> {
    let here = store.level();
    if is_request(file) {
        return Err(not_a_grant(here, "这是申请文件，不是授权文件。"));
    }
    let name = "上级";
    let identities = keys::own_identities(store)?;
    let opened = container::open(file, &identities).map_err(|error| of_container(&error, here))?;
    let manifest = Manifest::from_cbor(opened.manifest()).map_err(|error| match error {
        yuanba_journal::JournalError::Newer(_) => Refusal::newer(),
        _ => Refusal::damaged(here, name),
    })?;
    let Purpose::Grant { child, into } = manifest.purpose else {
        return Err(not_a_grant(here, "这是带数据的文件，不是授权文件。"));
    };
    if manifest.from != opened.header().from || manifest.to != opened.header().to {
        return Err(Refusal::damaged(here, name).into());
    }
    if child != store.founded_org() {
        return Err(not_for_this(here));
    }
    let issuer =
        store.issuer().filter(|issuer| issuer.id() == child).cloned().ok_or_else(|| not_for_this(here))?;
    let by = manifest.from;
    let claim = match into {
        None => check_child(store, child, by)?,
        Some(into) => check_join(store, child, into)?,
    };
    let segments = verified(&opened, here, name)?;
    let taken = claim.signed(&issuer);
    let tree = store.authority_with(&segments, &[taken]);
    let given = match into {
        None => tree.parent(child) == Some(by),
        Some(into) => tree.canonical(child) == into && tree.covers(by, into),
    };
    let us = tree.canonical(child);
    if !given || !may_speak(&tree, us, opened.writer().id(), by) {
        return Err(Refusal::new(
            "unknown_writer",
            format!("没读进来：写这个授权的电脑，证明不了自己是上级。{}", untouched(here)),
            "请上级再写一个，当面交。",
        )
        .into());
    }
    check_segments(&tree, us, &segments, here, name)?;

    let applied = store.apply(segments)?;
    let repeated = store.certificates()?.iter().any(|c| c.claim == claim && c.issuer == issuer.public());
    if !repeated {
        say_yes(store, claim, &issuer, child)?;
    }
    keys::ensure_org_key(store)?;
    store.hear(opened.writer().id(), by, &manifest.vector)?;
    let org = store.org();
    Ok(Accepted {
        org,
        parent: store.authority().parent(org),
        by,
        by_name: store.organisation_name(by)?,
        new: applied.new,
        repeated,
    })
}

/// The child's word goes into its own `down` lane, as what it was before.
fn say_yes(store: &mut Store, claim: Claim, issuer: &ReplicaKey, child: Id) -> Result<()> {
    let mut intent = Intent::new("接受授权").of(child).down();
    intent.certify(claim.signed(issuer));
    Ok(store.commit_quietly(intent)?)
}

fn check_child(store: &Store, child: Id, parent: Id) -> Result<Claim> {
    let here = store.level();
    if store.org() != child {
        return Err(not_for_this(here));
    }
    match store.authority().parent(child) {
        Some(other) if other != parent => Err(second_parent(store, other)?),
        _ if store.authority().covers(child, parent) => Err(not_for_this(here)),
        _ => Ok(Claim::Accepts { child, parent }),
    }
}

fn check_join(store: &Store, child: Id, into: Id) -> Result<Claim> {
    let now = store.org();
    if now != child && now != into {
        return Err(second_parent(store, now)?);
    }
    Ok(Claim::Joins { absorbed: child, into })
}

fn second_parent(store: &Store, other: Id) -> Result<ExchangeError> {
    let other = store.organisation_name(other)?;
    Ok(Refusal::new(
        "second_parent",
        format!("这里已经归{other}，这份授权没有用上。{}", untouched(store.level())),
        format!("要改归别处，请先和{other}商量。"),
    )
    .into())
}

fn not_a_grant(here: Option<yuanba_core::Level>, what: &str) -> ExchangeError {
    Refusal::new("not_a_grant", format!("{what}{}", untouched(here)), "请换上级给的那个授权文件。").into()
}

fn not_for_this(here: Option<yuanba_core::Level>) -> ExchangeError {
    Refusal::new(
        "not_for_us",
        format!("这份授权不是给这台电脑的。{}", untouched(here)),
        "请看看是不是拿错了文件，或者重新申请一次。",
    )
    .into()
}

fn of_container(error: &container::BundleError, here: Option<yuanba_core::Level>) -> ExchangeError {
    match error {
        container::BundleError::NotForUs => not_for_this(here),
        other => Refusal::of_container(other, here, "上级").into(),
    }
}
