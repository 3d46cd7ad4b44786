//! The window, as far as a person can see and touch it.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::{Driver, Screen, program};

/// The longest a person is let wait for something to appear, on a slow machine that builds at the same time.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often the page is looked at while waiting.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// An open window of the program.
pub struct Window {
    client: Client,
    answers: PathBuf,
    _driver: Driver,
    screen: Screen,
}

impl Window {
    /// Opens the program on the data in `store`. File dialogs are answered out of the folder `answers`.
    ///
    /// # Errors
    /// When the program, its screen or its driver is missing, or no window comes.
    pub async fn open(store: &Path, answers: &Path) -> anyhow::Result<Window> {
        Window::open_with(store, answers, &[]).await
    }

    /// The same, with files that a person opened with the program.
    ///
    /// # Errors
    /// When the program, its screen or its driver is missing, or no window comes.
    pub async fn open_with(store: &Path, answers: &Path, files: &[&Path]) -> anyhow::Result<Window> {
        let program = program()?;
        let screen = Screen::start().await?;
        let driver = Driver::start(&screen, store, answers).await?;
        let wanted = json!({ "webkitgtk:browserOptions": { "binary": program, "args": files } });
        let wanted = wanted.as_object().cloned().unwrap_or_default();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted)
            .connect(driver.address())
            .await
            .context("the window does not open")?;
        Ok(Window { client, answers: answers.to_path_buf(), _driver: driver, screen })
    }

    /// What the file manager does when a file is opened while the window on `store` is there: starts the program anew,
    /// which must hand the file over and end.
    ///
    /// # Errors
    /// When it does not end at once, or fails.
    pub async fn start_again(&self, store: &Path, file: &Path) -> anyhow::Result<()> {
        let mut started = Command::new(program()?);
        started.arg(file).env("YUANBA_STORE", store).env("DISPLAY", self.screen.name()).kill_on_drop(true);
        let ended =
            tokio::time::timeout(PATIENCE, started.status()).await.context("a second start stays")??;
        ensure!(ended.success(), "a second start fails: {ended}");
        Ok(())
    }

    /// The first visible thing that a CSS selector names, waited for.
    ///
    /// # Errors
    /// When it does not come; the message has what the page shows instead.
    pub async fn find(&self, selector: &str) -> anyhow::Result<Element> {
        self.wait(Locator::Css(selector), selector).await
    }

    /// The innermost visible thing that has exactly these words, waited for. Spaces do not count: the pages put them
    /// between Chinese and figures by rule.
    ///
    /// # Errors
    /// When it does not come; the message has what the page shows instead.
    pub async fn words(&self, words: &str) -> anyhow::Result<Element> {
        let same = format!("{SQUEEZED} = '{}'", squeezed(words));
        self.wait(Locator::XPath(&format!("//body//*[{same} and not(*[{same}])]")), words).await
    }

    /// The same for words that are only a part of what stands there.
    ///
    /// # Errors
    /// When it does not come; the message has what the page shows instead.
    pub async fn words_within(&self, words: &str) -> anyhow::Result<Element> {
        let within = holds(words);
        self.wait(Locator::XPath(&format!("//body//*[{within} and not(*[{within}])]")), words).await
    }

    /// Clicks what has exactly these words.
    ///
    /// # Errors
    /// When it does not come or something lies over it.
    pub async fn click(&self, words: &str) -> anyhow::Result<()> {
        // A page may be drawn anew between finding and clicking, as it may under a person's finger.
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if self.words(words).await?.click().await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        self.words(words).await?.click().await.with_context(|| format!("「{words}」 cannot be clicked"))
    }

    /// Writes into the field whose label has these words, after clearing it.
    ///
    /// # Errors
    /// When there is no such field, or it takes no keys.
    pub async fn write(&self, label: &str, text: &str) -> anyhow::Result<()> {
        let path = format!("//label[{}]/following::*[self::input or self::textarea][1]", holds(label));
        let field = self.wait(Locator::XPath(&path), label).await?;
        field.clear().await?;
        field.send_keys(text).await.with_context(|| format!("「{label}」 takes no keys"))
    }

    /// Presses the one button that finishes the job of a page; its words must contain `words`.
    ///
    /// # Errors
    /// When the page has no such button, or something lies over it.
    pub async fn finish(&self, words: &str) -> anyhow::Result<()> {
        let path = format!("//*[contains(concat(' ', @class, ' '), ' main-act ') and {}]", holds(words));
        let button = self.wait(Locator::XPath(&path), words).await?;
        button.click().await.with_context(|| format!("「{words}」 cannot be pressed"))
    }

    /// Goes to a page by its address, as a menu would.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn visit(&self, page: &str) -> anyhow::Result<()> {
        self.client.execute("window.location.hash = arguments[0]", vec![json!(page)]).await?;
        Ok(())
    }

    /// Runs a typed command as the pages do, for what a test needs to stand before a person comes to it.
    ///
    /// # Errors
    /// When the command is refused; the message is its sentence.
    pub async fn call(&self, command: &str, request: Value) -> anyhow::Result<Value> {
        self.ask("call", json!({ "command": command, "request": request }))
            .await
            .with_context(|| command.to_owned())
    }

    /// Asks the shell for anything at all, as a script in a page could.
    ///
    /// # Errors
    /// When it is refused; the message is what the script would be told.
    pub async fn ask(&self, act: &str, request: Value) -> anyhow::Result<Value> {
        const ASK: &str = "const [act, request, done] = arguments; \
            window.__TAURI_INTERNALS__.invoke(act, request) \
                .then((answer) => done({ answer }), (error) => done({ error }))";
        let mut said = self.client.execute_async(ASK, vec![json!(act), request]).await?;
        match said.get("error") {
            Some(error) => bail!("{error}"),
            None => Ok(said["answer"].take()),
        }
    }

    /// Waits until the page stopped asking and drawing: nothing is marked busy, and two looks a moment apart agree.
    ///
    /// # Errors
    /// When the window is gone or never comes to rest.
    pub async fn settled(&self) -> anyhow::Result<()> {
        const LOOK: &str =
            "return [document.querySelectorAll('[aria-busy=\"true\"]').length, document.body.innerText]";
        let began = Instant::now();
        let mut before = Value::Null;
        while began.elapsed() < PATIENCE {
            let now = self.client.execute(LOOK, vec![]).await?;
            if now == before && now[0] == 0 {
                return Ok(());
            }
            before = now;
            tokio::time::sleep(LOOK_EVERY).await;
        }
        bail!("the page does not come to rest")
    }

    /// Tells what the next "open a file" dialog is answered.
    ///
    /// # Errors
    /// When the answer cannot be written.
    pub fn will_pick_file(&self, file: &Path) -> anyhow::Result<()> {
        self.will_answer("file", file)
    }

    /// Tells what the next "choose a folder" dialog is answered.
    ///
    /// # Errors
    /// When the answer cannot be written.
    pub fn will_pick_folder(&self, folder: &Path) -> anyhow::Result<()> {
        self.will_answer("folder", folder)
    }

    /// Where a file is that was saved under the name that the page proposed.
    pub fn saved(&self, name: &str) -> PathBuf {
        self.answers.join("saved").join(name)
    }

    /// All that can be read in the window now.
    ///
    /// # Errors
    /// When the window is gone.
    pub async fn text(&self) -> anyhow::Result<String> {
        Ok(self.client.find(Locator::Css("body")).await?.text().await?)
    }

    /// A picture of the whole screen as PNG. Taken from the screen, because the driver waits for ever for one of a page
    /// that is drawn without a graphics card.
    ///
    /// # Errors
    /// When the screen is gone.
    pub async fn picture(&self) -> anyhow::Result<Vec<u8>> {
        self.screen.picture().await
    }

    /// The driver's own client, for what only one test needs.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Closes the window.
    ///
    /// # Errors
    /// When it was gone already.
    pub async fn close(self) -> anyhow::Result<()> {
        self.client.clone().close().await.context("the window was gone before it was closed")
    }

    fn will_answer(&self, question: &str, path: &Path) -> anyhow::Result<()> {
        let path = path.to_str().context("the answer is no text")?;
        std::fs::write(self.answers.join(question), path).context("the answer cannot be written")
    }

    async fn wait(&self, what: Locator<'_>, named: &str) -> anyhow::Result<Element> {
        let began = Instant::now();
        loop {
            // A page that is being drawn again may take an element away between finding and asking.
            for found in self.client.find_all(what).await.unwrap_or_default() {
                if found.is_displayed().await.unwrap_or(false) {
                    return Ok(found);
                }
            }
            if began.elapsed() > PATIENCE {
                let shown = self.text().await.unwrap_or_else(|error| error.to_string());
                bail!("「{named}」 did not come; the page shows:\n{shown}");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}

/// What stands in an element, without the spaces that the pages put between Chinese and figures by rule.
const SQUEEZED: &str = "translate(normalize-space(string(.)), ' \u{a0}', '')";

fn squeezed(words: &str) -> String {
    words.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The condition that an element holds these words.
fn holds(words: &str) -> String {
    format!("contains({SQUEEZED}, '{}')", squeezed(words))
}
