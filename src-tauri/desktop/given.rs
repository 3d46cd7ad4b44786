//! Which files a page may name. Pages hand paths to commands as text; a page that ran somebody else's script could name any.
//! So the shell lets only those through that a person gave (in a dialog, dropped on the window, or opened with the program) or that the program
//! itself has told the page of, such as a stick that is in.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use yuanba_api::PATH_KEYS;

/// What a person may have opened by the system after it was written: tables, lists, pages, pictures. Never a program, never
/// anything that runs by being opened.
const OPENED: [&str; 4] = ["xlsx", "csv", "pdf", "png"];

/// What was given so far; a folder stands for what is in it.
#[derive(Default)]
pub struct Given {
    named: Mutex<HashSet<PathBuf>>,
    /// Places that somebody chose in a dialog to save something there: these alone may be opened.
    saved: Mutex<HashSet<PathBuf>>,
}

impl Given {
    /// A person gave this file or folder.
    pub fn add(&self, path: &Path) {
        self.named.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned());
    }

    /// A person chose this place in a dialog to save something there.
    pub fn add_saved(&self, path: &Path) {
        self.add(path);
        self.saved.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned());
    }

    /// Whether the system may be asked to open a file: somebody chose exactly this place to save to since the window was
    /// opened, it is a table, a list, a page or a picture by its name, and a plain file lies there.
    pub fn may_open(&self, path: &Path) -> bool {
        let ending = path.extension().and_then(|end| end.to_str()).map(str::to_ascii_lowercase);
        ending.is_some_and(|ending| OPENED.contains(&ending.as_str()))
            && self.saved.lock().unwrap_or_else(PoisonError::into_inner).contains(path)
            && path.symlink_metadata().is_ok_and(|facts| facts.is_file())
    }

    /// Whether a path was given, or lies in a folder that was.
    fn covers(&self, path: &Path) -> bool {
        // No way out of a folder by way of its parent.
        let plain = path.components().all(|part| !matches!(part, Component::ParentDir | Component::CurDir));
        let given = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        plain && path.ancestors().any(|at| given.contains(at))
    }

    /// The first path of a request that nobody gave.
    fn stranger<'a>(&self, request: &'a Value) -> Option<&'a str> {
        let keys = request.as_object()?.iter().filter(|(key, _)| PATH_KEYS.contains(&key.as_str()));
        keys.flat_map(|(_, value)| match value {
            Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
            value => value.as_str().into_iter().collect::<Vec<_>>(),
        })
        .find(|path| !self.covers(Path::new(path)))
    }

    /// Refuses a request that names a file which nobody gave.
    ///
    /// # Errors
    /// What the page is told.
    pub fn check(&self, request: &Value) -> Result<(), Value> {
        match self.stranger(request) {
            None => Ok(()),
            Some(_) => Err(json!({
                "code": "not_allowed",
                "message": "这个文件不是在窗口里选的，所以没有动它。数据都在。",
                "next_step": "请点「选文件」或者「选文件夹」，自己选一次。",
                "field": null,
            })),
        }
    }

    /// Takes note of the files that the program tells a page of.
    pub fn told(&self, answer: &Value) {
        match answer {
            Value::Array(list) => list.iter().for_each(|item| self.told(item)),
            Value::Object(keys) => {
                for (key, value) in keys {
                    match value.as_str().filter(|_| PATH_KEYS.contains(&key.as_str())) {
                        Some(path) if Path::new(path).is_absolute() => self.add(Path::new(path)),
                        _ => self.told(value),
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_given_or_told_may_be_named() {
        let given = Given::default();
        let out = |path: &str| json!({ "out": path, "group": "members" });
        assert!(given.check(&out("/home/a/花名册.xlsx")).is_err());
        given.add(Path::new("/home/a/花名册.xlsx"));
        given.add(Path::new("/media/a/U盘"));
        assert!(given.check(&out("/home/a/花名册.xlsx")).is_ok());
        assert!(given.check(&out("/home/a/.bashrc")).is_err());
        assert!(given.check(&json!({ "dir": "/media/a/U盘/月报" })).is_ok());
        assert!(given.check(&json!({ "dir": "/media/a/U盘/../../../home/a/.bashrc" })).is_err());
        assert!(given.check(&json!({ "files": ["/media/a/U盘/一.yuanba", "/etc/passwd"] })).is_err());
        assert!(given.check(&json!({ "name": "/etc/passwd" })).is_ok(), "a name is no file");
        assert!(given.check(&Value::Null).is_ok());
    }

    #[test]
    fn only_a_table_or_a_page_that_was_saved_in_a_dialog_may_be_opened() {
        let folder = tempfile::tempdir().unwrap();
        let there = |name: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, "x").unwrap();
            path
        };
        let given = Given::default();
        let sheet = there("花名册.xlsx");
        assert!(!given.may_open(&sheet), "nobody saved it");
        given.add(&sheet);
        given.add(folder.path());
        given.told(&json!({ "path": sheet }));
        assert!(!given.may_open(&sheet), "to be chosen for reading, or told of, is not enough");
        given.add_saved(&sheet);
        assert!(given.may_open(&sheet));
        assert!(given.check(&json!({ "out": sheet })).is_ok(), "what was saved may be named");
        for name in [
            "装我.sh",
            "装我.exe",
            "装我.deb",
            "装我.desktop",
            "装我.xlsm",
            "装我.html",
            "装我",
            "装我.xlsx.bat",
        ] {
            let program = there(name);
            given.add_saved(&program);
            assert!(!given.may_open(&program), "{name}");
        }
        let upper = there("表.XLSX");
        given.add_saved(&upper);
        assert!(given.may_open(&upper));
        given.add_saved(&folder.path().join("没写成.pdf"));
        assert!(!given.may_open(&folder.path().join("没写成.pdf")), "nothing lies there");
        assert!(!given.may_open(&folder.path().join("x/../花名册.xlsx")));
        #[cfg(unix)]
        {
            let link = folder.path().join("连着.pdf");
            std::os::unix::fs::symlink(there("程序"), &link).unwrap();
            given.add_saved(&link);
            assert!(!given.may_open(&link), "a name that stands for another file");
        }
    }

    #[test]
    fn a_stick_that_the_program_found_may_be_written_to() {
        let given = Given::default();
        given.told(&json!({ "sticks": [{ "path": "/run/media/a/KINGSTON", "bundles": 2 }], "path": null }));
        given.told(&json!([{ "file": "月报.yuanba" }]));
        assert!(given.check(&json!({ "dir": "/run/media/a/KINGSTON" })).is_ok());
        assert!(given.check(&json!({ "dir": "月报.yuanba" })).is_err(), "a bare name opens no door");
    }
}
