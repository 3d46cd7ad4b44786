//! The native file dialogs. Pages get a path to hand back to a command; they never read or write a file themselves.
//!
//! With the feature `stand-in-dialogs`, which packages are built without, a test answers in place of a person: native
//! dialogs cannot be driven from outside.

use std::path::PathBuf;

use rfd::{AsyncFileDialog, FileHandle};
use tauri::WebviewWindow;

#[cfg(feature = "stand-in-dialogs")]
use crate::stand_in::StandIn;

/// Asks for a file that is there, with one of the `extensions` (without the dot; none for any). `None`: the person
/// closed the dialog.
#[tauri::command]
pub async fn pick_file(window: WebviewWindow, title: String, extensions: Vec<String>) -> Option<PathBuf> {
    #[cfg(feature = "stand-in-dialogs")]
    if let Some(person) = StandIn::from_environment() {
        return person.file();
    }
    on_screen(window, move |dialog| of_kind(dialog.set_title(title), &extensions).pick_file()).await
}

/// Asks where to save, proposing the file name `name`. `None`: the person closed the dialog.
#[tauri::command]
pub async fn save_file(
    window: WebviewWindow,
    title: String,
    name: String,
    extensions: Vec<String>,
) -> Option<PathBuf> {
    #[cfg(feature = "stand-in-dialogs")]
    if let Some(person) = StandIn::from_environment() {
        return person.save(&name);
    }
    on_screen(window, move |dialog| {
        of_kind(dialog.set_title(title).set_file_name(name), &extensions).save_file()
    })
    .await
}

/// Asks for a folder, such as a stick. `None`: the person closed the dialog.
#[tauri::command]
pub async fn pick_folder(window: WebviewWindow, title: String) -> Option<PathBuf> {
    #[cfg(feature = "stand-in-dialogs")]
    if let Some(person) = StandIn::from_environment() {
        return person.folder();
    }
    on_screen(window, move |dialog| dialog.set_title(title).pick_folder()).await
}

fn of_kind(dialog: AsyncFileDialog, extensions: &[String]) -> AsyncFileDialog {
    if extensions.is_empty() {
        return dialog;
    }
    let shown: Vec<String> = extensions.iter().map(|extension| format!("*.{extension}")).collect();
    dialog.add_filter(shown.join(" "), extensions)
}

/// Opens a dialog on the thread that owns the window, as every toolkit demands, and waits for it elsewhere.
async fn on_screen<Answer>(
    window: WebviewWindow,
    open: impl FnOnce(AsyncFileDialog) -> Answer + Send + 'static,
) -> Option<PathBuf>
where
    Answer: Future<Output = Option<FileHandle>> + Send + 'static,
{
    let (opened, dialog) = tokio::sync::oneshot::channel();
    let parent = window.clone();
    window
        .run_on_main_thread(move || {
            let _ = opened.send(open(AsyncFileDialog::new().set_parent(&parent)));
        })
        .ok()?;
    dialog.await.ok()?.await.map(|file| file.path().to_path_buf())
}
