//! A roster as a workbook in the national column order (RULES §6), which is read back without a change.

use std::io::{Seek, Write};

use yuanba_core::{IdNumber, Phone};

use super::cell::written;
use super::{Content, Field, Value, Values};
use crate::Watch;
use crate::table::{self, Table, TableCell, TableColumn, TableError};

/// What is exported.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ExportOptions {
    /// The title above the table, such as 石河村党支部党员名册; none when empty.
    pub title: String,
    /// Whether identity and telephone numbers are written in full. Somebody who may must have asked, and it is logged
    /// (RULES §7): both are the caller's matter.
    pub unmasked: bool,
    /// The columns, in the national order ([`fields`] gives those that somebody has a value in); when empty every field.
    pub fields: Vec<Field>,
}

/// Fields that every export has, with or without values.
const ALWAYS: [Field; 12] = [
    Field::Name,
    Field::Sex,
    Field::IdNumber,
    Field::Nation,
    Field::BirthDate,
    Field::Education,
    Field::Kind,
    Field::Branch,
    Field::Phones,
    Field::JoinedOn,
    Field::ConfirmedOn,
    Field::Address,
];

/// The columns of an export of these persons.
pub fn fields<'a>(persons: impl IntoIterator<Item = &'a Values>) -> Vec<Field> {
    let mut used: Vec<Field> = ALWAYS.to_vec();
    for person in persons {
        for (field, _) in person.iter() {
            if !used.contains(&field) {
                used.push(field);
            }
        }
    }
    used.sort_unstable();
    used
}

/// Writes a roster; memory does not grow with the number of persons. Gives the number of persons written.
///
/// # Errors
/// [`TableError`]; what was written to `out` until then is no workbook.
pub fn write<'a>(
    options: &ExportOptions,
    persons: impl IntoIterator<Item = &'a Values>,
    out: impl Write + Seek + Send,
    watch: &mut Watch<'_>,
) -> Result<u32, TableError> {
    let fields = if options.fields.is_empty() { Field::ALL.to_vec() } else { options.fields.clone() };
    let columns = std::iter::once(TableColumn { header: "序号".to_owned(), width: 6.0, as_text: false })
        .chain(fields.iter().map(|field| TableColumn {
            header: field.label().to_owned(),
            width: width(*field),
            as_text: is_text(*field),
        }));
    let table = Table {
        sheet: "名册".to_owned(),
        title: options.title.clone(),
        columns: columns.collect(),
        footer: String::new(),
    };
    let rows = persons.into_iter().enumerate().map(|(at, person)| {
        let cells = fields.iter().map(|field| cell(person.get(*field), options.unmasked));
        std::iter::once(TableCell::Number((at + 1) as f64)).chain(cells)
    });
    table::write(&table, rows, out, watch)
}

fn cell(value: Option<&Value>, unmasked: bool) -> TableCell<'_> {
    match value {
        None => TableCell::Empty,
        Some(Value::Text(text)) => TableCell::from(&**text),
        Some(Value::Id(id)) if !unmasked => TableCell::from(IdNumber::mask(id)),
        Some(Value::Phones(phones)) if !unmasked => {
            TableCell::from(phones.iter().map(Phone::mask).collect::<Vec<_>>().join("/"))
        }
        Some(value) => TableCell::from(written(value)),
    }
}

fn width(field: Field) -> f64 {
    match field {
        Field::IdNumber => 20.0,
        Field::Address | Field::HouseholdPlace | Field::Branch | Field::JoinedBranch | Field::Notes => 24.0,
        Field::Phones => 14.0,
        Field::Sex => 6.0,
        _ => 12.0,
    }
}

/// Fields that a spreadsheet would spoil by taking them for numbers or dates.
fn is_text(field: Field) -> bool {
    matches!(field.content(), Content::IdNumber | Content::Phones | Content::Date)
}
