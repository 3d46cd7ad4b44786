//! Writing a bundle.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use yuanba_core::Id;
use yuanba_journal::Segment;
use yuanba_store::Store;

use super::{Manifest, Purpose};
use crate::container::{self, Bundle, BundleError, ClearHeader, Disk, RealDisk, Recipient};
use crate::{ExchangeError, Refusal, Result, keys};

/// How far the writing has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Changes written
    pub changes: u64,
    /// Changes to be written
    pub of: u64,
}

/// A bundle that stands on the stick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The file
    pub file: PathBuf,
    /// The organisation it is meant for
    pub to: Id,
    /// How many changes are in it
    pub changes: u64,
    /// Its length in bytes
    pub bytes: u64,
    /// How many segments are in it
    pub segments: u64,
    /// Names of the organisations whose changes are in it
    pub organisations: Vec<String>,
}

/// Writes what an organisation lacks into a folder, as exactly one file; also when there is nothing new. The store is not
/// changed, unless it never had a key to be written to.
///
/// # Errors
/// `Refused` for an organisation that we do not exchange with or whose key is not known; `File` when the stick is full, gone
/// or does not keep what is written to it, or when `progress` stopped it: then no bundle stands in the folder.
pub fn write(
    store: &mut Store,
    to: Id,
    folder: &Path,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Written> {
    write_to(&RealDisk, store, to, folder, progress)
}

/// As [`write`], on a disk that is passed in.
///
/// # Errors
/// As [`write`].
pub fn write_to(
    disk: &dyn Disk,
    store: &mut Store,
    to: Id,
    folder: &Path,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Written> {
    let us = store.org();
    let to = store.authority().canonical(to);
    let tree = store.authority();
    if to != us && !tree.covers(us, to) && !tree.ancestors(us).contains(&to) {
        return Err(Refusal::new(
            "not_in_tree",
            "这个单位和这里没有上下级关系，不能给它写文件。",
            "先由上级授权，再写。",
        )
        .into());
    }
    if to == us && keys::recipients_of(store, us)?.is_empty() {
        keys::ensure_org_key(store)?;
    }
    let recipients = recipients(store, to)?;
    let segments = store.wanted_by(to)?;
    let of: u64 = segments.iter().map(|s| s.changes.len() as u64).sum();
    let time_ms = store.surroundings().clock.now_ms();
    let manifest = Manifest {
        purpose: Purpose::Bundle,
        from: us,
        to,
        time_ms,
        vector: store.vector_for(to)?,
        digest: store.scope_digest(us, to)?,
    };
    let header = ClearHeader { from: us, to, time_ms };
    let bundle =
        Bundle { header, recipients: &recipients, manifest: &manifest.to_cbor(), key: store.replica() };
    let name = container::free_file_name(disk, folder, &store.organisation_name(us)?, store.today())
        .map_err(|source| ExchangeError::File(BundleError::Io { path: folder.to_owned(), source }))?;
    let mut changes = 0;
    let pieces = segments.iter().map(|segment| Ok(segment.to_cbor()));
    let counts: Vec<u64> = segments.iter().map(|s| s.changes.len() as u64).collect();
    let written = container::write(disk, folder, &name, &bundle, pieces, &mut |at| {
        changes = counts.iter().take(at.segments as usize).sum();
        progress(Progress { changes, of })
    })
    .map_err(ExchangeError::File)?;
    Ok(Written {
        file: written.path,
        to,
        changes,
        bytes: written.bytes,
        segments: written.segments,
        organisations: organisations(store, &segments)?,
    })
}

/// The addressee's keys, its parent's, which can read in its place, and those of its laptops that nobody has revoked: a new
/// generation of the organisation's key reaches them in this very file.
fn recipients(store: &Store, to: Id) -> Result<Vec<Recipient>> {
    let mut recipients = keys::recipients_of(store, to)?;
    if recipients.is_empty() {
        let name = store.organisation_name(to)?;
        return Err(Refusal::new(
            "no_key",
            format!("还没有收到{name}的钥匙，写了它也打不开，所以没有写。"),
            format!("请{name}先写一个文件给这里，或者重新办一次授权。"),
        )
        .into());
    }
    if let Some(parent) = store.authority().granted_parent(to) {
        recipients.extend(keys::recipients_of(store, parent)?);
    }
    recipients.extend(keys::recipients_of_laptops(store, to)?);
    recipients.truncate(container::RECIPIENTS_MAX);
    Ok(recipients)
}

fn organisations(store: &Store, segments: &[Segment]) -> Result<Vec<String>> {
    let mut ids: Vec<Id> = segments.iter().map(|s| store.authority().canonical(s.stream.org)).collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(ids.into_iter().map(|id| store.organisation_name(id)).collect::<Result<_, _>>()?)
}
