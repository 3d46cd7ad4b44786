//! `update.*`: 升级, the next program or a pack of practices from a stick, signed by whoever releases them.
//!
//! What a package is and who signed it is read by [`yuanba_exchange::update`]; here it is judged whether it may be taken on
//! this laptop ([`Channel`]), a pack is put in force ([`packs`]), and an installer is kept until the window hands it to the
//! system ([`program`]). A fact about this machine alone: nothing of it goes into the journal.

mod channel;
mod packs;
mod program;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use semver::Version;
use yuanba_exchange::update::{self, Contents, EXTENSION, Manifest, Package, UpdateError};

pub use channel::Channel;
pub(crate) use packs::Rules;

use crate::Api;
use crate::dto::{JobStarted, Nothing, answer, request, words};
use crate::error::{ApiError, Code};
use crate::import::file_name;
use crate::registry::commands;
use crate::sentences::Trouble;
use crate::stick;

words! {
    /// What an update brings.
    pub enum UpdateContents { Program, Practices }
}

answer! {
    /// An update that lies on a stick; it has not been read yet.
    pub struct FoundUpdate {
        /// Full path
        pub file: String,
        pub name: String,
        /// What the stick is called
        pub stick: String,
        pub bytes: u64,
    }

    /// A pack of practices that was taken here.
    pub struct PracticePack {
        pub pack: String,
        pub title: String,
        pub version: String,
        pub built: String,
        pub signed_by: String,
        /// Why it is not in force; nothing while it is
        pub not_in_force: Option<String>,
        /// That is as it should be
        pub superseded: bool,
    }

    /// An installer that was checked and waits for somebody to run it.
    pub struct WaitingInstaller {
        pub version: String,
        pub title: String,
        pub signed_by: String,
        /// What one types where no window installs it
        pub command: Option<String>,
    }

    /// How things stand with updates.
    pub struct UpdateState {
        pub version: String,
        /// Some release key is known to this program: updates can be taken
        pub takes: bool,
        /// Whose updates are taken
        pub signers: Vec<String>,
        /// Whoever asks may take one
        pub may: bool,
        pub found: Vec<FoundUpdate>,
        pub packs: Vec<PracticePack>,
        /// What is wrong with the packs, a sentence each
        pub troubles: Vec<String>,
        pub waiting: Option<WaitingInstaller>,
    }

    /// An update that was read, and whether it can be taken here.
    pub struct UpdateLook {
        pub contents: UpdateContents,
        pub title: String,
        /// Of the program, or of this pack where it was taken before
        pub version_now: Option<String>,
        pub version_then: String,
        pub built: String,
        pub notes: String,
        pub signed_by: String,
        pub fits: bool,
        /// Why it cannot be taken here
        pub why_not: Option<String>,
        /// How much goes onto the disk
        pub bytes: u64,
        /// How many declarations a pack has
        pub declarations: u32,
    }

    /// What was taken: the result of `update.take`.
    pub struct UpdateTaken {
        pub contents: UpdateContents,
        pub title: String,
        pub version: String,
        pub text: String,
        /// Of a program: what one types where no window installs it
        pub command: Option<String>,
    }
}

request! {
    /// An update.
    pub struct OneUpdate {
        /// The file, on a stick or elsewhere
        pub file: String,
    }
}

commands! {
    /// Which version runs, updates on sticks, packs of practices in force, an installer that waits
    "update.state" (Nothing) -> UpdateState, state;
    /// Reads an update: what it is, who signed it, whether it can be taken here and if not, why
    "update.look" (OneUpdate) -> UpdateLook, look;
    /// Takes an update: a pack of practices is in force at once, an installer waits in the data folder after a copy of the store was made; the job's result is an UpdateTaken
    "update.take" (OneUpdate) -> JobStarted => UpdateTaken, take;
}

/// Updates listed of one stick.
const FOUND_MAX: usize = 20;

