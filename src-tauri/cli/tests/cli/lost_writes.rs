//! Power cuts on a disk that keeps what it was told to keep and nothing else. What the real program writes is written down
//! (`recorder.c`); from that every state is made up in which a cut could have left the disk: writes that nobody asked to keep
//! are kept or dropped as it comes, one sector of them and not the next, renames only in their order. Whatever was
//! acknowledged before the cut is there, and the store is whole. `YUANBA_CUTS` says how many states are tried.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::{Value, json};
use yuanba_store::vault::Vault;
use yuanba_store::{Store, database};

use crate::desk::{Desk, PASSPHRASE, Snapshot};

/// States tried in a run of the suite, of each kind of work.
const IN_THE_SUITE: usize = 150;
/// What a disk keeps or drops as one.
const SECTOR: usize = 512;

fn cuts() -> usize {
    std::env::var("YUANBA_CUTS").ok().and_then(|text| text.parse().ok()).unwrap_or(IN_THE_SUITE)
}

/// The library that is loaded into the program.
fn recorder() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let library =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("recorder-{}.so", std::process::id()));
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/recorder.c");
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([library.as_os_str(), source.as_os_str(), "-ldl".as_ref()])
            .status();
        assert!(built.expect("a C compiler, as for the database").success());
        library
    })
}

/// One thing that the program did.
#[derive(Debug)]
enum Deed {
    Create(String),
    Write(String, usize, Vec<u8>),
    Length(String, usize),
    Rename(String, String),
    Remove(String),
    /// Everything of this file and every name so far stays
    Keep(String),
    Answer,
}

fn read_log(log: &Path, folder: &Path) -> Vec<Deed> {
    let mut bytes = Vec::new();
    std::fs::File::open(log).unwrap().read_to_end(&mut bytes).unwrap();
    let inside = |path: &[u8]| {
        let path = Path::new(std::str::from_utf8(path).unwrap());
        path.strip_prefix(folder).unwrap_or(path).to_string_lossy().into_owned()
    };
    let (mut deeds, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let number = |n: usize| {
            let from = at + 1 + 8 * n;
            u64::from_ne_bytes(bytes[from..from + 8].try_into().unwrap()) as usize
        };
        let (offset, path_length, length) = (number(0), number(1), number(2));
        let path = &bytes[at + 25..at + 25 + path_length];
        let rest = &bytes[at + 25 + path_length..at + 25 + path_length + length];
        deeds.push(match bytes[at] {
            b'c' => Deed::Create(inside(path)),
            b'w' => Deed::Write(inside(path), offset, rest.to_vec()),
            b't' => Deed::Length(inside(path), offset),
            b'r' => Deed::Rename(inside(path), inside(rest)),
            b'u' => Deed::Remove(inside(path)),
            b's' => Deed::Keep(inside(path)),
            b'a' => Deed::Answer,
            other => panic!("{other}"),
        });
        at += 25 + path_length + length;
    }
    deeds
}

/// What decides, the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound.max(1)
    }
}

/// A disk: files by number, and what they are called.
#[derive(Clone, Default)]
struct Disk {
    names: BTreeMap<String, usize>,
    files: Vec<Vec<u8>>,
}

impl Disk {
    fn of(files: &BTreeMap<String, Vec<u8>>) -> Disk {
        let mut disk = Disk::default();
        for (name, bytes) in files {
            disk.names.insert(name.clone(), disk.files.len());
            disk.files.push(bytes.clone());
        }
        disk
    }

    fn put(&mut self, file: usize, at: usize, bytes: &[u8]) {
        let file = &mut self.files[file];
        if file.len() < at + bytes.len() {
            file.resize(at + bytes.len(), 0);
        }
        file[at..at + bytes.len()].copy_from_slice(bytes);
    }

