//! Updates in good order, and every other kind.

use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use proptest::prelude::*;
use semver::Version;

use super::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn key() -> ReleaseKey {
    ReleaseKey::from_seed([7; 32])
}

fn trusted(key: &ReleaseKey, signs: &[Contents]) -> TrustedKeys {
    let days = (day("2026-01-01"), day("2028-12-31"));
    vec![TrustedKey { name: "明水县组织部".into(), public: key.public(), signs: signs.to_vec(), days }].into()
}

fn both() -> TrustedKeys {
    trusted(&key(), &[Contents::Program, Contents::Practices])
}

fn manifest(contents: Contents) -> Manifest {
    Manifest {
        contents,
        pack: if contents == Contents::Program { "yuanba" } else { "holidays-2027" }.into(),
        title: "院坝升级".into(),
        version: Version::new(0, 2, 0),
        from_program: Some(Version::new(0, 1, 0)),
        before_program: None,
        built: day("2026-11-20"),
        notes: "公示多了一种纸。\n花名册找人更快。".into(),
        parts: Vec::new(),
    }
}

struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Bench {
        Bench { folder: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn offered(&self, platform: &str, name: &str, bytes: &[u8]) -> Offered {
        let file = self.path(&format!("source-{}", name.replace('/', "-")));
        fs::write(&file, bytes).unwrap();
        Offered { platform: platform.into(), name: name.into(), file }
    }

    /// A program of two installers, longer than what is carried at once.
    fn program(&self) -> PathBuf {
        let out = self.path("院坝升级-0.2.0.yuanba-update");
        let parts = [
            self.offered("linux-deb-x86_64", "yuanba_0.2.0_amd64.deb", &vec![1; 700_000]),
            self.offered("windows-nsis-x86_64", "yuanba_0.2.0_x64-setup.exe", &vec![2; 300_000]),
        ];
        write(&out, manifest(Contents::Program), &parts, &key()).unwrap();
        out
    }

    fn practices(&self) -> PathBuf {
        let out = self.path("pack.yuanba-update");
        let parts = [self.offered("", "rules/holidays-2027.toml", b"shape = \"holidays\"\n")];
        write(&out, manifest(Contents::Practices), &parts, &key()).unwrap();
        out
    }
}

fn lay(path: &Path, keys: &TrustedKeys, at: usize, into: &Path) -> Result<(), UpdateError> {
    look(path, keys)?.lay(at, into, &mut |_| ControlFlow::Continue(()))
}

#[test]
fn an_update_says_what_it_is_and_gives_out_what_was_put_in() {
    let bench = Bench::new();
    let path = bench.program();
    assert!(is_update(&path));
    let package = look(&path, &both()).unwrap();
    assert_eq!(package.signed_by(), "明水县组织部");
    let said = package.manifest();
    assert_eq!((&said.title[..], &said.version.to_string()[..]), ("院坝升级", "0.2.0"));
    assert_eq!(said.parts[1].bytes, 300_000);
    let into = bench.path("yuanba_0.2.0_x64-setup.exe");
    lay(&path, &both(), 1, &into).unwrap();
    assert_eq!(fs::read(&into).unwrap(), vec![2; 300_000]);

    let mut pack = look(&bench.practices(), &both()).unwrap();
    assert_eq!(pack.declaration(0).unwrap(), "shape = \"holidays\"\n");
    assert!(!bench.names().iter().any(|name| name.ends_with("-part")), "{:?}", bench.names());
}

#[test]
fn an_altered_cut_or_continued_update_is_refused_at_every_byte_and_leaves_nothing() {
    let bench = Bench::new();
    let whole = fs::read(bench.practices()).unwrap();
    let taken = |bytes: &[u8]| {
        look_bytes(bytes, &both()).and_then(|mut package| {
            package.check_parts()?;
            Ok(package.manifest().clone())
        })
    };
    assert!(taken(&whole).is_ok());
    for at in 0..whole.len() {
        for bit in [0, 5] {
            let mut turned = whole.clone();
            turned[at] ^= 1 << bit;
            assert!(taken(&turned).is_err(), "bit {bit} of byte {at}");
        }
        assert!(taken(&whole[..at]).is_err(), "cut at {at}");
    }
    assert!(matches!(taken(&[&whole[..], b"\0"].concat()), Err(UpdateError::Damaged(_))));

    // A flipped byte deep in an installer is only seen when it is taken out: nothing of it stays.
    let path = bench.program();
    let mut bytes = fs::read(&path).unwrap();
    let deep = bytes.len() - 400_000;
    bytes[deep] ^= 1;
    fs::write(&path, bytes).unwrap();
    let before = bench.names();
    let refused = lay(&path, &both(), 0, &bench.path("yuanba_0.2.0_amd64.deb"));
    assert!(matches!(refused, Err(UpdateError::Damaged(_))), "{refused:?}");
    assert_eq!(bench.names(), before);
    // The other installer is as it was.
    lay(&path, &both(), 1, &bench.path("yuanba_0.2.0_x64-setup.exe")).unwrap();
}

#[test]
fn only_a_key_of_the_list_counts_for_what_and_when_it_may_sign() {
    let bench = Bench::new();
    let path = bench.program();
    let refused = |keys: &TrustedKeys| look(&path, keys).map(|_| ()).unwrap_err();
    assert!(matches!(refused(&TrustedKeys::default()), UpdateError::NoKeys));
    let other = ReleaseKey::from_seed([8; 32]);
    assert!(matches!(refused(&trusted(&other, &[Contents::Program])), UpdateError::UnknownKey));
    assert!(matches!(
        refused(&trusted(&key(), &[Contents::Practices])),
        UpdateError::KeyDoesNotSign { name } if name == "明水县组织部"
    ));
    let mut late = manifest(Contents::Practices);
    late.built = day("2029-01-01");
    let out = bench.path("late.yuanba-update");
    write(&out, late, &[bench.offered("", "rules/home.toml", b"")], &key()).unwrap();
    assert!(matches!(look(&out, &both()), Err(UpdateError::KeyDoesNotSign { .. })));

    // Somebody who names a known key without having it.
    let mut forged = head(&manifest(Contents::Program).to_cbor(), &other);
    let at = forged.windows(32).position(|w| w == other.public().0).unwrap();
    forged[at..at + 32].copy_from_slice(&key().public().0);
    assert!(matches!(look_bytes(&forged, &both()), Err(UpdateError::Forged)));
}

#[test]
fn what_is_something_else_is_named_as_such() {
    let bench = Bench::new();
    let whole = fs::read(bench.practices()).unwrap();
    let said = |bytes: &[u8]| look_bytes(bytes, &both()).map(|_| ()).unwrap_err();
    for other in [&b""[..], b"YUANBA 1\nfrom", b"PK\x03\x04", &whole[1..]] {
        assert!(matches!(said(other), UpdateError::NotAnUpdate));
    }
    let newer = String::from_utf8_lossy(&whole[..MAGIC.len()]).into_owned() + "2\n\n";
    assert!(matches!(said(newer.as_bytes()), UpdateError::NewerFormat(2)));
    for odd in ["01\n\n", "+1\n\n", "1 \n\n", "99999999999999999999999\n\n"] {
        assert!(matches!(said(format!("{MAGIC}{odd}").as_bytes()), UpdateError::Damaged(_)), "{odd}");
    }
    let missing = look(Path::new("/nowhere/x.yuanba-update"), &both()).unwrap_err();
    assert!(matches!(missing, UpdateError::Io { .. }));
    for error in [said(b""), said(newer.as_bytes()), missing] {
        let refusal = error.refusal();
        assert!(refusal.message.contains("没有") && !refusal.next_step.is_empty(), "{refusal}");
    }
}

#[test]
fn what_is_too_much_or_points_elsewhere_is_refused_even_when_it_is_signed() {
    let part = |platform: &str, name: &str, bytes: u64| Part {
        platform: platform.into(),
        name: name.into(),
        bytes,
        hash: [0; 32],
    };
    let program = |parts: Vec<Part>| Manifest { parts, ..manifest(Contents::Program) };
    let practices = |parts: Vec<Part>| Manifest { parts, ..manifest(Contents::Practices) };
    let deb = || part("linux-deb-x86_64", "yuanba_0.2.0_amd64.deb", 1);
    let good = [program(vec![deb()]), practices(vec![part("", "practices/xuanhan/posts.toml", 1)])];
    for manifest in good {
        assert_eq!(Manifest::from_cbor(&manifest.to_cbor()).unwrap(), manifest);
    }
    let bad = [
        program(vec![]),
        program(vec![deb(), deb()]),
        program(vec![part("linux-deb-x86_64", "yuanba_0.2.0_amd64.deb.sh", 1)]),
        program(vec![part("linux-deb-x86_64", "../yuanba_0.2.0_amd64.deb", 1)]),
        program(vec![part("linux-deb-x86_64", "/tmp/yuanba_0.2.0_amd64.deb", 1)]),
        program(vec![part("linux-deb-x86_64", "-o_amd64.deb", 1)]),
        program(vec![part("", "yuanba_0.2.0_amd64.deb", 1)]),
        program(vec![part("windows-nsis-x86_64", "CON_x64-setup.exe\\x_x64-setup.exe", 1)]),
        program(vec![part("linux-deb-x86_64", "yuanba_0.2.0_amd64.deb", INSTALLER_BYTES_MAX + 1)]),
        program(vec![part("linux-deb-x86_64", "yuanba_0.2.0_amd64.deb", u64::MAX), part("x", "y", u64::MAX)]),
        practices(vec![part("", "rules/home.toml", PRACTICE_BYTES_MAX + 1)]),
        practices(vec![part("", "rules/../../../home.toml", 1)]),
        practices(vec![part("", "demo/names.toml", 1)]),
        practices(vec![part("", "rules/deep/home.toml", 1)]),
        practices(vec![part("", "rules/con.toml", 1)]),
        practices(vec![part("", "rules/Home.toml", 1)]),
        practices(vec![part("linux-deb-x86_64", "rules/home.toml", 1)]),
        practices((0..=PARTS_MAX).map(|n| part("", &format!("rules/r{n}.toml"), 1)).collect()),
        Manifest { pack: "yuanba".into(), ..practices(vec![part("", "rules/home.toml", 1)]) },
        Manifest { pack: "../x".into(), ..practices(vec![part("", "rules/home.toml", 1)]) },
        Manifest { title: "长".repeat(TITLE_CHARS_MAX + 1), ..program(vec![deb()]) },
        Manifest { title: "一\u{7}".into(), ..program(vec![deb()]) },
        Manifest { notes: "长".repeat(NOTES_CHARS_MAX + 1), ..program(vec![deb()]) },
    ];
    for manifest in bad {
        let read = Manifest::from_cbor(&manifest.to_cbor());
        assert!(read.is_err(), "{manifest:?}");
        // Signed by a good key, it is refused all the same.
        assert!(look_bytes(&head(&manifest.to_cbor(), &key()), &both()).is_err());
    }
    // A head that never ends is not read into memory.
    let endless = [MAGIC.as_bytes(), b"1\n", &vec![b'x'; 2 * HEAD_BYTES_MAX as usize]].concat();
    assert!(look_bytes(&endless, &both()).is_err());
    // So many parts that only counting them would take for ever.
    let mut bytes = practices(vec![]).to_cbor();
    *bytes.last_mut().unwrap() = 0x9b;
    bytes.extend_from_slice(&u64::MAX.to_be_bytes());
    assert!(Manifest::from_cbor(&bytes).is_err());
}

#[test]
fn a_manifest_passes_over_what_a_newer_version_adds() {
    let mut with_more = Manifest {
        parts: vec![Part {
            platform: String::new(),
            name: "rules/home.toml".into(),
            bytes: 3,
            hash: [1; 32],
        }],
        ..manifest(Contents::Practices)
    };
    with_more.before_program = Some(Version::new(0, 9, 0));
    let mut bytes = with_more.to_cbor();
    bytes[0] += 1;
    minicbor::Encoder::new(&mut bytes).u8(40).unwrap().str("more").unwrap();
    assert_eq!(Manifest::from_cbor(&bytes).unwrap(), with_more);
}

#[test]
fn a_pack_is_for_the_programs_that_do_not_bring_the_same_themselves() {
    let mut pack = manifest(Contents::Practices);
    pack.before_program = Some(Version::new(0, 3, 0));
    let suits = |text: &str| pack.suits(&Version::parse(text).unwrap());
    assert_eq!(
        ["0.0.9", "0.1.0-rc.1", "0.1.0", "0.1.0+built", "0.2.9", "0.3.0", "1.0.0"].map(suits),
        [false, false, true, true, true, false, false]
    );
}

#[test]
fn nothing_is_written_over_and_nothing_is_left_of_what_could_not_be_made() {
    let bench = Bench::new();
    let out = bench.path("a.yuanba-update");
    let wrong = bench.offered("linux-deb-x86_64", "notes.txt", b"x");
    let refused = write(&out, manifest(Contents::Program), &[wrong], &key());
    assert!(matches!(refused, Err(UpdateError::CannotBeMade(_))), "{refused:?}");
    let missing = Offered {
        platform: "linux-deb-x86_64".into(),
        name: "yuanba_0.2.0_amd64.deb".into(),
        file: bench.path("nowhere.deb"),
    };
    assert!(write(&out, manifest(Contents::Program), &[missing], &key()).is_err());
    fs::write(&out, "somebody's").unwrap();
    let good = bench.offered("linux-deb-x86_64", "yuanba_0.2.0_amd64.deb", b"x");
    assert!(write(&out, manifest(Contents::Program), &[good], &key()).is_err());
    assert_eq!(fs::read(&out).unwrap(), b"somebody's");
    assert!(!bench.names().iter().any(|name| name.ends_with("-part")), "{:?}", bench.names());
}

#[test]
fn stopping_in_the_middle_leaves_nothing() {
    let bench = Bench::new();
    let path = bench.program();
    let into = bench.path("yuanba_0.2.0_amd64.deb");
    let before = bench.names();
    let stopped = look(&path, &both()).unwrap().lay(0, &into, &mut |_| ControlFlow::Break(()));
    assert!(matches!(stopped, Err(UpdateError::Cancelled)));
    assert_eq!(bench.names(), before);
}

#[test]
fn a_private_half_is_its_owner_s_alone_and_never_written_over() {
    let bench = Bench::new();
    let path = bench.path("release.key");
    let key = ReleaseKey::new().unwrap();
    key.write(&path).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(ReleaseKey::read(&path).unwrap().public(), key.public());
    assert!(ReleaseKey::new().unwrap().write(&path).is_err());
    assert_eq!(ReleaseKey::read(&path).unwrap().public(), key.public());
    fs::write(bench.path("other"), "a letter\n").unwrap();
    assert!(ReleaseKey::read(&bench.path("other")).is_err());

    // What it prints is a line of the list.
    let line = key.line("某县\"组织部\"", (day("2026-01-01"), day("2027-12-31")));
    let list = TrustedKeys::read(&line).unwrap();
    assert_eq!(list.names().collect::<Vec<_>>(), ["某县\"组织部\""]);
    assert!(list.find(&key.public()).is_some());
    assert!(!line.contains(&hex::encode(key_seed(&path))), "the private half is never printed");
}

fn key_seed(path: &Path) -> [u8; 32] {
    let text = fs::read_to_string(path).unwrap();
    let mut seed = [0; 32];
    hex::decode_to_slice(text.lines().nth(1).unwrap(), &mut seed).unwrap();
    seed
}

#[test]
fn the_list_of_this_repository_is_one_and_lists_that_are_none_are_refused() {
    TrustedKeys::built_in();
    let line = key().line("甲", (day("2026-01-01"), day("2027-12-31")));
    assert!(TrustedKeys::read(&format!("{line}\n{line}")).is_err());
    for (from, to) in
        [("\"program\", ", "\"everything\", "), ("2026-01-01", "2028-01-01"), ("public = \"", "public = \"0")]
    {
        assert!(TrustedKeys::read(&line.replace(from, to)).is_err(), "{to}");
    }
}

#[test]
fn a_file_s_name_holds_nothing_that_a_stick_does_not_take() {
    let version = Version::new(0, 2, 0);
    assert_eq!(file_name("院坝升级", &version), "院坝升级-0.2.0.yuanba-update");
    assert_eq!(file_name("../明水县: 放假?", &version), "明水县放假-0.2.0.yuanba-update");
    assert_eq!(file_name("?", &version), "院坝升级-0.2.0.yuanba-update");
    assert_eq!(platform_of("yuanba_0.2.0_amd64.deb"), Some("linux-deb-x86_64"));
    assert_eq!(platform_of("yuanba.txt"), None);
}

proptest! {
    #[test]
    fn bytes_that_are_no_manifest_are_an_error_and_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = Manifest::from_cbor(&bytes);
        let _ = look_bytes(&head(&bytes, &key()), &both());
    }
}
