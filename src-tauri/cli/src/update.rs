//! `update …`: making, looking at and taking updates. Keys and packages are made without a store: that is done where
//! releases are made.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use yuanba_api::ApiError;
use yuanba_exchange::update::{
    Contents, Manifest, Offered, ReleaseKey, TrustedKeys, UpdateError, file_name, look, platform_of, write,
};
use yuanba_practices::{Files, Practices};

use crate::args::{MakeUpdate, Update};
use crate::exit;
use crate::run::{Answer, absolute, signed_in, text};
use crate::seat::{Seat, usage};

/// The longest list of keys that is read, in bytes.
const LIST_BYTES_MAX: u64 = 256 * 1024;

/// Runs one of them.
pub fn update(seat: &mut Seat, update: Update) -> Result<Answer, ApiError> {
    match update {
        Update::Key { file, name, from, until } => {
            let key = ReleaseKey::new().map_err(refused)?;
            key.write(&file).map_err(|error| not_made(&error, &file))?;
            let line = key.line(&name, (from, until));
            let words = format!("# 私的那半在 {}，别放到平常用的电脑上。\n{line}", file.display());
            Ok(Answer::done(json!({ "file": absolute(&file), "line": line }), words.trim_end()))
        }
        Update::Make(make) => self::make(*make),
        Update::Look { file, keys: Some(keys) } => look_by(&file, &keys),
        Update::Look { file, keys: None } => {
            let document = signed_in(seat, "update.look", json!({ "file": absolute(&file) }))?;
            let fits = document["fits"] == true;
            let words = format!(
                "{} {} 版，{}做的，{}签的。{}\n{}",
                text(&document["title"]),
                text(&document["version_then"]),
                text(&document["built"]),
                text(&document["signed_by"]),
                if fits { "这台电脑能装。" } else { text(&document["why_not"]) },
                text(&document["notes"])
            );
            Ok(Answer { document, exit: if fits { exit::DONE } else { exit::REFUSED }, words })
        }
        Update::Take { file } => {
            let begun = signed_in(seat, "update.take", json!({ "file": absolute(&file) }))?;
            let document = seat.api.wait(text(&begun["job"]))?;
            let mut words = text(&document["text"]).to_owned();
            if let Some(command) = document["command"].as_str() {
                words = format!("{words}\n装它：{command}");
            }
            Ok(Answer::done(document, words))
        }
    }
}

fn make(make: MakeUpdate) -> Result<Answer, ApiError> {
    let key = ReleaseKey::read(&make.key).map_err(|error| not_made(&error, &make.key))?;
    let contents = if make.pack.is_some() { Contents::Practices } else { Contents::Program };
    let parts = make.parts.iter().map(|file| match contents {
        Contents::Program => installer(file),
        Contents::Practices => declaration(file),
    });
    let parts = parts.collect::<Result<Vec<_>, _>>()?;
    if contents == Contents::Practices {
        holds_together(&parts)?;
    }
    let manifest = Manifest {
        contents,
        pack: make.pack.unwrap_or_else(|| "yuanba".to_owned()),
        title: make.title,
        version: make.version,
        from_program: make.from_program,
        before_program: make.before_program,
        built: make.built,
        notes: make.notes,
        parts: Vec::new(),
    };
    let out = match make.out.is_dir() {
        true => make.out.join(file_name(&manifest.title, &manifest.version)),
        false => make.out,
    };
    let manifest = write(&out, manifest, &parts, &key).map_err(|error| not_made(&error, &out))?;
    let mut document = said(&manifest);
    document["file"] = json!(absolute(&out));
    Ok(Answer::done(document, format!("做好了 {}，里面 {} 样，读回来一样。", out.display(), parts.len())))
}

