//! What the product exports, it imports again without a change.

use std::fs;
use std::io::Cursor;
use std::path::PathBuf;

use chrono::NaiveDate;
use proptest::prelude::*;
use yuanba_core::sex::Sex;
use yuanba_core::{Education, IdNumber, MemberKind, Nation, PartialDate, Phone};
use yuanba_paper::Watch;
use yuanba_paper::roster::export::{self, ExportOptions};
use yuanba_paper::roster::{
    Code, Field, Held, ImportReading, ReadOptions, Status, Value, Values, compare, read, rejects,
};
use yuanba_paper::sheet::{Cell, Workbook};

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 7, 1).unwrap()
}

fn import(bytes: &[u8], held: &[Held]) -> ImportReading {
    let options = ReadOptions { today: today(), mapping: None };
    compare("名册.xlsx", read(bytes, &options, &mut Watch::default()).unwrap(), held)
}

fn exported(held: &[Held], unmasked: bool) -> Vec<u8> {
    let options = ExportOptions { title: "测试村党员名册".into(), unmasked, fields: Vec::new() };
    let mut out = Cursor::new(Vec::new());
    let count =
        export::write(&options, held.iter().map(|h| &h.values), &mut out, &mut Watch::default()).unwrap();
    assert_eq!(count as usize, held.len());
    out.into_inner()
}

fn held_of(file: &str) -> Vec<Held> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/rosters").join(file);
    let rows = import(&fs::read(path).unwrap(), &[]).rows;
    let named = rows.into_iter().filter(|row| row.values.name().is_some());
    named.map(|row| Held { id: row.row.to_string(), values: row.values, has_left: false }).collect()
}

#[test]
fn every_roster_comes_back_unchanged_masked_and_unmasked() {
    for file in [
        "good_village_60.xlsx",
        "stacked_1294.xlsx",
        "old_template.xls",
        "id_numbers.xlsx",
        "dates.xlsx",
        "values.xlsx",
    ] {
        let held = held_of(file);
        for unmasked in [false, true] {
            let reading = import(&exported(&held, unmasked), &held);
            let other: Vec<_> = reading.rows.iter().filter(|row| row.status != Status::Unchanged).collect();
            assert!(other.is_empty(), "{file} unmasked={unmasked}: {:?}", &other[..other.len().min(3)]);
            assert_eq!(reading.rows.len(), held.len(), "{file}");
            assert!(
                reading.rows.iter().all(|row| row.problems.iter().all(|p| p.code != Code::ValueMasked)),
                "{file}"
            );
        }
    }
}

#[test]
fn a_mask_of_something_else_is_a_problem_and_never_replaces_a_value() {
    let mut held = held_of("good_village_60.xlsx");
    let masked = exported(&held, false);
    let other = "511722198507010018".parse::<IdNumber>().unwrap();
    held[0].values.set(Field::IdNumber, Value::Id(other));
    held[0].values.set(Field::Phones, Value::Phones(vec!["13812345678".parse().unwrap()]));
    let reading = import(&masked, &held);
    let row = &reading.rows[0];
    let masked: Vec<_> =
        row.problems.iter().filter(|p| p.code == Code::ValueMasked).map(|p| p.field).collect();
    assert_eq!(masked, [Field::IdNumber, Field::Phones]);
    assert!(row.changes.is_empty() && row.values.id_number().is_none());
}

#[test]
fn nothing_in_a_cell_becomes_a_formula() {
    let mut values = Values::default();
    values.set(Field::Name, Value::Text("=cmd|' /C calc'!A0".into()));
    values.set(Field::Address, Value::Text("@SUM(1)+1".into()));
    values.set(Field::Notes, Value::Text("+1-2".into()));
    values.set(Field::Job, Value::Text("-1".into()));
    let bytes = exported(&[Held { values, ..Held::default() }], true);
    let mut workbook = Workbook::open(&bytes, &mut Watch::default()).unwrap();
    let sheet = workbook.sheets()[0].clone();
    let grid = workbook.read(sheet.as_deref(), usize::MAX, &mut Watch::default()).unwrap();
    let row = grid.row(2).unwrap();
    let texts: Vec<_> = row
        .cells()
        .filter(|(_, c)| matches!(c, Cell::Text(t) if t.starts_with(['=', '+', '-', '@'])))
        .collect();
    assert_eq!(texts.len(), 4);
    // A formula would be an element of the sheet's own.
    let mut zip = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
    let mut xml = String::new();
    std::io::Read::read_to_string(&mut zip.by_name("xl/worksheets/sheet1.xml").unwrap(), &mut xml).unwrap();
    assert!(!xml.contains("<f>") && !xml.contains("<f "));
}

