//! A child goes to another parent (JOURNAL §6).

use std::collections::BTreeSet;

use yuanba_core::Id;
use yuanba_journal::payload::{Certificate, Claim, Revocation};
use yuanba_store::{Intent, Store};

use super::grant::issuer;
use crate::refusal::untouched;
use crate::{Refusal, Result};

/// Moves an organisation from the parent that it has to another one; both stand under us, or are us. The change goes down
/// with the certificates that prove it, so that the child and both parents can follow it, and with those of the laptops
/// that stood above the child until now: what they erased stays erased wherever the child's record goes. The child's laptops
/// that they have stopped stay stopped, by our word.
///
/// # Errors
/// `Refused` for an organisation that does not stand under us or that is not known to have accepted its place, for a circle, and
/// on a laptop without our organisation's own key. Nothing was written then.
pub fn hand_over(store: &mut Store, child: Id, to: Id) -> Result<()> {
    let issuer = issuer(store)?;
    let (us, tree) = (store.org(), store.authority());
    let (child, to) = (tree.canonical(child), tree.canonical(to));
    let line = |org: Id| -> Option<Vec<Id>> {
        let mut line = vec![org];
        line.extend(tree.ancestors(org));
        let end = line.iter().position(|at| *at == us)?;
        line.truncate(end + 1);
        Some(line)
    };
    let (Some(from), Some(old), Some(new)) = (tree.parent(child), line(child), line(to)) else {
        return Err(Refusal::new(
            "not_ours",
            format!(
                "要改归的单位里，有一个不归这里管，或者还没有读到它接受授权的文件。{}",
                untouched(store.level())
            ),
            "请先读一次它的 U 盘，再办。",
        )
        .into());
    };
    if new.contains(&child) || child == us {
        return Err(Refusal::new(
            "circle",
            format!("一个单位不能归到自己下面。{}", untouched(store.level())),
            "请核对要改归哪里。",
        )
        .into());
    }
    if from == to {
        return Ok(());
    }
    let left: BTreeSet<Id> = old.iter().copied().filter(|org| *org != child && *org != us).collect();
    let proof: BTreeSet<Id> = old.into_iter().chain(new).collect();
    let proves = |certificate: &Certificate| match certificate.claim {
        Claim::Child { child, parent, .. } | Claim::Accepts { child, parent } => {
            proof.contains(&child) && proof.contains(&parent)
        }
        Claim::Laptop { org, .. } => left.contains(&tree.canonical(org)),
        Claim::Absorbs { into, .. } | Claim::Joins { into, .. } => left.contains(&into),
        _ => false,
    };
    let stopped = stopped_by(store, child, &left)?;
    let mut known = store.certificates()?;
    known.retain(proves);
    let mut intent = Intent::new("改归").down();
    intent.certify(Claim::Moves { child, from, to }.signed(&issuer));
    let mut once: Vec<Certificate> = Vec::new();
    for certificate in known {
        if !once.contains(&certificate) {
            intent.certify(certificate);
            once.push(certificate);
        }
    }
    // Said first: a laptop that was stopped is so at every moment.
    for revocation in stopped {
        let mut again = Intent::new("停用").of(child).down();
        again.revoke(revocation, "改归以前就停用了");
        store.commit_quietly(again)?;
    }
    Ok(store.commit_quietly(intent)?)
}

/// The child's laptops that those who let it go have stopped, to be stopped by us: their word ends to count with the move.
fn stopped_by(store: &Store, child: Id, left: &BTreeSet<Id>) -> Result<Vec<Revocation>> {
    let tree = store.authority();
    let mut again = Vec::new();
    for held in store.revocations()? {
        let replica = held.revocation.replica;
        let counts = tree.revocations_of(replica).contains(&held.reference);
        let theirs = tree.home(held.reference.stream.replica).is_some_and(|home| left.contains(&home));
        if counts && theirs && tree.home(replica) == Some(child) {
            again.push(Revocation { replaces: tree.revocations_of(replica), ..held.revocation });
        }
    }
    Ok(again)
}
