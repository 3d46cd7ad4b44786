//! What the system is asked to open, after a person was asked: a table or a page that they have just saved, and the
//! installer of an update that was checked. A page cannot have anything else opened.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use tauri::State;
use yuanba_api::Api;

use crate::given::Given;
#[cfg(feature = "stand-in-dialogs")]
use crate::stand_in::StandIn;

/// Opens a file that somebody saved in this window with the system's program for it.
#[tauri::command]
pub async fn open_file(given: State<'_, Given>, path: PathBuf) -> Result<(), Value> {
    if !given.may_open(&path) {
        return Err(failure(
            "not_allowed",
            "这个文件不是刚才在窗口里存的，所以没有打开。文件没有动。",
            "请在文件夹里找到它，自己双击打开。",
        ));
    }
    off_the_window(move || {
        handed(&path).map_err(|_| {
            failure(
                "not_found",
                "这台电脑上没找到能打开它的程序。文件存好了，没有动。",
                "装一个能打开表格的程序，或者拷到别的电脑上看。",
            )
        })
    })
    .await
}

/// Hands the installer that waits to the system's own, which asks for the password that it takes to install. The page names
/// no file: there is one installer, and it is read once more before it goes.
#[tauri::command]
pub async fn install_update(api: State<'_, Arc<Api>>) -> Result<(), Value> {
    let api = Arc::clone(&api);
    off_the_window(move || {
        let failed = |error| serde_json::to_value(error).unwrap_or_else(|_| fallen());
        let (path, command) = api.installer().map_err(failed)?;
        let opened = if a_window_installs(&path) { handed(&path).is_ok() } else { false };
        match (opened, command) {
            (true, _) => Ok(()),
            (false, Some(command)) => Err(failure(
                "not_found",
                "这台电脑没有能点开的安装程序。新版已经核对好，放在这台电脑里，数据没有动。",
                &format!("打开终端，输这一行，照它问的输开机口令：{command}"),
            )),
            (false, None) => Err(failure(
                "not_found",
                "安装程序没有打开。新版已经核对好，放在这台电脑里，数据没有动。",
                "再点一次。还不行，请镇里帮着装。",
            )),
        }
    })
    .await
}

/// Whether something with a window installs such packages. Where nothing does, the system would open an archive or an editor.
fn a_window_installs(path: &Path) -> bool {
    #[cfg(feature = "stand-in-dialogs")]
    if StandIn::from_environment().is_some() {
        return true;
    }
    if !cfg!(target_os = "linux") {
        return true;
    }
    let kind = match path.extension().and_then(|end| end.to_str()) {
        Some("deb") => "application/vnd.debian.binary-package",
        Some("rpm") => "application/x-rpm",
        _ => return false,
    };
    let asked = std::process::Command::new("xdg-mime").args(["query", "default", kind]).output();
    let program = asked.map(|said| String::from_utf8_lossy(&said.stdout).to_lowercase()).unwrap_or_default();
    let only_looks_inside = ["file-roller", "ark", "engrampa", "archive", "xarchiver"];
    !program.trim().is_empty() && !only_looks_inside.iter().any(|archiver| program.contains(archiver))
}

/// Asks the system to open a file, and does not wait for what it opens.
fn handed(path: &Path) -> std::io::Result<()> {
    #[cfg(feature = "stand-in-dialogs")]
    if let Some(person) = StandIn::from_environment() {
        return person.open(path);
    }
    open::that_detached(path)
}

/// Starting programs and reading files is no work for the thread that draws the window.
async fn off_the_window(work: impl FnOnce() -> Result<(), Value> + Send + 'static) -> Result<(), Value> {
    tauri::async_runtime::spawn_blocking(work).await.unwrap_or_else(|_| Err(fallen()))
}

fn failure(code: &str, message: &str, next_step: &str) -> Value {
    json!({ "code": code, "message": message, "next_step": next_step, "field": null })
}

fn fallen() -> Value {
    failure("internal", "程序里出了岔子，没有打开。以前存的都在。", "再试一次。还不行，就关上窗口重新打开。")
}
