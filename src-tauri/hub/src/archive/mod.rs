//! Where changes are kept: one small trait with two implementations that pass one conformance suite.
//!
//! An archive stores rows and decides nothing: it takes a [`Batch`] whole or not at all, and only while what the batch was
//! worked out from still stands.

pub mod postgres;
pub mod sqlite;

use std::future::Future;

use yuanba_core::Id;
use yuanba_journal::author::Tip;
use yuanba_journal::{Hash, StreamId};

/// Why an archive could not do its part. Nothing of a batch was kept.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The disk is full
    #[error("the disk is full")]
    Full,
    /// What it holds cannot be read
    #[error("damaged: {0}")]
    Damaged(String),
    /// The database is away or does not answer
    #[error("the database does not answer: {0}")]
    Away(String),
}

/// Results of archives.
pub type Result<T, E = ArchiveError> = std::result::Result<T, E>;

/// A stream and the ends of its branches, as the archive holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldStream {
    /// Its row
    pub row: i64,
    /// The stream
    pub stream: StreamId,
    /// The ends of its branches, the longest first
    pub tips: Vec<Tip>,
    /// The run that ends in the longest, and how many bytes it has
    pub last: RunSize,
    /// The batch that it changed in last
    pub arrival: u64,
}

/// A run by its number, and its length in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RunSize {
    /// Its number
    pub id: i64,
    /// Bytes as they are kept
    pub bytes: u64,
}

/// Changes of one stream that chain to a signed head, as they are kept: a segment's bytes, packed and sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its number; 0 before it is kept
    pub id: i64,
    /// Place of the first change
    pub first_seq: u64,
    /// Place of the last change
    pub last_seq: u64,
    /// Header hash of the last change
    pub last: Hash,
    /// The bytes, sealed
    pub bytes: Vec<u8>,
}

/// A change that the hub itself must know: certificates, revocations, redactions. Its header, without its erasable part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Special {
    /// Header hash
    pub hash: Hash,
    /// Header bytes
    pub header: Vec<u8>,
}

/// What a batch does to one stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamWrite {
    /// The stream
    pub stream: StreamId,
    /// The township of its organisation, which is what the tables are partitioned by
    pub township: Id,
    /// The batch that it had changed in last when this was worked out; 0 for a stream that was not there
    pub seen: u64,
    /// The ends of its branches from now on, the longest first
    pub tips: Vec<Tip>,
    /// Runs that go, because others hold their changes now
    pub drop: Vec<i64>,
    /// Runs that come; the last of them ends in the longest branch, if the longest branch has changed
    pub add: Vec<Run>,
}

/// What is kept whole or not at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// How many special changes were known when this was worked out: another certificate may have changed everything
    pub specials_seen: u64,
    /// Streams that change
    pub writes: Vec<StreamWrite>,
    /// Special changes among them
    pub specials: Vec<Special>,
}

/// What came of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is kept, as the batch of this number
    As(u64),
    /// Something that it was worked out from has changed; nothing was kept
    Stale,
}

/// What has changed since a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    /// The newest batch
    pub arrival: u64,
    /// Streams that changed since
    pub streams: Vec<HeldStream>,
    /// Special changes that came since, in the order in which they came
    pub specials: Vec<Special>,
}

/// Keeps changes. Several processes may use one archive at the same time.
pub trait Archive: Send + Sync + 'static {
    /// A value that belongs to the archive; the first writer's stands for ever, and everybody is answered that.
    fn settle(&self, name: &str, value: &[u8]) -> impl Future<Output = Result<Vec<u8>>> + Send;

    /// What has changed since a batch; 0 for everything.
    fn news(&self, since: u64) -> impl Future<Output = Result<News>> + Send;

    /// The runs of a stream that reach beyond a place, in the order of their places, until so many bytes are together; at
    /// least one, if there is any.
    fn runs(&self, row: i64, after: u64, most: u64) -> impl Future<Output = Result<Vec<Run>>> + Send;

    /// Keeps a batch. When this answers, the batch is on the disk.
    fn keep(&self, batch: &Batch) -> impl Future<Output = Result<Kept>> + Send;
}

/// Tips as a column.
fn tips_to_bytes(tips: &[Tip]) -> Vec<u8> {
    tips.iter().flat_map(|tip| tip.seq.to_be_bytes().into_iter().chain(tip.hash.0)).collect()
}

fn tips_from_bytes(bytes: &[u8]) -> Result<Vec<Tip>> {
    let tip = |chunk: &[u8]| {
        let (seq, hash) = chunk.split_at_checked(8)?;
        Some(Tip { seq: u64::from_be_bytes(seq.try_into().ok()?), hash: Hash::from_slice(hash)? })
    };
    let tips: Option<Vec<Tip>> = bytes.chunks(40).map(tip).collect();
    tips.ok_or_else(|| ArchiveError::Damaged("the ends of a stream".into()))
}
