//! Spreadsheets of foreign bytes: from recognising the kind of file through sheets, header and columns to the persons.
//!
//! Bytes that begin with `=== ` are the parts of a workbook, each after a line with its name, and are packed here, because
//! the fuzzer cannot guess checksums; bytes that begin with a BIFF record go into a compound file; anything else is a
//! whole file. A first line that begins with `{` is what a person has corrected about the table.

use std::io::{Cursor, Write};

use chrono::NaiveDate;
use yuanba_paper::Watch;
use yuanba_paper::roster::export::{self, ExportOptions};
use yuanba_paper::roster::{
    Field, Held, ImportReading, Mapping, ReadOptions, Roster, RosterError, Status, compare, read,
};
use yuanba_paper::sheet::SheetError;
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

use crate::panics;

/// What a workbook needs beside its sheet, for whoever writes only the sheet.
const PARTS: [(&str, &str); 4] = [
    ("[Content_Types].xml", r#"<?xml version="1.0"?><Types/>"#),
    (
        "_rels/.rels",
        r#"<?xml version="1.0"?><Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<?xml version="1.0"?><workbook xmlns:r="r"><sheets><sheet name="名册" sheetId="1" r:id="rId1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<?xml version="1.0"?><Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
    ),
];

/// Rows of a roster that is also exported and read back; more would only take longer.
const ROWS_WRITTEN_BACK_MAX: usize = 20;

/// Tries some bytes.
pub fn check(bytes: &[u8]) {
    panics::only_of_libraries(|| match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) if bytes.starts_with(b"{") => {
            if let Ok(mapping) = serde_json::from_slice::<Mapping>(&bytes[..end]) {
                corrected(&file(&bytes[end + 1..]), mapping);
            }
        }
        _ => roster(&file(bytes)),
    });
}

fn corrected(file: &[u8], mapping: Mapping) {
    let options = ReadOptions { today: today(), mapping: Some(mapping) };
    if let Ok(roster) = read(file, &options, &mut Watch::default()) {
        in_order(&roster);
        serde_json::to_value(compare("名册.xlsx", roster, &[])).expect("a reading can be shown");
    }
}

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 7, 1).expect("a day")
}

fn roster(file: &[u8]) {
    let roster = match import(file) {
        Ok(roster) => roster,
        Err(error) => {
            assert!(error.message().ends_with("名册没有改动。") && !error.next_step().is_empty());
            assert_ne!(error, RosterError::Sheet(SheetError::Cancelled), "nobody has stopped it");
            return;
        }
    };
    in_order(&roster);
    let last = roster.grid.last_row().map_or(0, |row| row + 1);
    let reading = compare("名册.xlsx", roster, &[]);
    let counts = reading.counts;
    let persons = counts.new + counts.changed + counts.unchanged + counts.doubtful + counts.refused;
    assert_eq!((counts.changed, counts.unchanged), (0, 0), "nobody was held");
    assert_eq!(persons as usize, reading.rows.len());
    assert!(persons + counts.skipped <= last, "{counts:?} in {last} rows");
    serde_json::to_value(&reading).expect("a reading can be shown");
    let held = held(&reading);
    again("the same file", file, &held, counts.new);
    let held: Vec<Held> = held.into_iter().filter(is_told_from_a_note).collect();
    if held.len() <= ROWS_WRITTEN_BACK_MAX && !held.is_empty() {
        // One of the two is enough at a time: writing workbooks is what takes longest here.
        let unmasked = file.len().is_multiple_of(2);
        again("what was exported", &exported(&held, unmasked), &held, held.len() as u32);
    }
}

fn import(file: &[u8]) -> Result<Roster, RosterError> {
    read(file, &ReadOptions { today: today(), mapping: None }, &mut Watch::default())
}

