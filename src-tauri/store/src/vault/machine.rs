//! On which machine, and in which folder, a store lives.
//!
//! A store that was copied as a folder must not go on under the same name as its original: both would write into the
//! same streams. So an installation remembers where it lives, and asks (搬家还是复制) when it wakes up elsewhere.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use super::{Fill, whole_file};

/// The machine's own id in the user's settings folder, where the operating system has none.
const ID_FILE: &str = "machine";
const ID_BYTES_MAX: u64 = 256;

/// Where the machine's id is looked for.
#[derive(Debug, Clone)]
pub struct MachineSource {
    /// The operating system's file of the machine's id.
    pub system: Option<PathBuf>,
    /// The user's settings folder of this program, where an id is kept when the system has none.
    pub settings: Option<PathBuf>,
}

impl MachineSource {
    /// `/etc/machine-id`, else a random id in the user's settings folder (`%APPDATA%`, `$XDG_CONFIG_HOME` or
    /// `~/.config`, there `yuanba`).
    pub fn real() -> MachineSource {
        let folder = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let settings = if cfg!(windows) {
            folder("APPDATA")
        } else {
            folder("XDG_CONFIG_HOME").or_else(|| folder("HOME").map(|home| home.join(".config")))
        };
        MachineSource {
            system: cfg!(unix).then(|| PathBuf::from("/etc/machine-id")),
            settings: settings.map(|path| path.join("yuanba")),
        }
    }
}

/// A machine, known by a digest of its id; the id itself is nobody else's business (machine-id(5)).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine(String);

impl Machine {
    /// Finds out which machine this is. Where neither the system has an id nor the settings folder can be written, all
    /// machines look alike, and only the folder tells a copy from its original.
    pub fn here(source: &MachineSource, random: Fill<'_>) -> Machine {
        let id = source
            .system
            .as_deref()
            .and_then(read_id)
            .or_else(|| kept_id(source.settings.as_deref()?, random));
        Machine::named(id.as_deref().unwrap_or("unknown"))
    }

    /// The machine with this id; for simulated machines.
    pub fn named(id: &str) -> Machine {
        Machine(hex::encode(&blake3::derive_key("yuanba 2026 identity of a machine", id.as_bytes())[..16]))
    }

    /// The digest, 32 hexadecimal digits.
    pub fn digest(&self) -> &str {
        &self.0
    }

    /// The digest of this machine and this folder together, 32 hexadecimal digits: the same after a restart and after
    /// the folder was renamed or moved on its disk; another one for a copy, a restored folder, or another machine.
    ///
    /// # Errors
    /// Those of the operating system when the folder is not there.
    pub fn with_folder(&self, folder: &Path) -> io::Result<String> {
        let mut hasher = blake3::Hasher::new_derive_key("yuanba 2026 identity of a machine and a folder");
        hasher.update(self.0.as_bytes()).update(folder_identity(folder)?.as_bytes());
        Ok(hex::encode(&hasher.finalize().as_bytes()[..16]))
    }
}

/// What stays with a folder and does not go with its copy. On Unix the file number with the time when the folder was
/// made: the number alone is given again after a folder was deleted, and the device's number, which would be the usual
/// companion, changes between starts on some systems (btrfs, LVM, containers). Where a file system keeps no such time,
/// the device's number stands in. Elsewhere the path.
fn folder_identity(folder: &Path) -> io::Result<String> {
    let facts = fs::metadata(folder)?;
    if !facts.is_dir() {
        return Err(io::Error::from(io::ErrorKind::NotADirectory));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let made = facts.created().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Ok(match made {
            Some(made) => format!("file {} made {}", facts.ino(), made.as_nanos()),
            None => format!("file {} device {}", facts.ino(), facts.dev()),
        })
    }
    #[cfg(not(unix))]
    {
        let made = facts.created().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let made = made.map_or(0, |made| made.as_nanos());
        Ok(format!("path {} made {made}", fs::canonicalize(folder)?.to_string_lossy()))
    }
}

/// The id in a file: its first line, if it is a line of plausible length. An image that has not started yet holds
/// `uninitialized` (machine-id(5)).
fn read_id(path: &Path) -> Option<String> {
    let mut text = String::new();
    File::open(path).ok()?.take(ID_BYTES_MAX).read_to_string(&mut text).ok()?;
    let id = text.lines().next()?.trim();
    (id.len() >= 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')).then(|| id.to_owned())
}

/// The id kept in the settings folder; drawn and written there the first time.
fn kept_id(settings: &Path, random: Fill<'_>) -> Option<String> {
    let path = settings.join(ID_FILE);
    if let Some(id) = read_id(&path) {
        return Some(id);
    }
    let mut bytes = [0u8; 16];
    random(&mut bytes);
    fs::create_dir_all(settings).ok()?;
    whole_file::write(settings, ID_FILE, format!("{}\n", hex::encode(bytes)).as_bytes()).ok()?;
    // Read back: of two programs that start together for the first time, both take what stands there in the end.
    read_id(&path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(dir: &Path) -> MachineSource {
        MachineSource { system: Some(dir.join("machine-id")), settings: Some(dir.join("settings")) }
    }

    #[test]
    fn a_moved_folder_stays_itself_and_a_copy_is_another() -> io::Result<()> {
        let dir = tempfile::tempdir()?;
        let machine = Machine::named("a");
        let (store, copy, moved) =
            (dir.path().join("store"), dir.path().join("copy"), dir.path().join("moved"));
        fs::create_dir(&store)?;
        let identity = machine.with_folder(&store)?;
        fs::write(store.join("data"), "x")?;
        assert_eq!(machine.with_folder(&store)?, identity);
        assert_ne!(Machine::named("b").with_folder(&store)?, identity);
        fs::create_dir(&copy)?;
        assert_ne!(machine.with_folder(&copy)?, identity);
        if cfg!(unix) {
            fs::rename(&store, &moved)?;
            assert_eq!(machine.with_folder(&moved)?, identity);
        }
        assert!(machine.with_folder(&dir.path().join("nowhere")).is_err());
        Ok(())
    }

    #[test]
    fn a_folder_made_anew_at_the_same_place_is_another() -> io::Result<()> {
        let dir = tempfile::tempdir()?;
        let store = dir.path().join("store");
        let machine = Machine::named("a");
        fs::create_dir(&store)?;
        let identity = machine.with_folder(&store)?;
        fs::rename(&store, dir.path().join("old"))?;
        fs::create_dir(&store)?;
        assert_ne!(machine.with_folder(&store)?, identity);
        Ok(())
    }

    #[test]
    fn a_machine_without_an_id_keeps_one_of_its_own() -> io::Result<()> {
        let dir = tempfile::tempdir()?;
        let source = source(dir.path());
        let first = Machine::here(&source, &mut |bytes| bytes.fill(7));
        assert_eq!(Machine::here(&source, &mut |bytes| bytes.fill(8)), first);
        fs::write(dir.path().join("machine-id"), "uninitialized\n")?;
        assert_eq!(Machine::here(&source, &mut |bytes| bytes.fill(9)), first);
        fs::write(dir.path().join("machine-id"), "0123456789abcdef0123456789abcdef\n")?;
        let system = Machine::here(&source, &mut |bytes| bytes.fill(9));
        assert_ne!(system, first);
        assert!(!system.digest().contains("0123456789abcdef"));
        Ok(())
    }
}
