//! Any list as a workbook that can be printed as it is: A4, a title, the header on every page, page numbers.

use std::io::{Seek, Write};

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError};

use crate::{Cancelled, Watch};

/// Rows of a worksheet beyond which a spreadsheet cannot go.
const ROWS_MAX: u32 = 1_048_576;
/// Characters that a cell of a spreadsheet can hold.
const CELL_CHARS_MAX: usize = 32_767;
/// The paper of the office: A4 in the numbering of the format.
pub(crate) const PAPER_A4: u8 = 9;
/// A list of more columns than this is printed across.
const COLUMNS_UPRIGHT_MAX: usize = 7;

/// One column of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct TableColumn {
    /// The header.
    pub header: String,
    /// The width in characters of the default font, a Chinese character being two.
    pub width: f64,
    /// Whether a spreadsheet must leave what is typed there later as text too (numbers of identity cards, dates).
    pub as_text: bool,
}

/// A list that is to be written.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// The name of the sheet; what a sheet's name cannot hold is replaced.
    pub sheet: String,
    /// The title above the header; none when empty.
    pub title: String,
    /// The columns.
    pub columns: Vec<TableColumn>,
    /// A line below the list, such as who made it and when; none when empty.
    pub footer: String,
}

/// A cell that is to be written. Texts stay texts, whatever they begin with.
#[derive(Debug, Clone, PartialEq)]
pub enum TableCell<'a> {
    /// Nothing.
    Empty,
    /// A text.
    Text(std::borrow::Cow<'a, str>),
    /// A number, right-aligned.
    Number(f64),
}

impl<'a> From<&'a str> for TableCell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for TableCell<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

/// Why a workbook could not be written.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The writing library or the disk refused.
    #[error("the workbook could not be written: {0}")]
    Write(#[from] XlsxError),
    /// More rows than a sheet can hold.
    #[error("more rows than a sheet can hold")]
    TooManyRows,
    /// Somebody stopped the writing.
    #[error("stopped from outside")]
    Cancelled,
}

impl From<Cancelled> for TableError {
    fn from(_: Cancelled) -> Self {
        Self::Cancelled
    }
}

impl TableError {
    /// The code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Write(_) => "workbook_not_written",
            Self::TooManyRows => "too_many_rows",
            Self::Cancelled => "cancelled",
        }
    }

    /// What happened and whether the data is safe, in plain Chinese.
    pub fn message(&self) -> &'static str {
        match self {
            Self::Write(_) => "表格没有存成，可能是盘满了或者不让写。名册没有改动。",
            Self::TooManyRows => "行数太多，一张表格放不下。名册没有改动。",
            Self::Cancelled => "已经停下，表格没有存。名册没有改动。",
        }
    }

    /// What to do next, in plain Chinese.
    pub fn next_step(&self) -> &'static str {
        match self {
            Self::Write(_) => "请换一个地方再存一次。",
            Self::TooManyRows => "请分支部一张一张地存。",
            Self::Cancelled => "要接着做，请再存一次。",
        }
    }
}

/// Writes a list row by row; memory does not grow with the number of rows. Gives the number of rows written.
///
/// # Errors
/// [`TableError`]; what was written to `out` until then is no workbook.
pub fn write<'a, R>(
    table: &Table,
    rows: impl IntoIterator<Item = R>,
    out: impl Write + Seek + Send,
    watch: &mut Watch<'_>,
) -> Result<u32, TableError>
where
    R: IntoIterator<Item = TableCell<'a>>,
{
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    let mut at = head(sheet, table)?;
    let mut count = 0;
    for row in rows {
        if at + 1 >= ROWS_MAX {
            return Err(TableError::TooManyRows);
        }
        for (column, cell) in row.into_iter().take(table.columns.len()).enumerate() {
            write_cell(sheet, at, column as u16, &cell)?;
        }
        at += 1;
        count += 1;
        watch.row(u64::from(count))?;
    }
    if !table.footer.is_empty() {
        sheet.write_string(at, 0, shortened(&table.footer))?;
    }
    workbook.save_to_writer(out)?;
    Ok(count)
}

/// Writes what stands above the rows and sets up the page; gives the first row below.
fn head(sheet: &mut Worksheet, table: &Table) -> Result<u32, XlsxError> {
    sheet.set_name(sheet_name(&table.sheet))?;
    let text = Format::new().set_num_format("@");
    for (column, wanted) in table.columns.iter().enumerate() {
        sheet.set_column_width(column as u16, wanted.width)?;
        if wanted.as_text {
            sheet.set_column_format(column as u16, &text)?;
        }
    }
    // The lines between the cells are the printer's: a format in every cell would double the work and the file.
    sheet.set_print_gridlines(true);
    sheet.set_paper_size(PAPER_A4).set_print_fit_to_pages(1, 0).set_footer("&C第 &P 页，共 &N 页");
    if table.columns.len() > COLUMNS_UPRIGHT_MAX {
        sheet.set_landscape();
    }
    let mut at = 0;
    if !table.title.is_empty() {
        let title = Format::new().set_bold().set_font_size(16).set_align(FormatAlign::CenterAcross);
        sheet.set_row_height(0, 30)?;
        sheet.write_string_with_format(0, 0, shortened(&table.title), &title)?;
        for column in 1..table.columns.len() {
            sheet.write_blank(0, column as u16, &title)?;
        }
        at = 1;
    }
    let format = Format::new()
        .set_bold()
        .set_text_wrap()
        .set_align(FormatAlign::Center)
        .set_align(FormatAlign::VerticalCenter)
        .set_border(FormatBorder::Thin);
    for (column, wanted) in table.columns.iter().enumerate() {
        sheet.write_string_with_format(at, column as u16, shortened(&wanted.header), &format)?;
    }
    sheet.set_repeat_rows(at, at)?;
    sheet.set_freeze_panes(at + 1, 0)?;
    Ok(at + 1)
}

fn write_cell(sheet: &mut Worksheet, row: u32, column: u16, cell: &TableCell<'_>) -> Result<(), XlsxError> {
    match cell {
        TableCell::Empty => {}
        // As a string, never parsed: a text that begins with = + - @ is no formula.
        TableCell::Text(text) => _ = sheet.write_string(row, column, shortened(text))?,
        TableCell::Number(number) if number.is_finite() => _ = sheet.write_number(row, column, *number)?,
        TableCell::Number(_) => {}
    }
    Ok(())
}

fn shortened(text: &str) -> &str {
    text.char_indices().nth(CELL_CHARS_MAX).map_or(text, |(at, _)| &text[..at])
}

/// A name that a sheet can have: at most 31 characters, none of those that mean something in a formula.
fn sheet_name(wanted: &str) -> String {
    let name: String =
        wanted.chars().map(|c| if "[]:*?/\\".contains(c) { '_' } else { c }).take(31).collect();
    let name = name.trim_matches('\'').trim();
    if name.is_empty() { "名册".to_owned() } else { name.to_owned() }
}
