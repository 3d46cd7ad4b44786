//! What stands for a person in front of a file dialog.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Names the folder of answers for a window under test.
const ANSWERS: &str = "YUANBA_ANSWERS";

/// A folder of answers, written by whoever drives the pages: the file `file` holds the path that the next
/// "open a file" gets, `folder` the path of the next "choose a folder", and what is saved goes into `saved/` under the
/// name that the page proposed. An answer that is not there means that the person closed the dialog.
#[derive(Debug, Clone)]
pub struct StandIn {
    answers: PathBuf,
}

impl StandIn {
    /// Answers from the folder that `YUANBA_ANSWERS` names; `None` when it names none, and a person is asked.
    pub fn from_environment() -> Option<StandIn> {
        std::env::var_os(ANSWERS)
            .filter(|folder| !folder.is_empty())
            .map(|answers| StandIn { answers: answers.into() })
    }

    /// The file to open.
    pub fn file(&self) -> Option<PathBuf> {
        self.answer("file")
    }

    /// The folder to use.
    pub fn folder(&self) -> Option<PathBuf> {
        self.answer("folder")
    }

    /// Where to save what the page calls `name`; only its last part counts, so nothing lands outside `saved/`.
    pub fn save(&self, name: &str) -> Option<PathBuf> {
        let saved = self.answers.join("saved");
        std::fs::create_dir_all(&saved).ok()?;
        Some(saved.join(Path::new(name).file_name().unwrap_or(OsStr::new("unnamed"))))
    }

    /// Notes what a person would have seen opened, a line each in the file `opened`.
    pub fn open(&self, path: &Path) -> std::io::Result<()> {
        use std::io::Write as _;
        let mut list =
            std::fs::OpenOptions::new().create(true).append(true).open(self.answers.join("opened"))?;
        writeln!(list, "{}", path.display())
    }

    fn answer(&self, question: &str) -> Option<PathBuf> {
        let said = std::fs::read_to_string(self.answers.join(question)).ok()?;
        let path = said.trim_end_matches(['\r', '\n']);
        (!path.is_empty()).then(|| PathBuf::from(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_not_there_is_a_closed_dialog() {
        let folder = tempfile::tempdir().unwrap();
        let person = StandIn { answers: folder.path().into() };
        assert_eq!(person.file(), None);
        std::fs::write(folder.path().join("file"), "/stick/名册 一.xlsx\n").unwrap();
        assert_eq!(person.file(), Some(PathBuf::from("/stick/名册 一.xlsx")));
        assert_eq!(person.folder(), None);
    }

    #[test]
    fn what_is_opened_is_noted_in_its_order() {
        let folder = tempfile::tempdir().unwrap();
        let person = StandIn { answers: folder.path().into() };
        person.open(Path::new("/a/一.xlsx")).unwrap();
        person.open(Path::new("/a/二.pdf")).unwrap();
        assert_eq!(std::fs::read_to_string(folder.path().join("opened")).unwrap(), "/a/一.xlsx\n/a/二.pdf\n");
    }

    #[test]
    fn what_is_saved_stays_inside_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let saved = folder.path().join("saved");
        let person = StandIn { answers: folder.path().into() };
        assert_eq!(person.save("名册.xlsx"), Some(saved.join("名册.xlsx")));
        assert_eq!(person.save("../../名册.xlsx"), Some(saved.join("名册.xlsx")));
        assert_eq!(person.save(""), Some(saved.join("unnamed")));
    }
}