fn state(api: &Api, _: Nothing) -> Result<UpdateState, ApiError> {
    let rules = &api.inner.rules;
    let channel = &rules.channel;
    let (packs, troubles) = rules.packs(|now| {
        let packs = now.packs.iter().map(|standing| {
            let manifest = &standing.pack.manifest;
            PracticePack {
                pack: manifest.pack.clone(),
                title: manifest.title.clone(),
                version: manifest.version.to_string(),
                built: manifest.built.to_string(),
                signed_by: standing.pack.signed_by.clone(),
                not_in_force: standing.not_in_force.clone(),
                superseded: standing.superseded,
            }
        });
        (packs.collect(), now.troubles().map(str::to_owned).collect())
    });
    Ok(UpdateState {
        version: channel.running.to_string(),
        takes: !channel.keys.is_empty(),
        signers: channel.keys.names().map(str::to_owned).collect(),
        may: api.check("update.take").and_then(|()| not_in_the_demo(api)).is_ok(),
        found: stick::mounts().iter().flat_map(|root| on_stick(root)).collect(),
        packs,
        troubles,
        waiting: program::waiting(api).map(|waiting| WaitingInstaller {
            version: waiting.version.to_string(),
            title: waiting.title.clone(),
            signed_by: waiting.signed_by.clone(),
            command: waiting.command(),
        }),
    })
}

/// The updates that lie openly on a stick.
fn on_stick(root: &Path) -> Vec<FoundUpdate> {
    let entries = fs::read_dir(root).into_iter().flatten().flatten();
    let files = entries.map(|entry| entry.path()).filter(|path| {
        path.extension().is_some_and(|end| end == EXTENSION) && path.is_file() && update::is_update(path)
    });
    let mut found: Vec<FoundUpdate> = files
        .take(FOUND_MAX)
        .map(|path| FoundUpdate {
            bytes: fs::metadata(&path).map_or(0, |facts| facts.len()),
            name: file_name(&path),
            stick: file_name(root),
            file: path.display().to_string(),
        })
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// An update whose head was checked, with everything that decides whether it may be taken.
struct Judged {
    package: Package<fs::File>,
    /// The declarations of a pack
    pack: Option<packs::Pack>,
    now: Option<Version>,
    why_not: Option<String>,
}

fn judge(api: &Api, file: &str) -> Result<Judged, ApiError> {
    let path = Path::new(file);
    if !path.is_file() {
        return Err(Trouble::NoFile { path: file.to_owned() }.into());
    }
    let rules = &api.inner.rules;
    let channel = &rules.channel;
    let mut package = update::look(path, &channel.keys).map_err(refused)?;
    let manifest = package.manifest().clone();
    let then = &manifest.version;
    match manifest.contents {
        Contents::Program => {
            let now = channel.running.clone();
            let why_not = match then.cmp_precedence(&now) {
                std::cmp::Ordering::Equal => Some(format!("现在用的就是 {now} 版，不用再装。")),
                std::cmp::Ordering::Less => {
                    Some(format!("这是 {then} 版，比现在用的 {now} 版旧，旧的不能盖新的。"))
                }
                std::cmp::Ordering::Greater if !manifest.suits(&now) => Some(match &manifest.from_program {
                    Some(lowest) if now.cmp_precedence(lowest).is_lt() => {
                        format!("现在用的是 {now} 版，要先装 {lowest} 版，才能装这一个。")
                    }
                    _ => format!("这个升级包不是给 {now} 版的。"),
                }),
                std::cmp::Ordering::Greater
                    if program::part_for(&manifest, channel.platform.as_deref()).is_none() =>
                {
                    Some("包里没有这台电脑能用的安装程序。".to_owned())
                }
                std::cmp::Ordering::Greater => None,
            };
            Ok(Judged { package, pack: None, now: Some(now), why_not })
        }
        Contents::Practices => {
            let pack = packs::read(&mut package).map_err(refused)?;
            let now = rules.version_of(&manifest.pack);
            let here = rules.packs(|now| {
                let same =
                    |pack: &Manifest| pack.pack == manifest.pack && pack.version.cmp_precedence(then).is_eq();
                now.packs.iter().any(|standing| same(&standing.pack.manifest))
            });
            let why_not = match now.as_ref().map(|now| (now, then.cmp_precedence(now))) {
                // The same again is the way back when its file was damaged or lost.
                Some((_, std::cmp::Ordering::Equal)) if !here => None,
                Some((now, std::cmp::Ordering::Equal)) => {
                    Some(format!("「{}」用着的就是 {now} 版，不用再装。", manifest.title))
                }
                Some((now, std::cmp::Ordering::Less)) => {
                    Some(format!("「{}」用过 {now} 版了，这是 {then} 版，旧的不能盖新的。", manifest.title))
                }
                _ => None,
            };
            let why_not = why_not.or_else(|| rules.why_not(&pack));
            Ok(Judged { package, pack: Some(pack), now, why_not })
        }
    }
}

fn look(api: &Api, request: OneUpdate) -> Result<UpdateLook, ApiError> {
    let Judged { package, pack, now, why_not } = judge(api, &request.file)?;
    let manifest = package.manifest();
    let platform = api.inner.rules.channel.platform.as_deref();
    let bytes = match &pack {
        Some(_) => manifest.parts_bytes().unwrap_or_default(),
        None => program::part_for(manifest, platform).map_or(0, |(_, part)| part.bytes),
    };
    Ok(UpdateLook {
        contents: contents(manifest.contents),
        title: manifest.title.clone(),
        version_now: now.map(|now| now.to_string()),
        version_then: manifest.version.to_string(),
        built: manifest.built.to_string(),
        notes: manifest.notes.clone(),
        signed_by: package.signed_by().to_owned(),
        fits: why_not.is_none(),
        why_not,
        bytes,
        declarations: pack.map_or(0, |_| manifest.parts.len().try_into().unwrap_or(u32::MAX)),
    })
}

fn take(api: &Api, request: OneUpdate) -> Result<JobStarted, ApiError> {
    not_in_the_demo(api)?;
    Ok(api.begin(move |api, progress| {
        progress.say(0, None, "正在核对升级包");
        let Judged { mut package, pack, why_not, .. } = judge(api, &request.file)?;
        if let Some(why) = why_not {
            return Err(ApiError {
                code: Code::Refused,
                message: format!("没有装：{why}现在的程序和数据都没有动。"),
                next_step: "不放心就问问给包的人。".to_owned(),
                field: None,
            });
        }
        let manifest = package.manifest().clone();
        let (title, version) = (manifest.title.clone(), manifest.version.to_string());
        let (text, command) = match pack {
            Some(pack) => {
                api.inner.rules.keep(&pack, Path::new(&request.file))?;
                (
                    format!(
                        "「{title}」{version} 版装好了，现在起就照它办。以前答应的日子、记过的分都不变。"
                    ),
                    None,
                )
            }
            None => {
                let waiting = program::take(api, &mut package, progress)?;
                let text = format!("{version} 版核对过了，是{}签的。数据先备份了一份。", waiting.signed_by);
                (text, waiting.command())
            }
        };
        Ok(UpdateTaken { contents: contents(manifest.contents), title, version, text, command })
    }))
}

/// Whoever likes may walk into 演示村 without a passphrase; the program and the rules are everybody's.
fn not_in_the_demo(api: &Api) -> Result<(), ApiError> {
    match api.session()?.demo {
        false => Ok(()),
        true => Err(ApiError {
            code: Code::Refused,
            message: "演示村里的人都是编的，升级和做法包不在这里装，什么也没有动。".to_owned(),
            next_step: "回到自己的村里再装。".to_owned(),
            field: None,
        }),
    }
}

fn contents(contents: Contents) -> UpdateContents {
    match contents {
        Contents::Program => UpdateContents::Program,
        Contents::Practices => UpdateContents::Practices,
    }
}

fn refused(error: UpdateError) -> ApiError {
    error.refusal().into()
}

/// Writes a small file of this folder whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), ApiError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let written = (|| {
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path).map(|_| ()).map_err(|error| error.error)
    })();
    Ok(written.map_err(|error| Trouble::writing(path, &error))?)
}

