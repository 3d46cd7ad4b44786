//! Codes of two digits from a national standard.

/// Declares a type that holds one code of a standard, and the error for a text that is none. Written as its two digits in
/// `Display`, `FromStr` and serde alike; the code is stored, the label is shown (RULES §6). The type brings `from_code`, which
/// knows what codes there are.
#[macro_export]
macro_rules! two_digit_code {
    ($(#[$doc:meta])* $name:ident, $(#[$unknown_doc:meta])* $unknown:ident = $message:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(u8);

        $(#[$unknown_doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
        #[error($message)]
        pub struct $unknown;

        impl $name {
            /// The number of the code.
            pub fn number(self) -> u8 {
                self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{:02}", self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $unknown;

            fn from_str(text: &str) -> Result<Self, $unknown> {
                // Two digits and nothing else: a number may have a sign before it.
                Some(text)
                    .filter(|t| t.len() == 2 && t.bytes().all(|b| b.is_ascii_digit()))
                    .and_then(|t| t.parse().ok())
                    .and_then(Self::from_code)
                    .ok_or($unknown)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}
