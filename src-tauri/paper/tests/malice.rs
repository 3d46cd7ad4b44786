//! Files made to hurt (IMPORT, "Size and malice"): each is a typed error or is read, within its limits, never a panic.

use std::io::{Cursor, Write};
use std::sync::atomic::AtomicBool;

use chrono::NaiveDate;
use proptest::prelude::*;
use rust_xlsxwriter::{Format, Workbook};
use yuanba_paper::Watch;
use yuanba_paper::roster::{Field, ReadOptions, Roster, RosterError, read};
use yuanba_paper::sheet::SheetError;
use zip::write::SimpleFileOptions;

fn import(bytes: &[u8]) -> Result<Roster, RosterError> {
    let options = ReadOptions { today: NaiveDate::from_ymd_opt(2025, 7, 1).unwrap(), mapping: None };
    read(bytes, &options, &mut Watch::default())
}

fn refused(bytes: &[u8]) -> SheetError {
    match import(bytes) {
        Err(RosterError::Sheet(error)) => {
            assert!(error.message().ends_with("名册没有改动。") && !error.next_step().is_empty());
            error
        }
        other => panic!("not refused: {:?}", other.map(|roster| roster.rows.len())),
    }
}

const CONTENT_TYPES: &str =
    r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>"#;
const RELS: &str = r#"<?xml version="1.0"?><Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK: &str = r#"<?xml version="1.0"?><workbook xmlns:r="r"><sheets><sheet name="名册" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const BOOK_RELS: &str = r#"<?xml version="1.0"?><Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;

