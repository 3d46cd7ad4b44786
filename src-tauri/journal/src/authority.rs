//! Which organisations there are, which laptops write for them, and which of their changes count (JOURNAL §6).
//!
//! A pure function of the certificates and revocations that are held. Certificates prove themselves, wherever they
//! came from; a revocation counts when its own writer is certified for the organisation or an ancestor of it.

mod ever;

use std::collections::{BTreeMap, BTreeSet};

use yuanba_core::Id;
use yuanba_core::level::MAX_DEPTH;

pub use self::ever::Ever;
use crate::payload::{Certificate, Claim, Revocation};
use crate::{ChangeRef, Hash, Kind, Lane, StreamId};

/// A revocation and the change that carries it.
#[derive(Debug, Clone)]
pub struct HeldRevocation {
    /// The change
    pub reference: ChangeRef,
    /// What it says
    pub revocation: Revocation,
}

/// The tree as the held certificates describe it.
#[derive(Debug, Clone, Default)]
pub struct Authority {
    founded: BTreeMap<Id, u8>,
    taken_in: BTreeMap<Id, BTreeMap<Id, u8>>,
    accepted: BTreeSet<(Id, Id)>,
    absorbed: BTreeMap<Id, BTreeSet<(Id, Id)>>,
    joined: BTreeSet<(Id, Id)>,
    moves: BTreeMap<Id, BTreeMap<(Id, Id), BTreeSet<Id>>>,
    moved: BTreeMap<Id, Id>,
    laptops: BTreeMap<Id, BTreeSet<(Id, u16, Id)>>,
    revocations: Vec<HeldRevocation>,
}

/// Whether a stream's changes count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// All of them
    Counts,
    /// Up to this change; none for a cut before the first
    UpTo(u64, Option<Hash>),
    /// Its replica has no certificate for the organisation or an ancestor yet
    Waits,
}

