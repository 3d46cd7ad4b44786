//! Giving a place.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use yuanba_core::Id;
use yuanba_journal::authority::Authority;
use yuanba_journal::payload::Claim;
use yuanba_journal::{Lane, PublicKey, ReplicaKey};
use yuanba_store::{HeldKey, Intent, Store};

use super::request_file::{self, RequestFile};
use super::whole_file::write_whole;
use crate::bundle::{Manifest, Purpose};
use crate::container::{self, Bundle, ClearHeader, Recipient};
use crate::refusal::untouched;
use crate::{ExchangeError, Refusal, Result, keys};

/// A grant that stands on the stick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The file
    pub file: PathBuf,
    /// The organisation that the requesting laptop began as
    pub child: Id,
    /// Its name
    pub name: String,
    /// The organisation that it becomes part of, if it does not become a child
    pub into: Option<Id>,
    /// It had its place already; the file is only written again
    pub repeated: bool,
}

/// Answers a request: takes the requesting organisation in as a child, or, with `into`, takes the requesting laptop into an
/// organisation that is there already: ours or one below.
///
/// # Errors
/// `Refused` for a request that is damaged or forged, for an organisation that has another parent, for a circle, for an
/// organisation that is not ours to give, and on a laptop without our organisation's own key. Nothing was written then.
pub fn grant(store: &mut Store, request: &Path, out: &Path, into: Option<Id>) -> Result<Granted> {
    let here = store.level();
    let asked = request_file::read(request, here)?;
    let us = store.org();
    let into = into.map(|org| store.authority().canonical(org));
    let issuer = issuer(store)?;
    let tree = store.authority_with(&asked.segments, &[]);
    check_request(&tree, &asked, here)?;
    let child = asked.header.org;
    let recipient = recipient_of(&asked).ok_or_else(|| Refusal::damaged(here, &asked.header.name))?;
    match into {
        None => check_child(store, &tree, &asked)?,
        Some(org) => check_join(store, &tree, &asked, org)?,
    }

    let file = out.to_owned();
    let (replica, name) = (asked.key.id(), asked.header.name.clone());
    keys::ensure_org_key(store)?;
    store.apply(asked.segments)?;
    let repeated = match into {
        None => take_in(store, &issuer, child, us)?,
        Some(org) => {
            let repeated = absorb(store, &issuer, child, org, asked.key)?;
            keys::share_with(store, org, replica, &recipient)?;
            repeated
        }
    };
    let sealed = seal(store, child, into, recipient)?;
    write_whole(&file, &sealed)?;
    Ok(Granted { file, child, name, into, repeated })
}

/// Our organisation's own key.
pub(super) fn issuer(store: &Store) -> Result<ReplicaKey> {
    let own = store.issuer().filter(|issuer| issuer.id() == store.org());
    if let Some(issuer) = own {
        return Ok(issuer.clone());
    }
    let name = store.organisation_name(store.org())?;
    Err(Refusal::new(
        "no_issuer",
        format!("这台电脑是后来加进{name}的，不能替{name}授权。数据没有动。"),
        format!("请在{name}最早的那台电脑上办。"),
    )
    .into())
}

/// The request is what it says: `down` streams of one organisation that declares itself, and a laptop that belongs to it.
fn check_request(tree: &Authority, asked: &RequestFile, here: Option<yuanba_core::Level>) -> Result<()> {
    let org = asked.header.org;
    let only_its_own = asked.segments.iter().all(|segment| {
        segment.stream.lane == Lane::Down
            // An organisation that was absorbed may ask again: whoever goes on with a backup from before does not know.
            && tree.canonical(segment.stream.org) == tree.canonical(org)
            && segment.first_seq() == 1
    });
    if only_its_own && tree.level(org).is_some() && tree.certified(asked.key.id(), org) {
        return Ok(());
    }
    Err(Refusal::new(
        "forged",
        format!("这个申请里的东西和申请的单位对不上。{}", untouched(here)),
        "请对方再写一个，当面交。",
    )
    .into())
}

