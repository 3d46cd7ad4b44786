//! Packs of practices that were taken: kept as the signed files that they came as, and laid over what the program brings.
//!
//! A pack is one file in the data folder, `updates/packs/<pack>.yuanba-update`, swapped by one rename. It is checked
//! anew whenever it is read, signature and all, so that nobody changes a rule by changing a file. A pack that does not
//! hold never stops the program: the rules are then what the others and the program itself say, and `doctor` names it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use semver::Version;
use serde::{Deserialize, Serialize};
use yuanba_exchange::update::{self, Contents, EXTENSION, Manifest, UpdateError};
use yuanba_practices::{Files, Practices};

use super::channel::Channel;
use crate::error::ApiError;

/// The folder of what came by updates, inside the data folder.
pub(super) const FOLDER: &str = "updates";
const PACKS: &str = "packs";
/// What was taken, by pack: lost with nothing but the files themselves.
const TAKEN: &str = "taken.json";
/// No laptop has more packs.
const PACKS_MAX: usize = 50;
/// A list of what was taken is never longer, in bytes.
const TAKEN_BYTES_MAX: u64 = 64 * 1024;

/// A pack that was read and holds by itself.
#[derive(Debug, Clone)]
pub(super) struct Pack {
    pub(super) manifest: Manifest,
    pub(super) signed_by: String,
    /// Path inside `assets` and text
    texts: Vec<(String, String)>,
}

/// How a pack stands.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    pub(super) pack: Pack,
    /// Why it is not in force, in a sentence
    pub(super) not_in_force: Option<String>,
    /// That is as it should be: the program has come to bring the same itself
    pub(super) superseded: bool,
}

/// What the packs come to.
#[derive(Debug)]
pub(super) struct Reading {
    /// With the packs laid over them; nothing where no pack is in force
    practices: Option<Practices>,
    pub(super) packs: Vec<Standing>,
    /// Files that are no packs any more, a sentence each
    pub(super) lost: Vec<String>,
}

/// What is in force.
#[derive(Debug)]
struct InForce {
    practices: &'static Practices,
    reading: Reading,
}

impl From<Reading> for InForce {
    fn from(mut reading: Reading) -> InForce {
        // What is in force lives as long as the program does: it changes a few times a year, and what it has replaced may be
        // in somebody's hands at that moment.
        let practices =
            reading.practices.take().map_or_else(Practices::built_in, |read| &*Box::leak(Box::new(read)));
        InForce { practices, reading }
    }
}

impl Reading {
    /// What a person should hear of, a sentence each.
    pub(super) fn troubles(&self) -> impl Iterator<Item = &str> {
        let fallen = self.packs.iter().filter(|standing| !standing.superseded);
        fallen
            .filter_map(|standing| standing.not_in_force.as_deref())
            .chain(self.lost.iter().map(String::as_str))
    }
}

/// The rules and practices of a data folder, read when they are first asked for.
#[derive(Debug)]
pub(crate) struct Rules {
    dir: PathBuf,
    pub(super) channel: Channel,
    now: RwLock<Option<InForce>>,
}

#[derive(Default, Serialize, Deserialize)]
struct Taken {
    /// The highest version that was ever taken of a pack
    packs: BTreeMap<String, Version>,
}

impl Rules {
    pub(crate) fn new(dir: &Path, channel: Channel) -> Rules {
        Rules { dir: dir.to_owned(), channel, now: RwLock::new(None) }
    }

