//! The first start.

use yuanba_window::Window;

#[tokio::test]
async fn a_program_that_was_never_started_asks_which_village_this_is() -> anyhow::Result<()> {
    let laptop = tempfile::tempdir()?;
    let window = Window::open(&laptop.path().join("store"), laptop.path()).await?;

    window.words("您是哪个村？").await?;

    window.close().await
}
