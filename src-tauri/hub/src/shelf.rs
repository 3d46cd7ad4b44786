//! What a process knows of its archive: the tree, and where every stream ends. It is only a copy, brought up to date before
//! each request.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use yuanba_core::{Id, Level};
use yuanba_journal::authority::{Authority, Ever, HeldRevocation};
use yuanba_journal::payload::{Certificate, Redaction, Revocation};
use yuanba_journal::{Change, ChangeRef, Hash, Kind, Lane, Segment, StreamId};
use yuanba_store::peers::Vector;

use crate::archive::{ArchiveError, HeldStream, News, Special};

/// The tree, the ends of every stream, and what was erased.
#[derive(Default)]
pub struct Shelf {
    arrival: u64,
    streams: HashMap<StreamId, HeldStream>,
    known: HashSet<Hash>,
    certificates: Vec<Certificate>,
    revocations: Vec<HeldRevocation>,
    redactions: Vec<(StreamId, Redaction)>,
    tree: Arc<Authority>,
    erased: Arc<HashSet<ChangeRef>>,
    /// The raw ids of streams' organisations by every organisation that stands at or above them
    below: HashMap<Id, BTreeSet<Id>>,
    by_org: HashMap<Id, Vec<StreamId>>,
}

impl Shelf {
    /// The batch up to which it knows everything.
    pub fn arrival(&self) -> u64 {
        self.arrival
    }

    /// How many streams it knows.
    pub fn streams(&self) -> usize {
        self.streams.len()
    }

    /// A stream, if it is held.
    pub fn stream(&self, stream: &StreamId) -> Option<&HeldStream> {
        self.streams.get(stream)
    }

    /// Takes in what has changed in the archive.
    ///
    /// # Errors
    /// `Damaged` for a header that is none.
    pub fn update(&mut self, news: News) -> Result<(), ArchiveError> {
        self.arrival = news.arrival;
        let mut new_org = false;
        for held in news.streams {
            let stream = held.stream;
            if self.streams.insert(stream, held).is_none() {
                let streams = self.by_org.entry(stream.org).or_default();
                new_org |= streams.is_empty();
                streams.push(stream);
            }
        }
        if !news.specials.is_empty() {
            for special in &news.specials {
                self.take(special)?;
            }
            self.tree = Arc::new(Authority::new(&self.certificates, self.revocations.iter().cloned()));
            self.erased = Arc::new(erased(&self.tree, &self.redactions));
        }
        if new_org || !news.specials.is_empty() {
            self.sort_orgs();
        }
        Ok(())
    }

    fn take(&mut self, special: &Special) -> Result<(), ArchiveError> {
        let change = Change::stored(special.header.clone(), None)
            .map_err(|_| ArchiveError::Damaged("a header".into()))?;
        self.known.insert(change.hash);
        let parts = Parts::of(std::iter::once(&change));
        self.certificates.extend(parts.certificates);
        self.revocations.extend(parts.revocations);
        self.redactions.extend(parts.redactions);
        Ok(())
    }

    /// Sorts the organisations that have streams under everything that may hold them.
    fn sort_orgs(&mut self) {
        self.below.clear();
        for org in self.by_org.keys() {
            let canonical = self.tree.canonical(*org);
            for above in std::iter::once(canonical).chain(self.tree.granted_ancestors(canonical)) {
                self.below.entry(above).or_default().insert(*org);
            }
        }
    }

    /// The streams that an organisation may hold (JOURNAL §1), with their ends.
    pub fn scope(&self, org: Id) -> Vector {
        let org = self.tree.canonical(org);
        let below = self.below.get(&org).into_iter().flatten();
        let mut scope = Vector::new();
        for stream in below.flat_map(|below| &self.by_org[below]) {
            scope.insert(*stream, self.streams[stream].tips.clone());
        }
        for above in self.tree.granted_ancestors(org) {
            // What was absorbed by an ancestor is folded as the ancestor.
            let same = self.below.get(&above).into_iter().flatten();
            for stream in
                same.filter(|raw| self.tree.canonical(**raw) == above).flat_map(|raw| &self.by_org[raw])
            {
                if stream.lane == Lane::Down {
                    scope.insert(*stream, self.streams[stream].tips.clone());
                }
            }
        }
        scope
    }

