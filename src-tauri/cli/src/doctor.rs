//! `doctor`: what is wrong with a store, also with one that cannot be opened, and mending it.

use serde_json::{Value, json};
use yuanba_api::{ApiError, Code};

use crate::exit;
use crate::run::{Answer, lines, text};
use crate::seat::{PASSPHRASE, Seat};

/// A mend may bring to light what stood behind it; more rounds than there are mends are never needed.
const ROUNDS_MAX: usize = 8;

/// Looks, and with `mend` mends what can be mended and looks again.
pub fn doctor(seat: &mut Seat, mend: bool) -> Result<Answer, ApiError> {
    // Who it cannot be opened for needs the doctor most. A wrong passphrase is no illness.
    let passphrase = match seat.open() {
        Ok(()) => None,
        Err(error) if error.code == Code::Damaged => Some(seat.passphrase(PASSPHRASE, "口令")?),
        Err(error) => return Err(error),
    };
    let who = json!({ "user": seat.user, "passphrase": passphrase });
    let mut document = job(seat, "doctor.run", who.clone())?;
    let (mut mended, mut tried) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS_MAX {
        if !mend {
            break;
        }
        let findings = document["findings"].as_array().into_iter().flatten();
        let next = findings.filter_map(|finding| finding["mend"].as_str()).find(|what| {
            // Whether the clock is right only a person can say.
            *what != "confirm_clock" && !tried.contains(&(*what).to_owned())
        });
        let Some(what) = next.map(str::to_owned) else { break };
        let mut request = who.clone();
        request["what"] = json!(what);
        match job(seat, "doctor.mend", request) {
            Ok(done) => {
                mended.push(json!({ "what": what, "well": true, "text": done["text"] }));
                document = done["examined"].clone();
            }
            Err(error) => {
                let said = format!("{}{}", error.message, error.next_step);
                mended.push(json!({ "what": what, "well": false, "text": said }));
            }
        }
        tried.push(what);
        seat.try_again();
        if document["open"] == false && seat.open().is_ok() {
            document = job(seat, "doctor.run", json!({}))?;
        }
    }
    let mut words = lines(&document["findings"], &["text"]);
    for one in &mended {
        words = format!("{}\n{words}", text(&one["text"]));
    }
    if mend {
        document["mended"] = Value::Array(mended);
    }
    let exit = match (document["well"] == true, document["open"] == true) {
        (true, _) => exit::DONE,
        (false, true) => exit::WAITS,
        (false, false) => exit::STORE,
    };
    Ok(Answer { document, exit, words })
}

fn job(seat: &Seat, command: &str, request: Value) -> Result<Value, ApiError> {
    let begun = seat.api.call(command, request)?;
    seat.api.wait(text(&begun["job"]))
}