impl Authority {
    /// The tree made of certificates and revocations.
    pub fn new<'a>(
        certificates: impl IntoIterator<Item = &'a Certificate>,
        revocations: impl IntoIterator<Item = HeldRevocation>,
    ) -> Authority {
        let mut tree = Authority::default().and(certificates);
        tree.revocations = revocations.into_iter().collect();
        tree
    }

    /// This tree with more certificates.
    pub fn and<'a>(&self, certificates: impl IntoIterator<Item = &'a Certificate>) -> Authority {
        let mut tree = self.clone();
        for certificate in certificates {
            tree.take(certificate);
        }
        tree.settle_moves();
        tree
    }

    fn take(&mut self, certificate: &Certificate) {
        let issuer = certificate.issuer.id();
        match certificate.claim {
            Claim::Founded { org, level } if issuer == org => {
                raise(self.founded.entry(org).or_default(), level);
            }
            Claim::Laptop { key, org, letter } => {
                self.laptops.entry(key.id()).or_default().insert((org, letter, issuer));
            }
            Claim::Child { child, level, parent } if issuer == parent && child != parent => {
                raise(self.taken_in.entry(child).or_default().entry(parent).or_default(), level);
            }
            Claim::Accepts { child, parent } if issuer == child => {
                self.accepted.insert((child, parent));
            }
            Claim::Absorbs { absorbed, into } if absorbed != into => {
                self.absorbed.entry(absorbed).or_default().insert((into, issuer));
            }
            Claim::Joins { absorbed, into } if issuer == absorbed => {
                self.joined.insert((absorbed, into));
            }
            Claim::Moves { child, from, to } if child != to => {
                let moves = self.moves.entry(child).or_default();
                moves.entry((from, to)).or_default().insert(issuer);
            }
            _ => {}
        }
    }

    /// The organisation that this one is part of now: itself, or the one that absorbed it.
    pub fn canonical(&self, org: Id) -> Id {
        let mut at = org;
        for _ in 0..MAX_DEPTH {
            let next = self.absorbed.get(&at).and_then(|claims| {
                claims
                    .iter()
                    .filter(|(into, issuer)| {
                        self.joined.contains(&(at, *into))
                            && (issuer == into || self.ancestors_of(*into).contains(issuer))
                    })
                    .map(|(into, _)| *into)
                    .next()
            });
            match next {
                Some(into) if into != org => at = into,
                _ => return at,
            }
        }
        at
    }

    /// The parent that took the organisation in and that it accepted, or the one that it was moved to since.
    pub fn parent(&self, org: Id) -> Option<Id> {
        self.moved.get(&org).copied().or_else(|| self.parent_if(org, true))
    }

    /// Follows the moves, until they lead nowhere else: who may move whom depends on who was moved before.
    fn settle_moves(&mut self) {
        self.moved.clear();
        for _ in 0..MAX_DEPTH {
            let mut moved = BTreeMap::new();
            for (child, moves) in &self.moves {
                let Some(first) = self.parent_if(*child, true) else { continue };
                let mut passed = vec![first];
                while let Some(to) = moves
                    .iter()
                    .filter(|((from, to), issuers)| {
                        passed.last() == Some(from)
                            && !passed.contains(to)
                            && self.may_move(*from, *to, issuers)
                    })
                    .map(|((_, to), _)| *to)
                    .next()
                {
                    passed.push(to);
                }
                if let Some(last) = passed.pop().filter(|last| *last != first) {
                    moved.insert(*child, last);
                }
            }
            if moved == self.moved {
                return;
            }
            self.moved = moved;
        }
    }

    /// Both parents say so, or one organisation that both stand under.
    fn may_move(&self, from: Id, to: Id, issuers: &BTreeSet<Id>) -> bool {
        let above = |org: Id| std::iter::once(org).chain(self.ancestors_of(org)).collect::<BTreeSet<Id>>();
        issuers.contains(&from) && issuers.contains(&to)
            || above(from).intersection(&above(to)).any(|common| issuers.contains(common))
    }

    /// The parent that took the organisation in, whether or not its acceptance has come yet: who may hold its streams.
    pub fn granted_parent(&self, org: Id) -> Option<Id> {
        self.parent(org).or_else(|| self.parent_if(org, false))
    }

    fn parent_if(&self, org: Id, accepted: bool) -> Option<Id> {
        let parents = self.taken_in.get(&org)?;
        parents.keys().copied().find(|parent| !accepted || self.accepted.contains(&(org, *parent)))
    }

    /// The accepted ancestors of an organisation, nearest first.
    pub fn ancestors(&self, org: Id) -> Vec<Id> {
        self.ancestors_of(self.canonical(org))
    }

    fn ancestors_of(&self, org: Id) -> Vec<Id> {
        self.climb(org, Authority::parent)
    }

    /// The ancestors that may hold an organisation's streams, nearest first.
    pub fn granted_ancestors(&self, org: Id) -> Vec<Id> {
        self.climb(self.canonical(org), Authority::granted_parent)
    }

    fn climb(&self, org: Id, parent: impl Fn(&Authority, Id) -> Option<Id>) -> Vec<Id> {
        let mut list = Vec::new();
        let mut at = org;
        while let Some(above) = parent(self, at) {
            if above == org || list.contains(&above) || list.len() >= MAX_DEPTH {
                break;
            }
            list.push(above);
            at = above;
        }
        list
    }

    /// Whether `below` is `org` or stands anywhere under it.
    pub fn covers(&self, org: Id, below: Id) -> bool {
        let (org, below) = (self.canonical(org), self.canonical(below));
        org == below || self.granted_ancestors(below).contains(&org)
    }

    /// Whether an organisation may hold a stream: all streams of its subtree, and the `down` streams of what stands above
    /// it (JOURNAL §1).
    pub fn may_hold(&self, org: Id, stream: &StreamId) -> bool {
        self.covers(org, stream.org) || (stream.lane == Lane::Down && self.covers(stream.org, org))
    }

    /// The organisation at the top of an organisation's line; itself when nobody took it in.
    pub fn root(&self, org: Id) -> Id {
        self.ancestors(org).last().copied().unwrap_or_else(|| self.canonical(org))
    }

    /// Whether a counting revocation names the replica: it may neither bring nor take anything any more.
    pub fn revoked(&self, replica: Id) -> bool {
        self.revocations.iter().any(|held| self.revocation_counts(held, replica))
    }

    /// The level that an organisation declared, or that its parent gave it.
    pub fn level(&self, org: Id) -> Option<u8> {
        self.founded
            .get(&org)
            .copied()
            .or_else(|| self.taken_in.get(&org).and_then(|p| p.values().next().copied()))
    }

    /// Every organisation that a certificate names, absorbed ones included.
    pub fn organisations(&self) -> BTreeSet<Id> {
        self.founded
            .keys()
            .chain(self.taken_in.keys())
            .chain(self.taken_in.values().flat_map(BTreeMap::keys))
            .chain(self.moved.values())
            .copied()
            .collect()
    }

    /// The laptops of an organisation with their letters (0 = A); a letter given twice stands twice.
    pub fn laptops(&self, org: Id) -> Vec<(Id, u16)> {
        let org = self.canonical(org);
        self.laptops
            .iter()
            .flat_map(|(replica, claims)| claims.iter().map(move |c| (*replica, c)))
            .filter(|(_, claim)| self.canonical(claim.0) == org && self.claim_holds(claim))
            .map(|(replica, claim)| (replica, claim.1))
            .collect()
    }

    /// The letter of a laptop within its organisation: the one given for it, else the one given for an organisation
    /// that it absorbed.
    pub fn letter(&self, replica: Id, org: Id) -> Option<u16> {
        let claims = self.laptops.get(&replica)?;
        let given = |fits: &dyn Fn(Id) -> bool| {
            claims.iter().filter(|c| fits(c.0) && self.claim_holds(c)).map(|c| c.1).next()
        };
        given(&|claimed| claimed == org)
            .or_else(|| given(&|claimed| self.canonical(claimed) == self.canonical(org)))
    }

    /// The organisation that a laptop belongs to.
    pub fn home(&self, replica: Id) -> Option<Id> {
        let claims = self.laptops.get(&replica)?;
        claims.iter().filter(|c| self.claim_holds(c)).map(|c| self.canonical(c.0)).next()
    }

    fn claim_holds(&self, (org, _, issuer): &(Id, u16, Id)) -> bool {
        issuer == org || self.ancestors(*org).contains(issuer) || *issuer == self.canonical(*org)
    }

    /// Whether a replica is certified for an organisation or an ancestor of it, revocations aside.
    pub fn certified(&self, replica: Id, org: Id) -> bool {
        let Some(claims) = self.laptops.get(&replica) else { return false };
        let target = self.canonical(org);
        let above = self.ancestors_of(target);
        claims.iter().any(|claim| {
            let home = self.canonical(claim.0);
            self.claim_holds(claim) && (claim.0 == org || home == target || above.contains(&home))
        })
    }

    /// Whether a replica writes for an ancestor of the organisation, and not only for itself.
    pub fn certified_above(&self, replica: Id, org: Id) -> bool {
        let Some(claims) = self.laptops.get(&replica) else { return false };
        let above = self.ancestors(org);
        claims.iter().any(|claim| self.claim_holds(claim) && above.contains(&self.canonical(claim.0)))
    }

    /// Whether the stream's changes count, and up to where.
    pub fn standing(&self, stream: &StreamId) -> Standing {
        if !self.certified(stream.replica, stream.org) {
            return Standing::Waits;
        }
        let held: Vec<&HeldRevocation> =
            self.revocations.iter().filter(|r| self.revocation_counts(r, stream.replica)).collect();
        let cut = self
            .latest(&held)
            .into_iter()
            .map(|r| {
                r.revocation
                    .cuts
                    .iter()
                    .filter(|c| c.org == stream.org && c.lane == stream.lane)
                    .map(|c| (c.seq, Some(c.hash)))
                    .min()
                    .unwrap_or((0, None))
            })
            .min();
        cut.map_or(Standing::Counts, |(seq, hash)| Standing::UpTo(seq, hash))
    }

    /// The revocations of a replica that count and that no other has replaced: what a further one has to name.
    pub fn revocations_of(&self, replica: Id) -> Vec<ChangeRef> {
        let held: Vec<&HeldRevocation> =
            self.revocations.iter().filter(|r| self.revocation_counts(r, replica)).collect();
        let mut latest: Vec<ChangeRef> = self.latest(&held).into_iter().map(|r| r.reference).collect();
        latest.sort_unstable();
        latest.dedup();
        latest
    }

    /// Those of the counting revocations of one replica that no other of them reaches through what was replaced, also
    /// through such as do not count.
    fn latest<'a>(&self, counting: &[&'a HeldRevocation]) -> Vec<&'a HeldRevocation> {
        let mut replaced: BTreeSet<ChangeRef> = BTreeSet::new();
        let mut open: Vec<ChangeRef> =
            counting.iter().flat_map(|r| &r.revocation.replaces).copied().collect();
        while let Some(next) = open.pop() {
            if replaced.insert(next) {
                let further = self.revocations.iter().filter(|r| r.reference == next);
                open.extend(further.flat_map(|r| &r.revocation.replaces));
            }
        }
        counting.iter().filter(|r| !replaced.contains(&r.reference)).copied().collect()
    }

    /// A revocation counts by its writer: certified for the replica's organisation or an ancestor, and not itself
    /// revoked by somebody above. So a stolen laptop that the township has revoked cannot revoke its sisters.
    fn revocation_counts(&self, held: &HeldRevocation, replica: Id) -> bool {
        if held.revocation.replica != replica || !Kind::Revocation.fits(held.reference.stream.lane) {
            return false;
        }
        let writer = held.reference.stream;
        let Some(home) = self.home(replica) else { return false };
        if !self.certified(writer.replica, home) || !self.covers(writer.org, home) {
            return false;
        }
        let Some(writer_home) = self.home(writer.replica) else { return false };
        let above = self.ancestors(writer_home);
        !self.revocations.iter().any(|other| {
            other.revocation.replica == writer.replica
                && self.home(other.reference.stream.replica).is_some_and(|h| above.contains(&h))
                && !other
                    .revocation
                    .cuts
                    .iter()
                    .any(|c| c.org == writer.org && c.lane == writer.lane && c.seq >= held.reference.seq)
        })
    }
}

/// Of several levels that one organisation was given, the highest holds, in whatever order they came.
fn raise(known: &mut u8, level: u8) {
    *known = level.max(*known);
}