    /// What is in force now.
    pub(crate) fn practices(&self) -> &'static Practices {
        self.now(|now| now.practices)
    }

    /// How the packs stand now.
    pub(super) fn packs<T>(&self, ask: impl Fn(&Reading) -> T) -> T {
        self.now(|now| ask(&now.reading))
    }

    fn now<T>(&self, ask: impl Fn(&InForce) -> T) -> T {
        if let Some(now) = &*self.now.read().unwrap_or_else(PoisonError::into_inner) {
            return ask(now);
        }
        let mut slot = self.now.write().unwrap_or_else(PoisonError::into_inner);
        ask(slot.get_or_insert_with(|| self.read().into()))
    }

    fn folder(&self) -> PathBuf {
        self.dir.join(FOLDER).join(PACKS)
    }

    fn file(&self, pack: &str) -> PathBuf {
        self.folder().join(format!("{pack}.{EXTENSION}"))
    }

    /// Reads every pack anew and says how things stand, without changing what is in force.
    pub(super) fn read(&self) -> Reading {
        let entries = fs::read_dir(self.folder()).into_iter().flatten().flatten();
        let mut files: Vec<PathBuf> = entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|end| end == EXTENSION))
            .take(PACKS_MAX)
            .collect();
        files.sort();
        let (mut packs, mut lost, mut damaged) = (Vec::new(), Vec::new(), Vec::new());
        for path in files {
            let word = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            match self.read_pack(&path) {
                Ok(pack) if pack.manifest.pack == word => packs.push(pack),
                Ok(_) => lost.push(format!("做法包「{word}」的文件换了名字，先不用它。")),
                Err(error) => {
                    let why = error.refusal().message;
                    let why =
                        why.trim_start_matches("没有装：").split('。').next().unwrap_or_default().to_owned();
                    lost.push(format!("做法包「{word}」用不了：{why}。先照程序自带的办。"));
                    damaged.push(word);
                }
            }
        }
        for word in self.taken().packs.into_keys() {
            if !packs.iter().any(|pack| pack.manifest.pack == word) && !damaged.contains(&word) {
                lost.push(format!(
                    "做法包「{word}」的文件不见了，先照程序自带的办。把那个升级包再装一次就好。"
                ));
            }
        }
        let (practices, packs) = laid(packs, &self.channel.running);
        Reading { practices, packs, lost }
    }

    fn read_pack(&self, path: &Path) -> Result<Pack, UpdateError> {
        let mut package = update::look(path, &self.channel.keys)?;
        read(&mut package)
    }

    fn taken(&self) -> Taken {
        let path = self.dir.join(FOLDER).join(TAKEN);
        let small = fs::metadata(&path).is_ok_and(|file| file.len() <= TAKEN_BYTES_MAX);
        let kept = small.then(|| fs::read(&path).ok()).flatten();
        kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    /// The highest version of a pack that was ever taken here.
    pub(super) fn version_of(&self, word: &str) -> Option<Version> {
        let taken = self.taken().packs.remove(word);
        let there = self.packs(|now| {
            let standing = now.packs.iter().find(|standing| standing.pack.manifest.pack == word);
            standing.map(|standing| standing.pack.manifest.version.clone())
        });
        taken.into_iter().chain(there).max_by(|a, b| a.cmp_precedence(b))
    }

    /// Why a pack cannot be taken beside those that are here.
    pub(super) fn why_not(&self, pack: &Pack) -> Option<String> {
        let word = &pack.manifest.pack;
        let others = self.packs(|now| {
            let others = now.packs.iter().filter(|standing| standing.pack.manifest.pack != *word);
            others
                .filter(|standing| standing.not_in_force.is_none())
                .map(|s| s.pack.clone())
                .collect::<Vec<_>>()
        });
        let named = |name: &String| pack.texts.iter().any(|(own, _)| own == name);
        for other in &others {
            if let Some((name, _)) = other.texts.iter().find(|(name, _)| named(name)) {
                let title = &other.manifest.title;
                return Some(format!("包里的「{name}」，用着的做法包「{title}」里也有，两份只能留一份。"));
            }
        }
        let mut all = others;
        all.push(pack.clone());
        let (_, standings) = laid(all, &self.channel.running);
        standings.into_iter().find_map(|standing| standing.not_in_force)
    }

    /// Keeps a pack, which was found good, and puts it in force at once.
    pub(super) fn keep(&self, pack: &Pack, from: &Path) -> Result<(), ApiError> {
        let folder = self.folder();
        let file = self.file(&pack.manifest.pack);
        let half = file.with_extension("yuanba-part");
        let kept = (|| {
            fs::create_dir_all(&folder)?;
            // Not with its rights: what lies on a stick that can only be read must give way to the next one here.
            let mut out = fs::File::create(&half)?;
            std::io::copy(&mut fs::File::open(from)?, &mut out)?;
            out.sync_all()
        })();
        let failed = |error: &std::io::Error| crate::sentences::Trouble::writing(&file, error);
        // What lies on our own disk now is what counts: the stick may have been changed since it was looked at.
        let checked =
            kept.map_err(|error| failed(&error).into()).and_then(|()| match self.read_pack(&half) {
                Ok(again) if again.manifest == pack.manifest => Ok(()),
                Ok(_) => Err(UpdateError::Damaged("it has changed on the stick").refusal().into()),
                Err(error) => Err(error.refusal().into()),
            });
        let named = checked.and_then(|()| {
            // Remembered first: a power cut in between leaves a version that is asked for again, never an older one let in.
            self.remember(&pack.manifest)?;
            fs::rename(&half, &file).map_err(|error| ApiError::from(failed(&error)))
        });
        if named.is_err() {
            let _ = fs::remove_file(&half);
        }
        // Also after a failure: what lies there decides.
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Some(self.read().into());
        named
    }

    fn remember(&self, manifest: &Manifest) -> Result<(), ApiError> {
        let mut taken = self.taken();
        taken.packs.insert(manifest.pack.clone(), manifest.version.clone());
        let note = serde_json::to_vec_pretty(&taken).map_err(|_| crate::sentences::Trouble::Internal)?;
        super::write_whole(&self.dir.join(FOLDER).join(TAKEN), &note)
    }
}

