//! How long the import and the export of a county take beside the bare libraries, in the same run.
//!
//!     cargo run --release -p yuanba-paper --example measure_paper [ROWS]
//!
//! Prints one JSON line: milliseconds of processor time (the best of five), ratios, and the peak memory of a run of each kind in a process of
//! its own.

use std::io::Cursor;

use calamine::{Reader, Xlsx};
use chrono::NaiveDate;
use rust_xlsxwriter::Workbook;
use serde_json::json;
use yuanba_core::{IdNumber, PartialDate, Phone};
use yuanba_paper::Watch;
use yuanba_paper::roster::export::{self, ExportOptions};
use yuanba_paper::roster::{Field, Held, ReadOptions, Value, Values, compare, read};

/// Columns of a row beside those that are read, to make it 30 wide.
const COLUMNS: usize = 30;

fn person(at: u32) -> Values {
    let mut values = Values::default();
    let (year, month, day) = (1940 + at % 60, 1 + at % 12, 1 + at % 28);
    let digits = format!("511722{year}{month:02}{day:02}{:03}", at % 1000);
    let id = (0..=9).find_map(|check| format!("{digits}{check}").parse::<IdNumber>().ok());
    values.set(
        Field::Name,
        Value::Text(format!("张{}{}", char::from_u32(0x4e00 + at % 5000).unwrap_or('三'), at % 7).into()),
    );
    values.set(Field::IdNumber, id.or_else(|| format!("{digits}X").parse().ok()).map(Value::Id));
    values.set(Field::BirthDate, PartialDate::new(year as i32, Some(month), Some(day)).map(Value::Date));
    values.set(Field::JoinedOn, PartialDate::new(year as i32 + 25, Some(month), Some(day)).map(Value::Date));
    values
        .set(Field::ConfirmedOn, PartialDate::new(year as i32 + 26, Some(month), Some(day)).map(Value::Date));
    values.set(Field::Phones, format!("138{:08}", at).parse::<Phone>().ok().map(|p| Value::Phones(vec![p])));
    values.set(Field::Address, Value::Text(format!("测试村{}组{}号", at % 9 + 1, at).into()));
    values.set(Field::Branch, Value::Text(format!("测试村{}党支部", at % 568).into()));
    for field in
        [Field::Degree, Field::Job, Field::ProfessionalTitle, Field::NewStratum, Field::HouseholdPlace]
    {
        values.set(field, Value::Text(format!("{}{}", field.label(), at % 40).into()));
    }
    for field in
        [Field::FloatingPlace, Field::JoinedBranch, Field::Office, Field::Skills, Field::Health, Field::Notes]
    {
        values.set(field, Value::Text(format!("{}{}", field.label(), at % 300).into()));
    }
    values.set(Field::PartyGroup, Value::Text(format!("第{}小组", at % 5).into()));
    for field in [Field::OutOfContact, Field::Floating, Field::MigrantWorker] {
        values.set(field, Value::Flag(at.is_multiple_of(8)));
    }
    values
}

/// The same cells, written by the bare library: as many columns, the same texts.
fn bare_write(people: &[Values]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory().expect("a sheet");
    for (at, person) in people.iter().enumerate() {
        let mut column = 0;
        for field in Field::ALL {
            let text = person.get(field).map(|value| match value {
                Value::Text(text) => text.to_string(),
                Value::Id(id) => id.to_string(),
                Value::Date(date) => date.to_string(),
                Value::Flag(flag) => if *flag { "是" } else { "否" }.to_owned(),
                Value::Phones(phones) => phones[0].to_string(),
                _ => String::new(),
            });
            sheet.write_string(at as u32, column, text.unwrap_or_default()).expect("a cell");
            column += 1;
        }
        sheet.write_number(at as u32, column, at as f64).expect("a cell");
    }
    book.save_to_buffer().expect("a workbook")
}

