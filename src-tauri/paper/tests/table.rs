//! A list as a workbook: what a spreadsheet and a printer get.

use std::io::{Cursor, Read};
use std::sync::atomic::AtomicBool;

use yuanba_paper::Watch;
use yuanba_paper::sheet::{Cell, Workbook};
use yuanba_paper::table::{Table, TableCell, TableColumn, TableError, write};

fn table() -> Table {
    let column = |header: &str, as_text| TableColumn { header: header.into(), width: 12.0, as_text };
    Table {
        sheet: "院坝/台账[2025]：联络员、户数与手记一览表，打印后张贴于村务公开栏".into(),
        title: "石河村院坝台账".into(),
        columns: vec![column("院坝", false), column("电话", true), column("户数", false)],
        footer: "书记 打印，2025-06-30".into(),
    }
}

fn part(bytes: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_list_has_its_title_its_header_and_its_rows_and_prints_on_a4() {
    let rows = (0..300).map(|at| {
        [
            TableCell::from(format!("=院坝{at}")),
            TableCell::from("0818-5222222"),
            TableCell::Number(f64::from(at)),
        ]
    });
    let mut out = Cursor::new(Vec::new());
    assert_eq!(write(&table(), rows, &mut out, &mut Watch::default()).unwrap(), 300);
    let bytes = out.into_inner();
    let mut book = Workbook::open(&bytes, &mut Watch::default()).unwrap();
    let sheet = book.sheets()[0].clone();
    assert!(
        sheet.as_deref().is_some_and(|name| name.chars().count() == 31 && !name.contains(['/', '[', ']']))
    );
    let grid = book.read(sheet.as_deref(), usize::MAX, &mut Watch::default()).unwrap();
    assert_eq!(grid.len(), 303);
    assert_eq!(grid.row(1).unwrap().get(1), Cell::Text("电话"));
    assert_eq!(grid.row(2).unwrap().get(0), Cell::Text("=院坝0"));
    assert_eq!(grid.row(302).unwrap().get(0), Cell::Text("书记 打印，2025-06-30"));
    let xml = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(xml.contains("paperSize=\"9\"") && xml.contains("fitToHeight=\"0\"") && xml.contains("&amp;P"));
    // The header is repeated on every page.
    assert!(part(&bytes, "xl/workbook.xml").contains("$2:$2"));
}

#[test]
fn a_hand_on_the_button_stops_the_writing() {
    let stop = AtomicBool::new(true);
    let rows = (0..1000).map(|_| [TableCell::Empty]);
    let result = write(&table(), rows, Cursor::new(Vec::new()), &mut Watch::new(Some(&stop), None));
    assert!(matches!(result, Err(TableError::Cancelled)));
}
