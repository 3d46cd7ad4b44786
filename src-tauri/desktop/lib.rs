//! The Tauri shell: nothing but adapters. The one window loads the pages, the pages send typed commands through
//! [`calls`], and everything that the program knows or decides lives behind `yuanba_api`.
//!
//! What the shell adds by itself: where the data lives ([`place`]), that one folder is open in one window ([`door`]),
//! the native file dialogs ([`dialogs`]), which files a page may name ([`given`]), the files that were opened with the
//! program ([`opened`]), what the system is asked to open ([`opening`]) and a lighter page process on Linux
//! ([`web_process`]).

mod calls;
mod dialogs;
mod door;
mod given;
mod opened;
mod opening;
#[cfg(test)]
mod pinned;
mod place;
#[cfg(feature = "stand-in-dialogs")]
mod stand_in;
mod web_process;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use tauri::{
    AppHandle, DragDropEvent, Emitter as _, Manager as _, RunEvent, WebviewWindowBuilder, WindowEvent,
};
use yuanba_api::Api;

use crate::door::Door;
use crate::given::Given;
use crate::opened::Opened;

/// Opens the window and stays until it is closed. A second start on the same data brings the first window forward
/// and returns at once. Files of ours among the words of the start are opened.
///
/// # Errors
/// When the data folder cannot be made or the window toolkit cannot start; the sentence is for the terminal.
pub fn run() -> anyhow::Result<()> {
    web_process::lighten();
    let folder = place::data_folder()?;
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("the data folder {} cannot be made", folder.display()))?;
    let files = opened::among(std::env::args_os().skip(1));
    let Some(door) = Door::enter(&folder, &files)? else { return Ok(()) };

    let api = Api::new(&folder);
    api.keep_in_touch();
    api.keep_copies();
    tauri::Builder::default()
        .manage(Arc::new(api.clone()))
        .manage(Given::default())
        .manage(Opened::default())
        .on_window_event(|window, event| {
            if let WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) = event {
                let given = window.state::<Given>();
                paths.iter().for_each(|path| given.add(path));
            }
        })
        .invoke_handler(tauri::generate_handler![
            calls::call,
            dialogs::pick_file,
            dialogs::save_file,
            dialogs::pick_folder,
            opening::open_file,
            opening::install_update,
            opened::opened_files
        ])
        .setup(move |app| {
            let main = app.config().app.windows.first().context("tauri.conf.json names no window")?;
            take_up(app.handle(), files);
            let window = WebviewWindowBuilder::from_config(app.handle(), main)?.build()?;
            door.on_knock(move |files| {
                let _ = window.unminimize();
                let _ = window.set_focus();
                take_up(window.app_handle(), files);
            });
            // Kept for the life of the program: dropping it would let a second window open the same data.
            app.manage(door);
            Ok(())
        })
        .build(tauri::generate_context!())
        .context("the window could not be opened")?
        .run(move |_, event| {
            if let RunEvent::Exit = event {
                api.close();
            }
        });
    Ok(())
}

/// A person opened these files: a page may name them, and is told that they wait.
fn take_up(app: &AppHandle, files: Vec<PathBuf>) {
    let ours: Vec<_> = files.into_iter().filter(|file| opened::is_ours(file)).collect();
    for file in &ours {
        app.state::<Given>().add(file);
        app.state::<Opened>().add(file.clone());
    }
    if !ours.is_empty() {
        let _ = app.emit(opened::EVENT, ());
    }
}
