//! Points by the rules: caps, one entry for one event, reversals, and who may approve what.

use serde_json::{Value, json};

use crate::desk::{Answer, Desk};

const OTHER: &str = "another passphrase";

fn member(desk: &Desk, name: &str) -> String {
    let request = json!({ "fields": { "name": name, "kind": "full" } }).to_string();
    let saved = desk.run(&["--user", "书记", "call", "member.save", &request]).done();
    saved["id"].as_str().unwrap().to_owned()
}

fn claim(desk: &Desk, account: &str, rule: &str, times: u32, date: &str) -> Value {
    let cells = json!([{ "account": account, "rule": rule, "times": times }]);
    desk.run(&[
        "--user",
        "书记",
        "call",
        "points.claim",
        &json!({ "group": "members", "date": date, "cells": cells }).to_string(),
    ])
    .done()
}

fn waiting(desk: &Desk) -> Vec<Value> {
    let claims = desk.run(&["--user", "书记", "call", "points.claims"]).done();
    claims.as_array().unwrap().iter().map(|claim| claim["id"].clone()).collect()
}

fn review(desk: &Desk, user: &str, passphrase: &str, claims: &[Value]) -> Answer {
    let request = json!({ "claims": claims, "approve": true }).to_string();
    desk.run_as(Some(passphrase), &["--user", user, "call", "points.review", &request], "")
}

fn balance(desk: &Desk, name: &str) -> (i64, i64) {
    let rows = desk.run(&["--user", "书记", "call", "points.balances", r#"{"group": "members"}"#]).done();
    let row = rows.as_array().unwrap().iter().find(|row| row["name"] == name).unwrap().clone();
    (row["balance"].as_i64().unwrap(), row["rank"].as_i64().unwrap())
}

/// A village where two may sign in.
fn village() -> Desk {
    let desk = Desk::empty();
    desk.run(&["init", "--level", "village", "--name", "石河村党支部", "--place", "xuanhan"]).done();
    desk.call("user.add", json!({ "name": "李会计", "role": "official", "passphrase": OTHER })).done();
    desk
}

#[test]
fn fifteen_sessions_with_four_notes_and_four_essays_are_twenty_points() {
    let desk = Desk::empty();
    desk.run(&["init", "--level", "village", "--name", "石河村党支部", "--place", "xuanhan"]).done();
    let (who, other) = (member(&desk, "王秀英"), member(&desk, "张三"));
    for day in 1..=15 {
        claim(&desk, &who, "study-session", 1, &format!("2026-03-{day:02}"));
    }
    claim(&desk, &who, "study-notes", 4, "2026-06-01");
    claim(&desk, &who, "study-essay", 4, "2026-06-01");
    claim(&desk, &other, "study-essay", 1, "2026-06-01");
    desk.run(&[
        "call",
        "user.add",
        &json!({ "name": "李会计", "role": "official", "passphrase": OTHER }).to_string(),
    ])
    .done();
    let claims = waiting(&desk);
    assert_eq!(review(&desk, "书记", "cabbage and rice", &claims).exit, 3, "who claims does not approve");
    assert_eq!(review(&desk, "李会计", OTHER, &claims).done()["points"], 21);
    assert_eq!(review(&desk, "李会计", OTHER, &claims).exit, 3, "once is enough");
    assert_eq!(balance(&desk, "王秀英"), (20, 1));
    assert_eq!(balance(&desk, "张三"), (1, 2));
}

#[test]
fn nobody_approves_their_own_points() {
    let desk = village();
    let own = member(&desk, "李会计");
    claim(&desk, &own, "theme-day", 1, "2026-06-01");
    let claims = waiting(&desk);
    let refused = review(&desk, "李会计", OTHER, &claims);
    assert_eq!((refused.exit, refused.json()["error"]["code"].clone()), (3, json!("not_allowed")));
    assert_eq!(balance(&desk, "李会计").0, 0);
    desk.run(&[
        "--user",
        "书记",
        "call",
        "user.add",
        &json!({ "name": "老周", "role": "official", "passphrase": OTHER }).to_string(),
    ])
    .done();
    assert_eq!(review(&desk, "老周", OTHER, &claims).done()["points"], 2);
}

#[test]
fn one_event_is_one_entry_and_a_reversal_makes_room_for_the_right_one() {
    let desk = village();
    let who = member(&desk, "王秀英");
    assert_eq!(claim(&desk, &who, "theme-day", 1, "2026-06-01")["points"], 2);
    claim(&desk, &who, "theme-day", 1, "2026-06-01");
    let claims = waiting(&desk);
    assert_eq!(claims.len(), 1);
    review(&desk, "李会计", OTHER, &claims).done();
    let entries = || desk.run(&["--user", "书记", "call", "points.entries"]).done();
    let key = entries()[0]["key"].clone();
    let reverse = |reason: &str| {
        let request = json!({ "key": key, "reason": reason }).to_string();
        desk.run(&["--user", "书记", "call", "points.reverse", &request])
    };
    assert_eq!(reverse(" ").exit, 3, "a reversal has its reason");
    reverse("记错了人").done();
    assert_eq!(reverse("又一次").exit, 3);
    assert_eq!(balance(&desk, "王秀英").0, 0);
    assert_eq!(entries().as_array().unwrap().len(), 2, "nothing is deleted");
    claim(&desk, &who, "theme-day", 1, "2026-06-01");
    review(&desk, "李会计", OTHER, &waiting(&desk)).done();
    assert_eq!(balance(&desk, "王秀英").0, 2);
    assert_eq!(desk.run(&["--user", "书记", "verify"]).done()["agrees"], true);
}
