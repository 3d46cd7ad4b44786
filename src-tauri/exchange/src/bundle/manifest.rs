//! What a bundle says of itself, inside.

use minicbor::{Decoder, Encoder};
use yuanba_core::Id;
use yuanba_journal::stream::{hash, id};
use yuanba_journal::{Hash, JournalError};
use yuanba_store::peers::Vector;

use crate::vector;

/// The manifest format that is written, and the newest that is read.
const FORMAT: u64 = 1;

/// What the file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Changes that the addressee lacks
    Bundle,
    /// A place in the tree, in answer to a request
    Grant {
        /// The organisation that the requesting laptop began as
        child: Id,
        /// The one that it becomes part of, if it does not become a child of the writer
        into: Option<Id>,
    },
}

/// The manifest: deterministic CBOR, a map.
///
/// | key | what |
/// |---|---|
/// | 1 | manifest format, 1 |
/// | 2 | 0 bundle, 1 grant |
/// | 3 | the organisation that writes |
/// | 4 | the organisation it is meant for |
/// | 5 | when, by the writer's clock, ms since 1970 |
/// | 6 | what the writer holds of what the addressee may hold: `[[organisation, …], [replica, …], [stream, …]]`, a stream being `[place of its organisation, place of its replica, lane, seq, hash, seq, hash, …]`, a seq and a header hash for the end of each branch |
/// | 7 | BLAKE3 over the sorted header hashes of what the writer holds of the streams that both may hold |
/// | 8 | grant: the organisation that the requesting laptop began as |
/// | 9 | grant: the organisation that it becomes part of |
///
/// Keys that a newer version adds are passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// What the file is for
    pub purpose: Purpose,
    /// The organisation that writes
    pub from: Id,
    /// The organisation it is meant for
    pub to: Id,
    /// When, by the writer's clock, ms since 1970
    pub time_ms: i64,
    /// What the writer holds
    pub vector: Vector,
    /// BLAKE3 over the sorted header hashes of what the writer holds of the streams that both may hold
    pub digest: Hash,
}

impl Manifest {
    /// The manifest's bytes.
    pub fn to_cbor(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(256 + self.vector.len() * 80);
        self.encode(&mut Encoder::new(&mut bytes)).expect("a Vec takes every byte");
        bytes
    }

    fn encode(
        &self,
        e: &mut Encoder<&mut Vec<u8>>,
    ) -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
        let (kind, child, into) = match self.purpose {
            Purpose::Bundle => (0, None, None),
            Purpose::Grant { child, into } => (1, Some(child), into),
        };
        e.map(7 + u64::from(child.is_some()) + u64::from(into.is_some()))?;
        e.u8(1)?.u64(FORMAT)?.u8(2)?.u8(kind)?.u8(3)?.bytes(&self.from.0)?.u8(4)?.bytes(&self.to.0)?;
        e.u8(5)?.i64(self.time_ms)?.u8(6)?;
        vector::encode(e, &self.vector)?;
        e.u8(7)?.bytes(&self.digest.0)?;
        if let Some(child) = child {
            e.u8(8)?.bytes(&child.0)?;
        }
        if let Some(into) = into {
            e.u8(9)?.bytes(&into.0)?;
        }
        Ok(())
    }

    /// Reads a manifest.
    ///
    /// # Errors
    /// `Newer` for a newer manifest format, `Malformed` or `TooLarge` for what is none.
    pub fn from_cbor(bytes: &[u8]) -> Result<Manifest, JournalError> {
        let malformed = JournalError::Malformed("manifest");
        let mut d = Decoder::new(bytes);
        let (mut kind, mut from, mut to, mut time_ms) = (None, None, None, None);
        let (mut vector, mut digest, mut child, mut into) = (None, None, None, None);
        let mut last = 0;
        for _ in 0..d.map()?.ok_or(malformed.clone())? {
            let key = d.u64()?;
            if key <= last {
                return Err(malformed);
            }
            last = key;
            match key {
                1 => match d.u64()? {
                    FORMAT => {}
                    newer => return Err(JournalError::Newer(newer)),
                },
                2 => kind = Some(d.u64()?),
                3 => from = Some(id(d.bytes()?)?),
                4 => to = Some(id(d.bytes()?)?),
                5 => time_ms = Some(d.i64()?),
                6 => vector = Some(vector::decode(&mut d)?),
                7 => digest = Some(hash(d.bytes()?)?),
                8 => child = Some(id(d.bytes()?)?),
                9 => into = Some(id(d.bytes()?)?),
                _ => d.skip()?,
            }
        }
        let purpose = match (kind, child) {
            (Some(0), None) => Purpose::Bundle,
            (Some(1), Some(child)) => Purpose::Grant { child, into },
            _ => return Err(malformed),
        };
        if d.position() != bytes.len() {
            return Err(malformed);
        }
        Ok(Manifest {
            purpose,
            from: from.ok_or(malformed.clone())?,
            to: to.ok_or(malformed.clone())?,
            time_ms: time_ms.ok_or(malformed.clone())?,
            vector: vector.ok_or(malformed.clone())?,
            digest: digest.ok_or(malformed)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use yuanba_journal::author::Tip;
    use yuanba_journal::{Lane, StreamId};

    use super::*;

    fn ids() -> impl Strategy<Value = Id> {
        (0u8..6).prop_map(|n| Id([n; 16]))
    }

    prop_compose! {
        fn manifests()(
            streams in prop::collection::vec((ids(), ids(), any::<bool>(), prop::collection::vec((1u64..1 << 40, any::<[u8; 32]>()), 1..4)), 0..12),
            from in ids(), to in ids(), time_ms in any::<i64>(), digest in any::<[u8; 32]>(),
            grant in prop::option::of((ids(), prop::option::of(ids()))),
        ) -> Manifest {
            let vector = streams.into_iter().map(|(replica, org, down, tips)| {
                let lane = if down { Lane::Down } else { Lane::Up };
                let tips = tips.into_iter().map(|(seq, hash)| Tip { seq, hash: Hash(hash) }).collect();
                (StreamId { replica, org, lane }, tips)
            }).collect();
            let purpose = grant.map_or(Purpose::Bundle, |(child, into)| Purpose::Grant { child, into });
            Manifest { purpose, from, to, time_ms, vector, digest: Hash(digest) }
        }
    }

    proptest! {
        #[test]
        fn a_manifest_reads_as_it_was_written(manifest in manifests()) {
            prop_assert_eq!(Manifest::from_cbor(&manifest.to_cbor()).unwrap(), manifest);
        }

        #[test]
        fn bytes_that_are_no_manifest_are_an_error_and_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _ = Manifest::from_cbor(&bytes);
        }
    }

    #[test]
    fn a_stream_takes_less_than_a_hundred_bytes_also_when_none_shares_its_laptop() {
        let vector: Vector = (0..200u8)
            .map(|n| {
                let stream = StreamId { replica: Id([n; 16]), org: Id([n; 16]), lane: Lane::Up };
                (stream, vec![Tip { seq: 4_000_000_000, hash: Hash([n; 32]) }])
            })
            .collect();
        let manifest = Manifest {
            purpose: Purpose::Bundle,
            from: Id([1; 16]),
            to: Id([2; 16]),
            time_ms: 1_781_222_400_000,
            vector,
            digest: Hash([0; 32]),
        };
        assert!(manifest.to_cbor().len() <= 200 * 100);
    }
}
