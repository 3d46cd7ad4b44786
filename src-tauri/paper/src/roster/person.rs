//! The rows of a table that are persons, among titles, sums, notes and repeated headers.

use yuanba_core::person_name::read_name;
use yuanba_core::width::without_blanks;

use super::Field;
use super::header::{Header, Repetition, numbers_columns};
use super::row::Layout;
use crate::sheet::{Cell, Grid, Row};

/// What a row of the sheet is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    /// A person.
    Person,
    /// A person's row without a name.
    Nameless,
    /// The title of the rows below: the organisation they belong to.
    Section(String),
    /// No person: skipped.
    Other,
}

/// The part of a sheet under the titles of an organisation and of a group of it.
#[derive(Debug, Default)]
pub(super) struct Section {
    pub(super) branch: Option<String>,
    pub(super) group: Option<String>,
}

impl Section {
    /// Goes on under a title: a group is a part of the organisation above it.
    pub(super) fn enter(&mut self, name: String) {
        if name.ends_with("党小组") {
            self.group = Some(name);
        } else {
            (self.branch, self.group) = (Some(name), None);
        }
    }
}

const SUMS: [&str; 8] = ["合计", "总计", "共计", "小计", "累计", "总人数", "合计人数", "总数"];
/// How the lines under a table begin.
const NOTES: [&str; 17] = [
    "注:",
    "注：",
    "备注",
    "说明",
    "填表",
    "制表",
    "审核",
    "填报",
    "单位负责",
    "单位(",
    "负责人",
    "审批",
    "签字",
    "盖章",
    "以上",
    "以下",
    "党支部书记",
];
/// What nobody is called.
const LABELS: [&str; 14] = [
    "填表人",
    "填报人",
    "制表人",
    "审核人",
    "负责人",
    "经办人",
    "联系人",
    "填表日期",
    "填报日期",
    "填报单位",
    "单位盖章",
    "以下空白",
    "合计",
    "总计",
];
/// So many cells that hold what their columns ask for are no signature line, whatever else stands in the row.
const A_PERSONS_EVIDENCE: usize = 3;
/// An identity number that was cut short has still so many characters.
const IDENTITY_CHARS_MIN: usize = 15;
const ORGANISATIONS: [&str; 8] = ["支部", "总支", "党委", "村", "社区", "党小组", "镇", "乡"];

/// Says what a row is.
pub(super) fn kind_of(
    grid: &Grid,
    header: &Header,
    again: &Repetition,
    layout: &Layout,
    row: &Row<'_>,
) -> Kind {
    if again.is(row) {
        return Kind::Other;
    }
    let near = header.rows.last().is_none_or(|last| row.number() <= last + 2);
    if near && numbers_columns(row) {
        return Kind::Other;
    }
    let Some(name_column) = layout.column(Field::Name) else { return Kind::Other };
    let name = row.get(name_column);
    let footer = || layout.evidence(row) < A_PERSONS_EVIDENCE && is_footer(row, layout, name_column);
    if !has_identity(row, layout) && (is_sum(row, name_column) || footer()) {
        return Kind::Other;
    }
    if let Some(title) = title(grid, row, name_column) {
        return title;
    }
    match name {
        Cell::Empty | Cell::Number(..) => nameless(row, layout.evidence(row)),
        Cell::Text(text) => {
            let note = NOTES.iter().any(|note| text.trim_start().starts_with(note));
            let long = text.chars().count() > 20;
            if (note || long || text.contains(['：', ':'])) && layout.evidence(row) == 0 {
                Kind::Other
            } else if read_name(text).is_none() {
                nameless(row, layout.evidence(row))
            } else if row.filled() == 1 && layout.fields() > 1 && is_organisation(text) {
                Kind::Section(section(text))
            } else {
                Kind::Person
            }
        }
    }
}

/// The organisation whose name stands alone above the header: the persons up to the next such name are its own.
pub(super) fn section_above(grid: &Grid, header: &Header) -> Option<String> {
    let first = header.rows.first().copied()?;
    let above = grid.rows().take_while(|row| row.number() < first);
    let lone = above.filter(|row| row.filled() == 1).filter_map(|row| match row.cells().next() {
        Some((_, Cell::Text(text))) if is_organisation(text) => Some(section(text)),
        _ => None,
    });
    lone.last()
}

