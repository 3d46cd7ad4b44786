//! A stick from whoever releases updates, and a village whose program trusts them.

use std::fs;
use std::path::{Path, PathBuf};

use semver::Version;
use serde_json::json;
use yuanba_api::Channel;
use yuanba_exchange::update::{Contents, Manifest, Offered, ReleaseKey, TrustedKey, TrustedKeys, write};

use crate::village::{PASSPHRASE, Village};

/// The installer of this machine.
pub const INSTALLER: &str = "yuanba_0.2.0_amd64.deb";

pub fn version(text: &str) -> Version {
    Version::parse(text).unwrap()
}

pub fn key() -> ReleaseKey {
    ReleaseKey::from_seed([7; 32])
}

pub fn trusted(key: &ReleaseKey) -> TrustedKeys {
    let days = ("2026-01-01".parse().unwrap(), "2028-12-31".parse().unwrap());
    let signs = vec![Contents::Program, Contents::Practices];
    vec![TrustedKey { name: "明水县组织部".into(), public: key.public(), signs, days }].into()
}

/// What a program of that version on a Debian-like machine judges by.
pub fn channel(running: &str) -> Channel {
    Channel {
        keys: trusted(&key()),
        running: version(running),
        platform: Some("linux-deb-x86_64".to_owned()),
    }
}

/// A village at work with a program of that version.
pub fn village(running: &str) -> Village {
    let village = Village::new();
    let copies = village.path("copies-of-this-test");
    fs::create_dir(&copies).unwrap();
    let outside = tempfile::tempdir().unwrap().keep();
    village.call("backup.set", json!({"folder": outside}));
    signed_in(village.restarted(channel(running)))
}

/// The same with the secretary signed in.
pub fn signed_in(village: Village) -> Village {
    village.call("store.open", json!({"passphrase": PASSPHRASE}));
    village
}

/// A stick with updates on it.
pub struct Stick(tempfile::TempDir);

impl Stick {
    pub fn new() -> Stick {
        Stick(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    fn source(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(format!("source {}", name.replace('/', " ")));
        fs::write(&path, bytes).unwrap();
        path
    }

    /// A program of a version, for a Debian-like machine and for Windows.
    pub fn program(&self, of: &str, change: impl FnOnce(&mut Manifest)) -> String {
        let deb = format!("yuanba_{of}_amd64.deb");
        let exe = format!("yuanba_{of}_x64-setup.exe");
        let mut manifest = manifest(Contents::Program, "yuanba", "院坝升级", of);
        change(&mut manifest);
        let parts = [
            ("linux-deb-x86_64", deb.as_str(), vec![1u8; 900_000]),
            ("windows-nsis-x86_64", exe.as_str(), vec![2u8; 1000]),
        ];
        self.write(manifest, &parts)
    }

    /// A pack of declarations.
    pub fn pack(&self, word: &str, of: &str, texts: &[(&str, String)]) -> String {
        self.pack_with(word, of, texts, |_| {})
    }

    pub fn pack_with(
        &self,
        word: &str,
        of: &str,
        texts: &[(&str, String)],
        change: impl FnOnce(&mut Manifest),
    ) -> String {
        let mut manifest = manifest(Contents::Practices, word, "放假安排", of);
        change(&mut manifest);
        let parts: Vec<_> = texts.iter().map(|(name, text)| ("", *name, text.clone().into_bytes())).collect();
        self.write(manifest, &parts)
    }

    fn write(&self, manifest: Manifest, parts: &[(&str, &str, Vec<u8>)]) -> String {
        let number = fs::read_dir(self.0.path()).unwrap().count();
        let out = self.0.path().join(format!("{}-{number}.yuanba-update", manifest.version));
        let parts: Vec<Offered> = parts
            .iter()
            .map(|(platform, name, bytes)| Offered {
                platform: (*platform).into(),
                name: (*name).into(),
                file: self.source(name, bytes),
            })
            .collect();
        write(&out, manifest, &parts, &key()).unwrap();
        out.display().to_string()
    }
}

fn manifest(contents: Contents, pack: &str, title: &str, of: &str) -> Manifest {
    Manifest {
        contents,
        pack: pack.into(),
        title: title.into(),
        version: version(of),
        from_program: None,
        before_program: None,
        built: "2026-06-01".parse().unwrap(),
        notes: "公示多了一种纸。".into(),
        parts: Vec::new(),
    }
}

/// Every file below a folder with its bytes, but for what changes by itself.
pub fn files(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(entry.path()),
                false => found.push((entry.path(), fs::read(entry.path()).unwrap())),
            }
        }
    }
    found.sort();
    found
}
