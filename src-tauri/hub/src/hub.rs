//! A request's way: opened, signed in, taken in, answered.

use std::path::Path;
use std::sync::Arc;

use age::secrecy::ExposeSecret;
use age::x25519::Identity;
use chrono::Utc;
use tokio::sync::RwLock;
use yuanba_core::Id;
use yuanba_exchange::container::{self, Bundle, ClearHeader, Opened, Recipient};
use yuanba_exchange::vector;
use yuanba_exchange::wire::{Answer, Ask, HubCard, Refused};
use yuanba_journal::authority::Authority;
use yuanba_journal::{Hash, ReplicaKey, Segment};
use yuanba_store::peers::Vector;

use crate::archive::{Archive, ArchiveError, Kept};
use crate::handing_out::{self, Handed, in_scope};
use crate::key::RestKey;
use crate::limits::Limits;
use crate::metrics::{Metrics, Outcome};
use crate::shelf::Shelf;
use crate::taking_in;

/// Two processes that keep changing each other's ground try again so often.
const TRIES: usize = 20;

/// Why there is no answer at all.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// The request is not sealed for this server, or is damaged: nobody is there to be answered
    #[error("not a request to this server")]
    NotARequest,
    /// It was written by a newer program
    #[error("a request of a newer format")]
    Newer,
    /// The archive is away
    #[error(transparent)]
    Archive(#[from] ArchiveError),
}

/// What a hub is given from outside, so that a simulator can give it something else.
pub struct Surroundings {
    /// Milliseconds since 1970
    pub now_ms: Box<dyn Fn() -> i64 + Send + Sync>,
    /// BLAKE3 of the certificate shown on TLS lines
    pub tls: Option<Hash>,
    /// How much one replica may ask for
    pub limits: Limits,
}

impl Default for Surroundings {
    fn default() -> Surroundings {
        Surroundings { now_ms: clock(), tls: None, limits: Limits::default() }
    }
}

/// The wall clock, or what `YUANBA_NOW` (RFC 3339) says in its place for this process.
fn clock() -> Box<dyn Fn() -> i64 + Send + Sync> {
    let said = std::env::var("YUANBA_NOW").ok();
    match said.and_then(|text| chrono::DateTime::parse_from_rfc3339(text.trim()).ok()) {
        Some(time) => Box::new(move || time.timestamp_millis()),
        None => Box::new(|| Utc::now().timestamp_millis()),
    }
}

/// The server without its line.
pub struct Hub<A> {
    archive: A,
    rest: RestKey,
    key: ReplicaKey,
    identity: Identity,
    root: RwLock<Option<Id>>,
    shelf: RwLock<Shelf>,
    surroundings: Surroundings,
    /// What is counted
    pub metrics: Arc<Metrics>,
}

const KEY: &str = "key";
const IDENTITY: &str = "identity";
const ROOT: &str = "root";

