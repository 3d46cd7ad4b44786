//! A morning in a village office, from the first start to the stick, and the township that reads it.

use std::path::Path;

use anyhow::Context as _;
use serde_json::json;
use yuanba_window::{Office, Window, command_line};

use crate::first_run::{PASSPHRASE, begin};

const CLERK: &str = "柳坝镇的口令";
const OFFICIAL: &str = "周晓梅";
const OFFICIALS_PASSPHRASE: &str = "从成都坐车来的";

#[tokio::test]
async fn a_morning_from_the_old_spreadsheet_to_a_stick_that_the_township_reads() -> anyhow::Result<()> {
    let laptop = tempfile::tempdir()?;
    let elsewhere = tempfile::tempdir()?;
    let stick = tempfile::tempdir()?;
    let store = laptop.path().join("store");
    let township = Office::at(command_line()?, &elsewhere.path().join("store"), CLERK);
    township.run(&["init", "--level", "township", "--name", "柳坝镇"]).await?;

    let window = Window::open(&store, laptop.path()).await?;
    begin(&window).await?;
    import_the_old_spreadsheet(&window).await?;
    let member = somebody(&window).await?;
    give_a_post(&window).await?;
    write_a_note_and_open_an_errand(&window, &member).await?;
    do_the_errand(&window).await?;
    claim_points(&window).await?;
    join_the_township(&window, &township, stick.path()).await?;
    let village = window.call("store.status", json!({})).await?["org"]["id"].clone();
    another_person_approves(&window).await?;
    write_the_stick(&window, stick.path()).await?;
    window.close().await?;

    let read = township.run(&["bundle", "read", utf8(stick.path())]).await?;
    let files = read["files"].as_array().map(Vec::as_slice).unwrap_or_default();
    assert!(files.iter().any(|file| file["status"] == "read"), "{read}");
    let here = Office::at(command_line()?, &store, PASSPHRASE);
    let village = village.as_str().unwrap_or_default();
    let words = ["--user", "罗永福", "digest", "--org", village];
    let in_village = here.run(&words).await?;
    let in_township = township.run(&words[2..]).await?;
    assert_eq!(in_village, in_township, "village and township hold the same of the village");
    assert_ne!(in_village["ops"], json!(0));
    Ok(())
}

async fn import_the_old_spreadsheet(window: &Window) -> anyhow::Result<()> {
    let roster = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/rosters/good_village_60.xlsx");
    window.visit("/roster/import").await?;
    window.will_pick_file(&roster.canonicalize()?)?;
    window.click("选文件").await?;
    window.finish("看一遍这 60 行").await?;
    window.finish("写进名册：新增 60 人").await?;
    window.words_within("写好了：新增 60 人").await?;
    window.finish("去看花名册").await?;
    Ok(())
}

/// The name of a member of the roster as it now stands.
async fn somebody(window: &Window) -> anyhow::Result<String> {
    let all = json!({ "search": "", "party_group": null, "kinds": null, "post": "all", "doubt_only": false,
        "sort": "name", "descending": false, "org": null });
    let answer = window.call("roster.query", all).await?;
    assert_eq!(answer["count"], json!(60));
    let rows = window.call("roster.rows", json!({ "ids": [answer["ids"][0]] })).await?;
    Ok(rows[0]["name"].as_str().unwrap_or_default().to_owned())
}

async fn give_a_post(window: &Window) -> anyhow::Result<()> {
    // Not everybody is suggested for a post; the first who is gets one.
    let board = window.call("post.board", json!({})).await?;
    let suggested = board["unplaced"].as_array().and_then(|people| {
        people.iter().find(|person| person["suggestions"].as_array().is_some_and(|list| !list.is_empty()))
    });
    let member = suggested.and_then(|person| person["member"].as_str()).context("nobody is suggested")?;
    window.visit(&format!("/posts?people={member}")).await?;
    window.find(".opts label").await?.click().await?;
    window.find(".opts label:has(input:checked)").await?;
    window.finish("给").await?;
    window.words_within("有岗 1 人").await?;
    Ok(())
}

