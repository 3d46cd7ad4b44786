//! A double click on a file of ours, before anybody is in and while the window is open.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::json;
use yuanba_window::{Office, Window, command_line};

const VILLAGE: &str = "青石桥村的口令";
const TOWNSHIP: &str = "柳坝镇的口令";

/// What the township writes for the village, under a name of our own.
async fn bundle(township: &Office, stick: &Path, name: &str) -> anyhow::Result<PathBuf> {
    let folder = stick.join(name);
    std::fs::create_dir(&folder)?;
    township.run(&["bundle", "write", "--to", "青石桥村", "--out", utf8(&folder)]).await?;
    let written = std::fs::read_dir(&folder)?.next().context("nothing was written")??.path();
    let named = folder.join(format!("{name}.yuanba"));
    std::fs::rename(written, &named)?;
    Ok(named)
}

#[tokio::test]
async fn a_file_that_is_opened_with_the_program_is_read_once_somebody_is_in() -> anyhow::Result<()> {
    let laptop = tempfile::tempdir()?;
    let elsewhere = tempfile::tempdir()?;
    let stick = tempfile::tempdir()?;
    let store = laptop.path().join("store");
    let village = Office::at(command_line()?, &store, VILLAGE);
    let township = Office::at(command_line()?, &elsewhere.path().join("store"), TOWNSHIP);
    village.run(&["init", "--level", "village", "--name", "青石桥村"]).await?;
    township.run(&["init", "--level", "township", "--name", "柳坝镇"]).await?;
    let (request, grant) = (stick.path().join("申请.yuanba-request"), stick.path().join("授权.yuanba-grant"));
    village.run(&["enrol", "request", "--out", utf8(&request)]).await?;
    township.run(&["enrol", "grant", utf8(&request), "--out", utf8(&grant)]).await?;
    village.run(&["enrol", "accept", utf8(&grant)]).await?;
    let first = bundle(&township, stick.path(), "第一次").await?;
    let second = bundle(&township, stick.path(), "第二次").await?;

    let window = Window::open_with(&store, laptop.path(), &[&first]).await?;
    window.words_within("打开了第一次.yuanba，进来以后就读它").await?;
    window.write("口令", VILLAGE).await?;
    window.finish("进来").await?;
    window.words_within("柳坝镇带来的").await?;
    window.words_within("读完，1样").await?;

    // Another page is open when the next one comes.
    window.visit("/roster").await?;
    window.words_within("花名册").await?;
    window.start_again(&store, &second).await?;
    window.words_within("读完，1样").await?;

    // A request is read by whoever stands above; nothing is done with it here.
    window.start_again(&store, &request).await?;
    window.words_within("申请.yuanba-request是申请，要拿到上级的电脑上打开").await?;

    let known = window.call("stick.state", json!({})).await?;
    let read: Vec<_> =
        known["log"].as_array().into_iter().flatten().filter_map(|l| l["file"].as_str()).collect();
    assert!(read.contains(&"第一次.yuanba") && read.contains(&"第二次.yuanba"), "{known}");
    window.close().await
}

fn utf8(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
}
