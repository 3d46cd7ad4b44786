//! The next program: its installer lies in the data folder until the system's installer has taken it.

use std::fs;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use semver::Version;
use yuanba_exchange::update::{Contents, HEAD_BYTES_MAX, Manifest, Package, Part, UpdateError, judge_head};

use super::packs::FOLDER;
use crate::Api;
use crate::backup::copy_now;
use crate::error::ApiError;
use crate::job::Progress;
use crate::sentences::Trouble;

const INSTALLER: &str = "installer";
/// The head of the package that the installer came in, as it was signed.
const HEAD: &str = "signed-head";
/// Room that is left on the disk beside the installer, bytes.
const ROOM_BYTES: u64 = 200 << 20;
/// So many bytes are one step of the progress.
const STEP_BYTES: u64 = 4 << 20;

/// An installer that was checked and waits to be handed over.
pub(super) struct Waiting {
    pub(super) version: Version,
    pub(super) title: String,
    pub(super) signed_by: String,
    part: Part,
    file: PathBuf,
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
/// An update that fails half-way leaves that copy. The new program's first start takes one more by itself before it brings
/// the tables up to date, and keeps the old tables when it cannot (`yuanba_store::database`).
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
    let kept = package.head_bytes().map_err(|error| error.refusal().into());
    if let Err(error) = kept.and_then(|head| super::write_whole(&into.join(HEAD), &head)) {
        let _ = fs::remove_dir_all(&into);
        return Err(error);
    }
    waiting(api).ok_or_else(|| Trouble::Internal.into())
}

/// The installer that waits. What it is stands in the head that it came with, whose signature is checked anew: nobody has
/// another one handed over by changing a file, and one that is no newer than the program that runs has done its work and is
/// removed.
pub(super) fn waiting(api: &Api) -> Option<Waiting> {
    let channel = &api.inner.rules.channel;
    let folder = folder(api.dir());
    let mut start = Vec::new();
    let file = fs::File::open(folder.join(HEAD)).ok()?;
    file.take(HEAD_BYTES_MAX).read_to_end(&mut start).ok()?;
    let head = judge_head(&start, &channel.keys).ok()?;
    if head.manifest.contents != Contents::Program {
        return None;
    }
    if head.manifest.version.cmp_precedence(&channel.running).is_le() {
        let _ = fs::remove_dir_all(&folder);
        return None;
    }
    let (_, part) = part_for(&head.manifest, channel.platform.as_deref())?;
    let file = folder.join(&part.name);
    let there = fs::symlink_metadata(&file).is_ok_and(|facts| facts.is_file());
    there.then(|| Waiting {
        version: head.manifest.version.clone(),
        title: head.manifest.title.clone(),
        signed_by: head.signed_by,
        part: part.clone(),
        file,
    })
}

impl Waiting {
    /// The command that installs it where no window does; nothing where there is always a window.
    pub(super) fn command(&self) -> Option<String> {
        let path = quoted(&self.file.display().to_string());
        match &self.part.platform {
            platform if platform.starts_with("linux-deb") => Some(format!("sudo apt install {path}")),
            platform if platform.starts_with("linux-rpm") => Some(format!("sudo dnf install {path}")),
            _ => None,
        }
    }

    /// The file, read once more from its first byte to its last.
    pub(super) fn checked(&self) -> Option<PathBuf> {
        let mut hasher = blake3::Hasher::new();
        hasher.update_reader(fs::File::open(&self.file).ok()?.take(self.part.bytes + 1)).ok()?;
        (hasher.finalize() == blake3::Hash::from_bytes(self.part.hash)).then(|| self.file.clone())
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