    /// What the tree and the erased parts are once these segments are held too, and what is held of their streams.
    pub fn ground(&self, segments: &[Segment]) -> Ground {
        let changes = segments.iter().flat_map(|segment| &segment.changes);
        let fresh: Vec<&Change> =
            changes.filter(|change| is_special(change) && !self.known.contains(&change.hash)).collect();
        let (tree, erased) =
            if fresh.is_empty() { (self.tree.clone(), self.erased.clone()) } else { self.with(&fresh) };
        let to_erase: BTreeSet<StreamId> = erased
            .difference(&self.erased)
            .map(|target| target.stream)
            .filter(|stream| self.streams.contains_key(stream))
            .collect();
        let touched = segments.iter().map(|segment| segment.stream).chain(to_erase.iter().copied());
        let held = touched.filter_map(|stream| Some((stream, self.streams.get(&stream)?.clone()))).collect();
        let specials = fresh.into_iter().map(|change| change.hash).collect();
        Ground { specials_seen: self.known.len() as u64, specials, tree, erased, to_erase, held }
    }

    fn with(&self, fresh: &[&Change]) -> (Arc<Authority>, Arc<HashSet<ChangeRef>>) {
        let parts = Parts::of(fresh.iter().copied());
        let revocations = self.revocations.iter().cloned().chain(parts.revocations);
        let certificates: Vec<Certificate> =
            self.certificates.iter().copied().chain(parts.certificates).collect();
        let tree = Authority::new(&certificates, revocations);
        let redactions: Vec<(StreamId, Redaction)> =
            self.redactions.iter().cloned().chain(parts.redactions).collect();
        let erased = erased(&tree, &redactions);
        (Arc::new(tree), Arc::new(erased))
    }
}

/// What segments fall on: all that is needed to work out what they change, as of one moment.
pub struct Ground {
    /// How many special changes were known
    pub specials_seen: u64,
    /// The special changes among the segments that were not
    pub specials: HashSet<Hash>,
    /// The tree, with what the segments say of it
    pub tree: Arc<Authority>,
    /// The changes whose erasable parts are erased, with what the segments say of it
    pub erased: Arc<HashSet<ChangeRef>>,
    /// The held streams of which the segments erase something
    pub to_erase: BTreeSet<StreamId>,
    /// What is held of the streams that the segments touch
    pub held: HashMap<StreamId, HeldStream>,
}

impl Ground {
    /// The township of an organisation, which is where its rows lie: the organisation itself where there is none.
    pub fn township(&self, org: Id) -> Id {
        let org = self.tree.canonical(org);
        std::iter::once(org)
            .chain(self.tree.granted_ancestors(org))
            .find(|at| self.tree.level(*at) == Some(Level::Township.number()))
            .unwrap_or(org)
    }
}

/// Whether the hub itself must know a change.
pub fn is_special(change: &Change) -> bool {
    matches!(change.header.kind, Kind::Certificate | Kind::Revocation | Kind::Redaction)
}

/// What special changes say.
#[derive(Default)]
struct Parts {
    certificates: Vec<Certificate>,
    revocations: Vec<HeldRevocation>,
    redactions: Vec<(StreamId, Redaction)>,
}

impl Parts {
    fn of<'a>(changes: impl Iterator<Item = &'a Change>) -> Parts {
        let mut parts = Parts::default();
        for change in changes {
            let (kept, home) = (&change.header.kept[..], change.header.stream);
            match change.header.kind {
                Kind::Certificate => parts.certificates.extend(Certificate::from_cbor(kept)),
                Kind::Revocation => {
                    parts.revocations.extend(
                        Revocation::from_cbor(kept, &home)
                            .map(|revocation| HeldRevocation { reference: change.reference(), revocation }),
                    );
                }
                Kind::Redaction => {
                    parts.redactions.extend(Redaction::from_cbor(kept, &home).map(|r| (home, r)));
                }
                _ => {}
            }
        }
        parts
    }
}

/// What counting redactions erase. What was erased once stays erased, whatever becomes of who said so.
fn erased(tree: &Authority, redactions: &[(StreamId, Redaction)]) -> HashSet<ChangeRef> {
    if redactions.is_empty() {
        return HashSet::new();
    }
    let ever = Ever::of(tree);
    redactions
        .iter()
        .flat_map(|(home, redaction)| redaction.changes.iter().map(move |target| (home, target)))
        .filter(|(home, target)| ever.may_erase(tree, home, target.stream.org))
        .map(|(_, target)| *target)
        .collect()
}