    /// The disk after a cut before `deeds[cut]`.
    fn after(begun: &Disk, deeds: &[Deed], cut: usize, dice: &mut Dice) -> Disk {
        // Names: all up to the last one that was asked to be kept, and some of those after it, in their order.
        let is_name = |deed: &Deed| matches!(deed, Deed::Create(_) | Deed::Rename(..) | Deed::Remove(_));
        let kept = deeds[..cut].iter().rposition(|deed| matches!(deed, Deed::Keep(_))).unwrap_or(0);
        let later = deeds[kept..cut].iter().filter(|deed| is_name(deed)).count();
        let mut names_left =
            deeds[..kept].iter().filter(|deed| is_name(deed)).count() + dice.below(later + 1);
        let mut disk = begun.clone();
        // The program's own view, by which it is known which file a name means at each moment.
        let mut seen = begun.names.clone();
        let mut pending: Vec<(usize, usize, Vec<u8>)> = Vec::new();
        let mut lengths: Vec<(usize, usize, usize)> = Vec::new();
        for deed in &deeds[..cut] {
            let named = is_name(deed) && names_left > 0;
            names_left -= usize::from(named);
            match deed {
                Deed::Create(name) => {
                    let file = disk.files.len();
                    disk.files.push(Vec::new());
                    seen.insert(name.clone(), file);
                    if named {
                        disk.names.insert(name.clone(), file);
                    }
                }
                Deed::Rename(from, to) => {
                    let moved = |names: &mut BTreeMap<String, usize>| {
                        if let Some(file) = names.remove(from) {
                            names.insert(to.clone(), file);
                        }
                    };
                    moved(&mut seen);
                    if named {
                        moved(&mut disk.names);
                    }
                }
                Deed::Remove(name) => {
                    seen.remove(name);
                    if named {
                        disk.names.remove(name);
                    }
                }
                Deed::Write(name, at, bytes) => {
                    let Some(file) = seen.get(name) else { continue };
                    pending.push((*file, *at, bytes.clone()));
                }
                Deed::Length(name, length) => {
                    let Some(file) = seen.get(name) else { continue };
                    // What was waiting behind the new end is gone either way.
                    lengths.push((*file, *length, pending.len()));
                }
                Deed::Keep(name) => {
                    let file = seen.get(name).copied();
                    disk.settle(&mut pending, &mut lengths, file, None);
                }
                Deed::Answer => {}
            }
        }
        disk.settle(&mut pending, &mut lengths, None, Some(dice));
        disk
    }

    /// Brings what waits onto the disk: all of one file, or with dice some of everything.
    fn settle(
        &mut self,
        pending: &mut Vec<(usize, usize, Vec<u8>)>,
        lengths: &mut Vec<(usize, usize, usize)>,
        only: Option<usize>,
        mut dice: Option<&mut Dice>,
    ) {
        let waits = std::mem::take(pending);
        let cut = std::mem::take(lengths);
        // How much a disk keeps of what it was not asked to keep differs from cut to cut.
        let share = dice.as_deref_mut().map_or(0, |dice| [0, 10, 50, 90, 100][dice.below(5)]);
        for (n, (file, at, bytes)) in waits.iter().enumerate() {
            for (_, length, _) in cut.iter().filter(|(of, _, before)| of == file && *before == n) {
                if self.takes(&mut dice, share, only, *file) {
                    self.files[*file].resize(*length, 0);
                }
            }
            if dice.is_none() && only != Some(*file) {
                continue;
            }
            for (sector, part) in bytes.chunks(SECTOR).enumerate() {
                if self.takes(&mut dice, share, only, *file) {
                    self.put(*file, at + sector * SECTOR, part);
                }
            }
        }
        for (file, length, _) in cut.iter().filter(|(_, _, before)| *before >= waits.len()) {
            if self.takes(&mut dice, share, only, *file) {
                self.files[*file].resize(*length, 0);
            }
        }
        if dice.is_none() {
            let mut left = Vec::new();
            for (n, write) in waits.into_iter().enumerate() {
                for (file, length, _) in
                    cut.iter().filter(|(file, _, before)| *before == n && Some(*file) != only)
                {
                    lengths.push((*file, *length, left.len()));
                }
                if Some(write.0) != only {
                    left.push(write);
                }
            }
            let last = left.len();
            let behind = cut.iter().filter(|(file, _, _)| Some(*file) != only);
            for (file, length, before) in behind {
                if !lengths.iter().any(|(of, long, _)| of == file && long == length) {
                    lengths.push((*file, *length, last.min(*before)));
                }
            }
            *pending = left;
        }
    }

