//! What a field holds.

use minicbor::data::Type;
use minicbor::decode::{Decoder, Error as DecodeError};
use minicbor::encode::{Encoder, Error as EncodeError, Write};

use crate::Id;

/// The deepest nesting of lists that is read.
const MAX_DEPTH: u8 = 4;
/// The most elements of one list that are read.
const MAX_LIST: u64 = 4096;

/// A value of a field. Dates are texts in their own precision (`1985`, `1985-07`, `1985-07-01`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Value {
    /// Nothing is known, or it was taken back.
    #[default]
    Null,
    /// 是 or 否
    Bool(bool),
    /// Whole numbers: fen, points, counts
    Int(i64),
    /// Text and dates
    Text(String),
    /// A reference to a record
    Id(Id),
    /// A list whose order means something
    List(Vec<Value>),
}

impl Value {
    /// Writes the value as deterministic CBOR (RFC 8949 §4.2).
    pub fn encode<W: Write>(&self, e: &mut Encoder<W>) -> Result<(), EncodeError<W::Error>> {
        match self {
            Value::Null => e.null()?,
            Value::Bool(b) => e.bool(*b)?,
            Value::Int(n) => e.i64(*n)?,
            Value::Text(t) => e.str(t)?,
            Value::Id(id) => e.bytes(&id.0)?,
            Value::List(list) => {
                e.array(list.len() as u64)?;
                for value in list {
                    value.encode(e)?;
                }
                e
            }
        };
        Ok(())
    }

    /// Reads one value. Fails on anything that [`Value::encode`] would not have written.
    pub fn decode(d: &mut Decoder<'_>) -> Result<Value, DecodeError> {
        Value::decode_nested(d, MAX_DEPTH)
    }

    fn decode_nested(d: &mut Decoder<'_>, depth: u8) -> Result<Value, DecodeError> {
        shortest(d)?;
        match d.datatype()? {
            Type::Null => d.null().map(|()| Value::Null),
            Type::Bool => d.bool().map(Value::Bool),
            Type::String => d.str().map(|t| Value::Text(t.to_owned())),
            Type::Bytes => id_bytes(d).map(Value::Id),
            Type::Array => (0..list_length(d, depth)?)
                .map(|_| Value::decode_nested(d, depth - 1))
                .collect::<Result<_, _>>()
                .map(Value::List),
            _ => d.i64().map(Value::Int),
        }
    }

    /// Passes over one value without making it, and answers with its bytes. Fails on what [`Value::decode`] fails on.
    ///
    /// # Errors
    /// As [`Value::decode`].
    pub fn pass<'b>(d: &mut Decoder<'b>) -> Result<&'b [u8], DecodeError> {
        let (all, start) = (d.input(), d.position());
        Value::pass_nested(d, MAX_DEPTH)?;
        Ok(&all[start..d.position()])
    }

    fn pass_nested(d: &mut Decoder<'_>, depth: u8) -> Result<(), DecodeError> {
        shortest(d)?;
        match d.datatype()? {
            Type::Null => d.null(),
            Type::Bool => d.bool().map(|_| ()),
            Type::String => d.str().map(|_| ()),
            Type::Bytes => id_bytes(d).map(|_| ()),
            Type::Array => (0..list_length(d, depth)?).try_for_each(|_| Value::pass_nested(d, depth - 1)),
            _ => d.i64().map(|_| ()),
        }
    }

    /// The canonical bytes: equal values have equal bytes.
    pub fn to_cbor(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.encode(&mut Encoder::new(&mut bytes)).expect("a Vec takes every byte");
        bytes
    }

    /// The text, or `None` when the value is something else.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(t) => Some(t),
            _ => None,
        }
    }

    /// The whole number, or `None` when the value is something else.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(n) => Some(*n),
            _ => None,
        }
    }

    /// 是 or 否, or `None` when the value is something else.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// The reference, or `None` when the value is something else.
    pub fn as_id(&self) -> Option<Id> {
        match self {
            Value::Id(id) => Some(*id),
            _ => None,
        }
    }

    /// The elements of a list, or an empty slice when the value is something else.
    pub fn as_list(&self) -> &[Value] {
        match self {
            Value::List(list) => list,
            _ => &[],
        }
    }

    /// Whether nothing is known.
    pub fn is_null(&self) -> bool {
        *self == Value::Null
    }
}

