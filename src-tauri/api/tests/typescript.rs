//! The window's types are those of this crate.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[test]
fn the_types_of_the_window_are_those_of_the_commands() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/api");
    let files = yuanba_api::typescript::files();
    if std::env::var_os("YUANBA_UPDATE").is_some() {
        let _ = fs::remove_dir_all(root.join("types"));
        fs::create_dir_all(root.join("types")).unwrap();
        for (path, text) in &files {
            fs::write(root.join(path), text).unwrap();
        }
    }
    for (path, text) in &files {
        let there = fs::read_to_string(root.join(path)).unwrap_or_default();
        assert!(there == *text, "ui/src/api/{path} is out of date: YUANBA_UPDATE=1 cargo test -p yuanba-api");
    }
    let there: BTreeSet<String> = fs::read_dir(root.join("types"))
        .unwrap()
        .map(|entry| format!("types/{}", entry.unwrap().file_name().to_string_lossy()))
        .collect();
    let expected: BTreeSet<String> =
        files.keys().filter(|path| path.starts_with("types/")).cloned().collect();
    assert_eq!(there, expected, "a noun's file too many or too few");
}

#[test]
fn no_two_types_of_the_window_share_a_name() {
    let mut names = BTreeSet::new();
    for (path, text) in yuanba_api::typescript::files() {
        if path == "commands.ts" {
            continue;
        }
        for line in text.lines().filter_map(|line| line.strip_prefix("export type ")) {
            let name = line.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default().to_owned();
            if !name.is_empty() {
                assert!(names.insert(name.clone()), "{name} is declared twice");
            }
        }
    }
    assert!(names.len() > 100, "the window needs more types than {}", names.len());
}