fn check_child(store: &Store, tree: &Authority, asked: &RequestFile) -> Result<()> {
    let (us, child, name) = (store.org(), asked.header.org, &asked.header.name);
    let safe = untouched(store.level());
    if tree.covers(child, us) {
        return Err(Refusal::new(
            "circle",
            format!("{name}就是这里，或者是这里的上级，不能再归到自己下面。{safe}"),
            "请看看是不是拿错了申请。",
        )
        .into());
    }
    match accepted_parents(store, asked)?.into_iter().find(|parent| *parent != us) {
        // It was moved here, by both parents or by whoever stands above them.
        Some(_) if tree.parent(child) == Some(us) => Ok(()),
        Some(parent) => Err(has_parent(store, name, parent)?),
        None => Ok(()),
    }
}

/// The parents that the asking organisation has accepted by its own word, whether or not the parent's word is known here.
fn accepted_parents(store: &Store, asked: &RequestFile) -> Result<Vec<Id>> {
    let held = store.certificates()?;
    Ok(held
        .into_iter()
        .chain(yuanba_store::tree::carried(&asked.segments))
        .filter_map(|certificate| match certificate.claim {
            Claim::Accepts { child, parent }
                if child == asked.header.org && certificate.issuer.id() == child =>
            {
                Some(parent)
            }
            _ => None,
        })
        .collect())
}

fn check_join(store: &Store, tree: &Authority, asked: &RequestFile, org: Id) -> Result<()> {
    let (us, child, name) = (store.org(), asked.header.org, &asked.header.name);
    let safe = untouched(store.level());
    if !store.authority().covers(us, org) || tree.level(org).is_none() {
        return Err(Refusal::new(
            "not_ours",
            format!("要加进去的单位不归这里管，不能授权。{safe}"),
            "请核对单位的名称。",
        )
        .into());
    }
    if org != us && !tree.ancestors(org).contains(&us) {
        let into = store.organisation_name(org)?;
        return Err(Refusal::new(
            "not_accepted_yet",
            format!("还没有读到{into}接受授权的文件，现在不能替它添电脑。{safe}"),
            format!("请先读一次{into}的 U 盘，再办。"),
        )
        .into());
    }
    if tree.canonical(child) == org && child != org {
        return Ok(());
    }
    if child == org || tree.covers(child, us) {
        return Err(Refusal::new(
            "circle",
            format!("{name}就是要加进去的单位，或者是它的上级。{safe}"),
            "请看看是不是拿错了申请。",
        )
        .into());
    }
    if tree.organisations().into_iter().any(|other| tree.parent(other) == Some(child)) {
        return Err(Refusal::new(
            "has_children",
            format!("{name}下面还有单位，不能整个并进去。{safe}"),
            "请先把下面的单位改归别处，再办。",
        )
        .into());
    }
    let above = tree.ancestors(org);
    match accepted_parents(store, asked)?.into_iter().find(|p| *p != org && !above.contains(p)) {
        Some(parent) => Err(has_parent(store, name, parent)?),
        None => Ok(()),
    }
}

fn has_parent(store: &Store, name: &str, parent: Id) -> Result<ExchangeError> {
    let known = store.organisations()?.into_iter().find(|org| org.id == parent);
    let parent = known.and_then(|org| org.name).unwrap_or_else(|| "别的上级".to_owned());
    Ok(Refusal::new(
        "second_parent",
        format!("{name}已经归{parent}管，不能再归这里。{}", untouched(store.level())),
        format!("要改归这里，请先和{parent}商量。"),
    )
    .into())
}

/// The recipient that the requesting laptop published for itself in the request.
fn recipient_of(asked: &RequestFile) -> Option<Recipient> {
    let held: Vec<HeldKey> = asked
        .segments
        .iter()
        .flat_map(|segment| segment.changes.iter().map(move |change| (segment.stream, change)))
        .filter(|(_, change)| change.header.kind == yuanba_journal::Kind::OrgKey)
        .filter_map(|(stream, change)| {
            let key = yuanba_journal::payload::OrgKey::from_cbor(&change.header.kept).ok()?;
            Some(HeldKey { stream, counts: true, key })
        })
        .collect();
    keys::recipient_of_laptop(&held, asked.key.id())
}

