//! Writes to the fields of one record.
//!
//! Kept part: `[table, [item, …]]`, item = `[field, op]` or `[field, op, [reference, …]]`. Ops: 0 put a register's
//! value, having seen the referenced heads; 1 add an element; 2 remove the referenced elements; 3 has seen the
//! referenced heads of the field and writes nothing. Body: `[value, …]`, one for each item, null for ops 2 and 3.

use minicbor::{Decoder, Encoder};
use yuanba_core::Value;

use super::{array, canonical};
use crate::format::{ITEMS_MAX, REFERENCES_MAX};
use crate::{ChangeRef, JournalError, StreamId};

/// What an item does to its field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemOp {
    /// Puts a value, in place of the heads it saw
    Put(Vec<ChangeRef>),
    /// Adds an element
    Add,
    /// Removes the elements it names: change and place of the item in it
    Remove(Vec<(ChangeRef, u64)>),
    /// Saw these heads
    Saw(Vec<ChangeRef>),
}

/// One field of a record write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Field number in the table
    pub field: u16,
    /// What happens to it
    pub op: ItemOp,
}

/// A record write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordWrite {
    /// Table number
    pub table: u16,
    /// In the order of the body's values
    pub items: Vec<Item>,
}

impl RecordWrite {
    /// The kept part's bytes.
    pub fn to_cbor(&self, home: &StreamId) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(8 + self.items.len() * 4);
        let mut e = Encoder::new(&mut bytes);
        let result = (|| {
            e.array(2)?.u16(self.table)?.array(self.items.len() as u64)?;
            for item in &self.items {
                let (op, references): (u8, Vec<(ChangeRef, Option<u64>)>) = match &item.op {
                    ItemOp::Put(seen) => (0, seen.iter().map(|r| (*r, None)).collect()),
                    ItemOp::Add => (1, Vec::new()),
                    ItemOp::Remove(elements) => (2, elements.iter().map(|(r, i)| (*r, Some(*i))).collect()),
                    ItemOp::Saw(seen) => (3, seen.iter().map(|r| (*r, None)).collect()),
                };
                e.array(if references.is_empty() { 2 } else { 3 })?.u16(item.field)?.u8(op)?;
                if !references.is_empty() {
                    e.array(references.len() as u64)?;
                    for (reference, item) in references {
                        reference.encode(&mut e, home, item);
                    }
                }
            }
            Ok::<_, minicbor::encode::Error<std::convert::Infallible>>(())
        })();
        result.expect("a Vec takes every byte");
        bytes
    }

    /// Reads the kept part.
    pub fn from_cbor(bytes: &[u8], home: &StreamId) -> Result<RecordWrite, JournalError> {
        let mut d = Decoder::new(bytes);
        array(&mut d, 2, "record write")?;
        let table = d.u16()?;
        let count = array(&mut d, ITEMS_MAX, "items")?;
        let mut items = Vec::with_capacity(count.min(64) as usize);
        for _ in 0..count {
            let parts = array(&mut d, 3, "item")?;
            let field = d.u16()?;
            let op = d.u8()?;
            let with_item = op == 2;
            let mut references = Vec::new();
            if parts == 3 {
                for _ in 0..array(&mut d, REFERENCES_MAX, "references")? {
                    references.push(ChangeRef::decode(&mut d, home, with_item)?);
                }
            }
            let changes = |list: Vec<(ChangeRef, Option<u64>)>| list.into_iter().map(|(r, _)| r).collect();
            let op = match op {
                0 => ItemOp::Put(changes(references)),
                1 => ItemOp::Add,
                2 => ItemOp::Remove(references.into_iter().map(|(r, i)| (r, i.unwrap_or(0))).collect()),
                3 => ItemOp::Saw(changes(references)),
                _ => return Err(JournalError::Malformed("item")),
            };
            items.push(Item { field, op });
        }
        let write = RecordWrite { table, items };
        let written = write.to_cbor(home);
        canonical(write, &written, bytes)
    }
}

/// The body's bytes: one value an item.
pub fn encode_values(values: &[Value]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(values.len() * 12);
    let mut e = Encoder::new(&mut bytes);
    let result = (|| {
        e.array(values.len() as u64)?;
        values.iter().try_for_each(|value| value.encode(&mut e))
    })();
    result.expect("a Vec takes every byte");
    bytes
}

/// Reads the body of a record write of so many items.
pub fn decode_values(bytes: &[u8], items: usize) -> Result<Vec<Value>, JournalError> {
    let mut d = Decoder::new(bytes);
    if array(&mut d, ITEMS_MAX, "values")? != items as u64 {
        return Err(JournalError::Malformed("values do not fit the items"));
    }
    // The values see to their own form; what is left is the list's.
    let head = match items {
        0..24 => 1,
        24..256 => 2,
        256..65_536 => 3,
        _ => 5,
    };
    if d.position() != head {
        return Err(JournalError::Malformed("not in its only form"));
    }
    let values = (0..items).map(|_| Ok(Value::decode(&mut d)?)).collect::<Result<Vec<_>, JournalError>>()?;
    if d.position() == bytes.len() {
        Ok(values)
    } else {
        Err(JournalError::Malformed("bytes after the values"))
    }
}
