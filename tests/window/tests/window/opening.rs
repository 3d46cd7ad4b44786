//! What the system is asked to open: a table that was just saved, after asking, and nothing that a page makes up.

use serde_json::json;
use yuanba_window::Window;

use crate::first_run::begin;

#[tokio::test]
async fn a_list_that_was_saved_is_opened_after_asking_and_nothing_else_is() -> anyhow::Result<()> {
    let laptop = tempfile::tempdir()?;
    let window = Window::open(&laptop.path().join("store"), laptop.path()).await?;
    begin(&window).await?;
    let opened = || std::fs::read_to_string(laptop.path().join("opened")).unwrap_or_default();

    window.visit("/more").await?;
    window.click("岗位").await?;
    window.words_within("岗位导出好了").await?;
    window.click("打开").await?;
    window.words_within("要用电脑里的表格程序打开《").await?;
    assert_eq!(opened(), "", "it asks first");
    window.find(".el-dialog .ways button").await?.click().await?;
    window.settled().await?;
    let saved = std::fs::read_dir(laptop.path().join("saved"))?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|end| end == "xlsx"))
        .expect("the list was saved");
    assert_eq!(opened(), format!("{}\n", saved.display()));

    // What a script in the page could try.
    let program = laptop.path().join("saved/程序.sh");
    std::fs::write(&program, "#!/bin/sh\n")?;
    let stranger = laptop.path().join("别的.xlsx");
    std::fs::write(&stranger, "PK")?;
    for path in [&program, &stranger, &laptop.path().join("saved")] {
        let refused = window.ask("open_file", json!({ "path": path })).await.expect_err("nobody saved it");
        assert!(refused.to_string().contains("not_allowed"), "{refused}");
    }
    let refused = window.ask("install_update", json!({})).await.expect_err("no update waits");
    assert!(refused.to_string().contains("not_found"), "{refused}");
    for act in ["plugin:shell|open", "plugin:opener|open_path", "plugin:fs|read_file", "plugin:window|create"]
    {
        assert!(window.ask(act, json!({})).await.is_err(), "{act}");
    }
    assert_eq!(opened(), format!("{}\n", saved.display()));
    window.close().await
}
