//! How a bundle's file is called, so that a person can tell one from the other on any stick.

use std::io;
use std::path::Path;

use chrono::NaiveDate;

use super::Disk;

/// The end of a bundle's name.
pub const EXTENSION: &str = "yuanba";
/// The end of the name while a bundle is being written.
pub(super) const PART_EXTENSION: &str = "yuanba-part";
/// Longest part of the organisation's name that is used; with four bytes each and the date, short of the 255 bytes
/// that file systems take.
const NAME_CHARS_MAX: usize = 40;
/// What stands where the organisation's name has no character that a file name can hold.
const NAMELESS: &str = "院坝";

/// The name for a bundle: `<organisation>-<YYYYMMDD>.yuanba`, and `…-2.yuanba` for the second of the day. Holds no
/// character that FAT or Windows forbids, and none that cannot be seen.
pub fn file_name(organisation: &str, date: NaiveDate, number: u32) -> String {
    let mut name: String = organisation
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control() && !is_invisible(*c))
        .filter(|c| !matches!(c, '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*' | '.'))
        // A name that starts with a hyphen looks like an option to command line tools.
        .skip_while(|c| *c == '-')
        .take(NAME_CHARS_MAX)
        .collect();
    if name.is_empty() {
        name.push_str(NAMELESS);
    }
    let date = date.format("%Y%m%d");
    match number {
        0 | 1 => format!("{name}-{date}.{EXTENSION}"),
        _ => format!("{name}-{date}-{number}.{EXTENSION}"),
    }
}

/// The first of these names that is not taken in the folder, whatever the case of its letters.
///
/// # Errors
/// Those of the operating system when the folder cannot be read.
pub fn free_file_name(
    disk: &dyn Disk,
    folder: &Path,
    organisation: &str,
    date: NaiveDate,
) -> io::Result<String> {
    let taken: Vec<String> =
        disk.names(folder)?.iter().map(|name| name.to_string_lossy().to_lowercase()).collect();
    let mut number = 1;
    loop {
        let name = file_name(organisation, date, number);
        if !taken.contains(&name.to_lowercase()) {
            return Ok(name);
        }
        number += 1;
    }
}

/// Zero-width characters and those that turn the direction of writing.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{fff0}'..='\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::RealDisk;
    use proptest::prelude::*;

    fn day() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 6, 12).unwrap_or_default()
    }

    #[test]
    fn a_bundle_is_called_after_the_village_and_the_day() -> io::Result<()> {
        assert_eq!(file_name("石桥村", day(), 1), "石桥村-20260612.yuanba");
        assert_eq!(file_name("a/b\\c: <石桥村>?*|\"..", day(), 2), "abc石桥村-20260612-2.yuanba");
        assert_eq!(file_name(" . ", day(), 1), "院坝-20260612.yuanba");
        let dir = tempfile::tempdir()?;
        for expected in ["村A-20260612.yuanba", "村A-20260612-2.yuanba", "村A-20260612-3.yuanba"] {
            assert_eq!(free_file_name(&RealDisk, dir.path(), "村A", day())?, expected);
            std::fs::write(dir.path().join(expected.to_lowercase()), "")?;
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn any_name_of_a_village_gives_a_name_every_stick_takes(name in ".{0,80}") {
            let file = file_name(&name, day(), 7);
            prop_assert!(file.len() <= 255);
            prop_assert!(file.ends_with("-20260612-7.yuanba"));
            let forbidden = |c: char| "<>:\"/\\|?*".contains(c) || c.is_control() || c.is_whitespace();
            prop_assert!(!file.contains(forbidden));
            prop_assert_eq!(file.matches('.').count(), 1);
            prop_assert!(!file.starts_with('-'));
        }
    }
}
