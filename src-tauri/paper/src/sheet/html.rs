//! An HTML table, as old web programs hand it out under the name of a workbook.

use std::cell::RefCell;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{
    BufferQueue, CharacterTokens, EndTag, StartTag, Tag, TagToken, Token, TokenSink, TokenSinkResult,
    Tokenizer, TokenizerOpts,
};
use yuanba_core::partial_date::Epoch;

use super::limits::{COLUMNS_MAX, MERGES_MAX};
use super::{Cell, Grid, Merge, SheetError};
use crate::Watch;

/// A cell spans at most so many rows; browsers have the same limit.
const SPAN_MAX: u32 = 65_534;

/// Whether a text is an HTML page with a table.
pub(super) fn is_html(text: &str) -> bool {
    let head: String = text.trim_start().chars().take(4096).collect::<String>().to_ascii_lowercase();
    head.starts_with('<')
        && (head.contains("<html") || head.contains("<table") || head.contains("<!doctype html"))
}

/// Whether a text is a workbook of the XML form of 2003.
pub(super) fn is_xml_workbook(text: &str) -> bool {
    let head: String = text.trim_start().chars().take(4096).collect();
    head.starts_with("<?xml") && (head.contains("<Workbook") || head.contains(":Workbook"))
}

/// Reads every table of a page, one below the other (each printed page is often a table of its own).
pub(super) fn read(text: &str, watch: &mut Watch<'_>) -> Result<Grid, SheetError> {
    let tokenizer = Tokenizer::new(Table::default(), TokenizerOpts::default());
    let queue = BufferQueue::default();
    let mut rest = text;
    // In pieces, so that a hand on the button is noticed and the queue stays small.
    while !rest.is_empty() {
        let end = (1 << 16..rest.len()).find(|at| rest.is_char_boundary(*at)).unwrap_or(rest.len());
        queue.push_back(StrTendril::from_slice(&rest[..end]));
        // A script is never run; its text is skipped like any other.
        let _ = tokenizer.feed(&queue);
        watch.look()?;
        if tokenizer.sink.0.borrow().error.is_some() {
            break;
        }
        rest = &rest[end..];
    }
    tokenizer.end();
    let mut table = tokenizer.sink.0.into_inner();
    table.end_cell();
    if let Some(error) = table.error {
        return Err(error);
    }
    let mut grid = table.grid.unwrap_or_else(|| Grid::new(Epoch::Y1900));
    grid.set_merges(table.merges);
    Ok(grid)
}

#[derive(Default)]
struct Table(RefCell<State>);

#[derive(Default)]
struct State {
    grid: Option<Grid>,
    merges: Vec<Merge>,
    error: Option<SheetError>,
    row: Option<u32>,
    column: u32,
    // Of each column, the first row that no cell from above reaches into.
    free_from: Vec<u32>,
    cell: Option<(u32, u32)>,
    text: String,
    hidden: bool,
}

impl TokenSink for Table {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut state = self.0.borrow_mut();
        match token {
            TagToken(tag) => state.tag(&tag),
            CharacterTokens(text) if state.cell.is_some() && !state.hidden => state.text.push_str(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

impl State {
    fn tag(&mut self, tag: &Tag) {
        match (&*tag.name, tag.kind) {
            ("tr", StartTag) => {
                self.end_cell();
                self.row = Some(self.row.map_or(0, |row| row.saturating_add(1)));
                self.column = 0;
            }
            ("td" | "th", StartTag) => self.start_cell(tag),
            ("td" | "th" | "tr" | "table", EndTag) => self.end_cell(),
            ("br" | "p" | "div", StartTag) if !self.text.is_empty() => self.text.push('\n'),
            ("style" | "script", kind) => self.hidden = kind == StartTag,
            _ => {}
        }
    }

    fn start_cell(&mut self, tag: &Tag) {
        self.end_cell();
        let row = *self.row.get_or_insert(0);
        while self.free_from.get(self.column as usize).is_some_and(|free| *free > row) {
            self.column += 1;
        }
        let span = |name: &str| {
            let attribute = tag.attrs.iter().find(|a| &*a.name.local == name);
            attribute.and_then(|a| a.value.trim().parse::<u32>().ok()).unwrap_or(1).clamp(1, SPAN_MAX)
        };
        let (rows, columns) = (span("rowspan"), span("colspan").min(COLUMNS_MAX));
        let at = (row, self.column);
        let last = (row.saturating_add(rows - 1), self.column.saturating_add(columns - 1));
        if (rows > 1 || columns > 1) && self.merges.len() < MERGES_MAX {
            self.merges.push(Merge { start: at, end: last });
        }
        let reach = (last.1 + 1).min(COLUMNS_MAX) as usize;
        if self.free_from.len() < reach {
            self.free_from.resize(reach, 0);
        }
        for free in self.free_from.iter_mut().take(reach).skip(self.column as usize) {
            *free = row.saturating_add(rows);
        }
        self.column = (last.1 + 1).min(COLUMNS_MAX);
        self.cell = Some(at);
    }

    fn end_cell(&mut self) {
        if let Some((row, column)) = self.cell.take() {
            // Line ends of the page's source are blanks; those of <br> were put in above, so both become one.
            let text = self.text.trim_matches(|c: char| c.is_whitespace() || c == '\u{a0}');
            let grid = self.grid.get_or_insert_with(|| Grid::new(Epoch::Y1900));
            if let Err(error) = grid.push(row, column, Cell::Text(text)) {
                self.error.get_or_insert(error);
            }
        }
        self.text.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_push_the_cells_beside_them_to_their_columns() {
        let page = "<html><table><tr><td rowspan=2>甲村</td><td>张&#19977;<br>丰</td></tr>
            <tr><td>李&nbsp;四</td><td>x &lt; y</td></tr></table>";
        assert!(is_html(page));
        let grid = read(page, &mut Watch::default()).unwrap();
        assert_eq!(grid.row(0).unwrap().get(1), Cell::Text("张三\n丰"));
        assert_eq!(grid.row(1).unwrap().get(1), Cell::Text("李\u{a0}四"));
        assert_eq!(grid.row(1).unwrap().get(2), Cell::Text("x < y"));
        assert_eq!(grid.merges(), [Merge { start: (0, 0), end: (1, 0) }]);
    }

    #[test]
    fn enormous_spans_take_no_room() {
        let page =
            "<table>".to_owned() + &"<tr><td rowspan=99999999 colspan=99999999>甲</td></tr>".repeat(1000);
        assert!(read(&page, &mut Watch::default()).is_ok());
    }
}
