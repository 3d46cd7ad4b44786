//! Embeds every rule and practice file, so that the program finds them wherever it was installed.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let assets = Path::new(&env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?).join("../../assets");
    let mut files = Vec::new();
    for folder in ["rules", "practices", "demo"] {
        println!("cargo::rerun-if-changed={}", assets.join(folder).display());
        if !assets.join(folder).is_dir() {
            continue;
        }
        collect(&assets.join(folder), folder, &mut files)?;
    }
    files.sort();
    let mut table = String::from("&[\n");
    for (name, path) in files {
        let path = path.canonicalize()?;
        table.push_str(&format!("    ({name:?}, include_str!({:?})),\n", path.display().to_string()));
    }
    table.push(']');
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("embedded.rs"), table)
}

/// Adds every `.toml` below `folder`, named by its path inside `assets` with `/`.
fn collect(folder: &Path, name: &str, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(leaf) = path.file_name().and_then(|n| n.to_str()) else { continue };
        let name = format!("{name}/{leaf}");
        if path.is_dir() {
            collect(&path, &name, files)?;
        } else if leaf.ends_with(".toml") {
            files.push((name, path));
        }
    }
    Ok(())
}
