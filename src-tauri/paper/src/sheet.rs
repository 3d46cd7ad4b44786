//! A file of foreign bytes as a table of cells, whatever kind of file it is.
//!
//! The kind is found from the bytes, never from the name. Containers are checked against [`limits`] before a library
//! takes them apart, so that no file can take more memory than those say; what a library does not survive is an error.

mod biff;
mod delimited;
mod encoding;
mod error;
mod grid;
mod html;
mod kind;
pub mod limits;
mod part;
mod shape;
mod xls;
mod xlsx;
mod zip_gate;

pub use error::SheetError;
pub use grid::{Cell, Grid, Merge, Row};
pub use shape::Shape;

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::Watch;
use kind::Kind;

/// A file that is open for reading: a workbook of sheets, or one table of text.
pub struct Workbook<'a>(Inner<'a>);

enum Inner<'a> {
    Xlsx(Box<xlsx::Workbook<'a>>),
    Xls(Box<xls::Workbook>),
    Text(Option<Grid>),
}

impl<'a> Workbook<'a> {
    /// Opens the bytes of a file.
    ///
    /// # Errors
    /// Any [`SheetError`]: the file is refused whole.
    pub fn open(bytes: &'a [u8], watch: &mut Watch<'_>) -> Result<Self, SheetError> {
        if bytes.len() > limits::FILE_BYTES_MAX {
            return Err(SheetError::TooLarge("file"));
        }
        let kind = kind::kind_of(bytes)?;
        survived(|| match kind {
            Kind::Xlsx => xlsx::Workbook::open(bytes, watch).map(|book| Inner::Xlsx(Box::new(book))),
            Kind::Compound => xls::Workbook::open(bytes).map(|book| Inner::Xls(Box::new(book))),
            Kind::Text if bytes.len() > limits::TEXT_FILE_BYTES_MAX => Err(SheetError::TooLarge("file")),
            Kind::Text => {
                let text = encoding::decode(bytes)?;
                if html::is_xml_workbook(&text) {
                    return Err(SheetError::Unsupported("XML 表格"));
                }
                let grid = if html::is_html(&text) {
                    html::read(&text, watch)?
                } else {
                    delimited::read(&text, watch)?
                };
                Ok(Inner::Text(Some(grid)))
            }
        })
        .map(Self)
    }

    /// The names of the sheets that a person can see, in their order. A table of text is one sheet without a name.
    pub fn sheets(&self) -> Vec<Option<String>> {
        match &self.0 {
            Inner::Xlsx(book) => book.sheets().into_iter().map(Some).collect(),
            Inner::Xls(book) => book.sheets().into_iter().map(Some).collect(),
            Inner::Text(_) => vec![None],
        }
    }

    /// Reads a sheet, at most the first `rows_max` rows with something in them.
    ///
    /// # Errors
    /// Any [`SheetError`].
    pub fn read(
        &mut self,
        name: Option<&str>,
        rows_max: usize,
        watch: &mut Watch<'_>,
    ) -> Result<Grid, SheetError> {
        survived(|| match (&mut self.0, name) {
            (Inner::Xlsx(book), Some(name)) => book.read(name, rows_max, watch),
            (Inner::Xls(book), Some(name)) => book.read(name, watch),
            (Inner::Text(grid), None) => grid.take().ok_or(SheetError::SheetMissing),
            _ => Err(SheetError::SheetMissing),
        })
    }
}

/// Runs a reader of foreign bytes; a panic inside a library is a damaged file, not the end of the program.
fn survived<T>(read: impl FnOnce() -> Result<T, SheetError>) -> Result<T, SheetError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(SheetError::Damaged("its structure".into())))
}
