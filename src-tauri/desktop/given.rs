//! Which files a page may name. Pages hand paths to commands as text; a page that ran somebody else's script could name any.
//! So the shell lets only those through that a person gave (in a dialog, dropped on the window, or opened with the program) or that the program
//! itself has told the page of, such as a stick that is in.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use yuanba_api::PATH_KEYS;

/// What was given so far; a folder stands for what is in it.
#[derive(Default)]
pub struct Given(Mutex<HashSet<PathBuf>>);

impl Given {
    /// A person gave this file or folder.
    pub fn add(&self, path: &Path) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(path.to_owned());
    }

    /// Whether a path was given, or lies in a folder that was.
    fn covers(&self, path: &Path) -> bool {
        // No way out of a folder by way of its parent.
        let plain = path.components().all(|part| !matches!(part, Component::ParentDir | Component::CurDir));
        let given = self.0.lock().unwrap_or_else(PoisonError::into_inner);
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
    fn a_stick_that_the_program_found_may_be_written_to() {
        let given = Given::default();
        given.told(&json!({ "sticks": [{ "path": "/run/media/a/KINGSTON", "bundles": 2 }], "path": null }));
        given.told(&json!([{ "file": "月报.yuanba" }]));
        assert!(given.check(&json!({ "dir": "/run/media/a/KINGSTON" })).is_ok());
        assert!(given.check(&json!({ "dir": "月报.yuanba" })).is_err(), "a bare name opens no door");
    }
}
