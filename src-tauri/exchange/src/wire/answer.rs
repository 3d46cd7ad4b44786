//! What the server answers.

use minicbor::{Decoder, Encoder};
use yuanba_journal::stream::{decode_stream, hash};
use yuanba_journal::{Hash, JournalError, StreamId};
use yuanba_store::peers::Vector;

use super::FORMAT;
use crate::vector;

/// Why the server took nothing of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refused {
    /// It knows no certificate of this replica, nor came one along
    UnknownWriter,
    /// The replica was revoked
    Revoked,
    /// The certificates lead to another root than the server serves
    AnotherCounty,
    /// Something in it is not for this replica to bring
    OutOfScope,
    /// Too many requests: later
    Busy,
    /// The server has no room: later
    Full,
    /// Something in it is damaged or forged
    Damaged,
}

const REFUSALS: [(u8, Refused, &str); 7] = [
    (1, Refused::UnknownWriter, "unknown_writer"),
    (2, Refused::Revoked, "revoked"),
    (3, Refused::AnotherCounty, "another_county"),
    (4, Refused::OutOfScope, "out_of_scope"),
    (5, Refused::Busy, "busy"),
    (6, Refused::Full, "full"),
    (7, Refused::Damaged, "damaged"),
];

impl Refused {
    /// For programs.
    pub fn code(self) -> &'static str {
        REFUSALS.iter().find(|(_, refused, _)| *refused == self).map_or("", |(_, _, code)| code)
    }

    fn number(self) -> u8 {
        REFUSALS.iter().find(|(_, refused, _)| *refused == self).map_or(0, |(number, _, _)| *number)
    }

    fn from_number(number: u8) -> Option<Refused> {
        REFUSALS.iter().find(|(known, _, _)| *known == number).map(|(_, refused, _)| *refused)
    }
}

/// The manifest of an answer: deterministic CBOR, a map. The server's key signs all of it, and so is its witness of the time
/// and of what it held.
///
/// | key | what |
/// |---|---|
/// | 1 | message format, 1 |
/// | 2 | 3, an answer |
/// | 3 | BLAKE3 of the request's bytes |
/// | 4 | the server's time, ms since 1970 |
/// | 5 | [digest](crate::vector::digest) of what the server holds of what the asking organisation may hold |
/// | 6 | what it holds, where that was asked for and both are not even |
/// | 7 | streams (replica, organisation, lane, one after the other) of the request of which something could not be taken in, because what comes before it is not here |
/// | 8 | there is more of what was wanted |
/// | 9 | why nothing was taken in |
/// | 10 | BLAKE3 of the certificate that the server shows on TLS lines |
///
/// Keys that a newer version adds are passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// BLAKE3 of the request's bytes
    pub to: Hash,
    /// The server's time, ms since 1970
    pub time_ms: i64,
    /// Digest of what the server holds
    pub digest: Hash,
    /// What it holds
    pub vector: Option<Vector>,
    /// Streams of which something waits for what comes before it
    pub gaps: Vec<StreamId>,
    /// There is more of what was wanted
    pub more: bool,
    /// Why nothing was taken in
    pub refused: Option<Refused>,
    /// BLAKE3 of the certificate of the server's TLS
    pub tls: Option<Hash>,
}

const ANSWER: u8 = 3;
/// The most parts of the list of streams that wait: three a stream.
const GAPS_MAX: u64 = 3_000_000;

impl Answer {
    /// The bytes.
    pub fn to_cbor(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(256 + self.vector.as_ref().map_or(0, |v| v.len() * 80));
        self.encode(&mut Encoder::new(&mut bytes)).expect("a Vec takes every byte");
        bytes
    }

    fn encode(
        &self,
        e: &mut Encoder<&mut Vec<u8>>,
    ) -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
        let optional = [
            self.vector.is_some(),
            !self.gaps.is_empty(),
            self.more,
            self.refused.is_some(),
            self.tls.is_some(),
        ];
        e.map(5 + optional.iter().filter(|there| **there).count() as u64)?;
        e.u8(1)?.u64(FORMAT)?.u8(2)?.u8(ANSWER)?.u8(3)?.bytes(&self.to.0)?.u8(4)?.i64(self.time_ms)?;
        e.u8(5)?.bytes(&self.digest.0)?;
        if let Some(held) = &self.vector {
            e.u8(6)?;
            vector::encode(e, held)?;
        }
        if !self.gaps.is_empty() {
            e.u8(7)?.array(3 * self.gaps.len() as u64)?;
            for stream in &self.gaps {
                e.bytes(&stream.replica.0)?.bytes(&stream.org.0)?.u8(stream.lane.number())?;
            }
        }
        if self.more {
            e.u8(8)?.bool(true)?;
        }
        if let Some(refused) = self.refused {
            e.u8(9)?.u8(refused.number())?;
        }
        if let Some(tls) = &self.tls {
            e.u8(10)?.bytes(&tls.0)?;
        }
        Ok(())
    }

    /// Reads an answer.
    ///
    /// # Errors
    /// `Newer` for a newer format or an unknown reason, `Malformed` or `TooLarge` for what is none.
    pub fn from_cbor(bytes: &[u8]) -> Result<Answer, JournalError> {
        let malformed = || JournalError::Malformed("answer");
        let mut d = Decoder::new(bytes);
        let (mut what, mut to, mut time_ms, mut digest) = (None, None, None, None);
        let (mut held, mut gaps, mut more, mut refused, mut tls) = (None, Vec::new(), false, None, None);
        let mut last = 0;
        for _ in 0..d.map()?.ok_or_else(malformed)? {
            let key = d.u64()?;
            if key <= last {
                return Err(malformed());
            }
            last = key;
            match key {
                1 => match d.u64()? {
                    FORMAT => {}
                    newer => return Err(JournalError::Newer(newer)),
                },
                2 => what = Some(d.u8()?),
                3 => to = Some(hash(d.bytes()?)?),
                4 => time_ms = Some(d.i64()?),
                5 => digest = Some(hash(d.bytes()?)?),
                6 => held = Some(vector::decode(&mut d)?),
                7 => {
                    let length = d.array()?.ok_or_else(malformed)?;
                    if length % 3 != 0 || length > GAPS_MAX {
                        return Err(JournalError::TooLarge("answer"));
                    }
                    for _ in 0..length / 3 {
                        gaps.push(decode_stream(&mut d)?);
                    }
                }
                8 => more = d.bool()?,
                9 => {
                    let number = d.u8()?;
                    refused =
                        Some(Refused::from_number(number).ok_or(JournalError::Newer(u64::from(number)))?);
                }
                10 => tls = Some(hash(d.bytes()?)?),
                _ => d.skip()?,
            }
        }
        if what != Some(ANSWER) || d.position() != bytes.len() {
            return Err(malformed());
        }
        Ok(Answer {
            to: to.ok_or_else(malformed)?,
            time_ms: time_ms.ok_or_else(malformed)?,
            digest: digest.ok_or_else(malformed)?,
            vector: held,
            gaps,
            more,
            refused,
            tls,
        })
    }
}