/// What was read lies in the sheet and says of itself what it is.
fn in_order(roster: &Roster) {
    let last = roster.grid.last_row().map_or(0, |row| row + 1);
    assert!(roster.rows.len() <= roster.grid.len());
    assert!(roster.rows.is_sorted_by(|one, next| one.row < next.row), "persons in the order of the sheet");
    for row in &roster.rows {
        assert!((1..=last).contains(&row.row) && !roster.header.rows.contains(&row.row));
        assert_eq!(
            row.values.name().is_none(),
            row.problems.iter().any(|p| p.code == yuanba_paper::roster::Code::NameMissing),
            "a row without a name says so, and only such a row"
        );
        assert!(row.problems.iter().all(|problem| !problem.text.is_empty()));
    }
    for column in &roster.columns {
        assert!((0.0..=1.0).contains(&column.certainty) && !column.column.is_empty());
    }
}

fn held(reading: &ImportReading) -> Vec<Held> {
    let kept = reading.rows.iter().filter(|row| row.status == Status::New);
    kept.map(|row| Held { id: format!("p{}", row.row), values: row.values.clone(), has_left: false })
        .collect()
}

/// A row with nothing but a name in it may be a note under the table, if the name looks like one.
fn is_told_from_a_note(held: &Held) -> bool {
    let personal = [Field::Sex, Field::IdNumber, Field::Nation, Field::BirthDate, Field::JoinedOn];
    personal.into_iter().any(|field| held.values.get(field).is_some())
}

/// Persons who are held already come in again without a change.
fn again(what: &str, file: &[u8], held: &[Held], known: u32) {
    let roster = import(file).unwrap_or_else(|error| panic!("{what} is refused at the second time: {error}"));
    let reading = compare("名册.xlsx", roster, held);
    let other: Vec<_> = reading
        .rows
        .iter()
        .filter(|row| matches!(row.status, Status::New | Status::Changed))
        .map(|row| (row.row, row.status, &row.values, &row.changes))
        .collect();
    assert!(other.is_empty(), "{what} changes somebody: {other:?}");
    assert_eq!(reading.counts.unchanged, known, "{what}: {:?}", reading.counts);
    assert!(reading.not_in_file.is_empty(), "{what} lacks somebody");
}

fn exported(held: &[Held], unmasked: bool) -> Vec<u8> {
    let options = ExportOptions { title: "石河村党员名册".into(), unmasked, fields: Vec::new() };
    let mut out = Cursor::new(Vec::new());
    let persons = held.iter().map(|held| &held.values);
    export::write(&options, persons, &mut out, &mut Watch::default()).expect("a roster can be exported");
    out.into_inner()
}

/// The file that the bytes stand for.
fn file(bytes: &[u8]) -> Vec<u8> {
    if bytes.starts_with(b"=== ") {
        packed(bytes)
    } else if bytes.starts_with(&[0x09, 0x08]) {
        compound(bytes)
    } else {
        bytes.to_vec()
    }
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match (line.strip_prefix(b"=== "), parts.last_mut()) {
            (Some(name), _) => parts.push((String::from_utf8_lossy(name).trim().to_owned(), Vec::new())),
            (None, Some((_, text))) => text.extend_from_slice(line),
            (None, None) => {}
        }
    }
    for (name, text) in PARTS {
        if parts.iter().all(|(other, _)| other != name) {
            parts.push((name.to_owned(), text.into()));
        }
    }
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, text) in parts {
        // Two parts of one name are nothing that can be packed.
        if zip.start_file(name, options).is_ok() {
            zip.write_all(&text).expect("memory takes every byte");
        }
    }
    zip.finish().map_or_else(|_| Vec::new(), Cursor::into_inner)
}

fn compound(stream: &[u8]) -> Vec<u8> {
    let mut file = cfb::CompoundFile::create_with_version(cfb::Version::V3, Cursor::new(Vec::new()))
        .expect("memory takes every byte");
    file.create_stream("Workbook").and_then(|mut s| s.write_all(stream)).expect("memory takes every byte");
    file.flush().expect("memory takes every byte");
    file.into_inner().into_inner()
}
