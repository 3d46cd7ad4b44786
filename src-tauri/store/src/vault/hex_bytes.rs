//! Bytes of a fixed length that stand in a JSON file as hexadecimal digits.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// `N` bytes, written as `2 N` small hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct HexBytes<const N: usize>(pub [u8; N]);

impl<const N: usize> fmt::Debug for HexBytes<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl<const N: usize> Serialize for HexBytes<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(self.0))
    }
}

impl<'de, const N: usize> Deserialize<'de> for HexBytes<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<HexBytes<N>, D::Error> {
        let digits = std::borrow::Cow::<'_, str>::deserialize(deserializer)?;
        if digits.bytes().any(|digit| digit.is_ascii_uppercase()) {
            return Err(serde::de::Error::custom("a capital digit: this program writes none"));
        }
        let mut bytes = [0u8; N];
        hex::decode_to_slice(digits.as_bytes(), &mut bytes).map_err(serde::de::Error::custom)?;
        Ok(HexBytes(bytes))
    }
}
