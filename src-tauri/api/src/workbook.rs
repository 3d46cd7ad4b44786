//! Lists as workbooks: a title with the organisation's name, the columns, the rows, and who made it when.

use std::path::Path;

use yuanba_paper::table::{Table, TableCell, TableColumn};
use yuanba_paper::{Watch, table};

use crate::dto::Written;
use crate::error::ApiError;
use crate::mask;
use crate::out_file;
use crate::session::Session;

/// A cell of a number.
pub(crate) fn number(value: impl Into<i64>) -> TableCell<'static> {
    TableCell::Number(value.into() as f64)
}

/// A cell of a number that may not be known.
pub(crate) fn known(value: Option<impl Into<i64>>) -> TableCell<'static> {
    value.map_or(TableCell::Empty, number)
}

/// A cell of a text.
pub(crate) fn text(value: impl Into<String>) -> TableCell<'static> {
    TableCell::from(mask::numbers(&value.into()).into_owned())
}

/// A cell of a text that may not be there.
pub(crate) fn some(value: Option<impl Into<String>>) -> TableCell<'static> {
    value.map_or(TableCell::Empty, text)
}

/// Writes a list. `columns` are headers with their widths in half characters. Telephones and ID numbers that a text quotes
/// are masked: what leaves the house shows neither.
pub(crate) fn write(
    session: &Session,
    out: &str,
    title: &str,
    columns: &[(&str, f64)],
    rows: Vec<Vec<TableCell<'static>>>,
) -> Result<Written, ApiError> {
    let store = &session.store;
    let sheet = Table {
        sheet: title.to_owned(),
        title: format!("{}{title}", store.organisation_name(store.org())?),
        columns: columns
            .iter()
            .map(|(header, width)| TableColumn {
                header: (*header).to_owned(),
                width: *width,
                as_text: false,
            })
            .collect(),
        footer: format!("{} 打印，{}", store.me().name, store.today()),
    };
    let rows =
        out_file::workbook(Path::new(out), |file| table::write(&sheet, rows, file, &mut Watch::default()))?;
    Ok(Written { path: out.to_owned(), rows })
}
