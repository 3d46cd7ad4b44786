//! The bytes themselves. Each vector in `tests/golden` says in words what was written, and in hexadecimal what came of it;
//! the words are read, written and compared, and the bytes are read and compared with the words. What is here once never
//! changes: `YUANBA_UPDATE=1` fills in what a new vector lacks and touches nothing that stands.
//!
//! A value is JSON's null, truth, whole number, text or list; an id stands as `{"id": "…"}`. A reference without a stream
//! stays in the stream of its change.

mod forms;
mod words;

use std::path::PathBuf;

use serde_json::{Map, Value as Json};

use words::Words;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// Holds every vector of a file against the program; answers with the names of the forms that occur.
fn hold(file: &str) -> Vec<String> {
    let path = folder().join(file);
    let text = std::fs::read_to_string(&path).unwrap();
    let mut vectors: Vec<Map<String, Json>> = serde_json::from_str(&text).unwrap();
    let update = std::env::var_os("YUANBA_UPDATE").is_some();
    let mut filled = false;
    let mut forms = Vec::new();
    for vector in &mut vectors {
        let name = vector["name"].as_str().unwrap().to_owned();
        let form = vector["form"].as_str().unwrap().to_owned();
        let made = forms::make(&form, &Words(&vector["input"]));
        match vector.get("golden") {
            Some(golden) => {
                assert_eq!(golden, &Json::Object(made), "{file}: {name} is not what it was");
                forms::read_back(&form, &Words(&vector["input"]), &Words(golden));
            }
            None if update => {
                vector.insert("golden".to_owned(), Json::Object(made));
                filled = true;
            }
            None => panic!("{file}: {name} has no bytes yet; YUANBA_UPDATE=1 fills them in"),
        }
        forms.push(form);
    }
    if filled {
        std::fs::write(&path, serde_json::to_string_pretty(&vectors).unwrap() + "\n").unwrap();
    }
    forms
}

#[test]
fn the_bytes_of_every_form_are_what_they_were() {
    let mut files: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".json"))
        .collect();
    files.sort();
    let mut seen: Vec<String> = files.iter().flat_map(|file| hold(file)).collect();
    seen.sort();
    seen.dedup();
    let mut all = forms::ALL.to_vec();
    all.sort_unstable();
    assert_eq!(seen, all, "a form without a vector is not held");
}
