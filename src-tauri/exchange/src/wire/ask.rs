//! What a laptop asks.

use minicbor::{Decoder, Encoder};
use yuanba_core::Id;
use yuanba_journal::stream::{hash, id};
use yuanba_journal::{Hash, JournalError};
use yuanba_store::peers::Vector;

use super::FORMAT;
use crate::container::Recipient;
use crate::vector;

/// The manifest of a request: deterministic CBOR, a map.
///
/// | key | what |
/// |---|---|
/// | 1 | message format, 1 |
/// | 2 | 2, a request |
/// | 3 | the organisation that asks |
/// | 4 | the server, by the id of its key |
/// | 5 | when, by the laptop's clock, ms since 1970 |
/// | 6 | the age recipient that the answer is sealed for, made for this call |
/// | 7 | [digest](crate::vector::digest) of what the laptop holds of what its organisation may hold |
/// | 8 | streams of which it wants more, each with what it holds: a vector as in a bundle's manifest |
/// | 9 | it wants to know what the server holds, if both are not even |
/// | 10 | the most bytes of changes that it wants in the answer |
///
/// Keys that a newer version adds are passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The organisation that asks
    pub from: Id,
    /// The server
    pub to: Id,
    /// When, by the laptop's clock, ms since 1970
    pub time_ms: i64,
    /// Who can open the answer
    pub reply_to: String,
    /// Digest of what the laptop holds
    pub digest: Hash,
    /// Streams of which it wants more, with what it holds of them
    pub wants: Vector,
    /// It wants the server's vector, if both are not even
    pub tell: bool,
    /// The most bytes of changes in the answer
    pub most: u64,
}

const REQUEST: u8 = 2;
/// No recipient is longer.
const RECIPIENT_MAX: usize = 128;

impl Ask {
    /// The bytes.
    pub fn to_cbor(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(256 + self.wants.len() * 80);
        self.encode(&mut Encoder::new(&mut bytes)).expect("a Vec takes every byte");
        bytes
    }

    fn encode(
        &self,
        e: &mut Encoder<&mut Vec<u8>>,
    ) -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
        e.map(10)?;
        e.u8(1)?.u64(FORMAT)?.u8(2)?.u8(REQUEST)?.u8(3)?.bytes(&self.from.0)?.u8(4)?.bytes(&self.to.0)?;
        e.u8(5)?.i64(self.time_ms)?.u8(6)?.str(&self.reply_to)?.u8(7)?.bytes(&self.digest.0)?.u8(8)?;
        vector::encode(e, &self.wants)?;
        e.u8(9)?.bool(self.tell)?.u8(10)?.u64(self.most)?;
        Ok(())
    }

    /// Reads a request.
    ///
    /// # Errors
    /// `Newer` for a newer format, `Malformed` or `TooLarge` for what is none.
    pub fn from_cbor(bytes: &[u8]) -> Result<Ask, JournalError> {
        let malformed = || JournalError::Malformed("request");
        let mut d = Decoder::new(bytes);
        let (mut what, mut from, mut to, mut time_ms, mut reply_to) = (None, None, None, None, None);
        let (mut digest, mut wants, mut tell, mut most) = (None, None, None, None);
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
                3 => from = Some(id(d.bytes()?)?),
                4 => to = Some(id(d.bytes()?)?),
                5 => time_ms = Some(d.i64()?),
                6 => reply_to = Some(d.str()?.to_owned()).filter(|text| text.len() <= RECIPIENT_MAX),
                7 => digest = Some(hash(d.bytes()?)?),
                8 => wants = Some(vector::decode(&mut d)?),
                9 => tell = Some(d.bool()?),
                10 => most = Some(d.u64()?),
                _ => d.skip()?,
            }
        }
        if what != Some(REQUEST) || d.position() != bytes.len() {
            return Err(malformed());
        }
        Ok(Ask {
            from: from.ok_or_else(malformed)?,
            to: to.ok_or_else(malformed)?,
            time_ms: time_ms.ok_or_else(malformed)?,
            reply_to: reply_to.ok_or_else(malformed)?,
            digest: digest.ok_or_else(malformed)?,
            wants: wants.ok_or_else(malformed)?,
            tell: tell.ok_or_else(malformed)?,
            most: most.ok_or_else(malformed)?,
        })
    }

    /// Who can open the answer, if that is a recipient.
    pub fn recipient(&self) -> Option<Recipient> {
        self.reply_to.parse().ok()
    }
}
