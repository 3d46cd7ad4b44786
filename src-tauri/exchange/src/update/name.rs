//! Names: of the file itself, of the machines that an installer is for, and of what may stand inside.

use semver::Version;

use super::{NAME_BYTES_MAX, TITLE_CHARS_MAX};

/// The end of an update's name.
pub const EXTENSION: &str = "yuanba-update";

/// The machines of which installers are known, with how their file names end.
const PLATFORMS: [(&str, &str); 5] = [
    ("linux-deb-x86_64", "_amd64.deb"),
    ("linux-deb-aarch64", "_arm64.deb"),
    ("linux-rpm-x86_64", ".x86_64.rpm"),
    ("linux-rpm-aarch64", ".aarch64.rpm"),
    ("windows-nsis-x86_64", "_x64-setup.exe"),
];
/// Names that Windows keeps for devices, whatever follows the dot.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// For which machine an installer of that file name is.
pub fn platform_of(file_name: &str) -> Option<&'static str> {
    PLATFORMS.iter().find(|(_, end)| file_name.ends_with(end)).map(|(platform, _)| *platform)
}

/// What an update is called on a stick: `院坝升级-0.2.0.yuanba-update`, `明水县放假安排-1.0.0.yuanba-update`.
pub fn file_name(title: &str, version: &Version) -> String {
    let title: String = title
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
        .skip_while(|c| *c == '-')
        .take(TITLE_CHARS_MAX)
        .collect();
    format!("{}-{version}.{EXTENSION}", if title.is_empty() { "院坝升级" } else { &title })
}

/// Whether it is a plain word: small letters, digits, hyphens, underscores.
pub(super) fn is_word(word: &str) -> bool {
    (1..=40).contains(&word.len())
        && word.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
        && !is_device(word)
}

fn is_device(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let numbered = |kind: &str| word.strip_prefix(kind).is_some_and(|n| n.len() == 1);
    DEVICES.contains(&word.as_str()) || numbered("com") || numbered("lpt")
}

/// Whether a file of that name may be laid into a folder of the program and handed to the installer of that machine: a
/// plain name, with the ending that the machine's installers have.
pub(super) fn is_installer(platform: &str, name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'+' | b'~' | b'-');
    let stem = name.split('.').next().unwrap_or_default();
    is_word(platform)
        && (1..=NAME_BYTES_MAX).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && !name.ends_with('.')
        && name.bytes().all(plain)
        && !is_device(stem)
        && PLATFORMS.iter().all(|(known, end)| *known != platform || name.ends_with(end))
}

/// Whether it is the path of a declaration inside `assets`: `rules/….toml` or `practices/<place>/….toml`.
pub(super) fn is_declaration(name: &str) -> bool {
    let Some(path) = name.strip_suffix(".toml") else { return false };
    let words: Vec<&str> = path.split('/').collect();
    let placed = matches!(words[..], ["rules", _] | ["practices", _, _]);
    placed && name.len() <= NAME_BYTES_MAX && words.into_iter().all(is_word)
}