impl<A: Archive> Hub<A> {
    /// The server of an archive. Its own keys lie in the archive, sealed, and are made when they are missing; `root` is the
    /// organisation whose tree it serves, else the first to sign in says so.
    ///
    /// # Errors
    /// `Damaged` when the key that seals is not the archive's.
    pub async fn open(
        archive: A,
        rest: RestKey,
        root: Option<Id>,
        surroundings: Surroundings,
    ) -> Result<Hub<A>, ArchiveError> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(|_| ArchiveError::Damaged("no randomness".into()))?;
        let kept = archive.settle(KEY, &rest.seal(KEY.as_bytes(), &seed)?).await?;
        let seed = rest
            .open(KEY.as_bytes(), &kept)?
            .try_into()
            .map_err(|_| ArchiveError::Damaged("the server's key".into()))?;
        let made = Identity::generate();
        let sealed = rest.seal(IDENTITY.as_bytes(), made.to_string().expose_secret().as_bytes())?;
        let kept = rest.open(IDENTITY.as_bytes(), &archive.settle(IDENTITY, &sealed).await?)?;
        let identity = String::from_utf8(kept)
            .ok()
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| ArchiveError::Damaged("the server's identity".into()))?;
        let root = match root {
            Some(root) => Id::from_slice(&archive.settle(ROOT, &root.0).await?),
            None => None,
        };
        let hub = Hub {
            archive,
            rest,
            key: ReplicaKey::from_seed(seed),
            identity,
            root: RwLock::new(root),
            shelf: RwLock::default(),
            surroundings,
            metrics: Arc::new(Metrics::default()),
        };
        hub.refresh().await?;
        Ok(hub)
    }

    /// What laptops pin.
    pub fn card(&self, url: String) -> HubCard {
        HubCard::signed(url, &self.key, &self.identity.to_public())
    }

    /// Where changes are kept.
    pub fn archive(&self) -> &A {
        &self.archive
    }

    /// Whether the archive answers.
    ///
    /// # Errors
    /// Those of the archive.
    pub async fn refresh(&self) -> Result<(), ArchiveError> {
        let since = self.shelf.read().await.arrival();
        let mut news = self.archive.news(since).await?;
        // The archive itself has gone back in time: another took over that had not heard of everything.
        let went_back = news.arrival < since;
        if went_back {
            news = self.archive.news(0).await?;
        }
        let mut shelf = self.shelf.write().await;
        if went_back && shelf.arrival() == since {
            tracing::warn!(from = since, to = news.arrival, "the archive has gone back in time");
            *shelf = Shelf::default();
        }
        // Another request may have brought newer news meanwhile.
        if news.arrival > shelf.arrival() || shelf.arrival() == 0 {
            shelf.update(news)?;
            self.metrics.streams.set(shelf.streams() as i64);
        }
        Ok(())
    }

    /// Answers a request. Whoever could seal a request for this server gets a sealed answer, also when it is refused.
    ///
    /// # Errors
    /// [`HubError`], where there is nobody to answer or nothing to answer from.
    pub async fn answer(&self, request: &[u8]) -> Result<Vec<u8>, HubError> {
        let opened = self.opened(request)?;
        let ask = Ask::from_cbor(opened.manifest()).map_err(|error| match error {
            yuanba_journal::JournalError::Newer(_) => HubError::Newer,
            _ => HubError::NotARequest,
        })?;
        let reply_to = ask.recipient().ok_or(HubError::NotARequest)?;
        if ask.to != self.key.id() || ask.to != opened.header().to || ask.from != opened.header().from {
            return Err(HubError::NotARequest);
        }
        let replica = opened.writer().id();
        let (answer, handed) = match self.judged(&ask, &opened, replica).await {
            Ok(found) => found,
            Err(Stop::Refused(refused)) => {
                tracing::info!(%replica, org = %ask.from, refused = refused.code(), "refused");
                self.metrics.count(Outcome::Refused(refused));
                let answer = self.plain(Some(refused));
                (answer, Handed::default())
            }
            Err(Stop::Archive(ArchiveError::Full)) => {
                tracing::error!("the disk is full");
                self.metrics.count(Outcome::Refused(Refused::Full));
                (self.plain(Some(Refused::Full)), Handed::default())
            }
            Err(Stop::Archive(error)) => {
                tracing::error!(%error, "archive");
                self.metrics.count(Outcome::Failed);
                return Err(error.into());
            }
        };
        self.sealed(Answer { to: Hash::of(&[request]), ..answer }, handed, &ask, &reply_to)
    }

    fn opened(&self, request: &[u8]) -> Result<Opened, HubError> {
        container::open_bytes(request, std::slice::from_ref(&self.identity)).map_err(|error| match error {
            container::BundleError::NewerFormat(_) => HubError::Newer,
            _ => HubError::NotARequest,
        })
    }

    /// An answer that says no more than the time.
    fn plain(&self, refused: Option<Refused>) -> Answer {
        Answer {
            to: Hash([0; 32]),
            time_ms: (self.surroundings.now_ms)(),
            digest: Hash([0; 32]),
            vector: None,
            gaps: Vec::new(),
            more: false,
            refused,
            tls: self.surroundings.tls,
        }
    }

    async fn judged(&self, ask: &Ask, opened: &Opened, replica: Id) -> Result<(Answer, Handed), Stop> {
        let segments: Vec<Segment> = opened
            .segments()
            .map(Segment::from_cbor)
            .collect::<Result<_, _>>()
            .map_err(|_| Stop::Refused(Refused::Damaged))?;
        let changes: u64 = segments.iter().map(|segment| segment.changes.len() as u64).sum();
        let (gaps, new) = self.taken_in(ask, replica, &segments).await?;
        self.refresh().await?;
        let (scope, wanted) = {
            let shelf = self.shelf.read().await;
            let scope = shelf.scope(ask.from);
            let wanted = in_scope(&shelf, &scope, &ask.wants);
            (scope, wanted)
        };
        let digest = vector::digest(&scope);
        let handed = handing_out::pick(&self.archive, &self.rest, &wanted, ask.most).await?;
        let even = digest == ask.digest;
        let tell = !even && (ask.tell || !gaps.is_empty());
        let out: usize = handed.segments.iter().map(Vec::len).sum();
        tracing::info!(%replica, org = %ask.from, changes, new, out, even, "exchanged");
        self.metrics.count(Outcome::Exchanged);
        self.metrics.kept.inc_by(new);
        let vector: Option<Vector> = tell.then_some(scope);
        let more = handed.more;
        Ok((Answer { digest, vector, gaps, more, ..self.plain(None) }, handed))
    }

    /// Signs in whoever asks, and keeps what came along.
    async fn taken_in(
        &self,
        ask: &Ask,
        replica: Id,
        segments: &[Segment],
    ) -> Result<(Vec<yuanba_journal::StreamId>, u64), Stop> {
        for tried in 0..TRIES {
            self.refresh().await?;
            let ground = self.shelf.read().await.ground(segments);
            let root = self.signed_in(&ground.tree, replica, ask.from).await?;
            // Only whoever is signed in is counted: nobody can use up another's share.
            if tried == 0 && !self.surroundings.limits.admits(replica) {
                return Err(Stop::Refused(Refused::Busy));
            }
            if !segments.iter().all(|segment| ground.tree.may_hold(ask.from, &segment.stream)) {
                return Err(Stop::Refused(Refused::OutOfScope));
            }
            if let Some(root) = root {
                self.serve(root).await?;
            }
            if segments.is_empty() {
                return Ok((Vec::new(), 0));
            }
            let plan = taking_in::plan(&self.archive, &self.rest, &ground, segments).await?;
            if plan.batch.writes.is_empty() {
                return Ok((plan.gaps, 0));
            }
            if let Kept::As(_) = self.archive.keep(&plan.batch).await? {
                return Ok((plan.gaps, plan.new));
            }
        }
        Err(Stop::Refused(Refused::Busy))
    }

    /// That a replica is certified for its organisation, under the root that is served, and not revoked. Answers with the
    /// root, if none is served yet.
    async fn signed_in(&self, tree: &Authority, replica: Id, org: Id) -> Result<Option<Id>, Stop> {
        let org = tree.canonical(org);
        if !tree.certified(replica, org) || tree.home(replica) != Some(org) {
            return Err(Stop::Refused(Refused::UnknownWriter));
        }
        if tree.revoked(replica) {
            return Err(Stop::Refused(Refused::Revoked));
        }
        let root = tree.root(org);
        match *self.root.read().await {
            Some(served) if tree.root(served) == root => Ok(None),
            Some(_) => Err(Stop::Refused(Refused::AnotherCounty)),
            None => Ok(Some(root)),
        }
    }

    /// The first who signed in says whose tree this archive is for.
    async fn serve(&self, root: Id) -> Result<(), Stop> {
        let settled = Id::from_slice(&self.archive.settle(ROOT, &root.0).await?);
        *self.root.write().await = settled;
        match settled {
            Some(served) if served == root => Ok(()),
            _ => Err(Stop::Refused(Refused::AnotherCounty)),
        }
    }

    fn sealed(
        &self,
        answer: Answer,
        handed: Handed,
        ask: &Ask,
        reply_to: &Recipient,
    ) -> Result<Vec<u8>, HubError> {
        let header = ClearHeader { from: self.key.id(), to: ask.from, time_ms: answer.time_ms };
        let recipients = [reply_to.clone()];
        let manifest = answer.to_cbor();
        let bundle = Bundle { header, recipients: &recipients, manifest: &manifest, key: &self.key };
        container::seal_bytes(&bundle, handed.segments)
            .map_err(|error| HubError::Archive(ArchiveError::Damaged(error.to_string())))
    }
}

/// Why nothing more is done for a request.
enum Stop {
    Refused(Refused),
    Archive(ArchiveError),
}

impl From<ArchiveError> for Stop {
    fn from(error: ArchiveError) -> Stop {
        Stop::Archive(error)
    }
}

/// The key file of an archive when none is named: beside the SQLite file, else in the folder that the service keeps its
/// state in.
pub fn key_file_of(database: &str) -> std::path::PathBuf {
    match database.strip_prefix("sqlite:") {
        Some(file) => Path::new(&format!("{file}.key")).to_owned(),
        None => std::env::var_os("STATE_DIRECTORY")
            .map_or_else(Default::default, std::path::PathBuf::from)
            .join("yuanba-hub.key"),
    }
}
