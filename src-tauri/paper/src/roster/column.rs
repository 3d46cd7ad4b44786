//! Which column of a table holds which field, and how certain that is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use yuanba_core::id_number::IdProblem;
use yuanba_core::{IdNumber, Phone};

use super::Field;
use super::header::{Header, field_of};
use super::word::plain;
use crate::sheet::Grid;

/// One column of the table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Column {
    /// The column as a spreadsheet names it: `A`, `AB`.
    pub column: String,
    /// Its header as it stands in the file, an upper header before it.
    pub header: String,
    /// What it holds; `None` when it is not kept.
    pub field: Option<Field>,
    /// How certain that is, 0 to 1; what a person said is certain.
    #[serde(serialize_with = "two_decimals")]
    pub certainty: f32,
    /// The column, from 0.
    #[serde(skip)]
    pub index: u32,
}

/// What a person corrected about a table. Kept by [`Header::shape`], it serves for every file of that shape.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Mapping {
    /// The sheet; `None` leaves the choice to the program.
    pub sheet: Option<String>,
    /// The header's rows from 1; `None` leaves them to the program, an empty list says that there is no header.
    pub header_rows: Option<Vec<u32>>,
    /// Fields by column name, or by the words of its header; `null` leaves a column out. Columns not named here are read
    /// as the program understands them.
    pub columns: BTreeMap<String, Option<Field>>,
}

impl Mapping {
    /// Reads what a person wrote: this struct, nothing but its columns, or the `columns` of a dry run as they came.
    /// A field goes by its name or by its label (`name`, `姓名`). `None` when it is none of these.
    pub fn from_json(bytes: &[u8]) -> Option<Self> {
        let document: serde_json::Value = serde_json::from_slice(bytes).ok()?;
        let parts = document
            .as_object()
            .filter(|parts| ["sheet", "header_rows", "columns"].iter().any(|part| parts.contains_key(*part)));
        let Some(parts) = parts else {
            return Some(Self { columns: fields(&document)?, ..Self::default() });
        };
        let part = |name: &str| parts.get(name).cloned().unwrap_or_default();
        Some(Self {
            sheet: serde_json::from_value(part("sheet")).ok()?,
            header_rows: serde_json::from_value(part("header_rows")).ok()?,
            columns: parts.get("columns").map_or_else(|| Some(BTreeMap::new()), fields)?,
        })
    }

    /// Whether it says which column holds the names.
    pub fn names_people(&self) -> bool {
        self.columns.values().any(|field| *field == Some(Field::Name))
    }
}

fn fields(columns: &serde_json::Value) -> Option<BTreeMap<String, Option<Field>>> {
    let field = |value: &serde_json::Value| match value {
        serde_json::Value::Null => Some(None),
        value => {
            let word = value.as_str()?;
            let labelled = || Field::ALL.into_iter().find(|field| field.label() == word);
            Field::from_name(word).or_else(labelled).map(Some)
        }
    };
    match columns {
        serde_json::Value::Object(columns) => {
            columns.iter().map(|(name, value)| Some((name.clone(), field(value)?))).collect()
        }
        serde_json::Value::Array(columns) => columns
            .iter()
            .map(|column| {
                let name = column.get("column").or_else(|| column.get("header"))?.as_str()?;
                Some((name.to_owned(), field(column.get("field")?)?))
            })
            .collect(),
        _ => None,
    }
}

/// Rows whose cells are looked at to tell two columns of one header apart.
const ROWS_LOOKED_AT: usize = 200;

/// Finds the columns of a table.
pub fn columns(grid: &Grid, header: &Header, mapping: Option<&Mapping>) -> Vec<Column> {
    let first_row = header.rows.iter().max().copied().unwrap_or(0);
    let mut columns: Vec<Column> = header
        .cells
        .iter()
        .map(|cell| {
            let (field, certainty) =
                field_of(cell).map_or((None, 1.0), |(field, certainty)| (Some(field), certainty));
            let header = if cell.group.is_empty() {
                cell.text.clone()
            } else {
                format!("{} {}", cell.group, cell.text)
            };
            Column { column: letters(cell.column), header, field, certainty, index: cell.column }
        })
        .collect();
    let filled = filled(grid, first_row);
    leave_one_of_each(&mut columns, &filled);
    understand_by_content(grid, first_row, &mut columns);
    if let Some(mapping) = mapping {
        apply(&mut columns, mapping);
    }
    columns
}

