//! `pictures FOLDER`: opens the window on a screen in memory, with the made-up village, and saves what its main pages
//! look like. For machines that have no display.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use yuanba_window::Window;

/// The main pages: the file that a picture goes to, and the page's address.
const PAGES: &[(&str, &str)] = &[
    ("today", "/today"),
    ("roster", "/roster"),
    ("import", "/roster/import"),
    ("posts", "/posts"),
    ("courtyards", "/courtyards"),
    ("points", "/points"),
    ("stick", "/stick"),
];

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let pictures = std::env::args_os().nth(1).map(PathBuf::from).context("usage: pictures FOLDER")?;
    std::fs::create_dir_all(&pictures)?;
    let laptop = tempfile::tempdir()?;
    let window = Window::open(&laptop.path().join("store"), laptop.path()).await?;

    window.find("#app *").await?;
    save(&window, &pictures, "first-run").await?;
    window.call("store.create_demo", serde_json::json!({})).await?;
    window.client().refresh().await?;
    for (name, page) in PAGES {
        window.visit(page).await?;
        window.find("main h1, h1").await?;
        window.settled().await?;
        save(&window, &pictures, name).await?;
    }
    window.close().await
}

async fn save(window: &Window, pictures: &Path, name: &str) -> anyhow::Result<()> {
    let file = pictures.join(format!("window-{name}.png"));
    std::fs::write(&file, window.picture().await?)
        .with_context(|| format!("{} cannot be written", file.display()))?;
    println!("{}", file.display());
    Ok(())
}
