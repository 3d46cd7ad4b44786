//! `person …` and `transfer …`: who is the same person, and who moves to another organisation.

use serde_json::{Value, json};
use yuanba_api::ApiError;

use crate::args::{Person, Transfer, Two};
use crate::run::{Answer, lines, said, signed_in, text};
use crate::seat::Seat;

/// Runs a `person` command.
pub fn person(seat: &mut Seat, command: Person) -> Result<Answer, ApiError> {
    let two = |two: Two| json!({ "first": two.first, "second": two.second, "reason": two.reason });
    match command {
        Person::Join(both) => said(seat, "person.join", two(both)),
        Person::Part(both) => said(seat, "person.part", two(both)),
        Person::Doubles { limit } => {
            let document = signed_in(seat, "person.doubles", json!({ "limit": limit }))?;
            let side = |side: &Value| {
                format!("{}（{}，{}）", text(&side["name"]), text(&side["org_name"]), text(&side["id"]))
            };
            let mut words = text(&document["sentence"]).to_owned();
            for double in document["doubles"].as_array().into_iter().flatten() {
                let (first, second) = (side(&double["first"]), side(&double["second"]));
                words.push_str(&format!("\n{first}\t{second}\t{}", text(&double["text"])));
            }
            Ok(Answer::done(document, words))
        }
    }
}

/// Runs a `transfer` command.
pub fn transfer(seat: &mut Seat, command: Transfer) -> Result<Answer, ApiError> {
    match command {
        Transfer::Release { member, to, outside, on, reason, letter } => {
            let request = json!({
                "member": member, "to": to, "outside": outside, "on": on, "reason": reason, "letter": letter,
            });
            said(seat, "transfer.release", request)
        }
        Transfer::HandOver { transfer, to } => {
            said(seat, "transfer.hand_over", json!({ "id": transfer, "to": to }))
        }
        Transfer::Accept { transfer: Some(transfer), .. } => {
            said(seat, "transfer.accept", json!({ "id": transfer }))
        }
        Transfer::Accept { transfer: None, arrival } => {
            let mut fields = json!({ "name": arrival.name });
            if let Some(number) = arrival.id_number {
                fields["id_number"] = number.into();
            }
            let request =
                json!({ "fields": fields, "from": arrival.from, "on": arrival.on, "letter": arrival.letter });
            said(seat, "transfer.receive", request)
        }
        Transfer::Confirm { transfer } => said(seat, "transfer.confirm", json!({ "id": transfer })),
        Transfer::Cancel { transfer } => said(seat, "transfer.cancel", json!({ "id": transfer })),
        Transfer::List { all } => {
            let document = signed_in(seat, "transfer.list", json!({ "all": all }))?;
            let listed = lines(&document["transfers"], &["id", "name", "text", "state"]);
            let words = format!("{}\n{listed}", text(&document["sentence"])).trim_end().to_owned();
            Ok(Answer::done(document, words))
        }
        Transfer::Show { transfer } => {
            let document = signed_in(seat, "transfer.show", json!({ "id": transfer }))?;
            let facts = text(&document["transfer"]["text"]).to_owned();
            let history = lines(&document["history"], &["date", "text", "detail"]);
            Ok(Answer::done(document, format!("{facts}\n{history}").trim_end()))
        }
        Transfer::Late { transfer } => {
            let list = signed_in(seat, "transfer.late", json!({ "id": transfer }))?;
            let count = list.as_array().map_or(0, Vec::len);
            let words = match count {
                0 => "没有晚到的改动。".to_owned(),
                _ => lines(&list, &["id", "label", "before", "after", "who", "at"]),
            };
            Ok(Answer::done(json!({ "count": count, "changes": list }), words))
        }
        Transfer::Settle { transfer, change, take, .. } => {
            said(seat, "transfer.settle", json!({ "id": transfer, "change": change, "take": take }))
        }
    }
}
