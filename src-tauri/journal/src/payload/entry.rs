//! Ledgers: entries in whole numbers, their reversals, and the choice between two entries of one key.
//!
//! Entry: `[ledger, from, to, amount, natural key, on, rule, terms]`, the natural key and the terms being lists of values.
//! It moves `amount` from one account to another, so that every sum is zero. Reversal: `[key]`, the key being the day as
//! a number in 4 bytes (so that keys come in order and the tables grow at their end) and the first 12 bytes of
//! BLAKE3(ledger, one byte ‖ day as text ‖ a zero byte ‖ natural key). Choice: `[key, reference, [references seen]]`: the
//! entry that stands; the entries beside it and the choices before it that the person saw. The bodies of reversals and
//! choices are `[reason]`.

use minicbor::Decoder;
use yuanba_core::{Id, Value};

use super::{EntryView, array, canonical, encoded};
use crate::format::REFERENCES_MAX;
use crate::stream::id;
use crate::{ChangeRef, Hash, JournalError, StreamId};

/// Which ledger an entry belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ledger {
    /// 积分, whole points
    Points,
    /// 党费, fen
    Dues,
    /// 经费, fen
    Funds,
}

impl Ledger {
    /// The number in the journal.
    pub fn number(self) -> u8 {
        match self {
            Ledger::Points => 1,
            Ledger::Dues => 2,
            Ledger::Funds => 3,
        }
    }

    /// The ledger of a number.
    pub fn from_number(number: u8) -> Option<Ledger> {
        [Ledger::Points, Ledger::Dues, Ledger::Funds].into_iter().find(|l| l.number() == number)
    }
}

/// A posted entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The ledger
    pub ledger: Ledger,
    /// The account that gives
    pub from: Id,
    /// The account that receives
    pub to: Id,
    /// Points or fen; negative for a deduction
    pub amount: i64,
    /// What makes two laptops' same entry one: account, rule, day, event
    pub natural_key: Vec<Value>,
    /// The day it is for, `2026-06-05`
    pub on: String,
    /// Rule id
    pub rule: String,
    /// Fixed when written: version of the book, cap, asked, granted
    pub terms: Vec<Value>,
}

/// The key of a ledger entry: its day in 4 bytes, then 12 bytes of BLAKE3(ledger ‖ day ‖ 0 ‖ natural key).
pub fn entry_key(ledger: Ledger, on: &str, natural_key: &[Value]) -> Id {
    key_of(ledger, on, &Value::List(natural_key.to_vec()).to_cbor())
}

/// The key of a natural key that is given as the bytes of its list.
pub(super) fn key_of(ledger: Ledger, on: &str, natural_key: &[u8]) -> Id {
    let day = on
        .bytes()
        .filter_map(|c| (c as char).to_digit(10))
        .take(8)
        .fold(0u32, |day, digit| day.wrapping_mul(10).wrapping_add(digit));
    let hash = Hash::of(&[&[ledger.number()], on.as_bytes(), &[0], natural_key]);
    let mut key = [0; 16];
    key[..4].copy_from_slice(&day.to_be_bytes());
    key[4..].copy_from_slice(&hash.0[..12]);
    Id(key)
}

impl Entry {
    /// The key that its natural key makes.
    pub fn key(&self) -> Id {
        entry_key(self.ledger, &self.on, &self.natural_key)
    }

    /// The kept part's bytes.
    pub fn to_cbor(&self) -> Vec<u8> {
        encoded(|e| {
            e.array(8)?.u8(self.ledger.number())?.bytes(&self.from.0)?.bytes(&self.to.0)?.i64(self.amount)?;
            Value::List(self.natural_key.clone()).encode(e)?;
            e.str(&self.on)?.str(&self.rule)?;
            Value::List(self.terms.clone()).encode(e)
        })
    }

    /// Reads the kept part.
    pub fn from_cbor(bytes: &[u8]) -> Result<Entry, JournalError> {
        let view = EntryView::from_cbor(bytes)?;
        let list = |bytes: &[u8]| match Value::decode(&mut Decoder::new(bytes))? {
            Value::List(list) => Ok(list),
            _ => Err(JournalError::Malformed("entry")),
        };
        Ok(Entry {
            ledger: view.ledger,
            from: view.from,
            to: view.to,
            amount: view.amount,
            natural_key: list(view.natural_key)?,
            on: view.on.to_owned(),
            rule: view.rule.to_owned(),
            terms: list(view.terms)?,
        })
    }
}

/// Reverses whatever entry stands under a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reversal {
    /// The key
    pub key: Id,
}

impl Reversal {
    /// The kept part's bytes.
    pub fn to_cbor(&self) -> Vec<u8> {
        encoded(|e| e.array(1)?.bytes(&self.key.0).map(|_| ()))
    }

    /// Reads the kept part.
    pub fn from_cbor(bytes: &[u8]) -> Result<Reversal, JournalError> {
        let mut d = Decoder::new(bytes);
        if array(&mut d, 1, "reversal")? != 1 {
            return Err(JournalError::Malformed("reversal"));
        }
        let key = id(d.bytes()?)?;
        let reversal = Reversal { key };
        canonical(reversal, &reversal.to_cbor(), bytes)
    }
}

/// A person's word on which entry of a key stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The key
    pub key: Id,
    /// The entry that stands
    pub stands: ChangeRef,
    /// What it saw: the entries that do not stand, and the choices before it
    pub replaces: Vec<ChangeRef>,
}

impl Choice {
    /// The kept part's bytes.
    pub fn to_cbor(&self, home: &StreamId) -> Vec<u8> {
        encoded(|e| {
            e.array(3)?.bytes(&self.key.0)?;
            self.stands.encode(e, home, None);
            e.array(self.replaces.len() as u64)?;
            self.replaces.iter().for_each(|r| r.encode(e, home, None));
            Ok(())
        })
    }

    /// Reads the kept part.
    pub fn from_cbor(bytes: &[u8], home: &StreamId) -> Result<Choice, JournalError> {
        let mut d = Decoder::new(bytes);
        if array(&mut d, 3, "choice")? != 3 {
            return Err(JournalError::Malformed("choice"));
        }
        let key = id(d.bytes()?)?;
        let stands = ChangeRef::decode(&mut d, home, false)?.0;
        let count = array(&mut d, REFERENCES_MAX, "choice")?;
        let replaces = (0..count)
            .map(|_| ChangeRef::decode(&mut d, home, false).map(|(r, _)| r))
            .collect::<Result<_, _>>()?;
        let choice = Choice { key, stands, replaces };
        let written = choice.to_cbor(home);
        canonical(choice, &written, bytes)
    }
}
