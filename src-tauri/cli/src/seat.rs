//! The store that a command line works at, and the passphrase that opens it.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use serde_json::{Value, json};
use yuanba_api::{Api, ApiError, Code};

/// The environment variable with the passphrase.
pub const PASSPHRASE: &str = "YUANBA_PASSPHRASE";
/// The one with a new passphrase, where one is given.
pub const NEW_PASSPHRASE: &str = "YUANBA_NEW_PASSPHRASE";

/// The one with the recovery code.
pub const RECOVERY_CODE: &str = "YUANBA_RECOVERY_CODE";

/// One store and who works at it.
pub struct Seat {
    /// The store's commands
    pub api: Api,
    /// Who, as given
    pub user: Option<String>,
    /// Standard input belongs to a batch
    pub stdin_taken: bool,
    refused: Option<ApiError>,
}

impl Seat {
    /// A seat at a folder; nothing is opened before a command needs it.
    pub fn new(store: Option<PathBuf>, user: Option<String>) -> Result<Seat, ApiError> {
        let dir = store.ok_or_else(|| {
            usage("没说数据放在哪个文件夹，什么也没做。", "加上 --store 文件夹，或者设好 YUANBA_STORE。")
        })?;
        Ok(Seat { api: Api::new(&dir), user, stdin_taken: false, refused: None })
    }

    /// Signs in, once. A failure is remembered, so that a batch does not try it for every line.
    pub fn open(&mut self) -> Result<(), ApiError> {
        if self.api.is_open() {
            return Ok(());
        }
        if let Some(error) = &self.refused {
            return Err(error.clone());
        }
        let exists = self.api.call("store.status", Value::Null)?["exists"].as_bool() == Some(true);
        let passphrase = if exists { self.passphrase(PASSPHRASE, "口令")? } else { String::new() };
        let request = json!({ "user": self.user, "passphrase": passphrase });
        match self.api.call("store.open", request) {
            Ok(opened) => {
                self.warn(&opened["status"]);
                Ok(())
            }
            Err(error) => {
                self.refused = Some(error.clone());
                Err(error)
            }
        }
    }

    /// Forgets that signing in failed: what stood against it was mended.
    pub fn try_again(&mut self) {
        self.refused = None;
    }

    /// Tells on stderr what is odd about the clock.
    pub fn warn(&self, status: &Value) {
        if let Some(warning) = status["clock_warning"].as_str() {
            eprintln!("{warning}");
        }
    }

    /// A passphrase from the environment or the terminal.
    pub fn passphrase(&self, variable: &str, asked: &str) -> Result<String, ApiError> {
        if let Ok(passphrase) = std::env::var(variable) {
            return Ok(passphrase);
        }
        if !self.stdin_taken && std::io::stdin().is_terminal() {
            return rpassword::prompt_password(format!("{asked}：")).map_err(|_| nobody_to_ask(variable));
        }
        Err(nobody_to_ask(variable))
    }
}

fn nobody_to_ask(variable: &str) -> ApiError {
    ApiError {
        code: Code::Locked,
        message: "没有给口令，没有打开，数据都在。".to_owned(),
        next_step: format!("设好 {variable}，或者在终端里运行。"),
        field: Some("passphrase".to_owned()),
    }
}

/// A failure of the words themselves.
pub fn usage(message: &str, next_step: &str) -> ApiError {
    ApiError {
        code: Code::WrongUsage,
        message: message.to_owned(),
        next_step: next_step.to_owned(),
        field: None,
    }
}
