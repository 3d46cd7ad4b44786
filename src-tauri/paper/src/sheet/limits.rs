//! The limits on everything that is read from foreign bytes. A county of 40,000 × 30 is far inside all of them.

/// Bytes of a file.
pub const FILE_BYTES_MAX: usize = 128 << 20;
/// Bytes of a text table; in memory it becomes three times that at worst.
pub const TEXT_FILE_BYTES_MAX: usize = 64 << 20;
/// Entries of a workbook's zip directory.
pub const ZIP_ENTRIES_MAX: usize = 10_000;
/// Bytes of one worksheet part when inflated: a million formatted rows have about 500 MB.
pub const SHEET_PART_BYTES_MAX: u64 = 1 << 30;
/// Bytes of any other part when inflated.
pub const OTHER_PART_BYTES_MAX: u64 = 256 << 20;
/// Bytes of all parts when inflated.
pub const ALL_PARTS_BYTES_MAX: u64 = 3 << 29;
/// Bytes between two `<` of a part: longer than any text that a cell can hold.
pub const XML_RUN_BYTES_MAX: usize = 16 << 20;
/// Bytes of the style part, and of one element in it.
pub const STYLES_BYTES_MAX: u64 = 16 << 20;
/// Bytes that the styles of all cell formats may take in memory.
pub const STYLES_MEMORY_MAX: usize = 256 << 20;
/// Rows that hold anything.
pub const ROWS_MAX: usize = 200_000;
/// Columns that are looked at; what stands further right is left out.
pub const COLUMNS_MAX: u32 = 256;
/// Cells that hold anything.
pub const CELLS_MAX: usize = 6_000_000;
/// Bytes of all texts.
pub const TEXT_BYTES_MAX: usize = 256 << 20;
/// Characters of one cell that are kept; a spreadsheet itself allows no more.
pub const CELL_CHARS_MAX: usize = 32_767;
/// Sheets of a workbook that are looked at.
pub const SHEETS_MAX: usize = 200;
/// Merged regions of a sheet.
pub const MERGES_MAX: usize = 200_000;
/// Bytes that the merged regions of all sheets may take in their parts.
pub const MERGES_BYTES_MAX: usize = 32 << 20;
/// Columns of all regions that are merged downwards.
pub const MERGED_COLUMNS_MAX: usize = 1_000_000;