/// A row without a name is a person's if what it holds can only be a person's.
fn nameless(row: &Row<'_>, evidence: usize) -> Kind {
    if evidence >= 2 || (evidence == 1 && row.filled() >= 3) { Kind::Nameless } else { Kind::Other }
}

fn is_sum(row: &Row<'_>, name_column: u32) -> bool {
    row.cells().take(4).filter(|(column, _)| *column <= name_column.max(2)).any(|(_, cell)| match cell {
        Cell::Text(text) if text.contains(['计', '总', '共']) => {
            let text = without_blanks(&text.chars().take(40).collect::<String>()).into_owned();
            SUMS.iter().any(|sum| text.starts_with(sum)) || (text.starts_with('共') && text.ends_with('人'))
        }
        _ => false,
    })
}

/// Whether a row has an identity number, or what a spreadsheet left of one.
fn has_identity(row: &Row<'_>, layout: &Layout) -> bool {
    match layout.column(Field::IdNumber).map_or(Cell::Empty, |column| row.get(column)) {
        Cell::Number(number, _) => number >= 1e14,
        Cell::Text(text) => {
            text.chars().filter(|c| c.is_alphanumeric()).count() >= IDENTITY_CHARS_MIN && !has_colon(text)
        }
        Cell::Empty => false,
    }
}

/// The lines under a table (填表人：, 联系电话：, the day): words that end in a colon, or that are called what nobody is. A
/// name, a date or a telephone number among them makes no person of them. Where a name stands, one such word in a column
/// of its own right of it is a remark about somebody.
fn is_footer(row: &Row<'_>, layout: &Layout, name_column: u32) -> bool {
    let (mut labels, mut named) = (0, false);
    for (column, cell) in row.cells() {
        let Cell::Text(text) = cell else { continue };
        if text.len() > 4 * 40 {
            continue;
        }
        let text = without_blanks(text);
        let begins = NOTES.iter().chain(&LABELS).any(|note| text.starts_with(note));
        let label = text.trim_end_matches([':', '：']);
        let is_label = begins && has_colon(&text) || label.len() < text.len() && !label.is_empty();
        if column == name_column {
            if is_label || begins || is_page_number(&text) || is_count(&text) {
                return true;
            }
            named = read_name(&text).is_some();
        } else if is_label && column < name_column && !layout.is_free_text(column) {
            return true;
        } else if is_label && layout.is_typed(column) {
            labels += 1;
        }
    }
    labels > u32::from(named)
}

fn has_colon(text: &str) -> bool {
    text.contains([':', '：'])
}

/// `正式党员 28 人`
fn is_count(text: &str) -> bool {
    text.strip_suffix('人').is_some_and(|count| count.ends_with(|c: char| c.is_ascii_digit()))
}

/// `第 1 页 共 3 页`
fn is_page_number(text: &str) -> bool {
    text.starts_with('第') && text.contains('页') && text.chars().any(|c| c.is_ascii_digit())
}

/// A row that is one cell merged over the names and more: a title, of an organisation or of something else.
fn title(grid: &Grid, row: &Row<'_>, name_column: u32) -> Option<Kind> {
    let merge = grid.merges_in(row.index()).find(|m| {
        m.end.0 == m.start.0 && m.end.1 >= m.start.1 + 2 && (m.start.1..=m.end.1).contains(&name_column)
    })?;
    let Cell::Text(text) = row.get(merge.start.1) else { return Some(Kind::Other) };
    Some(if is_organisation(text) { Kind::Section(section(text)) } else { Kind::Other })
}

fn is_organisation(text: &str) -> bool {
    let text = section(text);
    text.chars().count() >= 3 && ORGANISATIONS.iter().any(|end| text.ends_with(end))
}

/// The name of a section without its count: `石河村党支部（12人）：`.
fn section(text: &str) -> String {
    let text = without_blanks(&text.chars().take(80).collect::<String>()).into_owned();
    text.split(['(', ':']).next().unwrap_or_default().to_owned()
}