fn id_bytes(d: &mut Decoder<'_>) -> Result<Id, DecodeError> {
    Id::from_slice(d.bytes()?).ok_or_else(|| DecodeError::message("an id has 16 bytes"))
}

fn list_length(d: &mut Decoder<'_>, depth: u8) -> Result<u64, DecodeError> {
    let length = d.array()?.ok_or_else(|| DecodeError::message("a list has a length"))?;
    if length > MAX_LIST || depth == 0 {
        return Err(DecodeError::message("a list is too long or too deep"));
    }
    Ok(length)
}

/// Fails when the next item states its number or length in more bytes than need be.
///
/// # Errors
/// As it says.
pub fn shortest(d: &Decoder<'_>) -> Result<(), DecodeError> {
    if head_is_shortest(d.input().get(d.position()..).unwrap_or_default()) {
        Ok(())
    } else {
        Err(DecodeError::message("a length or a number is written longer than need be"))
    }
}

/// Whether the item at the beginning of the bytes states its number or length in the fewest bytes (RFC 8949 §4.2.1).
fn head_is_shortest(item: &[u8]) -> bool {
    match item {
        [first, rest @ ..] => match (first & 0x1f, rest) {
            (24, [n, ..]) => *n >= 24,
            (25, [high, ..]) => *high > 0,
            (26, [a, b, ..]) => (*a, *b) != (0, 0),
            (27, [a, b, c, d, ..]) => [*a, *b, *c, *d] != [0; 4],
            _ => true,
        },
        [] => true,
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}
impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}
impl From<i64> for Value {
    fn from(number: i64) -> Value {
        Value::Int(number)
    }
}
impl From<bool> for Value {
    fn from(yes: bool) -> Value {
        Value::Bool(yes)
    }
}
impl From<Id> for Value {
    fn from(id: Id) -> Value {
        Value::Id(id)
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}
impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(list: Vec<T>) -> Value {
        Value::List(list.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_reads_back_from_its_bytes() {
        let value = Value::List(vec![
            Value::Null,
            Value::Bool(true),
            Value::Int(-5),
            Value::Int(i64::MAX),
            Value::from("䶮㛃𬍛"),
            Value::Id(Id([9; 16])),
            Value::List(vec![Value::Int(0)]),
        ]);
        let bytes = value.to_cbor();
        assert_eq!(Value::decode(&mut Decoder::new(&bytes)).unwrap(), value);
        let followed = [&bytes[..], &[0]].concat();
        assert_eq!(Value::pass(&mut Decoder::new(&followed)).unwrap(), bytes);
    }

    #[test]
    fn a_value_has_one_form_and_no_other_is_read() {
        for bytes in [
            &[0x18, 0x17][..],
            &[0x39, 0x00, 0x00],
            &[0x1a, 0x00, 0x00, 0x01, 0x00],
            &[0x1b, 0, 0, 0, 0, 0x01, 0, 0, 0],
            &[0x78, 0x01, b'a'],
            &[0x98, 0x01, 0x00],
            &[0x81, 0x18, 0x00],
            &[0xf8, 0x16],
        ] {
            assert!(Value::decode(&mut Decoder::new(bytes)).is_err(), "{bytes:02x?}");
            assert!(Value::pass(&mut Decoder::new(bytes)).is_err(), "{bytes:02x?}");
        }
        for number in [23, 24, 255, 256, 65_535, 65_536, u32::MAX.into(), i64::from(u32::MAX) + 1] {
            for value in [Value::Int(number), Value::Int(-number - 1)] {
                assert_eq!(Value::decode(&mut Decoder::new(&value.to_cbor())).unwrap(), value);
            }
        }
    }

    #[test]
    fn a_list_that_nests_without_end_is_refused() {
        let bytes = vec![0x81u8; 10_000];
        assert!(Value::decode(&mut Decoder::new(&bytes)).is_err());
        assert!(Value::pass(&mut Decoder::new(&bytes)).is_err());
    }
}
