//! What a peer holds, as bytes.

use minicbor::data::Type;
use minicbor::{Decoder, Encoder};
use yuanba_core::Id;
use yuanba_journal::author::Tip;
use yuanba_journal::stream::{hash, id};
use yuanba_journal::{Hash, JournalError, Lane, StreamId};
use yuanba_store::peers::Vector;

/// The most organisations, laptops, streams or branches of one vector.
const ITEMS_MAX: u64 = 1_000_000;

/// One hash of everything that a vector says. The end of a branch is the end of a hash chain, so that whoever gives the
/// same one holds the same set of changes.
pub fn digest(vector: &Vector) -> Hash {
    let mut bytes = Vec::with_capacity(64 + vector.len() * 80);
    encode(&mut Encoder::new(&mut bytes), vector).expect("a Vec takes every byte");
    Hash::of(&[&bytes])
}

/// Writes what a peer holds: `[[organisation, …], [replica, …], [stream, …]]`, a stream being `[place of its organisation, place
/// of its replica, lane, seq, hash, seq, hash, …]`, a seq and a header hash for the end of each branch.
pub(crate) fn encode(
    e: &mut Encoder<&mut Vec<u8>>,
    vector: &Vector,
) -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
    let list = |of: fn(&StreamId) -> Id| {
        let mut ids: Vec<Id> = vector.keys().map(of).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let (orgs, replicas) = (list(|s| s.org), list(|s| s.replica));
    let place = |ids: &[Id], id: Id| ids.binary_search(&id).map_or(0, |at| at as u64);
    e.array(3)?;
    for ids in [&orgs, &replicas] {
        e.array(ids.len() as u64)?;
        for id in ids {
            e.bytes(&id.0)?;
        }
    }
    e.array(vector.len() as u64)?;
    for (stream, tips) in vector {
        e.array(3 + 2 * tips.len() as u64)?;
        e.u64(place(&orgs, stream.org))?.u64(place(&replicas, stream.replica))?.u8(stream.lane.number())?;
        for tip in tips {
            e.u64(tip.seq)?.bytes(&tip.hash.0)?;
        }
    }
    Ok(())
}

/// Reads what [`encode`] wrote.
///
/// # Errors
/// `Malformed` or `TooLarge`.
pub(crate) fn decode(d: &mut Decoder<'_>) -> Result<Vector, JournalError> {
    let malformed = || JournalError::Malformed("vector");
    if list(d)? != 3 {
        return Err(malformed());
    }
    let ids = |d: &mut Decoder<'_>| -> Result<Vec<Id>, JournalError> {
        (0..list(d)?).map(|_| id(d.bytes()?)).collect()
    };
    let (orgs, replicas) = (ids(d)?, ids(d)?);
    let pick = |ids: &[Id], at: u64| {
        usize::try_from(at).ok().and_then(|at| ids.get(at)).copied().ok_or_else(malformed)
    };
    let mut vector = Vector::new();
    for _ in 0..list(d)? {
        let parts = list(d)?;
        if parts < 3 || parts % 2 == 0 {
            return Err(malformed());
        }
        let org = pick(&orgs, d.u64()?)?;
        let replica = pick(&replicas, d.u64()?)?;
        let lane = Lane::from_number(d.u8()?).ok_or_else(malformed)?;
        let tips = (0..(parts - 3) / 2)
            .map(|_| Ok(Tip { seq: d.u64()?, hash: hash(d.bytes()?)? }))
            .collect::<Result<Vec<_>, JournalError>>()?;
        vector.insert(StreamId { replica, org, lane }, tips);
    }
    Ok(vector)
}

fn list(d: &mut Decoder<'_>) -> Result<u64, JournalError> {
    if d.datatype()? != Type::Array {
        return Err(JournalError::Malformed("vector"));
    }
    d.array()?.filter(|n| *n <= ITEMS_MAX).ok_or(JournalError::TooLarge("vector"))
}