/// A workbook with a sheet part, and whatever else, of our own making.
fn workbook(sheet: &mut dyn FnMut(&mut dyn Write), others: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    let parts = [
        ("[Content_Types].xml", CONTENT_TYPES),
        ("_rels/.rels", RELS),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", BOOK_RELS),
    ];
    for (name, text) in
        parts.iter().filter(|(name, _)| others.iter().all(|(other, _)| other != name)).chain(others)
    {
        zip.start_file(*name, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    sheet(&mut zip);
    zip.finish().unwrap().into_inner()
}

fn sheet_xml(rows: &str) -> String {
    format!(r#"<?xml version="1.0"?><worksheet><sheetData>{rows}</sheetData></worksheet>"#)
}

fn inline(cell: &str, text: &str) -> String {
    format!(r#"<c r="{cell}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

fn small_roster(name: &str) -> String {
    sheet_xml(&format!(
        "<row r=\"1\">{}{}</row><row r=\"2\">{}{}</row>",
        inline("A1", "姓名"),
        inline("B1", "性别"),
        inline("A2", name),
        inline("B2", "男")
    ))
}

#[test]
fn a_workbook_of_our_own_making_is_read() {
    let bytes = workbook(&mut |out| out.write_all(small_roster("张三").as_bytes()).unwrap(), &[]);
    assert_eq!(import(&bytes).unwrap().rows[0].values.name(), Some("张三"));
}

#[test]
fn a_zip_bomb_is_refused_before_it_unpacks() {
    let mut zeros = |out: &mut dyn Write| {
        let piece = vec![b' '; 1 << 20];
        (0..1100).for_each(|_| out.write_all(&piece).unwrap());
    };
    let bytes = workbook(&mut zeros, &[]);
    assert!(bytes.len() < 4 << 20, "{}", bytes.len());
    assert!(matches!(refused(&bytes), SheetError::TooLarge(_)));
}

#[test]
fn a_zip_that_lies_about_its_sizes_is_refused() {
    let bytes = workbook(
        &mut |out| {
            let piece = vec![b' '; 1 << 20];
            (0..64).for_each(|_| out.write_all(&piece).unwrap());
        },
        &[],
    );
    // The directory, and the header of the part, declare 100 bytes where 64 MB come out.
    let mut lying = bytes.clone();
    let size = (64u32 << 20).to_le_bytes();
    for at in 0..lying.len() - 4 {
        if lying[at..at + 4] == size {
            lying[at..at + 4].copy_from_slice(&100u32.to_le_bytes());
        }
    }
    assert_ne!(lying, bytes);
    refused(&lying);
}

#[test]
fn an_entity_bomb_does_not_grow() {
    let mut entities =
        String::from(r#"<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "哈哈哈哈哈哈哈哈哈哈">"#);
    for level in 1..12 {
        entities.push_str(&format!("<!ENTITY a{level} \"{}\">", format!("&a{};", level - 1).repeat(10)));
    }
    entities.push_str("]>");
    let text = small_roster("张三&a11;").replace(r#"<?xml version="1.0"?>"#, &entities);
    let bytes = workbook(&mut |out| out.write_all(text.as_bytes()).unwrap(), &[]);
    match import(&bytes) {
        Ok(roster) => {
            assert!(roster.rows.iter().all(|row| row.values.name().is_none_or(|name| name.len() < 100)))
        }
        Err(RosterError::Sheet(error)) => assert!(matches!(error, SheetError::Damaged(_))),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn strings_that_are_declared_and_never_come_take_no_memory() {
    let strings = r#"<?xml version="1.0"?><sst uniqueCount="999999999999"><si><t>姓名</t></si></sst>"#;
    let bytes = workbook(
        &mut |out| out.write_all(small_roster("张三").as_bytes()).unwrap(),
        &[("xl/sharedStrings.xml", strings)],
    );
    assert!(matches!(refused(&bytes), SheetError::Damaged(_)));
}

#[test]
fn a_style_that_is_copied_into_every_format_is_refused() {
    let mut styles = String::from(r#"<?xml version="1.0"?><styleSheet><fonts><font><name val=""#);
    styles.push_str(&"大".repeat(1 << 20));
    styles.push_str(r#""/></font></fonts><cellXfs>"#);
    styles.push_str(&r#"<xf fontId="0"/>"#.repeat(10_000));
    styles.push_str("</cellXfs></styleSheet>");
    let bytes = workbook(
        &mut |out| out.write_all(small_roster("张三").as_bytes()).unwrap(),
        &[("xl/styles.xml", &styles)],
    );
    assert!(matches!(refused(&bytes), SheetError::TooLarge(_)));
}

#[test]
fn a_cell_of_two_megabytes_spoils_nobody_else() {
    let huge = "长".repeat(700_000);
    let rows = format!(
        "<row r=\"1\">{}{}</row><row r=\"2\">{}{}</row><row r=\"3\">{}{}</row>",
        inline("A1", "姓名"),
        inline("B1", "家庭住址"),
        inline("A2", "张三"),
        inline("B2", &huge),
        inline("A3", &huge),
        inline("B3", "一组"),
    );
    let bytes = workbook(&mut |out| out.write_all(sheet_xml(&rows).as_bytes()).unwrap(), &[]);
    let roster = import(&bytes).unwrap();
    assert_eq!(roster.rows[0].values.name(), Some("张三"));
    assert!(roster.rows[0].values.text(Field::Address).unwrap().chars().count() <= 32_767);
    assert!(roster.rows.get(1).is_none_or(|row| row.values.name().is_none()));
}

#[test]
fn a_million_formatted_empty_rows_are_read_past() {
    let bytes = workbook(
        &mut |out| {
            out.write_all(br#"<?xml version="1.0"?><worksheet><sheetData>"#).unwrap();
            let head = format!("<row r=\"1\">{}{}</row>", inline("A1", "姓名"), inline("B1", "性别"));
            out.write_all(head.as_bytes()).unwrap();
            for row in 2..=1_048_575 {
                writeln!(out, "<row r=\"{row}\"><c r=\"A{row}\" s=\"0\"/><c r=\"B{row}\" s=\"0\"/></row>")
                    .unwrap();
            }
            let last = format!("<row r=\"1048576\">{}</row>", inline("A1048576", "张三"));
            out.write_all(last.as_bytes()).unwrap();
            out.write_all(b"</sheetData></worksheet>").unwrap();
        },
        &[],
    );
    let roster = import(&bytes).unwrap();
    assert_eq!((roster.rows.len(), roster.rows[0].row, roster.skipped), (1, 1_048_576, 1_048_574));
}

#[test]
fn other_files_are_called_what_they_are() {
    let picture = [&b"\xff\xd8\xff\xe0\0\x10JFIF\0"[..], &[7; 2000]].concat();
    assert_eq!(refused(&picture), SheetError::NotATable("一张图片"));
    assert_eq!(refused(b"%PDF-1.7\n..."), SheetError::NotATable("一份 PDF"));
    assert_eq!(refused(b""), SheetError::Empty);
    assert_eq!(refused(b"\r\n \r\n"), SheetError::Empty);
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("照片.jpg", SimpleFileOptions::default()).unwrap();
    assert_eq!(refused(&zip.finish().unwrap().into_inner()), SheetError::NotATable("一个压缩包"));
    assert!(matches!(refused(b"<?xml version='1.0'?><Workbook></Workbook>"), SheetError::Unsupported(_)));
    assert!(matches!(import("赵钱孙李\n周吴郑王\n".as_bytes()), Err(RosterError::NoHeader)));
}

#[test]
fn an_old_workbook_that_declares_or_spreads_too_much_is_refused() {
    let bytes =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/data/rosters/old_template.xls"))
            .unwrap();
    let good = import(&bytes).unwrap().rows.len();
    // DIMENSIONS of a sheet: record 0x0200 of 14 bytes; the greatest numbers there are.
    let at = bytes.windows(4).position(|w| w == [0x00, 0x02, 0x0e, 0x00]).unwrap() + 4;
    let mut wide = bytes.clone();
    wide[at..at + 12].copy_from_slice(&[0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 255, 255]);
    assert_eq!(import(&wide).unwrap().rows.len(), good, "what a sheet declares is not believed");
    // A LABELSST cell (record 0x00fd of 10 bytes) moved to the last row and column that there can be.
    let at = bytes.windows(4).rposition(|w| w == [0xfd, 0x00, 0x0a, 0x00]).unwrap() + 4;
    let mut spread = bytes.clone();
    spread[at..at + 4].copy_from_slice(&[255, 255, 255, 255]);
    assert!(matches!(refused(&spread), SheetError::TooLarge(_)));
}

#[test]
fn an_old_workbook_with_a_password_is_told_from_a_damaged_one() {
    let mut bytes = fixture("old_template.xls");
    // CODEPAGE (0x0042, 2 bytes) in the globals becomes FILEPASS (0x002f): the records behind it count as encrypted.
    let at = bytes.windows(4).position(|w| w == [0x42, 0x00, 0x02, 0x00]).unwrap();
    bytes[at] = 0x2f;
    assert_eq!(refused(&bytes), SheetError::Password);
}

#[test]
fn a_long_reading_can_be_stopped() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.write_string_with_format(0, 0, "姓名", &Format::new()).unwrap();
    sheet.write_string(0, 1, "性别").unwrap();
    (1..2000).for_each(|row| _ = sheet.write_string(row, 0, "张三").unwrap());
    let bytes = book.save_to_buffer().unwrap();
    let (stop, mut told) = (AtomicBool::new(false), 0u64);
    let mut progress = |rows: u64| {
        told = told.max(rows);
        stop.store(rows >= 512, std::sync::atomic::Ordering::Relaxed);
    };
    let options = ReadOptions { today: NaiveDate::from_ymd_opt(2025, 7, 1).unwrap(), mapping: None };
    let result = read(&bytes, &options, &mut Watch::new(Some(&stop), Some(&mut progress)));
    assert!(matches!(result, Err(RosterError::Sheet(SheetError::Cancelled))));
    assert!(told >= 512);
}

#[test]
fn a_file_cut_off_anywhere_is_refused_or_read_and_never_more() {
    for file in
        ["old_template.xls", "names_duplicates.xlsx", "gbk_comma.csv", "html_table.xls", "unicode_text.txt"]
    {
        let path = format!("{}/../../tests/data/rosters/{file}", env!("CARGO_MANIFEST_DIR"));
        let bytes = std::fs::read(path).unwrap();
        let whole = import(&bytes).unwrap().rows.len();
        for end in (0..bytes.len()).step_by(bytes.len() / 150 + 1) {
            if let Ok(roster) = import(&bytes[..end]) {
                assert!(roster.rows.len() <= whole, "{file} cut at {end}");
            }
        }
    }
}

fn fixture(file: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../../tests/data/rosters/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Bytes changed anywhere in a real file are read or refused.
    #[test]
    fn changed_bytes_are_survived(
        file in proptest::sample::select(vec!["old_template.xls", "id_numbers.xlsx", "gb18030_rare.csv", "html_table.xls", "password.xlsx"]),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = fixture(file);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = import(&bytes);
    }

    /// The sheet inside is changed and packed again, so that the zip itself is whole.
    #[test]
    fn changed_sheets_are_survived(changes in proptest::collection::vec((any::<proptest::sample::Index>(), "[<>/a-z0-9\"=& ]{0,3}"), 1..6)) {
        let mut text = small_roster("张三");
        for (at, piece) in changes {
            let at = at.index(text.len());
            if text.is_char_boundary(at) {
                text.insert_str(at, &piece);
            }
        }
        let _ = import(&workbook(&mut |out| out.write_all(text.as_bytes()).unwrap(), &[]));
    }

    #[test]
    fn any_bytes_at_all_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400), text in "\\PC{0,200}") {
        let _ = import(&bytes);
        let _ = import(text.as_bytes());
        let _ = import(format!("姓名,性别,出生日期,身份证号,电话\n{text}\n{text}").as_bytes());
    }
}
