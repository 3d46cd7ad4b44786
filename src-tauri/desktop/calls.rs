//! The one door between the pages and the program.

use std::sync::Arc;

use serde_json::{Value, json};
use tauri::State;
use yuanba_api::Api;

use crate::given::Given;

/// Runs one typed command. The answer, or the failure `{code, message, next_step, field}`, goes to the page as it is.
///
/// Commands read disks and derive keys, so none of them runs on the thread that draws the window.
#[tauri::command]
pub async fn call(
    api: State<'_, Arc<Api>>,
    given: State<'_, Given>,
    command: String,
    request: Value,
) -> Result<Value, Value> {
    given.check(&request)?;
    let api = Arc::clone(&api);
    let ran = tauri::async_runtime::spawn_blocking(move || api.call(&command, request)).await;
    match ran {
        Ok(Ok(answer)) => {
            given.told(&answer);
            Ok(answer)
        }
        Ok(Err(failure)) => Err(serde_json::to_value(failure).unwrap_or_else(|_| fallen())),
        Err(_) => Err(fallen()),
    }
}

/// What a page is told when a command fell over instead of answering. A change is one transaction, so what was saved
/// before is whole and what was in hand was not written.
fn fallen() -> Value {
    json!({
        "code": "internal",
        "message": "程序里出了岔子，这一步没有做完。以前存的都在。",
        "next_step": "再试一次。还不行，就关上窗口重新打开。",
        "field": null,
    })
}
