//! The native file dialogs. Pages get a path to hand back to a command; they never read or write a file themselves.
//!
//! With the feature `stand-in-dialogs`, which packages are built without, a test answers in place of a person: native
//! dialogs cannot be driven from outside.

use std::path::PathBuf;

use rfd::{AsyncFileDialog, FileHandle};
use serde::Deserialize;
use tauri::{State, WebviewWindow};

use crate::given::Given;

#[cfg(feature = "stand-in-dialogs")]
use crate::stand_in::StandIn;

/// What a page asks for; every key may be left out.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Wish {
    /// The dialog's title, in Chinese.
    title: String,
    /// What such files are called, such as 表格.
    kind: String,
    /// Their endings without the dot; none for any file.
    extensions: Vec<String>,
    /// The file name to begin with when saving.
    name: String,
}

/// Asks for a file that is there. `None`: the person closed the dialog.
#[tauri::command]
pub async fn pick_file(
    window: WebviewWindow,
    given: State<'_, Given>,
    wish: Wish,
) -> Result<Option<PathBuf>, ()> {
    #[cfg(feature = "stand-in-dialogs")]
    if let Some(person) = StandIn::from_environment() {
        return Ok(noted(&given, person.file()));
    }
    Ok(noted(&given, on_screen(window, wish, AsyncFileDialog::pick_file).await))
}

/// Asks where to save. `None`: the person closed the dialog.
#[tauri::command]
pub async fn save_file(
    window: WebviewWindow,
    given: State<'_, Given>,
    wish: Wish,
) -> Result<Option<PathBuf>, ()> {
    #[cfg(feature = "stand-in-dialogs")]
    if let Some(person) = StandIn::from_environment() {
        return Ok(noted_saved(&given, person.save(&wish.name)));
    }
    Ok(noted_saved(&given, on_screen(window, wish, AsyncFileDialog::save_file).await))
}

/// Asks for a folder, such as a stick. `None`: the person closed the dialog.
#[tauri::command]
pub async fn pick_folder(
    window: WebviewWindow,
    given: State<'_, Given>,
    wish: Wish,
) -> Result<Option<PathBuf>, ()> {
    #[cfg(feature = "stand-in-dialogs")]
    if let Some(person) = StandIn::from_environment() {
        return Ok(noted(&given, person.folder()));
    }
    Ok(noted(&given, on_screen(window, wish, AsyncFileDialog::pick_folder).await))
}

/// From now on the page may name what the person chose.
fn noted(given: &Given, chosen: Option<PathBuf>) -> Option<PathBuf> {
    if let Some(path) = &chosen {
        given.add(path);
    }
    chosen
}

/// The same for a place to save: the page may later ask to have opened what was written there.
fn noted_saved(given: &Given, chosen: Option<PathBuf>) -> Option<PathBuf> {
    if let Some(path) = &chosen {
        given.add_saved(path);
    }
    chosen
}

impl Wish {
    fn dialog(self, parent: &WebviewWindow) -> AsyncFileDialog {
        let mut dialog = AsyncFileDialog::new().set_parent(parent).set_title(self.title);
        if !self.extensions.is_empty() {
            dialog = dialog.add_filter(self.kind, &self.extensions);
        }
        if !self.name.is_empty() {
            dialog = dialog.set_file_name(self.name);
        }
        dialog
    }
}

/// Opens a dialog on the thread that owns the window, as every toolkit demands, and waits for it elsewhere.
async fn on_screen<Answer>(
    window: WebviewWindow,
    wish: Wish,
    open: impl FnOnce(AsyncFileDialog) -> Answer + Send + 'static,
) -> Option<PathBuf>
where
    Answer: Future<Output = Option<FileHandle>> + Send + 'static,
{
    let (opened, dialog) = tokio::sync::oneshot::channel();
    let parent = window.clone();
    window
        .run_on_main_thread(move || {
            let _ = opened.send(open(wish.dialog(&parent)));
        })
        .ok()?;
    dialog.await.ok()?.await.map(|file| file.path().to_path_buf())
}
