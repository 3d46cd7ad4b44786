//! The next program: its installer lies in the data folder until the system's installer has taken it.

use std::fs;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use semver::Version;
use serde::{Deserialize, Serialize};
use yuanba_exchange::update::{Manifest, Package, Part, UpdateError};

use super::packs::FOLDER;
use crate::Api;
use crate::backup::copy_now;
use crate::error::ApiError;
use crate::job::Progress;
use crate::sentences::Trouble;

const INSTALLER: &str = "installer";
const NOTE: &str = "installer.json";
/// A note of an installer is never longer, in bytes.
const NOTE_BYTES_MAX: u64 = 16 * 1024;
/// Room that is left on the disk beside the installer, bytes.
const ROOM_BYTES: u64 = 200 << 20;
/// So many bytes are one step of the progress.
const STEP_BYTES: u64 = 4 << 20;

/// An installer that was checked and waits to be handed over.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Waiting {
    pub(super) version: Version,
    pub(super) title: String,
    pub(super) signed_by: String,
    pub(super) platform: String,
    name: String,
    bytes: u64,
    /// BLAKE3, hexadecimal
    hash: String,
}

/// The part of a program for a machine.
pub(super) fn part_for<'a>(manifest: &'a Manifest, platform: Option<&str>) -> Option<(usize, &'a Part)> {
    manifest.parts.iter().enumerate().find(|(_, part)| Some(part.platform.as_str()) == platform)
}

fn folder(dir: &Path) -> PathBuf {
    dir.join(FOLDER).join(INSTALLER)
}

/// Makes a copy of the store and lays the installer into the data folder; one that waited before gives way.
///
/// An update that fails half-way leaves the old program and that copy. The new program's first start takes one more copy
/// by itself before it brings the tables up to date, and keeps the old tables when it cannot (`store::database`).
pub(super) fn take<R: Read + std::io::Seek>(
    api: &Api,
    package: &mut Package<R>,
    progress: &Progress,
) -> Result<Waiting, ApiError> {
    let platform = api.inner.rules.channel.platform.as_deref();
    let manifest = package.manifest().clone();
    let Some((at, part)) = part_for(&manifest, platform) else { return Err(Trouble::Internal.into()) };
    let into = folder(api.dir());
    let failed = |error: &std::io::Error| ApiError::from(Trouble::writing(&into, error));
    if fs4::available_space(api.dir()).is_ok_and(|room| room < part.bytes + ROOM_BYTES) {
        return Err(Trouble::NoRoom { path: into.display().to_string() }.into());
    }
    copy_now(api, progress)?;

    let note = api.dir().join(FOLDER).join(NOTE);
    let _ = fs::remove_file(&note);
    let _ = fs::remove_dir_all(&into);
    fs::create_dir_all(&into).map_err(|error| failed(&error))?;
    let mut told = 0;
    progress.say(0, Some(part.bytes), "正在核对安装程序，先别拔 U 盘");
    let laid = package.lay(at, &into.join(&part.name), &mut |bytes| {
        if bytes - told >= STEP_BYTES {
            told = bytes;
            progress.say(bytes, Some(part.bytes), "正在核对安装程序，先别拔 U 盘");
        }
        match progress.go_on() {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    });
    if let Err(error) = laid {
        let _ = fs::remove_dir_all(&into);
        return Err(match error {
            UpdateError::Cancelled => Trouble::Cancelled.into(),
            error if error.is_disk_full() => Trouble::NoRoom { path: into.display().to_string() }.into(),
            error => error.refusal().into(),
        });
    }
    let waiting = Waiting {
        version: manifest.version.clone(),
        title: manifest.title.clone(),
        signed_by: package.signed_by().to_owned(),
        platform: part.platform.clone(),
        name: part.name.clone(),
        bytes: part.bytes,
        hash: hex::encode(part.hash),
    };
    super::write_note(&note, &waiting)?;
    Ok(waiting)
}

/// The installer that waits. One that is no newer than the program that runs has done its work and is removed.
pub(super) fn waiting(api: &Api) -> Option<Waiting> {
    let dir = api.dir();
    let note = dir.join(FOLDER).join(NOTE);
    let small = fs::metadata(&note).is_ok_and(|file| file.len() <= NOTE_BYTES_MAX);
    let waiting: Waiting = serde_json::from_slice(&small.then(|| fs::read(&note).ok()).flatten()?).ok()?;
    if waiting.version.cmp_precedence(&api.inner.rules.channel.running).is_le() {
        let _ = fs::remove_file(&note);
        let _ = fs::remove_dir_all(folder(dir));
        return None;
    }
    waiting.file(dir).is_some().then_some(waiting)
}

impl Waiting {
    /// Where it lies. The note's name is taken by its last part alone: nothing outside the folder is ever handed over.
    fn file(&self, dir: &Path) -> Option<PathBuf> {
        let path = folder(dir).join(Path::new(&self.name).file_name()?);
        fs::symlink_metadata(&path).is_ok_and(|facts| facts.is_file()).then_some(path)
    }

    /// The command that installs it where no window does; nothing where there is always a window.
    pub(super) fn command(&self, dir: &Path) -> Option<String> {
        let path = quoted(&self.file(dir)?.display().to_string());
        match &self.platform {
            platform if platform.starts_with("linux-deb") => Some(format!("sudo apt install {path}")),
            platform if platform.starts_with("linux-rpm") => Some(format!("sudo dnf install {path}")),
            _ => None,
        }
    }

    /// The file, read once more from its first byte to its last.
    pub(super) fn checked(&self, dir: &Path) -> Option<PathBuf> {
        let path = self.file(dir)?;
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(fs::File::open(&path).ok()?.take(self.bytes + 1)).ok()?;
        (hasher.finalize().to_hex().as_str() == self.hash).then_some(path)
    }
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '+' | '~');
    match path.chars().all(plain) {
        true => path.to_owned(),
        false => format!("'{}'", path.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_path_with_blanks_and_quotes_stays_one_word_of_the_command() {
        assert_eq!(
            quoted("/home/luo/.local/share/yuanba/a_0.2.0_amd64.deb"),
            "/home/luo/.local/share/yuanba/a_0.2.0_amd64.deb"
        );
        assert_eq!(quoted("/mnt/我的 盘/it's.deb"), r"'/mnt/我的 盘/it'\''s.deb'");
        assert_eq!(quoted("/a;reboot/x.deb"), "'/a;reboot/x.deb'");
    }
}
