//! What the values of a row say about each other.

use chrono::NaiveDate;
use yuanba_core::PartialDate;

use super::{Code, Column, Field, Problem, RosterRow, Value};

/// Years of age at which the Party may be joined (its constitution, article 1).
const JOINING_AGE_YEARS: u32 = 18;

/// Checks one row, and takes from the identity number what the file does not have.
pub(super) fn row(row: &mut RosterRow, today: NaiveDate) {
    identity(row, today);
    let has_problem = |row: &RosterRow, field| row.problems.iter().any(|p| p.field == field);
    for field in [Field::BirthDate, Field::JoinedOn, Field::ConfirmedOn, Field::AppliedOn] {
        if let Some(date) = row.values.date(field).filter(|date| date.earliest() > today) {
            let raw = raw(row, field, &date);
            row.problems.push(Problem::new(field, Code::DateInFuture, &raw));
        }
    }
    let born = row.values.date(Field::BirthDate).or_else(|| row.values.id_number().map(|id| id.birth_date()));
    let joined = row.values.date(Field::JoinedOn).filter(|_| !has_problem(row, Field::JoinedOn));
    if let (Some(born), Some(joined)) = (born, joined)
        && let Some(grown) = born.plus_months(JOINING_AGE_YEARS * 12)
        && joined.is_before(&grown)
    {
        let text = format!("{born} 出生，{joined} 入党");
        row.problems.push(Problem::new(Field::JoinedOn, Code::DatesOutOfOrder, &text));
    }
    let confirmed = row.values.date(Field::ConfirmedOn).filter(|_| !has_problem(row, Field::ConfirmedOn));
    if let (Some(joined), Some(confirmed)) = (row.values.date(Field::JoinedOn), confirmed)
        && confirmed.is_before(&joined)
    {
        let text = format!("{joined} 入党，{confirmed} 转正");
        row.problems.push(Problem::new(Field::ConfirmedOn, Code::DatesOutOfOrder, &text));
    }
}

fn identity(row: &mut RosterRow, today: NaiveDate) {
    let Some(id) = row.values.id_number() else { return };
    if id.birth_date().earliest() > today {
        row.values.set(Field::IdNumber, None);
        keep_raw(row, Field::IdNumber, id.as_str());
        row.problems.push(Problem::new(Field::IdNumber, Code::IdImpossibleDate, id.as_str()));
        return;
    }
    let silent = |row: &RosterRow, field| {
        row.values.get(field).is_none() && row.problems.iter().all(|p| p.field != field)
    };
    match row.values.date(Field::BirthDate) {
        Some(date) if !date.agrees_with(&id.birth_date()) => {
            let text = format!("证件上 {}，表里 {date}", id.birth_date());
            row.problems.push(Problem::new(Field::IdNumber, Code::IdBirthDiffers, &text));
        }
        None if silent(row, Field::BirthDate) => {
            row.values.set(Field::BirthDate, Value::Date(id.birth_date()));
            row.derived.push(Field::BirthDate);
        }
        _ => {}
    }
    match row.values.sex() {
        Some(sex) if sex != id.sex() => {
            let text = format!("证件上{}，表里{}", id.sex().label(), sex.label());
            row.problems.push(Problem::new(Field::IdNumber, Code::IdSexDiffers, &text));
        }
        None if silent(row, Field::Sex) => {
            row.values.set(Field::Sex, Value::Sex(id.sex()));
            row.derived.push(Field::Sex);
        }
        _ => {}
    }
}

/// In a column where a spreadsheet lost the last three digits of some numbers, one that ends in 000 and happens to have a
/// fitting check digit lost them too (one in eleven does).
pub(super) fn damaged_numbers(rows: &mut [RosterRow]) {
    let damaged = |row: &RosterRow| row.problems.iter().any(|p| p.code == Code::IdDamaged);
    if !rows.iter().any(damaged) {
        return;
    }
    for row in rows {
        let Some(id) = row.values.id_number().filter(|id| id.as_str().ends_with("000")) else { continue };
        row.values.set(Field::IdNumber, None);
        keep_raw(row, Field::IdNumber, id.as_str());
        row.problems.push(Problem::new(Field::IdNumber, Code::IdDamaged, id.as_str()));
    }
}

/// Lowers the certainty of a column in which most cells could not be read.
pub(super) fn certainty(columns: &mut [Column], rows: &[RosterRow]) {
    // Good and bad cells by field; a field's place in the list of all is its number.
    let mut good = [0u32; Field::ALL.len()];
    let mut bad = [0u32; Field::ALL.len()];
    for row in rows {
        row.values.iter().for_each(|(field, _)| good[field as usize] += 1);
        for problem in row.problems.iter().filter(|p| p.code != Code::NameMissing) {
            bad[problem.field as usize] += u32::from(row.values.get(problem.field).is_none());
        }
    }
    for column in columns {
        if column.field.is_some_and(|field| bad[field as usize] > good[field as usize]) {
            column.certainty *= 0.5;
        }
    }
}

fn raw(row: &RosterRow, field: Field, date: &PartialDate) -> String {
    row.raw.iter().find(|(f, _)| *f == field).map_or_else(|| date.to_string(), |(_, raw)| raw.to_string())
}

fn keep_raw(row: &mut RosterRow, field: Field, text: &str) {
    if row.raw.iter().all(|(f, _)| *f != field) {
        row.raw.push((field, text.into()));
    }
}