    fn takes(&self, dice: &mut Option<&mut Dice>, share: usize, only: Option<usize>, file: usize) -> bool {
        match dice {
            Some(dice) => dice.below(100) < share,
            None => only == Some(file),
        }
    }

    /// Puts the disk's files into a folder in place of what is there.
    fn lay_out(&self, folder: &Path) {
        let _ = std::fs::remove_dir_all(folder);
        std::fs::create_dir(folder).unwrap();
        for (name, file) in &self.names {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, &self.files[*file]).unwrap();
        }
    }
}

/// Runs lines in one process and writes down what it does; answers with the disk before, the deeds, and the answers.
fn recorded(desk: &Desk, lines: &[Value]) -> (Disk, Vec<Deed>, Vec<Value>) {
    let log = PathBuf::from(desk.path(&format!("deeds-{}", lines.len())));
    let before = Disk::of(&Snapshot::of(&desk.store()).files);
    let mut child = desk
        .command(&["batch", "-"])
        .env("LD_PRELOAD", recorder())
        .env("RECORDED_FOLDER", desk.store())
        .env("RECORDED_TO", &log)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let answers: Vec<Value> = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), lines.len(), "{}", String::from_utf8_lossy(&output.stderr));
    for answer in &answers {
        assert_eq!(answer["exit"], 0, "{answer}");
    }
    (before, read_log(&log, &desk.store()), answers)
}

fn key_of(dir: &Path) -> String {
    Vault::look(dir).unwrap().unlock(None, PASSPHRASE).unwrap().0.literal().to_string()
}

/// How many changes a database holds that is whole.
fn changes(folder: &Path, key: &str) -> i64 {
    let db = database::connect(&folder.join(database::FILE), key, false).unwrap();
    let whole: String = db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(whole, "ok");
    db.query_row("SELECT count(*) FROM change", [], |row| row.get(0)).unwrap()
}

fn save(name: &str) -> Value {
    json!(["call", "member.save", json!({ "fields": { "name": name } }).to_string()])
}

#[test]
fn no_acknowledged_save_is_lost_and_none_is_there_by_half() {
    let desk = Desk::village();
    let key = key_of(&desk.store());
    let mut lines = vec![json!(["digest"])];
    // Enough that the log is brought into the database in between, by its length and by a backup.
    for n in 0..110 {
        lines.push(save(&format!("罗永{n}")));
        lines.push(json!(["digest"]));
        if n == 20 {
            lines.push(json!(["backup", desk.path("copy")]));
        }
    }
    let (before, deeds, answers) = recorded(&desk, &lines);
    let held: Vec<i64> = answers.iter().map(|answer| answer["result"]["ops"].as_i64().unwrap_or(0)).collect();
    let syncs = deeds.iter().filter(|deed| matches!(deed, Deed::Keep(_))).count();
    assert!(syncs > 100, "{syncs} times something was asked to be kept");
    let folder = PathBuf::from(desk.path("cut"));
    let (mut dice, mut seen) = (Dice(1), std::collections::BTreeSet::new());
    let first = deeds.iter().position(|deed| matches!(deed, Deed::Answer)).unwrap();
    for _ in 0..cuts() {
        let cut = first + dice.below(deeds.len() - first) + 1;
        Disk::after(&before, &deeds, cut, &mut dice).lay_out(&folder);
        let answered = deeds[..cut].iter().filter(|deed| matches!(deed, Deed::Answer)).count();
        let least = held[..answered].iter().copied().max().unwrap_or(0);
        let now = changes(&folder, &key);
        assert!(now >= least, "cut at {cut}: {least} changes were acknowledged, {now} are there");
        assert!(held.contains(&now), "cut at {cut}: {now} changes are half an act");
        seen.insert(now);
    }
    assert!(seen.len() > cuts().min(100) / 4, "the cuts vary: {seen:?}");
    // What the last state shows goes through the whole program.
    Disk::after(&before, &deeds, deeds.len(), &mut dice).lay_out(&desk.store());
    desk.sound();
    assert_eq!(desk.people(), 110);
}

