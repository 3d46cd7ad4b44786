//! `start STORE…`: how long the window takes from the start of its process until it can be used, at each store, as one
//! JSON document a line. `$YUANBA_PASSPHRASE` opens the stores, `$YUANBA_WINDOW` is the built program.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use fantoccini::Locator;
use fantoccini::key::Key;
use serde_json::json;
use yuanba_window::{Window, program};

/// How often a window is opened; the first one warms the disk's cache and does not count.
const RUNS: usize = 6;
/// The longest anything may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// How often the page is looked at: this is how much a figure may be too large.
const LOOK_EVERY: Duration = Duration::from_millis(4);

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let passphrase = std::env::var("YUANBA_PASSPHRASE").context("YUANBA_PASSPHRASE is not set")?;
    for store in std::env::args_os().skip(1).map(PathBuf::from) {
        let mut runs = Vec::new();
        for _ in 0..RUNS {
            runs.push(once(&store, &passphrase).await?);
        }
        runs.remove(0);
        let median = |of: fn(&Times) -> f64| {
            let mut list: Vec<f64> = runs.iter().map(of).collect();
            list.sort_by(f64::total_cmp);
            list[list.len() / 2].round()
        };
        println!(
            "{}",
            json!({
                "name": "start", "store": store.file_name().map(|name| name.to_string_lossy().into_owned()),
                "runs": runs.len(), "to_sign_in_ms": median(|t| t.sign_in), "to_first_page_ms": median(|t| t.page),
                "usable_ms": median(|t| t.sign_in + t.page),
                "how": "medians: the process's start until the passphrase can be typed; Enter, with the proof of the \
                        passphrase, until the first page can be used; both",
            })
        );
    }
    Ok(())
}

/// Milliseconds of one start.
struct Times {
    sign_in: f64,
    page: f64,
}

async fn once(store: &Path, passphrase: &str) -> anyhow::Result<Times> {
    let answers = tempfile::tempdir()?;
    let window = Window::open(store, answers.path()).await?;
    let field = seen(&window, "input[type=password]").await?;
    let sign_in = since_the_start_of(&program()?)?;
    field.send_keys(passphrase).await?;
    let began = Instant::now();
    field.send_keys(&Key::Enter.to_string()).await?;
    seen(&window, "main h1").await?;
    settled(&window).await?;
    let page = began.elapsed().as_secs_f64() * 1e3;
    window.close().await?;
    Ok(Times { sign_in, page })
}

async fn seen(window: &Window, selector: &str) -> anyhow::Result<fantoccini::elements::Element> {
    let began = Instant::now();
    loop {
        for found in window.client().find_all(Locator::Css(selector)).await.unwrap_or_default() {
            if found.is_displayed().await.unwrap_or(false) {
                return Ok(found);
            }
        }
        ensure!(began.elapsed() < PATIENCE, "{selector} did not come");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

async fn settled(window: &Window) -> anyhow::Result<()> {
    const BUSY: &str = "return document.querySelectorAll('[aria-busy=\"true\"]').length";
    let began = Instant::now();
    while window.client().execute(BUSY, vec![]).await? != 0 {
        ensure!(began.elapsed() < PATIENCE, "the page does not come to rest");
        tokio::time::sleep(LOOK_EVERY).await;
    }
    Ok(())
}

/// Milliseconds since the running process of a program began, to a hundredth of a second: Linux counts in these.
fn since_the_start_of(program: &Path) -> anyhow::Result<f64> {
    const TICKS_A_SECOND: f64 = 100.0;
    let up: f64 = std::fs::read_to_string("/proc/uptime")?.split(' ').next().context("no uptime")?.parse()?;
    for process in std::fs::read_dir("/proc")?.flatten() {
        if !std::fs::read_link(process.path().join("exe")).is_ok_and(|exe| exe == program) {
            continue;
        }
        let stat = std::fs::read_to_string(process.path().join("stat"))?;
        // Behind the name, which may hold anything, the start is the twentieth field.
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let started: f64 = { fields }.nth(19).context("no start in stat")?.parse()?;
        return Ok((up - started / TICKS_A_SECOND) * 1e3);
    }
    anyhow::bail!("{} does not run", program.display())
}
