//! `practice.*`: the declared practices of a place, and whether a folder of declarations holds together.

use std::path::Path;

use yuanba_practices::files::FilesError;
use yuanba_practices::{Files, Practices, Problem as Found, Spot};

use crate::Api;
use crate::dto::{Nothing, answer, request};
use crate::error::ApiError;
use crate::registry::commands;
use crate::sentences::Trouble;

request! {
    /// A folder laid out as `assets`, read over what the program brings.
    pub struct CheckPractices { pub folder: String }

    /// Which place.
    pub struct ShowPractice {
        /// Word of a place, as `practice.list` gives it; left out: the one this organisation works by
        pub place: Option<String>,
    }

    /// A folder against what the program brings.
    pub struct DiffPractices { pub folder: String }
}

answer! {
    /// A place in a file.
    pub struct PlaceInFile { pub file: String, pub line: Option<u32> }

    /// A contradiction with both culprits.
    pub struct Contradiction {
        pub code: String,
        pub at: PlaceInFile,
        pub with: Option<PlaceInFile>,
        pub text: String,
    }

    /// What a check found.
    pub struct Checked { pub agrees: bool, pub problems: Vec<Contradiction> }

    /// A place whose practices are known.
    pub struct KnownPlace { pub id: String, pub name: String, pub code: String, pub fallback: bool }

    /// One file that is another than the program's.
    pub struct ChangedFile {
        pub file: String,
        /// The program has no such file
        pub new: bool,
        /// Lines that the program's has and this does not, and the other way round
        pub gone: Vec<String>,
        pub came: Vec<String>,
    }
}

/// Everything declared for one place.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize, schemars::JsonSchema, ts_rs::TS)]
#[serde(transparent)]
pub struct DeclaredPlace(#[ts(type = "unknown")] pub serde_json::Value);

commands! {
    /// The places whose practices are known
    "practice.list" (Nothing) -> Vec<KnownPlace>, list;
    /// Everything declared for one place
    "practice.show" (ShowPractice) -> DeclaredPlace, show;
    /// Reads a folder of declarations and names every contradiction
    "practice.check" (CheckPractices) -> Checked, check;
    /// What a folder of declarations says otherwise than the program's own
    "practice.diff" (DiffPractices) -> Vec<ChangedFile>, diff;
}

fn overlay(folder: &str) -> Result<Files, ApiError> {
    let path = Path::new(folder);
    if !path.is_dir() {
        return Err(Trouble::NoFile { path: folder.to_owned() }.into());
    }
    Ok(Files::embedded().overlay_folder(path).map_err(|error| match error {
        FilesError::Io { path, .. } => Trouble::UnreadableFile { path },
        FilesError::TooMuch { path } | FilesError::NotText { path } => Trouble::DamagedFile { path },
    })?)
}

fn list(api: &Api, _: Nothing) -> Result<Vec<KnownPlace>, ApiError> {
    let known = api.inner.rules.practices().places().map(|place| KnownPlace {
        id: place.id.clone(),
        name: place.name.clone(),
        code: place.code.clone(),
        fallback: place.fallback,
    });
    Ok(known.collect())
}

fn show(api: &Api, request: ShowPractice) -> Result<DeclaredPlace, ApiError> {
    let practices = api.inner.rules.practices();
    let place = match request.place.as_deref() {
        Some(id) => practices.place(id),
        None => {
            let code = api.slot().as_ref().and_then(|session| session.place_code());
            practices.place_for(code.as_deref())
        }
    };
    let place = place.ok_or(Trouble::NotFound { what: "个地方的做法" })?;
    Ok(DeclaredPlace(serde_json::to_value(place).map_err(|_| Trouble::Internal)?))
}

fn check(_: &Api, request: CheckPractices) -> Result<Checked, ApiError> {
    let problems = match Practices::read(&overlay(&request.folder)?) {
        Ok(_) => Vec::new(),
        Err(refusal) => refusal.problems.iter().map(contradiction).collect(),
    };
    Ok(Checked { agrees: problems.is_empty(), problems })
}

fn contradiction(found: &Found) -> Contradiction {
    let place = |spot: &Spot| PlaceInFile {
        file: spot.file.clone(),
        line: spot.line.and_then(|line| line.try_into().ok()),
    };
    let code = serde_json::to_value(found.code).ok();
    Contradiction {
        code: code.as_ref().and_then(|code| code.as_str()).unwrap_or_default().to_owned(),
        at: place(&found.at),
        with: found.with.as_ref().map(place),
        text: found.text.clone(),
    }
}

fn diff(_: &Api, request: DiffPractices) -> Result<Vec<ChangedFile>, ApiError> {
    let (own, other) = (Files::embedded(), overlay(&request.folder)?);
    let mut changed = Vec::new();
    for (file, text) in other.below("") {
        let before = own.get(file);
        if before == Some(text) {
            continue;
        }
        let lines = |from: &str, to: &str| {
            let to: Vec<&str> = to.lines().collect();
            from.lines().filter(|line| !to.contains(line)).map(str::to_owned).collect::<Vec<_>>()
        };
        changed.push(ChangedFile {
            file: file.to_owned(),
            new: before.is_none(),
            gone: lines(before.unwrap_or_default(), text),
            came: lines(text, before.unwrap_or_default()),
        });
    }
    Ok(changed)
}
