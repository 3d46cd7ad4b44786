//! Whose updates count.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Deserialize;
use yuanba_journal::PublicKey;

use super::manifest::{Contents, Manifest};

/// The public half of a release key, and what its signature is good for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedKey {
    /// Who releases with it, as people know them
    pub name: String,
    /// The key
    pub public: PublicKey,
    /// What its packages may hold
    pub signs: Vec<Contents>,
    /// The first and the last day on which a package may have been built
    pub days: (NaiveDate, NaiveDate),
}

impl TrustedKey {
    /// Whether it may sign such a package. The day is the one that stands in the package: clocks of laptops lie.
    pub(super) fn signs(&self, manifest: &Manifest) -> bool {
        let (from, until) = self.days;
        self.signs.contains(&manifest.contents) && (from..=until).contains(&manifest.built)
    }
}

/// The keys whose updates a program takes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedKeys(Vec<TrustedKey>);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    key: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    name: String,
    public: String,
    signs: Vec<Contents>,
    from: NaiveDate,
    until: NaiveDate,
}

impl TrustedKeys {
    /// The list that is built into the program: `assets/updates/keys.toml`.
    ///
    /// # Panics
    /// When that file is no list, which a test of this crate rules out.
    pub fn built_in() -> TrustedKeys {
        TrustedKeys::read(include_str!("../../../../assets/updates/keys.toml"))
            .unwrap_or_else(|error| panic!("the list of release keys is none: {error}"))
    }

    /// A list as it stands in a file.
    ///
    /// # Errors
    /// A line that says what is wrong, for who writes the list.
    pub fn read(text: &str) -> Result<TrustedKeys, String> {
        let list: List = toml::from_str(text).map_err(|error| error.to_string())?;
        let mut seen = BTreeSet::new();
        let keys = list.key.into_iter().map(|line| {
            let mut public = [0; 32];
            hex::decode_to_slice(&line.public, &mut public)
                .map_err(|_| format!("{}: public is not 64 hexadecimal digits", line.name))?;
            if line.name.trim().is_empty() || line.until < line.from || line.signs.is_empty() {
                return Err(format!("{}: a key without a name, a day or anything to sign", line.name));
            }
            if !seen.insert(public) {
                return Err(format!("{}: this key stands in the list twice", line.name));
            }
            Ok(TrustedKey {
                name: line.name,
                public: PublicKey(public),
                signs: line.signs,
                days: (line.from, line.until),
            })
        });
        Ok(TrustedKeys(keys.collect::<Result<_, _>>()?))
    }

    /// Whether no update counts at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The key, if it is in the list.
    pub(super) fn find(&self, public: &PublicKey) -> Option<&TrustedKey> {
        self.0.iter().find(|key| key.public == *public)
    }

    /// Who signs, in the order of the list.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|key| key.name.as_str())
    }
}

impl From<Vec<TrustedKey>> for TrustedKeys {
    fn from(keys: Vec<TrustedKey>) -> TrustedKeys {
        TrustedKeys(keys)
    }
}
