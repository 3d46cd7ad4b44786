//! Everything that the fuzzer has found, and what it began from, is tried again.

use std::fs;
use std::path::PathBuf;

use yuanba_replay::TARGETS;

/// No file of the corpus is longer, so that the whole of it stays small.
const FILE_BYTES_MAX: u64 = 64 * 1024;

fn replay(name: &str) {
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target of this name");
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(name);
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("a folder can be read").path())
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", folder.display());
    for file in files {
        let bytes = fs::read(&file).expect("a corpus file can be read");
        assert!(bytes.len() as u64 <= FILE_BYTES_MAX, "{} is too long", file.display());
        let at = file.clone();
        let tried = std::panic::catch_unwind(|| (target.check)(&bytes));
        assert!(tried.is_ok(), "does not hold for {}", at.display());
    }
}

#[test]
fn every_target_has_a_fuzz_binary_and_a_corpus_and_there_are_no_others() {
    let fuzz = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fuzz");
    let names = |folder: &str| {
        let entries = fs::read_dir(fuzz.join(folder)).expect("a folder of the fuzzer");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("an entry").path())
            .map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    };
    let targets: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(names("corpus"), targets);
    assert_eq!(names("fuzz_targets"), targets);
}

#[test]
fn bundles_of_the_corpus_are_read_or_refused() {
    replay("bundle");
}

#[test]
fn changes_of_the_corpus_are_written_as_they_are_read() {
    replay("change");
}

#[test]
fn questions_and_answers_of_the_corpus_are_read_or_refused() {
    replay("help");
}

#[test]
fn what_a_forging_laptop_of_the_corpus_sends_leaves_the_township_sound() {
    replay("received");
}

#[test]
fn spreadsheets_of_the_corpus_are_read_or_refused() {
    replay("sheet");
}

#[test]
fn updates_of_the_corpus_are_read_or_refused() {
    replay("update");
}

#[test]
fn words_of_the_corpus_are_values_or_problems() {
    replay("values");
}

#[test]
fn questions_and_answers_of_the_corpus_are_written_as_they_are_read() {
    replay("wire");
}