#[test]
fn a_passphrase_that_was_changed_opens_the_store_and_until_then_the_old_one_does() {
    let desk = Desk::village();
    desk.add("王秀英").done();
    let store = desk.store();
    let before = Disk::of(&Snapshot::of(&store).files);
    let log = PathBuf::from(desk.path("deeds"));
    let mut command = desk.command(&["user", "passphrase"]);
    command.env("YUANBA_NEW_PASSPHRASE", "新的口令 2026").env("LD_PRELOAD", recorder());
    command.env("RECORDED_FOLDER", &store).env("RECORDED_TO", &log);
    crate::desk::ended(command.stdout(Stdio::piped()).spawn().unwrap()).done();
    let deeds = read_log(&log, &store);
    let answered = deeds.iter().position(|deed| matches!(deed, Deed::Answer)).unwrap();
    let (folder, mut dice) = (PathBuf::from(desk.path("cut")), Dice(2));
    for cut in 0..=deeds.len() {
        Disk::after(&before, &deeds, cut, &mut dice).lay_out(&folder);
        let vault = Vault::look(&folder).unwrap_or_else(|error| panic!("cut at {cut}: {error}"));
        let opens = |passphrase: &str| vault.unlock(None, passphrase).is_ok();
        assert!(
            opens("新的口令 2026") || (cut <= answered && opens(PASSPHRASE)),
            "cut at {cut} of {answered}"
        );
    }
}

#[test]
fn a_cut_while_a_copy_takes_the_place_of_the_store_leaves_the_one_or_the_other() {
    let desk = Desk::village();
    desk.add("王秀英").done();
    let copy = desk.path("copy.yuanba-backup");
    desk.run(&["backup", &copy]).done();
    let old = changes(&copy_of(&desk, "old"), &key_of(&desk.store()));
    desk.add("李国强").done();
    desk.add("何玉兰").done();
    let key = key_of(&desk.store());
    let new = changes(&copy_of(&desk, "new"), &key);
    let request = json!({ "file": copy, "passphrase": PASSPHRASE }).to_string();
    let (before, deeds, _) = recorded(&desk, &[json!(["call", "backup.replace", request])]);
    assert!(deeds.iter().any(|deed| matches!(deed, Deed::Rename(_, to) if to == database::FILE)));
    let answered = deeds.iter().position(|deed| matches!(deed, Deed::Answer)).unwrap();
    let (folder, mut dice) = (PathBuf::from(desk.path("cut")), Dice(3));
    let mut seen = std::collections::BTreeSet::new();
    for round in 0..(cuts() / deeds.len()).max(3) {
        for cut in 0..=deeds.len() {
            Disk::after(&before, &deeds, cut, &mut dice).lay_out(&folder);
            assert!(Store::is_in(&folder), "round {round}, cut at {cut}");
            Store::finish_restoring(&folder).unwrap();
            let vault = Vault::look(&folder).unwrap_or_else(|error| panic!("cut at {cut}: {error}"));
            assert!(round > 0 || vault.users().len() == 1);
            let now = changes(&folder, &key);
            assert!(now == old || now == new, "cut at {cut}: {now}");
            assert!(cut <= answered || now == old, "cut at {cut}: it was said to be done");
            // What came from a copy says so, or it would go on in a stream that went on elsewhere.
            assert_eq!(now == old, folder.join("restored").exists(), "cut at {cut}");
            // And the one that was there is never gone.
            if now == old {
                let aside =
                    std::fs::read_dir(folder.join("换下来的")).unwrap().next().unwrap().unwrap().path();
                assert_eq!(changes(&aside, &key), new, "cut at {cut}");
            }
            seen.insert(now);
        }
    }
    assert_eq!(seen.len(), 2);
}

/// The files of the store in another folder.
fn copy_of(desk: &Desk, name: &str) -> PathBuf {
    let folder = PathBuf::from(desk.path(name));
    Disk::of(&Snapshot::of(&desk.store()).files).lay_out(&folder);
    folder
}