/// Reads the declarations of a package that is a pack.
pub(super) fn read<R: std::io::Read + std::io::Seek>(
    package: &mut update::Package<R>,
) -> Result<Pack, UpdateError> {
    let manifest = package.manifest().clone();
    if manifest.contents != Contents::Practices {
        return Err(UpdateError::Damaged("it is no pack of practices"));
    }
    let mut texts = Vec::new();
    for (at, part) in manifest.parts.iter().enumerate() {
        texts.push((part.name.clone(), package.declaration(at)?));
    }
    Ok(Pack { manifest, signed_by: package.signed_by().to_owned(), texts })
}

/// Lays packs over what the program brings, older ones first, each as a whole or not at all.
fn laid(mut packs: Vec<Pack>, running: &Version) -> (Option<Practices>, Vec<Standing>) {
    packs.sort_by(|a, b| (a.manifest.built, &a.manifest.pack).cmp(&(b.manifest.built, &b.manifest.pack)));
    let mut files = Files::embedded();
    let mut practices = None;
    let mut standings = Vec::new();
    for pack in packs {
        let mut standing = Standing { pack, not_in_force: None, superseded: false };
        let manifest = &standing.pack.manifest;
        let title = &manifest.title;
        if !manifest.suits(running) {
            standing.superseded =
                manifest.before_program.as_ref().is_some_and(|first| running.cmp_precedence(first).is_ge());
            standing.not_in_force = Some(match standing.superseded {
                true => format!("「{title}」里的，现在的程序自己已经带着了。"),
                false => format!("「{title}」要新一些的程序才能用，请先升级程序。"),
            });
            standings.push(standing);
            continue;
        }
        let over =
            standing.pack.texts.iter().fold(files.clone(), |files, (name, text)| files.overlay(name, text));
        match Practices::read(&over) {
            Ok(read) => (files, practices) = (over, Some(read)),
            Err(refusal) => {
                let first = refusal.problems.first();
                let why = first.map(|p| format!("{}：{}", p.at.file, p.text)).unwrap_or_default();
                standing.not_in_force =
                    Some(format!("做法包「{title}」和别的规则对不上，{why}。先照没有它的办。"));
            }
        }
        standings.push(standing);
    }
    (practices, standings)
}