/// Of two columns with one header the fuller one counts, at a tie the first; a place may stand in several.
fn leave_one_of_each(columns: &mut [Column], filled: &BTreeMap<u32, usize>) {
    for field in Field::ALL.into_iter().filter(|field| !field.is_joined()) {
        let count = |column: &Column| filled.get(&column.index).copied().unwrap_or(0);
        let of_field = |column: &&Column| column.field == Some(field);
        if columns.iter().filter(of_field).count() < 2 {
            continue;
        }
        // A whole word before a part of one, then the fuller, then the first.
        let rank = |c: &Column| ((c.certainty * 100.0) as u32, count(c), u32::MAX - c.index);
        let best = columns.iter().filter(of_field).max_by_key(|c| rank(c)).map(|c| c.index);
        let rivals = columns.iter().filter(of_field).filter(|c| count(c) > 0).count() > 1;
        for column in columns.iter_mut().filter(|c| c.field == Some(field)) {
            if Some(column.index) != best {
                column.field = None;
            } else if rivals {
                column.certainty *= 0.6;
            }
        }
    }
}

/// Finds identity and telephone numbers under headers that say nothing.
fn understand_by_content(grid: &Grid, first_row: u32, columns: &mut [Column]) {
    for (field, fits) in [
        (Field::IdNumber, looks_like_number as fn(&str) -> bool),
        (Field::Phones, |text: &str| Phone::read(text).is_ok_and(|phone| phone.as_str().len() == 11)),
    ] {
        if columns.iter().any(|c| c.field == Some(field)) {
            continue;
        }
        let found = columns.iter_mut().filter(|c| c.field.is_none()).find(|column| {
            let rows = grid.rows().filter(|row| row.number() > first_row).take(ROWS_LOOKED_AT);
            let texts =
                rows.map(|row| row.get(column.index).text(grid.epoch())).filter(|text| !text.is_empty());
            let (all, good) =
                texts.fold((0, 0), |(all, good), text| (all + 1, good + usize::from(fits(&text))));
            all >= 2 && good * 10 >= all * 8
        });
        if let Some(column) = found {
            (column.field, column.certainty) = (Some(field), 0.6);
        }
    }
}

/// Whether a text is a good identity number or one with a slip in it.
fn looks_like_number(text: &str) -> bool {
    matches!(
        IdNumber::read(text),
        Ok(Some(_)) | Err(IdProblem::Damaged | IdProblem::Checksum | IdProblem::ImpossibleDate)
    )
}

fn apply(columns: &mut Vec<Column>, mapping: &Mapping) {
    for (name, field) in &mapping.columns {
        let headed = |column: &&Column| plain(&column.header) == plain(name);
        let headed = || columns.iter().find(headed).map(|column| column.index);
        let Some(index) = number(name).or_else(headed) else { continue };
        if let Some(field) = field.filter(|field| !field.is_joined()) {
            columns.iter_mut().filter(|c| c.field == Some(field)).for_each(|c| c.field = None);
        }
        match columns.iter_mut().find(|c| c.index == index) {
            Some(column) => (column.field, column.certainty) = (*field, 1.0),
            None => columns.push(Column {
                column: letters(index),
                header: String::new(),
                field: *field,
                certainty: 1.0,
                index,
            }),
        }
    }
    columns.sort_by_key(|c| c.index);
}

fn filled(grid: &Grid, first_row: u32) -> BTreeMap<u32, usize> {
    let mut filled = BTreeMap::new();
    for row in grid.rows().filter(|row| row.number() > first_row).take(ROWS_LOOKED_AT) {
        for (column, _) in row.cells() {
            *filled.entry(column).or_insert(0) += 1;
        }
    }
    filled
}

/// The name of a column: 0 is `A`, 27 is `AB`.
pub fn letters(mut column: u32) -> String {
    let mut name = Vec::new();
    loop {
        name.insert(0, b'A' + (column % 26) as u8);
        match column / 26 {
            0 => break,
            rest => column = rest - 1,
        }
    }
    String::from_utf8_lossy(&name).into_owned()
}

/// The column of that name, from 0.
pub fn number(name: &str) -> Option<u32> {
    let name = name.trim();
    let fits = (1..=3).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphabetic());
    fits.then(|| name.bytes().fold(0, |sum, b| sum * 26 + u32::from(b.to_ascii_uppercase() - b'A') + 1) - 1)
}

fn two_decimals<S: serde::Serializer>(certainty: &f32, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((f64::from(*certainty) * 100.0).round() / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named_as_a_spreadsheet_names_them() {
        for (index, name) in [(0, "A"), (25, "Z"), (26, "AA"), (27, "AB"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letters(index), name);
            assert_eq!(number(name), Some(index));
        }
        assert_eq!(number("1"), None);
    }
}
