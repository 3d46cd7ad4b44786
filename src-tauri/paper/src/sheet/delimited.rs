//! Text tables: commas, tabs or semicolons between the cells.
//!
//! Written here because readers of CSV leave out blank lines, and the number of a row must be the one that a
//! spreadsheet shows; and because rosters hold quotes that no such reader allows for.

use yuanba_core::partial_date::Epoch;

use super::{Cell, Grid, SheetError};
use crate::Watch;

/// Lines that are looked at to find the delimiter.
const LINES_LOOKED_AT: usize = 50;

/// Bytes of a quoted cell, beyond which its opening quote is taken for a slip.
const QUOTED_BYTES_MAX: usize = 4 << 20;

/// Reads a text table.
pub(super) fn read(text: &str, watch: &mut Watch<'_>) -> Result<Grid, SheetError> {
    let delimiter = delimiter(text);
    let mut grid = Grid::new(Epoch::Y1900);
    let (mut row, mut column) = (0u32, 0u32);
    let mut rest = text.trim_end_matches('\u{1a}');
    let mut unquoted = String::new();
    while !rest.is_empty() {
        let (cell, end) = if rest.starts_with('"') {
            unquoted.clear();
            (None, quoted(rest, delimiter, &mut unquoted))
        } else {
            let end = rest.find([delimiter, '\n', '\r']).unwrap_or(rest.len());
            (Some(&rest[..end]), end)
        };
        let text = cell.unwrap_or(&unquoted).trim_matches(' ');
        // `="511722…"` is how some programs keep a spreadsheet from spoiling a number.
        let text = text.strip_prefix("=\"").and_then(|text| text.strip_suffix('"')).unwrap_or(text);
        grid.push(row, column, Cell::Text(text))?;
        rest = &rest[end..];
        if let Some(after) = rest.strip_prefix(delimiter) {
            column = column.saturating_add(1);
            rest = after;
        } else if let Some(after) = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\n', '\r'])) {
            (row, column) = (row.saturating_add(1), 0);
            watch.row(u64::from(row))?;
            rest = after;
        }
    }
    Ok(grid)
}

/// Reads a cell that begins with a quote into `out` and gives where it ends. A quote that never ends is a plain character,
/// so that one slip does not swallow the rest of the file.
fn quoted(text: &str, delimiter: char, out: &mut String) -> usize {
    let mut at = 1;
    loop {
        let quote = text[at..].find('"').filter(|_| at <= QUOTED_BYTES_MAX);
        let Some(quote) = quote else {
            out.clear();
            let end = text.find([delimiter, '\n', '\r']).unwrap_or(text.len());
            out.push_str(&text[..end]);
            return end;
        };
        out.push_str(&text[at..at + quote]);
        at += quote + 1;
        if !text[at..].starts_with('"') {
            break;
        }
        out.push('"');
        at += 1;
    }
    // What stands between the closing quote and the delimiter belongs to the cell.
    let tail = text[at..].find([delimiter, '\n', '\r']).unwrap_or(text.len() - at);
    out.push_str(&text[at..at + tail]);
    at + tail
}

/// The delimiter that gives most lines the same, greatest number of cells.
fn delimiter(text: &str) -> char {
    let count = |delimiter: char| {
        let mut counts: Vec<usize> = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .take(LINES_LOOKED_AT)
            .map(|line| line.split('"').step_by(2).map(|outside| outside.matches(delimiter).count()).sum())
            .collect();
        counts.sort_unstable();
        counts.get(counts.len() / 2).copied().unwrap_or(0)
    };
    let mut best = (',', count(','));
    for delimiter in ['\t', ';', '；', '|'] {
        let found = count(delimiter);
        if found > best.1 {
            best = (delimiter, found);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u32, Vec<String>)> {
        let grid = read(text, &mut Watch::default()).unwrap();
        grid.rows()
            .map(|r| (r.number(), r.cells().map(|(_, c)| c.text(Epoch::Y1900).into_owned()).collect()))
            .collect()
    }

    #[test]
    fn blank_lines_keep_their_numbers_and_quotes_their_commas() {
        let text = "标题\r\n\r\n姓名,地址\r\n张三,\"一组,东侧\"\r\n李四,\"两\n行\"\"字\"\"\"\r\n";
        assert_eq!(
            rows(text),
            [
                (1, vec!["标题".into()]),
                (3, vec!["姓名".into(), "地址".into()]),
                (4, vec!["张三".into(), "一组,东侧".into()]),
                (5, vec!["李四".into(), "两\n行\"字\"".into()]),
            ]
        );
    }

    #[test]
    fn a_quote_that_never_ends_spoils_one_cell_only() {
        assert_eq!(rows("a,\"b,c\nd,e\n")[1], (2, vec!["d".into(), "e".into()]));
    }

    #[test]
    fn a_number_dressed_as_a_formula_is_the_number() {
        assert_eq!(rows("姓名,=\"5117\"\n")[0].1[1], "5117");
    }

    #[test]
    fn tabs_and_semicolons_are_found_out() {
        assert_eq!(rows("a;b;c,d\ne;f;g\n")[0].1.len(), 3);
        assert_eq!(rows("a\tb\tc,d\n")[0].1.len(), 3);
    }
}
