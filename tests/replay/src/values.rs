//! The words that people write: identity numbers, telephone numbers, names, dates, and the words of the code lists.
//!
//! The first eight bytes are a number as a cell may hold one, the rest is a text.

use chrono::NaiveDate;
use yuanba_core::id_number::IdProblem;
use yuanba_core::partial_date::{DateReader, Epoch};
use yuanba_core::person_name::read_name;
use yuanba_core::phone::PhoneProblem;
use yuanba_core::pinyin_keys::pinyin_keys;
use yuanba_core::width::{half_width_text, without_blanks};
use yuanba_core::{Education, Id, IdNumber, MemberKind, Nation, PartialDate, Phone, Sex};
use yuanba_paper::Watch;
use yuanba_paper::roster::{Field, ReadOptions, read};

/// Tries some bytes.
pub fn check(bytes: &[u8]) {
    let (number, text) = bytes.split_at(bytes.len().min(8));
    let number = number.try_into().map_or(0.0, f64::from_le_bytes);
    let text = String::from_utf8_lossy(text);
    let text = &*text;
    id_number(text, number);
    phones(text);
    name(text);
    dates(text, number);
    words(text);
    widths(text);
    cells(text);
    if let Ok(id) = text.parse::<Id>() {
        assert_eq!(id.to_string(), text.to_lowercase());
    }
}

fn id_number(text: &str, number: f64) {
    let complete = IdNumber::complete(text).map(Some);
    for read in [IdNumber::read(text), IdNumber::read_number(number), complete] {
        let Ok(Some(id)) = read else { continue };
        let written = id.to_string();
        assert_eq!(written.len(), 18);
        assert_eq!(IdNumber::read(&written), Ok(Some(id)));
        assert_eq!(serde_json::from_str::<IdNumber>(&format!("\"{written}\"")).ok(), Some(id));
        assert_eq!(id.birth_date().to_string().replace('-', ""), written[6..14], "the birth date inside");
        let mask = id.mask();
        assert_eq!((mask.len(), &mask[6..14]), (18, "********"));
        for shown in [mask.clone(), format!("{id:?}"), format!("{:?}", Some(id))] {
            assert!(!shown.contains(&written) && !shown.contains(&written[6..14]), "{shown} shows {written}");
        }
        assert_eq!(IdNumber::read(&mask), Err(IdProblem::Masked));
    }
}

fn phones(text: &str) {
    if let Ok(phone) = Phone::read(text) {
        one_phone(&phone);
        assert_eq!(Phone::read_all(text), Ok(vec![phone]), "one number is a cell with one number");
    }
    let Ok(phones) = Phone::read_all(text) else { return };
    phones.iter().for_each(one_phone);
    let written: Vec<&str> = phones.iter().map(Phone::as_str).collect();
    assert_eq!(Phone::read_all(&written.join("/")), Ok(phones.clone()));
    assert!(phones.iter().enumerate().all(|(at, phone)| !phones[..at].contains(phone)), "no number twice");
}

fn one_phone(phone: &Phone) {
    let written = phone.as_str();
    assert_eq!(Phone::read(written).as_ref(), Ok(phone));
    assert!((7..=13).contains(&written.len()), "{written}");
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    for shown in [phone.mask(), format!("{phone:?}")] {
        assert!(!shown.contains(written) && !shown.contains(&digits), "{shown} shows {written}");
    }
    let hidden = digits.len() - phone.mask().chars().filter(char::is_ascii_digit).count();
    assert!(hidden >= 4, "{} shows too much of {written}", phone.mask());
    assert_eq!(Phone::read(&phone.mask()), Err(PhoneProblem::Masked));
}

fn name(text: &str) {
    let Some(name) = read_name(text) else { return };
    assert_eq!(read_name(&name).as_ref(), Some(&name), "a name that was read is a name");
    assert!(name.trim() == name && !name.is_empty());
    _ = pinyin_keys(&name);
}

fn dates(text: &str, number: f64) {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a day");
    let readers = [Epoch::Y1900, Epoch::Y1904].into_iter().flat_map(|epoch| {
        [day(2025, 6, 30), day(1850, 1, 1), NaiveDate::MAX, NaiveDate::MIN]
            .map(|latest| DateReader { latest, epoch })
    });
    let mut all: Vec<PartialDate> = text.parse().into_iter().collect();
    for reader in readers {
        let read = [
            reader.read(text),
            reader.number(number),
            reader.padded_number(number),
            reader.serial(number).map(Some),
        ];
        for date in read.into_iter().flatten().flatten() {
            assert_eq!(reader.read(&date.to_string()), Ok(Some(date)));
            all.push(date);
        }
    }
    for date in &all {
        one_date(date);
        for other in &all {
            assert_eq!(date.compare(other), other.compare(date).map(std::cmp::Ordering::reverse));
            assert_eq!(date.agrees_with(other), other.agrees_with(date));
            assert!(!(date.refines(other) && other.refines(date)));
        }
    }
}

fn one_date(date: &PartialDate) {
    assert_eq!(date.to_string().parse(), Ok(*date));
    assert!(date.earliest() <= date.latest() && date.agrees_with(date) && !date.is_before(date));
    for months in [0, 1, 6, 12, 1200, u32::MAX] {
        if let Some(later) = date.plus_months(months) {
            assert!(!later.is_before(date) && later.precision() == date.precision());
        }
    }
    _ = date.years_until(date.latest());
}

fn words(text: &str) {
    if let Some(nation) = Nation::read(text) {
        assert_eq!(Nation::read(&nation.label()), Some(nation));
        assert_eq!(Nation::from_code(nation.number()), Some(nation));
    }
    if let Some(education) = Education::read(text) {
        assert_eq!(Education::read(education.label()), Some(education));
        assert_eq!(Education::from_code(education.number()), Some(education));
    }
    if let Some(kind) = MemberKind::read(text) {
        assert_eq!(MemberKind::read(kind.label()), Some(kind));
    }
    if let Some(sex) = Sex::read(text) {
        assert_eq!(Sex::read(sex.label()), Some(sex));
    }
    _ = pinyin_keys(text);
}

fn widths(text: &str) {
    let half = half_width_text(text);
    assert_eq!(half_width_text(&half), half);
    let close = without_blanks(text);
    assert_eq!(without_blanks(&close), close);
    assert!(!close.contains(' '));
}

/// The text as the cell of every field of a roster: the row of one person, with a name of its own.
fn cells(text: &str) {
    let quoted = text.replace('"', "\"\"");
    let fields = || Field::ALL.into_iter().filter(|field| *field != Field::Name);
    let header: Vec<&str> = fields().map(Field::label).collect();
    let row = format!(",\"{quoted}\"").repeat(fields().count());
    // A second person keeps the columns understood whatever the text is.
    let other = ",".repeat(fields().count());
    let file = format!("\u{feff}姓名,{}\n王秀英{row}\n张三{other}\n", header.join(","));
    let options = ReadOptions { today: NaiveDate::from_ymd_opt(2025, 7, 1).expect("a day"), mapping: None };
    let Ok(roster) = read(file.as_bytes(), &options, &mut Watch::default()) else { return };
    for row in &roster.rows {
        for field in Field::ALL {
            let wrong = row.problems.iter().any(|problem| problem.field == field);
            let kept = row.raw.iter().any(|(raw, _)| *raw == field);
            let value = row.values.get(field).is_some();
            assert!(
                !wrong || value || kept || field == Field::Name,
                "{field:?} is lost without its raw text"
            );
        }
    }
}