fn installer(file: &Path) -> Result<Offered, ApiError> {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let platform = platform_of(name).ok_or_else(|| {
        usage(
            &format!("看不出「{name}」是哪种电脑的安装程序，没有做，什么也没做。"),
            "用打包出来的名字，比如 yuanba_0.2.0_amd64.deb。",
        )
    })?;
    Ok(Offered { platform: platform.to_owned(), name: name.to_owned(), file: file.to_owned() })
}

/// A declaration by its path inside `assets`.
fn declaration(file: &Path) -> Result<Offered, ApiError> {
    let words: Vec<&str> = file.iter().filter_map(|word| word.to_str()).collect();
    let name = match words[..] {
        [.., "practices", place, leaf] => format!("practices/{place}/{leaf}"),
        [.., "rules", leaf] => format!("rules/{leaf}"),
        _ => {
            let shown = file.display();
            return Err(usage(
                &format!("「{shown}」不在 rules 或者 practices 里，没有做，什么也没做。"),
                "照 assets 那样放好再来。",
            ));
        }
    };
    Ok(Offered { platform: String::new(), name, file: file.to_owned() })
}

/// Whether the declarations agree with each other and with those that this program brings.
fn holds_together(parts: &[Offered]) -> Result<(), ApiError> {
    let mut files = Files::embedded();
    for part in parts {
        let unread = |source| not_made(&UpdateError::Io { path: part.file.clone(), source }, &part.file);
        files = files.overlay(&part.name, fs::read_to_string(&part.file).map_err(unread)?);
    }
    Practices::read(&files).map(|_| ()).map_err(|refusal| {
        let problems: Vec<String> =
            refusal.problems.iter().map(|p| format!("{}：{}", p.at.file, p.text)).collect();
        refused(UpdateError::CannotBeMade(format!("{}。", problems.join("；"))))
    })
}

/// What a package says, checked to its last byte against a list of keys that somebody names.
fn look_by(file: &Path, keys: &Path) -> Result<Answer, ApiError> {
    let unread = |source| not_made(&UpdateError::Io { path: keys.to_owned(), source }, keys);
    let long = fs::metadata(keys).map_err(unread)?.len() > LIST_BYTES_MAX;
    let list = if long { String::new() } else { fs::read_to_string(keys).map_err(unread)? };
    let list = TrustedKeys::read(&list).map_err(|why| {
        eprintln!("{why}");
        usage("这份公钥的单子读不懂，什么也没做。", "照 update key 打印出来的样子写。")
    })?;
    let mut package = look(file, &list).map_err(refused)?;
    package.check_parts().map_err(refused)?;
    let mut document = said(package.manifest());
    document["signed_by"] = json!(package.signed_by());
    let words = format!(
        "{} {} 版，{}签的，从头到尾都对得上。",
        text(&document["title"]),
        text(&document["version"]),
        package.signed_by()
    );
    Ok(Answer::done(document, words))
}

fn said(manifest: &Manifest) -> Value {
    let part = |part: &yuanba_exchange::update::Part| json!({ "platform": part.platform, "name": part.name, "bytes": part.bytes });
    json!({
        "contents": if manifest.contents == Contents::Program { "program" } else { "practices" },
        "pack": manifest.pack,
        "title": manifest.title,
        "version": manifest.version.to_string(),
        "built": manifest.built.to_string(),
        "notes": manifest.notes,
        "parts": manifest.parts.iter().map(part).collect::<Vec<_>>(),
    })
}

fn refused(error: UpdateError) -> ApiError {
    error.refusal().into()
}

/// A file that could not be read or written by whoever makes releases.
fn not_made(error: &UpdateError, path: &Path) -> ApiError {
    let shown = path.display();
    match error {
        UpdateError::Io { source, .. } if source.kind() == std::io::ErrorKind::AlreadyExists => {
            usage(&format!("「{shown}」已经有了，没有盖它，什么也没做。"), "换一个名字，或者先把它挪开。")
        }
        UpdateError::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => {
            usage(&format!("没有「{shown}」这个文件，什么也没做。"), "看看名字写对没有。")
        }
        error => error.refusal().into(),
    }
}
