//! Sixteen-byte ids of records, accounts, people and places.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A 16-byte id. Records use UUIDv7, so that encrypted B-trees grow at their end; ids never say what came first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Id(pub [u8; 16]);

impl Id {
    /// A UUIDv7 from a time in milliseconds since 1970 and ten random bytes; both are passed in so that a simulator
    /// can repeat itself.
    pub fn v7(unix_ms: u64, random: [u8; 10]) -> Id {
        Id(*uuid::Builder::from_unix_timestamp_millis(unix_ms, &random).into_uuid().as_bytes())
    }

    /// The id in the 16 bytes, or `None` when the slice has another length.
    pub fn from_slice(bytes: &[u8]) -> Option<Id> {
        bytes.try_into().ok().map(Id)
    }

    /// The 16 bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for byte in self.0 {
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Id({self})")
    }
}

/// A text is no id: it is not 32 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of 32 hexadecimal digits")]
pub struct BadId;

impl FromStr for Id {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Id, BadId> {
        let digits = text.as_bytes();
        if digits.len() != 32 {
            return Err(BadId);
        }
        let nibble = |c: u8| (c as char).to_digit(16).ok_or(BadId);
        let mut bytes = [0u8; 16];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = (nibble(pair[0])? * 16 + nibble(pair[1])?) as u8;
        }
        Ok(Id(bytes))
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Id, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_from_its_own_words() {
        let id = Id::v7(1_765_000_000_000, [7; 10]);
        assert_eq!(id.to_string().parse::<Id>(), Ok(id));
        assert!("123".parse::<Id>().is_err());
        assert!("zz".repeat(16).parse::<Id>().is_err());
    }

    #[test]
    fn later_ids_sort_after_earlier_ones() {
        assert!(Id::v7(1, [255; 10]) < Id::v7(2, [0; 10]));
    }
}
