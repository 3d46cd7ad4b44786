//! Every file of `tests/data/rosters` comes out as its `expected` says, by the same ground truth that made the file.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use chrono::NaiveDate;
use serde_json::Value;
use yuanba_paper::Watch;
use yuanba_paper::roster::{Held, ImportReading, ReadOptions, RosterError, Status, compare, read};
use yuanba_paper::sheet::SheetError;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/rosters")
}

fn options() -> ReadOptions {
    ReadOptions { today: NaiveDate::from_ymd_opt(2025, 7, 1).unwrap(), mapping: None }
}

fn import(file: &str, held: &[Held]) -> Result<ImportReading, RosterError> {
    let bytes = fs::read(folder().join(file)).unwrap();
    read(&bytes, &options(), &mut Watch::default()).map(|roster| compare(file, roster, held))
}

fn held_after(reading: &ImportReading) -> Vec<Held> {
    let kept = reading.rows.iter().filter(|row| row.status == Status::New);
    kept.map(|row| Held { id: format!("p{}", row.row), values: row.values.clone(), has_left: false })
        .collect()
}

fn expected(file: &str) -> Value {
    serde_json::from_slice(&fs::read(folder().join("expected").join(format!("{file}.json"))).unwrap())
        .unwrap()
}

/// Every file with an expectation that it can be read, in the order of their names.
fn files() -> Vec<String> {
    let entries = fs::read_dir(folder().join("expected")).unwrap();
    let mut files: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap().trim_end_matches(".json").to_owned())
        .collect();
    files.sort();
    assert_eq!(files.len(), 18, "a file was added or lost: {files:?}");
    files
}

/// The differences between what was read and what was to be read, as the README of the folder reads the expectations.
fn differences(file: &str, expected: &Value, got: &Value) -> Vec<String> {
    let mut out = Vec::new();
    let mut differ = |what: String, expected: &Value, got: &Value| {
        if expected != got {
            out.push(format!("{file} {what}: expected {expected}, got {got}"));
        }
    };
    if !expected["sheet"].is_null() {
        differ("sheet".into(), &expected["sheet"], &got["sheet"]);
    }
    differ("header_rows".into(), &expected["header_rows"], &got["header_rows"]);
    differ("counts".into(), &expected["counts"], &got["counts"]);
    let (want, have) = (expected["rows"].as_array().unwrap(), got["rows"].as_array().unwrap());
    differ("number of rows".into(), &want.len().into(), &have.len().into());
    for (want, have) in want.iter().zip(have) {
        let row = format!("row {}", want["row"]);
        differ(format!("{row} number"), &want["row"], &have["row"]);
        differ(format!("{row} status"), &want["status"], &have["status"]);
        for (field, value) in want["values"].as_object().unwrap() {
            let have = &have["values"][field];
            // The folder's README: an empty 流动党员 may be null or false. Null it is: an empty cell says nothing.
            if field == "floating" && value == false && have.is_null() {
                continue;
            }
            differ(format!("{row} {field}"), value, have);
        }
        if let Some(changes) = want.get("changes") {
            differ(format!("{row} changes"), changes, &have["changes"]);
        }
        let problems = |row: &Value| -> BTreeSet<String> {
            let all = row["problems"].as_array().unwrap();
            all.iter().map(|p| format!("{}:{}", p["field"], p["code"])).collect()
        };
        let all = |row: &Value| Value::from(problems(row).into_iter().collect::<Vec<_>>());
        differ(format!("{row} problems"), &all(want), &all(have));
    }
    out
}

#[test]
fn every_roster_comes_out_as_it_was_meant() {
    let mut wrong = Vec::new();
    for file in files() {
        let expected = expected(&file);
        if expected.get("rows").is_none() {
            assert_eq!(expected["nothing_written"], true, "{file}");
            assert!(import(&file, &[]).is_err(), "{file} is to be refused whole");
            continue;
        }
        let before = expected["after"].as_array().map_or(&[][..], Vec::as_slice);
        let held: Vec<Held> = before
            .iter()
            .flat_map(|file| held_after(&import(file.as_str().unwrap(), &[]).unwrap()))
            .collect();
        match import(&file, &held) {
            Ok(reading) => {
                wrong.extend(differences(&file, &expected, &serde_json::to_value(&reading).unwrap()))
            }
            Err(error) => wrong.push(format!("{file}: {error}")),
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_second_import_of_the_same_file_changes_nothing() {
    for file in files() {
        let Ok(first) = import(&file, &[]) else { continue };
        let again = import(&file, &held_after(&first)).unwrap();
        let counts = again.counts;
        assert_eq!((counts.new, counts.changed), (0, 0), "{file}");
        assert_eq!(counts.unchanged, first.counts.new, "{file}");
        assert_eq!(again.not_in_file, Vec::<String>::new(), "{file}");
    }
}

#[test]
fn the_newer_file_tells_who_is_gone() {
    let held = held_after(&import("merge_1_old.xlsx", &[]).unwrap());
    let reading = import("merge_2_new.xlsx", &held).unwrap();
    assert_eq!(reading.not_in_file, ["p3", "p4", "p5"]);
}

#[test]
fn a_password_and_a_cut_file_are_told_apart_in_plain_words() {
    assert_eq!(import("password.xlsx", &[]).unwrap_err(), RosterError::Sheet(SheetError::Password));
    let cut = import("truncated.xlsx", &[]).unwrap_err();
    assert!(matches!(cut, RosterError::Sheet(SheetError::Damaged(_))), "{cut:?}");
    for error in [RosterError::Sheet(SheetError::Password), cut] {
        assert!(error.message().contains("没有改动") && !error.next_step().is_empty());
    }
}
