//! Paper in and paper out: spreadsheets of foreign bytes become rosters, lists become workbooks.
//!
//! Everything here is given bytes and gives values or bytes; it opens no file and asks no clock. Every reader has limits
//! ([`sheet::limits`]), gives a typed error, and can be cancelled ([`Watch`]).
//!
//! - [`sheet`]: foreign bytes (.xlsx, .xls, text tables, HTML) → a neutral [`sheet::Grid`] of cells.
//! - [`roster`]: a grid → header, columns, rows of persons, compared with those already held; the way back as a workbook.
//! - [`table`]: any list → a workbook ready for the printer.

pub mod roster;
pub mod sheet;
pub mod table;
mod watch;

pub use watch::{Cancelled, Watch};