/// Takes an organisation in as a child; answers whether it was one before.
fn take_in(store: &mut Store, issuer: &ReplicaKey, child: Id, parent: Id) -> Result<bool> {
    let level = store.authority().level(child).unwrap_or_default();
    let known = store.certificates()?.iter().any(|c| {
        c.issuer == issuer.public()
            && matches!(c.claim, Claim::Child { child: c, parent: p, .. } if (c, p) == (child, parent))
    });
    if !known {
        let mut intent = Intent::new("授权下级").down();
        intent.certify(Claim::Child { child, level, parent }.signed(issuer));
        store.commit_quietly(intent)?;
    }
    Ok(known)
}

/// Takes an organisation with its laptops into another, each laptop with a letter of its own there, so that no number
/// for people is given twice from now on; answers whether all of that was so before.
fn absorb(store: &mut Store, issuer: &ReplicaKey, absorbed: Id, into: Id, asking: PublicKey) -> Result<bool> {
    let claims: Vec<Claim> = store.certificates()?.into_iter().map(|c| c.claim).collect();
    let tree = store.authority();
    let laptops = |wanted: &dyn Fn(Id) -> bool| -> Vec<(PublicKey, u16)> {
        let of = claims.iter().filter_map(|claim| match claim {
            Claim::Laptop { key, org, letter } if wanted(*org) => Some((*key, *letter)),
            _ => None,
        });
        of.collect()
    };
    let mut keys: Vec<PublicKey> =
        laptops(&|org| tree.canonical(org) == absorbed).into_iter().map(|(key, _)| key).collect();
    keys.push(asking);
    keys.sort_unstable();
    keys.dedup();
    let lettered = laptops(&|org| org == into);
    keys.retain(|key| !lettered.iter().any(|(k, _)| k == key));
    // Letters that were given but not taken yet are not given again.
    let given = laptops(&|org| tree.canonical(org) == into);
    let mut next = given.iter().map(|(_, letter)| letter.saturating_add(1)).max().unwrap_or(0);

    let absorbs = Claim::Absorbs { absorbed, into };
    let mut intent = Intent::new("授权电脑").of(into).down();
    if !claims.contains(&absorbs) {
        intent.certify(absorbs.signed(issuer));
    }
    for key in keys {
        intent.certify(Claim::Laptop { key, org: into, letter: next }.signed(issuer));
        next = next.saturating_add(1);
    }
    let repeated = intent.is_empty();
    if !repeated {
        store.commit_quietly(intent)?;
    }
    Ok(repeated)
}

/// The grant's bytes: for a child what its new ancestors publish; for one more laptop everything that its organisation
/// holds.
fn seal(store: &Store, child: Id, into: Option<Id>, recipient: Recipient) -> Result<Vec<u8>> {
    let us = store.org();
    let tree = store.authority();
    let segments = match into {
        None => {
            let above: Vec<Id> = std::iter::once(us).chain(tree.ancestors(us)).collect();
            store.whole_streams(|s| s.lane == Lane::Down && above.contains(&tree.canonical(s.org)))?
        }
        Some(org) => store.whole_streams(|s| store.may_hold(org, s))?,
    };
    let to = into.unwrap_or(child);
    let time_ms = store.surroundings().clock.now_ms();
    let manifest = Manifest {
        purpose: Purpose::Grant { child, into },
        from: us,
        to,
        time_ms,
        vector: store.vector_for(to)?,
        digest: store.scope_digest(us, to)?,
    };
    let bundle = Bundle {
        header: ClearHeader { from: us, to, time_ms },
        recipients: &[recipient],
        manifest: &manifest.to_cbor(),
        key: store.replica(),
    };
    let mut bytes = Vec::new();
    let pieces = segments.iter().map(|segment| Ok(segment.to_cbor()));
    container::seal(&mut bytes, &bundle, pieces, &mut |_| ControlFlow::Continue(()))
        .map_err(ExchangeError::File)?;
    Ok(bytes)
}
