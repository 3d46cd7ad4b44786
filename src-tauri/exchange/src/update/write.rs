//! Making an update.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use minicbor::Encoder;

use super::read::look;
use super::{
    Contents, FOR_PEOPLE, FORMAT, HEAD_BYTES_MAX, MAGIC, Manifest, Part, ReleaseKey, SUITE, TrustedKey,
    TrustedKeys, UpdateError,
};

/// Bytes that are carried at once.
const PIECE: usize = 256 * 1024;

/// A file that is to become a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// The machine that an installer is for; empty for a declaration
    pub platform: String,
    /// The name that it gets
    pub name: String,
    /// Where it is
    pub file: PathBuf,
}

/// Everything in front of the parts: lines, key, manifest, signature.
pub fn head(manifest: &[u8], key: &ReleaseKey) -> Vec<u8> {
    let mut bytes = format!("{MAGIC}{FORMAT}\n{FOR_PEOPLE}\n\n").into_bytes();
    Encoder::new(&mut bytes)
        .array(3)
        .and_then(|e| e.u64(SUITE))
        .and_then(|e| e.bytes(&key.public().0))
        .and_then(|e| e.bytes(manifest))
        .expect("a Vec takes every byte");
    let signature = key.sign(&blake3::hash(&bytes));
    bytes.extend_from_slice(&signature);
    bytes
}

/// Writes an update of these files under a new name, reads it back whole, and only then gives it the name. `manifest` comes
/// without parts and goes back with them.
///
/// # Errors
/// `CannotBeMade` for a file that cannot stand in one, the limits of this module, and `Io`, also when there is a file of
/// that name.
pub fn write(
    out: &Path,
    mut manifest: Manifest,
    parts: &[Offered],
    key: &ReleaseKey,
) -> Result<Manifest, UpdateError> {
    manifest.parts = parts.iter().map(measured).collect::<Result<_, _>>()?;
    manifest.check().map_err(|error| match error {
        UpdateError::Damaged(_) => UpdateError::CannotBeMade(
            "名字不合规矩：程序要写成安装包本来的名字，做法要在 rules 或者 practices 里，每样只能有一份；标题不能空。"
                .to_owned(),
        ),
        other => other,
    })?;
    let head = head(&manifest.to_cbor(), key);
    if head.len() as u64 > HEAD_BYTES_MAX {
        return Err(UpdateError::TooLarge("its head is too long"));
    }
    if out.try_exists().map_err(UpdateError::io(out))? {
        return Err(UpdateError::Io { path: out.into(), source: std::io::ErrorKind::AlreadyExists.into() });
    }
    let half = out.with_extension("yuanba-part");
    let written = put(&half, &head, parts).and_then(|()| read_back(&half, &manifest, key));
    let named = written.and_then(|()| fs::rename(&half, out).map_err(UpdateError::io(out)));
    if named.is_err() {
        let _ = fs::remove_file(&half);
    }
    named.map(|()| manifest)
}

fn measured(offered: &Offered) -> Result<Part, UpdateError> {
    let path = &offered.file;
    let mut hasher = blake3::Hasher::new();
    let mut file = File::open(path).map_err(UpdateError::io(path))?;
    let bytes = carry(&mut file, path, |piece| {
        hasher.update(piece);
        Ok(())
    })?;
    Ok(Part {
        platform: offered.platform.clone(),
        name: offered.name.clone(),
        bytes,
        hash: *hasher.finalize().as_bytes(),
    })
}

fn put(half: &Path, head: &[u8], parts: &[Offered]) -> Result<(), UpdateError> {
    // What an earlier try has left.
    let _ = fs::remove_file(half);
    let mut out =
        OpenOptions::new().write(true).create_new(true).open(half).map_err(UpdateError::io(half))?;
    out.write_all(head).map_err(UpdateError::io(half))?;
    for offered in parts {
        let mut file = File::open(&offered.file).map_err(UpdateError::io(&offered.file))?;
        carry(&mut file, &offered.file, |piece| out.write_all(piece).map_err(UpdateError::io(half)))?;
    }
    out.sync_all().map_err(UpdateError::io(half))
}

/// Reads what was written as whoever gets it will.
fn read_back(half: &Path, manifest: &Manifest, key: &ReleaseKey) -> Result<(), UpdateError> {
    let own = TrustedKey {
        name: "own".to_owned(),
        public: key.public(),
        signs: vec![Contents::Program, Contents::Practices],
        days: (manifest.built, manifest.built),
    };
    let mut package = look(half, &TrustedKeys::from(vec![own]))?;
    if package.manifest() != manifest {
        return Err(UpdateError::Damaged("it is not what was written"));
    }
    package.check_parts()
}

/// Reads a file to its end piece by piece; how many bytes that were.
pub(super) fn carry(
    from: &mut impl Read,
    path: &Path,
    mut take: impl FnMut(&[u8]) -> Result<(), UpdateError>,
) -> Result<u64, UpdateError> {
    let mut piece = vec![0; PIECE];
    let mut bytes = 0;
    loop {
        match from.read(&mut piece) {
            Ok(0) => return Ok(bytes),
            Ok(read) => {
                bytes += read as u64;
                take(&piece[..read])?;
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(UpdateError::io(path)(error)),
        }
    }
}
