//! What an update says of itself.

use std::collections::BTreeSet;
use std::convert::Infallible;

use chrono::NaiveDate;
use minicbor::{Decoder, Encoder};
use semver::Version;
use serde::Deserialize;

use super::name::{is_declaration, is_installer, is_word};
use super::{
    FORMAT, INSTALLER_BYTES_MAX, NOTES_CHARS_MAX, PARTS_MAX, PRACTICE_BYTES_MAX, TITLE_CHARS_MAX, UpdateError,
};

/// The longest version that is read, in bytes.
const VERSION_BYTES_MAX: usize = 64;
const DAY: &str = "%Y-%m-%d";

/// What an update brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contents {
    /// Installers of the next program, one for each kind of machine
    Program,
    /// Rules and practices, laid over those that the program brings
    Practices,
}

/// A part of an update.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The machine that an installer is for, such as `linux-deb-x86_64`; empty for a declaration
    pub platform: String,
    /// The installer's file name, or the declaration's path inside `assets`
    pub name: String,
    /// Its length, bytes
    pub bytes: u64,
    /// Its BLAKE3 hash
    pub hash: [u8; 32],
}

/// The manifest: deterministic CBOR, a map.
///
/// | key | what |
/// |---|---|
/// | 1 | manifest format, 1 |
/// | 2 | 0 program, 1 practices |
/// | 3 | the pack's word, which stays from version to version; of a program `yuanba` |
/// | 4 | its title for people |
/// | 5 | its version (semver) |
/// | 6 | the lowest program that may take it (semver), where there is one |
/// | 7 | the first program that may not take it any more, because it brings the same itself |
/// | 8 | the day it was built, `YYYY-MM-DD` |
/// | 9 | notes for people, Chinese |
/// | 10 | parts, in the order in which they stand in the file: `[[platform, name, bytes, hash], …]` |
///
/// Keys that a newer version adds are passed over: it is an older program that reads what a newer one wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// What it brings
    pub contents: Contents,
    /// The pack's word; versions are compared within one
    pub pack: String,
    /// What people call it
    pub title: String,
    /// Its version
    pub version: Version,
    /// The lowest program that may take it
    pub from_program: Option<Version>,
    /// The first program that may not take it any more
    pub before_program: Option<Version>,
    /// When it was built
    pub built: NaiveDate,
    /// What it changes, in words
    pub notes: String,
    /// What stands in the file, in this order
    pub parts: Vec<Part>,
}

/// The pack of every program.
pub(super) const PROGRAM: &str = "yuanba";

impl Manifest {
    /// All bytes of the parts; `None` when there are more than any file has.
    pub fn parts_bytes(&self) -> Option<u64> {
        self.parts.iter().try_fold(0u64, |sum, part| sum.checked_add(part.bytes))
    }

    /// Whether a program of that version may take it or have it in force.
    pub fn suits(&self, program: &Version) -> bool {
        let above = |lowest: &Version| program.cmp_precedence(lowest).is_ge();
        self.from_program.as_ref().is_none_or(above) && !self.before_program.as_ref().is_some_and(above)
    }

    /// What is wrong with it, if something is.
    ///
    /// # Errors
    /// `TooLarge` beyond a limit, `Damaged` for what has no meaning.
    pub(super) fn check(&self) -> Result<(), UpdateError> {
        let damaged = |what| Err(UpdateError::Damaged(what));
        let control = |text: &str| text.chars().any(|c| c.is_control() && c != '\n');
        if self.parts.len() > PARTS_MAX {
            return Err(UpdateError::TooLarge("it has too many parts"));
        }
        if self.title.chars().count() > TITLE_CHARS_MAX || self.notes.chars().count() > NOTES_CHARS_MAX {
            return Err(UpdateError::TooLarge("its words are too long"));
        }
        if self.title.trim().is_empty()
            || control(&self.title)
            || self.title.contains('\n')
            || control(&self.notes)
        {
            return damaged("its words are none");
        }
        if !is_word(&self.pack) || (self.contents == Contents::Program) != (self.pack == PROGRAM) {
            return damaged("its pack has no such name");
        }
        let longest = match self.contents {
            Contents::Program => INSTALLER_BYTES_MAX,
            Contents::Practices => PRACTICE_BYTES_MAX,
        };
        if self.parts.iter().any(|part| part.bytes > longest) {
            return Err(UpdateError::TooLarge("one of its parts is too long"));
        }
        let named = |part: &Part| match self.contents {
            Contents::Program => is_installer(&part.platform, &part.name),
            Contents::Practices => part.platform.is_empty() && is_declaration(&part.name),
        };
        if self.parts.is_empty() || !self.parts.iter().all(named) {
            return damaged("its parts have no such names");
        }
        // Two installers of one machine, or two texts of one declaration: nobody could say which is meant.
        let mut seen = BTreeSet::new();
        let key = |part: &Part| match self.contents {
            Contents::Program => part.platform.clone(),
            Contents::Practices => part.name.clone(),
        };
        if !self.parts.iter().all(|part| seen.insert(key(part))) {
            return damaged("it has one part twice");
        }
        Ok(())
    }

