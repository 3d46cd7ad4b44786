//! What the pages may do, word for word. Whoever widens it changes this file too, and sees why.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn names(folder: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn one_window_has_one_capability_and_it_lists_these_permissions_alone() {
    assert_eq!(names("src-tauri/capabilities"), ["main.json".to_owned()].into());
    let capability: Value = serde_json::from_str(&read("src-tauri/capabilities/main.json")).unwrap();
    let keys: BTreeSet<&str> = capability.as_object().unwrap().keys().map(String::as_str).collect();
    // No `remote`, no `webviews`, no `platforms`.
    assert_eq!(keys, ["identifier", "description", "windows", "permissions"].into());
    assert_eq!(capability["windows"], json!(["main"]));
    assert_eq!(
        capability["permissions"],
        json!(["commands", "core:event:allow-listen", "core:event:allow-unlisten"])
    );
}

#[test]
fn the_shell_has_these_commands_alone_and_each_of_them_is_watched() {
    assert_eq!(names("src-tauri/permissions"), ["commands.toml".to_owned()].into());
    let text = read("src-tauri/permissions/commands.toml");
    let said: Vec<&str> =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert_eq!(
        said,
        [
            "[[permission]]",
            "identifier = \"commands\"",
            "description = \"Typed commands, the dialogs that ask for a path, what the system is asked to open, and the files that a person opened with the program\"",
            "commands.allow = [\"call\", \"pick_file\", \"save_file\", \"pick_folder\", \"open_file\", \"install_update\", \"opened_files\"]",
        ]
    );
}

#[test]
fn the_pages_load_nothing_from_elsewhere_and_run_no_text_as_a_program() {
    let config: Value = serde_json::from_str(&read("tauri.conf.json")).unwrap();
    assert_eq!(
        config["app"]["security"],
        json!({
            "csp": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' ipc: http://ipc.localhost; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "dangerousDisableAssetCspModification": ["style-src"],
        })
    );
    let csp = config["app"]["security"]["csp"].as_str().unwrap();
    let scripts = csp.split("; ").find(|part| part.starts_with("script-src")).unwrap();
    assert_eq!(scripts, "script-src 'self'", "no unsafe-eval, no unsafe-inline, no other place");
    for remote in ["https:", "*", "wss:", "ws:"] {
        assert!(!csp.split([' ', ';']).any(|word| word.starts_with(remote)), "{remote} in {csp}");
    }
    let app = config["app"].as_object().unwrap();
    let keys: BTreeSet<&str> = app.keys().map(String::as_str).collect();
    // No `withGlobalTauri`, no `macOSPrivateApi`, no tray.
    assert_eq!(keys, ["windows", "security"].into());
    assert_eq!(config["build"]["frontendDist"], "ui/dist");
    assert_eq!(config.get("plugins"), None);
    let window = &config["app"]["windows"][0];
    assert_eq!((config["app"]["windows"].as_array().unwrap().len(), window.get("url")), (1, None));
    // Built with nothing that would widen it at run time.
    let manifest = read("Cargo.toml");
    let tauri = manifest.lines().find(|line| line.starts_with("tauri = {")).expect("the version of tauri");
    assert!(tauri.ends_with("features = [] }"), "{tauri}");
}
