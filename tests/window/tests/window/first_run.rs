//! The first start: three questions, then a recovery code.

use yuanba_window::Window;

/// The passphrase of the branch secretary in these tests.
pub const PASSPHRASE: &str = "桥头的老黄桷树";

/// Answers the three questions for 青石桥村 and keeps the recovery code.
pub async fn begin(window: &Window) -> anyhow::Result<()> {
    window.words("您是哪个村？").await?;
    window.write("村名或者支部名", "青石桥村").await?;
    window.write("哪个县、哪个镇", "明水县柳坝镇").await?;
    window.finish("下一个问题").await?;
    window.finish("就用普通的，下一个问题").await?;
    window.write("姓名", "罗永福").await?;
    window.write("口令", PASSPHRASE).await?;
    window.write("再输一遍", PASSPHRASE).await?;
    window.finish("就这样，开始用").await?;

    window.words("这张恢复码，请收好").await?;
    window.click("存成文件").await?;
    window.words_within("存好了").await?;
    window.finish("抄好了，去看今天的事").await?;
    window.words("今天要办的事").await?;
    Ok(())
}

#[tokio::test]
async fn a_village_answers_three_questions_and_gets_a_recovery_code_that_it_can_keep() -> anyhow::Result<()> {
    let laptop = tempfile::tempdir()?;
    let window = Window::open(&laptop.path().join("store"), laptop.path()).await?;

    begin(&window).await?;

    let kept = std::fs::read_to_string(window.saved("院坝恢复码.txt"))?;
    let code = kept.split_whitespace().find(|word| word.matches('-').count() == 7);
    assert!(code.is_some(), "no code of eight groups in: {kept}");
    window.close().await
}