#[test]
fn refused_and_doubtful_rows_come_out_as_they_stood_with_the_reason_and_go_in_again() {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/rosters/names_duplicates.xlsx");
    let reading = import(&fs::read(path).unwrap(), &[]);
    let mut out = Cursor::new(Vec::new());
    assert_eq!(rejects::write(&reading, &mut out).unwrap(), 3);
    let again = import(&out.into_inner(), &[]);
    assert_eq!((again.counts.refused, again.counts.doubtful, again.counts.new), (1, 2, 0));
    let waiting = reading.rows.iter().filter(|row| matches!(row.status, Status::Refused | Status::Doubtful));
    for (before, after) in waiting.zip(&again.rows) {
        assert_eq!(before.values, after.values);
        let line = again.grid.row(again.grid.place_of(after.row - 1).unwrap()).unwrap();
        let reason = line.cells().last().map(|_| line.get(5)).unwrap();
        assert!(matches!(reason, Cell::Text(text) if text.contains('。')), "{reason:?}");
    }
}

fn person() -> impl Strategy<Value = Values> {
    let date = (1940i32..2000, proptest::option::of((1u32..13, proptest::option::of(1u32..29))));
    let born = date.prop_map(|(year, rest)| {
        PartialDate::new(year, rest.map(|(month, _)| month), rest.and_then(|(_, day)| day)).unwrap()
    });
    let text = "[=+@\\-'\"<&;,，a-z甲乙丙村组 ]{0,12}";
    (
        "[张王李赵古丽䶮𬍛]{2,4}",
        proptest::option::of(0usize..2),
        proptest::option::of(1u8..57),
        proptest::option::of(born),
        proptest::option::of(any::<proptest::sample::Index>()),
        proptest::collection::vec(0u32..100_000, 0..3),
        text,
        proptest::option::of(any::<bool>()),
        proptest::option::of(any::<proptest::sample::Index>()),
    )
        .prop_map(|(name, sex, nation, born, education, phones, address, floating, kind)| {
            let mut values = Values::default();
            values.set(Field::Name, Value::Text(name.into()));
            values.set(Field::Sex, sex.map(|s| Value::Sex([Sex::Male, Sex::Female][s])));
            values.set(Field::Nation, nation.and_then(Nation::from_code).map(Value::Nation));
            values.set(Field::BirthDate, born.map(Value::Date));
            let levels: Vec<_> = Education::all().collect();
            values
                .set(Field::Education, education.map(|at| Value::Education(levels[at.index(levels.len())])));
            values.set(Field::Kind, kind.map(|at| Value::Kind(MemberKind::ALL[at.index(5)])));
            let mut phones: Vec<Phone> =
                phones.iter().map(|n| format!("138000{n:05}").parse().unwrap()).collect();
            phones.dedup();
            values.set(Field::Phones, Value::Phones(phones));
            // What is held is what an import read: no blanks at the ends.
            let address = address.trim().trim_start_matches('\'').trim();
            if !matches!(address, "-" | "--" | "/" | "\"" | "''") {
                values.set(Field::Address, Value::Text(address.into()));
            }
            values.set(Field::Floating, floating.map(Value::Flag));
            values
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whoever is held, the export says nothing new about anybody and makes nobody new.
    #[test]
    fn any_roster_comes_back_without_a_change(people in proptest::collection::vec(person(), 1..12), unmasked: bool) {
        let held: Vec<Held> = people.into_iter().enumerate()
            .map(|(at, values)| Held { id: at.to_string(), values, has_left: false }).collect();
        let reading = import(&exported(&held, unmasked), &held);
        prop_assert_eq!(reading.rows.len(), held.len());
        for row in &reading.rows {
            prop_assert!(row.status == Status::Unchanged, "{:?}\n{:?}", row, held);
        }
    }
}