/// What is wrong with the packs, read anew; and how many are in force.
pub(crate) fn examined(api: &Api) -> (Vec<String>, usize) {
    let read = api.inner.rules.read();
    let good = read.packs.iter().filter(|standing| standing.not_in_force.is_none()).count();
    (read.troubles().map(str::to_owned).collect(), good)
}

impl Api {
    /// The installer that waits, read once more from its first byte to its last, for the window to hand to the system; with
    /// the command that does the same where no window does. A page names nothing: there is only this one.
    ///
    /// # Errors
    /// `not_allowed` for who may not take updates, `not_found` when none waits, `refused` when the file is no longer the one
    /// that was checked.
    pub fn installer(&self) -> Result<(PathBuf, Option<String>), ApiError> {
        self.check("update.take")?;
        not_in_the_demo(self)?;
        let waiting = program::waiting(self).ok_or_else(|| ApiError {
            code: Code::NotFound,
            message: "没有等着装的新版，什么也没做，数据没有动。".to_owned(),
            next_step: "先选一个升级包，看好了再装。".to_owned(),
            field: None,
        })?;
        let command = waiting.command();
        match waiting.checked() {
            Some(path) => Ok((path, command)),
            None => Err(refused(UpdateError::Damaged("the installer was changed since it was checked"))),
        }
    }
}
