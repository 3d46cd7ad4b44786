//! The declaration files by name: those built in, and a folder's in their place.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

/// Files that come with the program, by their path inside `assets`.
static EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The largest declaration that is read, in bytes.
pub const MAX_FILE_BYTES: usize = 256 * 1024;
/// The most files of one overlay folder that are read.
pub const MAX_FILES: usize = 2_000;
/// How deep an overlay folder is read.
const MAX_DEPTH: usize = 4;

/// What a folder could not give.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// The disk said no
    #[error("{path}: {source}")]
    Io {
        /// Which file
        path: String,
        /// Why
        source: io::Error,
    },
    /// More files than [`MAX_FILES`], deeper folders, or a file over [`MAX_FILE_BYTES`]
    #[error("{path}: too many or too large declaration files")]
    TooMuch {
        /// Which file
        path: String,
    },
    /// Not UTF-8
    #[error("{path}: not UTF-8 text")]
    NotText {
        /// Which file
        path: String,
    },
}

/// Texts by their path inside `assets`, such as `practices/xuanhan/posts.toml`.
#[derive(Debug, Clone, Default)]
pub struct Files(BTreeMap<String, Cow<'static, str>>);

impl Files {
    /// What is built into the program.
    pub fn embedded() -> Files {
        Files(EMBEDDED.iter().map(|(name, text)| ((*name).to_owned(), Cow::Borrowed(*text))).collect())
    }

    /// Puts one text in the place of what was there under that name.
    pub fn overlay(mut self, name: &str, text: impl Into<String>) -> Files {
        self.0.insert(name.to_owned(), Cow::Owned(text.into()));
        self
    }

    /// Lays every `.toml` of a folder that is laid out as `assets` over these. Refuses a folder that is too large.
    pub fn overlay_folder(mut self, folder: &Path) -> Result<Files, FilesError> {
        let mut count = 0;
        self.read_folder(folder, "", 0, &mut count)?;
        Ok(self)
    }

    fn read_folder(
        &mut self,
        folder: &Path,
        prefix: &str,
        depth: usize,
        count: &mut usize,
    ) -> Result<(), FilesError> {
        let shown = folder.display().to_string();
        let failed = |source| FilesError::Io { path: shown.clone(), source };
        if depth > MAX_DEPTH {
            return Err(FilesError::TooMuch { path: shown });
        }
        for entry in fs::read_dir(folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let Some(leaf) = entry.file_name().to_str().map(str::to_owned) else { continue };
            let name = if prefix.is_empty() { leaf.clone() } else { format!("{prefix}/{leaf}") };
            let kind = entry.file_type().map_err(failed)?;
            if kind.is_dir() {
                self.read_folder(&entry.path(), &name, depth + 1, count)?;
            } else if kind.is_file() && leaf.ends_with(".toml") {
                *count += 1;
                let size = entry.metadata().map_err(failed)?.len();
                if *count > MAX_FILES || size > MAX_FILE_BYTES as u64 {
                    return Err(FilesError::TooMuch { path: name });
                }
                let bytes = fs::read(entry.path()).map_err(failed)?;
                let text =
                    String::from_utf8(bytes).map_err(|_| FilesError::NotText { path: name.clone() })?;
                self.0.insert(name, Cow::Owned(text));
            }
        }
        Ok(())
    }

    /// The text under that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|text| &**text)
    }

    /// Names and texts below a folder such as `rules/`, by name.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.0.iter().filter(move |(name, _)| name.starts_with(folder)).map(|(name, text)| (&**name, &**text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_overlays_the_files_it_has_and_leaves_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("rules")).unwrap();
        fs::write(folder.path().join("rules/home.toml"), "shape = \"home-rules\"").unwrap();
        let files = Files::embedded().overlay_folder(folder.path()).unwrap();
        assert_eq!(files.get("rules/home.toml"), Some("shape = \"home-rules\""));
        assert_eq!(files.get("rules/roster.toml"), Files::embedded().get("rules/roster.toml"));
    }

    #[test]
    fn a_folder_with_a_huge_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("big.toml"), vec![b'#'; MAX_FILE_BYTES + 1]).unwrap();
        let refused = Files::default().overlay_folder(folder.path());
        assert!(matches!(refused, Err(FilesError::TooMuch { path }) if path == "big.toml"));
    }
}