async fn write_a_note_and_open_an_errand(window: &Window, agent: &str) -> anyhow::Result<()> {
    window.visit("/courtyards").await?;
    window.finish("添第一个院坝").await?;
    window.write("叫什么", "石院坝").await?;
    window.click("添上石院坝").await?;
    window.words("写手记").await?;
    window.click("添人").await?;
    window.write("添哪一位", "何婆婆").await?;
    window.click("就写「何婆婆」，不在名册里").await?;
    window.write("听到了什么", "何婆婆说住院的钱还没报，让帮着把医保报销办了。").await?;
    window.click("转成代办，替何婆婆去办").await?;
    window.write("谁去办", agent).await?;
    window.find("[role=option]").await?.click().await?;
    window.finish("存手记，开 1 件代办").await?;
    window.words_within("手记存好了，代办是").await?;
    Ok(())
}

async fn do_the_errand(window: &Window) -> anyhow::Result<()> {
    window.visit("/courtyards?errand=1").await?;
    window.words_within("医保报销").await?.click().await?;
    window.write("结果怎么样", "报销了 1860 元，钱打到卡上了").await?;
    window.finish("何婆婆的事办完了，记下").await?;
    for mark in ["客气", "办好了", "快"] {
        window.click(mark).await?;
    }
    window.finish("记下评价").await?;
    window.words("评过了").await?;
    Ok(())
}

async fn claim_points(window: &Window) -> anyhow::Result<()> {
    window.visit("/points").await?;
    window.find("[role=gridcell]").await?.click().await?;
    window.find("[role=grid]").await?.send_keys("1").await?;
    window.finish("分").await?;
    window.words_within("交给小组了，1 格").await?;
    Ok(())
}

async fn join_the_township(window: &Window, township: &Office, stick: &Path) -> anyhow::Result<()> {
    window.visit("/stick?view=enrol").await?;
    window.click("写申请，存到 U 盘").await?;
    window.words_within("申请写好了").await?;
    let grant = stick.join("授权.yuanba-grant");
    let request = window.saved("青石桥村-申请.yuanba-request");
    township.run(&["enrol", "grant", utf8(&request), "--out", utf8(&grant)]).await?;
    window.will_pick_file(&grant)?;
    window.click("读带回的授权").await?;
    window.words_within("接上了：青石桥村归柳坝镇").await?;
    Ok(())
}

/// Whoever proposed points does not review them: the official signs in and does.
async fn another_person_approves(window: &Window) -> anyhow::Result<()> {
    let official = json!({ "name": OFFICIAL, "role": "official", "passphrase": OFFICIALS_PASSPHRASE });
    window.call("user.add", official).await?;
    window.call("store.lock", json!({})).await?;
    window.client().refresh().await?;
    window.click(OFFICIAL).await?;
    window.write("的口令", OFFICIALS_PASSPHRASE).await?;
    window.finish("进来").await?;
    // The lock gives back the page that one was on.
    window.words_within("上级是柳坝镇").await?;

    window.visit("/points?view=review").await?;
    window.find("tbody [role=checkbox], tbody .check").await?.click().await?;
    window.finish("通过 1 笔").await?;
    window.words_within("审完了，1 笔进账").await?;
    let posted = window.call("points.entries", json!({ "account": null })).await?;
    assert_eq!(posted.as_array().map(Vec::len), Some(1), "{posted}");
    Ok(())
}

async fn write_the_stick(window: &Window, stick: &Path) -> anyhow::Result<()> {
    window.visit("/stick").await?;
    window.will_pick_folder(stick)?;
    window.click("没看到，自己选").await?;
    window.click("没有要读的，直接写").await?;
    window.finish("写要带去的").await?;
    window.words_within("写好，也读回核对过").await?;
    window.words_within("可以拔了").await?;
    Ok(())
}

fn utf8(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
}