    /// The manifest's bytes.
    pub fn to_cbor(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(512 + self.notes.len() + self.parts.len() * 128);
        self.encode(&mut Encoder::new(&mut bytes)).expect("a Vec takes every byte");
        bytes
    }

    fn encode(&self, e: &mut Encoder<&mut Vec<u8>>) -> Result<(), minicbor::encode::Error<Infallible>> {
        let kind = match self.contents {
            Contents::Program => 0,
            Contents::Practices => 1,
        };
        let bounds = [&self.from_program, &self.before_program];
        e.map(8 + bounds.iter().filter(|bound| bound.is_some()).count() as u64)?;
        e.u8(1)?.u64(FORMAT)?.u8(2)?.u8(kind)?.u8(3)?.str(&self.pack)?.u8(4)?.str(&self.title)?;
        e.u8(5)?.str(&self.version.to_string())?;
        for (key, bound) in (6u8..).zip(bounds) {
            if let Some(version) = bound {
                e.u8(key)?.str(&version.to_string())?;
            }
        }
        e.u8(8)?.str(&self.built.format(DAY).to_string())?.u8(9)?.str(&self.notes)?;
        e.u8(10)?.array(self.parts.len() as u64)?;
        for part in &self.parts {
            e.array(4)?.str(&part.platform)?.str(&part.name)?.u64(part.bytes)?.bytes(&part.hash)?;
        }
        Ok(())
    }

    /// Reads a manifest and checks it.
    ///
    /// # Errors
    /// `NewerFormat`, `TooLarge`, and `Damaged` for what is none.
    pub fn from_cbor(bytes: &[u8]) -> Result<Manifest, UpdateError> {
        let manifest = Manifest::decode(bytes).map_err(|error| match error {
            Bad::Newer(format) => UpdateError::NewerFormat(format),
            Bad::Shape => UpdateError::Damaged("its manifest is misshapen"),
        })?;
        manifest.check()?;
        Ok(manifest)
    }

    fn decode(bytes: &[u8]) -> Result<Manifest, Bad> {
        let mut d = Decoder::new(bytes);
        let (mut contents, mut pack, mut title, mut version) = (None, None, None, None);
        let (mut from_program, mut before_program, mut built, mut notes, mut parts) =
            (None, None, None, None, None);
        let mut last = 0;
        for _ in 0..d.map()?.ok_or(Bad::Shape)? {
            let key = d.u64()?;
            if key <= last {
                return Err(Bad::Shape);
            }
            last = key;
            match key {
                1 => match d.u64()? {
                    FORMAT => {}
                    newer => return Err(Bad::Newer(newer)),
                },
                2 => {
                    contents = Some(match d.u64()? {
                        0 => Contents::Program,
                        1 => Contents::Practices,
                        // Something that only a newer program can do anything with.
                        _ => return Err(Bad::Newer(FORMAT + 1)),
                    });
                }
                3 => pack = Some(d.str()?.to_owned()),
                4 => title = Some(d.str()?.to_owned()),
                5 => version = Some(semver(d.str()?)?),
                6 => from_program = Some(semver(d.str()?)?),
                7 => before_program = Some(semver(d.str()?)?),
                8 => built = Some(NaiveDate::parse_from_str(d.str()?, DAY).map_err(|_| Bad::Shape)?),
                9 => notes = Some(d.str()?.to_owned()),
                10 => parts = Some(self::parts(&mut d)?),
                _ => d.skip()?,
            }
        }
        if d.position() != bytes.len() {
            return Err(Bad::Shape);
        }
        Ok(Manifest {
            contents: contents.ok_or(Bad::Shape)?,
            pack: pack.ok_or(Bad::Shape)?,
            title: title.ok_or(Bad::Shape)?,
            version: version.ok_or(Bad::Shape)?,
            from_program,
            before_program,
            built: built.ok_or(Bad::Shape)?,
            notes: notes.ok_or(Bad::Shape)?,
            parts: parts.ok_or(Bad::Shape)?,
        })
    }
}

/// What is wrong with bytes that are no manifest.
enum Bad {
    Newer(u64),
    Shape,
}

impl From<minicbor::decode::Error> for Bad {
    fn from(_: minicbor::decode::Error) -> Bad {
        Bad::Shape
    }
}

fn semver(text: &str) -> Result<Version, Bad> {
    if text.len() > VERSION_BYTES_MAX {
        return Err(Bad::Shape);
    }
    Version::parse(text).map_err(|_| Bad::Shape)
}

fn parts(d: &mut Decoder<'_>) -> Result<Vec<Part>, Bad> {
    let count = d.array()?.ok_or(Bad::Shape)?;
    // A part more than the most is read, so that the limit is named.
    let mut parts = Vec::new();
    for _ in 0..count.min(PARTS_MAX as u64 + 1) {
        if d.array()? != Some(4) {
            return Err(Bad::Shape);
        }
        parts.push(Part {
            platform: d.str()?.to_owned(),
            name: d.str()?.to_owned(),
            bytes: d.u64()?,
            hash: d.bytes()?.try_into().map_err(|_| Bad::Shape)?,
        });
    }
    if count > PARTS_MAX as u64 + 1 {
        for _ in PARTS_MAX as u64 + 1..count {
            d.skip()?;
        }
    }
    Ok(parts)
}
