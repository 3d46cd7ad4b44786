//! The few parts of a workbook that the reading library keeps to itself: how many strings it declares, where a sheet
//! lies, which cells of it are merged.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Merge;
use super::limits::MERGES_MAX;

/// How many shared strings a part declares.
pub(super) enum StringCount {
    /// So many.
    Declared(u64),
    /// It does not say.
    Silent,
    /// No beginning was found in the bytes.
    NotFound,
}

/// Reads the count from the beginning of the part.
pub(super) fn declared_strings(head: &[u8]) -> StringCount {
    let mut reader = Reader::from_reader(head);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(e) | Event::Empty(e)) if e.local_name().as_ref() == "sst" => {
                let count = attribute(&e, "uniqueCount").and_then(|count| count.trim().parse().ok());
                return count.map_or(StringCount::Silent, StringCount::Declared);
            }
            Ok(Event::Eof) | Err(_) => return StringCount::NotFound,
            Ok(_) => {}
        }
    }
}

/// The merged regions in the end of a worksheet part, from `mergeCells` on.
pub(super) fn merges(tail: &[u8]) -> Vec<Merge> {
    // What stands before the first whole element is the rest of the opening one.
    let start = tail.iter().position(|b| *b == b'>').map_or(tail.len(), |at| at + 1);
    let mut reader = Reader::from_reader(&tail[start..]);
    reader.config_mut().check_end_names = false;
    reader.config_mut().allow_unmatched_ends = true;
    let mut buffer = Vec::new();
    let mut merges = Vec::new();
    while merges.len() < MERGES_MAX {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(e) | Event::Empty(e)) if e.local_name().as_ref() == "mergeCell" => {
                merges.extend(attribute(&e, "ref").and_then(|region| region_of(&region)));
            }
            Ok(Event::End(e)) if e.local_name().as_ref() == "mergeCells" => break,
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    merges
}

/// `A1:C2`, counted from 0.
fn region_of(text: &str) -> Option<Merge> {
    let (start, end) = text.split_once(':')?;
    let cell = |text: &str| {
        let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
        let (column, row) = text.split_at(letters);
        let column = column.bytes().try_fold(0u32, |sum, letter| {
            sum.checked_mul(26)?.checked_add(u32::from(letter.to_ascii_uppercase() - b'A') + 1)
        })?;
        Some((row.parse::<u32>().ok()?.checked_sub(1)?, column.checked_sub(1)?))
    };
    let (start, end) = (cell(start)?, cell(end)?);
    (start.0 <= end.0 && start.1 <= end.1).then_some(Merge { start, end })
}

/// The part of each sheet, by the sheet's name: `xl/worksheets/sheet1.xml`, in lower case.
pub(super) fn sheet_part(workbook: &[u8], relationships: &[u8], sheet: &str) -> Option<String> {
    let id = find(workbook, "sheet", |e| (attribute(e, "name")? == sheet).then(|| attribute(e, "id"))?)?;
    let target = find(relationships, "Relationship", |e| {
        (attribute(e, "Id")? == id).then(|| attribute(e, "Target"))?
    })?;
    let target = target.replace('\\', "/").to_ascii_lowercase();
    Some(target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned))
}

fn find<T>(xml: &[u8], element: &str, mut pick: impl FnMut(&BytesStart<'_>) -> Option<T>) -> Option<T> {
    let mut reader = Reader::from_reader(xml);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Start(e) | Event::Empty(e)) if e.local_name().as_ref() == element => {
                if let Some(picked) = pick(&e) {
                    return Some(picked);
                }
            }
            Ok(Event::Eof) | Err(_) => return None,
            Ok(_) => {}
        }
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().flatten().find(|a| a.key.local_name().as_ref() == name)?;
    Some(found.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_regions_are_read_from_the_end_of_a_sheet() {
        let tail = br#"mergeCells count="2"><mergeCell ref="A1:C1"/><mergeCell ref="AA10:AB12"></mergeCell></mergeCells><x/>"#;
        assert_eq!(
            merges(tail),
            [Merge { start: (0, 0), end: (0, 2) }, Merge { start: (9, 26), end: (11, 27) },]
        );
    }

    #[test]
    fn a_sheet_is_found_by_its_name() {
        let workbook = r#"<workbook><sheets><sheet name="甲&amp;乙" r:id="rId2"/></sheets></workbook>"#;
        let rels =
            r#"<Relationships><Relationship Id="rId2" Target="/xl/worksheets/Sheet2.xml"/></Relationships>"#;
        assert_eq!(
            sheet_part(workbook.as_bytes(), rels.as_bytes(), "甲&乙").as_deref(),
            Some("xl/worksheets/sheet2.xml")
        );
    }
}