/// As spreadsheets write it: shared strings.
fn shared(people: &[Values]) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, field) in Field::ALL.into_iter().enumerate() {
        sheet.write_string(0, column as u16, field.label()).expect("a cell");
        for (at, person) in people.iter().enumerate() {
            let text = match person.get(field) {
                Some(Value::Text(text)) => text.to_string(),
                Some(Value::Id(id)) => id.to_string(),
                Some(Value::Date(date)) => date.to_string(),
                Some(Value::Flag(flag)) => if *flag { "是" } else { "否" }.to_owned(),
                Some(Value::Phones(phones)) => phones[0].to_string(),
                _ => continue,
            };
            sheet.write_string(at as u32 + 1, column as u16, text).expect("a cell");
        }
    }
    for row in 0..=people.len() as u32 {
        sheet.write_number(row, COLUMNS as u16 - 1, f64::from(row)).expect("a cell");
    }
    book.save_to_buffer().expect("a workbook")
}

fn bare_read(bytes: &[u8]) -> usize {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).expect("a workbook");
    let sheet = book.sheet_names()[0].clone();
    book.worksheet_range(&sheet).expect("a sheet").height()
}

fn import(bytes: &[u8], held: &[Held]) -> usize {
    let options = ReadOptions { today: NaiveDate::from_ymd_opt(2026, 7, 1).expect("a day"), mapping: None };
    let roster = read(bytes, &options, &mut Watch::default()).expect("a roster");
    compare("名册.xlsx", roster, held).rows.len()
}

fn export_all(people: &[Values]) -> usize {
    let mut out = Cursor::new(Vec::new());
    export::write(
        &ExportOptions { unmasked: true, ..ExportOptions::default() },
        people,
        &mut out,
        &mut Watch::default(),
    )
    .expect("a workbook");
    out.into_inner().len()
}

fn best(mut work: impl FnMut() -> usize) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..5 {
        let start = cpu_ms();
        std::hint::black_box(work());
        best = best.min(cpu_ms() - start);
    }
    best
}

/// Processor time of this process: what others do on the machine does not count.
fn cpu_ms() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    stat.split_whitespace().next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e6
}

fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or(0) / 1024
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    if let [_, kind, path] = &args[..] {
        match kind.as_str() {
            "import" => _ = import(&std::fs::read(path).expect("a file"), &[]),
            "bare" => _ = bare_read(&std::fs::read(path).expect("a file")),
            _ => {
                let rows = path.parse().unwrap_or(40_000);
                let people = (0..rows).map(person);
                let people: Vec<Values> = people.collect();
                let before = peak_mb();
                let file = std::fs::File::create("/dev/null").expect("a file");
                _ = (file, export_all(&people));
                println!("{}", peak_mb() - before);
                return;
            }
        }
        println!("{}", peak_mb());
        return;
    }
    let rows: u32 = args.get(1).and_then(|rows| rows.parse().ok()).unwrap_or(40_000);
    let people: Vec<Values> = (0..rows).map(person).collect();
    let bytes = shared(&people);
    let path = std::env::temp_dir().join("yuanba-speed.xlsx");
    std::fs::write(&path, &bytes).expect("a file");
    let own = |kind: &str, what: &str| {
        let out = std::process::Command::new(&args[0]).args([kind, what]).output().expect("a process");
        String::from_utf8_lossy(&out.stdout).trim().parse::<u64>().unwrap_or(0)
    };
    let path_text = path.to_string_lossy();
    let (floor, ours) = (best(|| bare_read(&bytes)), best(|| import(&bytes, &[])));
    let held: Vec<Held> = people
        .iter()
        .enumerate()
        .map(|(at, v)| Held { id: at.to_string(), values: v.clone(), has_left: false })
        .collect();
    let again = best(|| import(&bytes, &held));
    let (bare, written) = (best(|| bare_write(&people).len()), best(|| export_all(&people)));
    println!(
        "{}",
        json!({
            "rows": rows, "columns": COLUMNS, "file_mb": bytes.len() >> 20,
            "import_ms": ours, "again_ms": again, "bare_read_ms": floor, "import_ratio": ours / floor,
            "export_ms": written, "bare_write_ms": bare, "export_ratio": written / bare,
            "import_peak_mb": own("import", &path_text), "bare_read_peak_mb": own("bare", &path_text),
            "export_peak_mb": own("export", &rows.to_string()),
        })
    );
    if std::env::var_os("KEEP").is_none() {
        _ = std::fs::remove_file(path);
    }
}
